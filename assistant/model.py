"""The chat model. The one home of `langchain` model classes; nothing above knows which provider answers."""

from __future__ import annotations

from typing import Any

from langchain_core.language_models import BaseChatModel

from assistant.errors import ModelError, SettingsError
from assistant.settings import Settings

_MAX_TOKENS = 400


def make_chat_model(settings: Settings) -> BaseChatModel:
    """Return the chat model that `HUASHU_MODEL` names.

    A plain name is any OpenAI-compatible endpoint; `provider:name` goes through LangChain's `init_chat_model`;
    `gguf:PATH` is served in this process.

    Raises:
        SettingsError: for a name that cannot work, saying what to write.
        ModelError: when a local model cannot be started.
    """
    name = settings.model
    if name.startswith("gguf:"):
        return _openai(settings, model="local", base_url=_serve_gguf(name.removeprefix("gguf:")), api_key="local")
    if ":" in name and "/" not in name.partition(":")[0] and name.partition(":")[0] in _PROVIDERS:
        return _provider(name, settings)
    key = settings.api_key.get_secret_value()
    if not key and not settings.base_url:
        raise SettingsError(
            f"HUASHU_MODEL is {name!r} but neither OPENAI_API_KEY nor OPENAI_BASE_URL is set; "
            "set the key of the endpoint, or unset HUASHU_MODEL to answer from approved phrases"
        )
    return _openai(settings, model=name, base_url=settings.base_url or None, api_key=key or "none")


_PROVIDERS = frozenset(
    {"openai", "anthropic", "azure_openai", "google_genai", "google_vertexai", "bedrock", "cohere", "mistralai", "ollama",
     "deepseek", "groq", "fireworks", "together", "huggingface", "xai", "perplexity"}
)  # fmt: skip


def _openai(settings: Settings, model: str, base_url: str | None, api_key: str) -> BaseChatModel:
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(
        model=model,
        base_url=base_url,
        api_key=api_key,  # type: ignore[arg-type]
        temperature=0.3,
        max_tokens=_MAX_TOKENS,  # type: ignore[call-arg]
        timeout=settings.budget_s,
        max_retries=0,
    )


def _provider(name: str, settings: Settings) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"temperature": 0.3, "max_tokens": _MAX_TOKENS, "timeout": settings.budget_s, "max_retries": 0}
    try:
        model: BaseChatModel = init_chat_model(name, **options)
        return model
    except (ImportError, ValueError, TypeError) as error:
        raise SettingsError(f"HUASHU_MODEL is {name!r}: {error}") from error


_servers: dict[str, Any] = {}


def _serve_gguf(path: str) -> str:
    """Start (once a process) a server for a GGUF file on a loopback port and return its base URL."""
    from pathlib import Path

    if path not in _servers:
        if not Path(path).is_file():
            raise SettingsError(f"HUASHU_MODEL names the file {path!r}, which does not exist; write gguf:/path/to/model.gguf")
        try:
            import xllamacpp
        except ImportError as error:
            raise SettingsError("gguf: models need the package xllamacpp: pip install xllamacpp") from error
        try:
            params = xllamacpp.CommonParams()
            params.model.path = path
            params.n_ctx, params.n_parallel, params.port = 8192, 1, 0
            params.verbosity = -1
            _servers[path] = xllamacpp.Server(params)
        except Exception as error:
            raise ModelError(f"the local model {path!r} could not be started: {error}") from error
    return f"{_servers[path].listening_address}/v1"

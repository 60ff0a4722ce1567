"""An embedder that lives elsewhere is asked about texts without personal data."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.mask import Mask
from corpus import Embedder, Matrix


class DiscreetEmbedder:
    """Asks another embedder, with tokens in place of personal data in queries; passages are the company's own texts."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.id = embedder.id

    def passages(self, texts: Sequence[str]) -> Matrix:
        """Return one unit row a text, shape (n, dim)."""
        return self._embedder.passages(texts)

    def queries(self, texts: Sequence[str]) -> Matrix:
        """Return one unit row a query, shape (n, dim)."""
        return self._embedder.queries([Mask().hide(text) for text in texts])

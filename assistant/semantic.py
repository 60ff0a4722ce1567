"""The second opinion on a missing speech act: what a clause means, by the embedder, when its characters say nothing.

Ridge regression over the vectors of the act wordings. The vectors are computed once, on first use, and kept.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from corpus import Embedder, Matrix

# Enough wordings of an act to know it; every further one costs the first use some 8 ms.
_PER_ACT = 40
_RIDGE = 1.0
# The score that counts as the act; chosen on the development half of the labelled replies.
_LIMIT = 0.4


# Center of the vectors, weights and means of the acts.
Solution = tuple[Matrix, Matrix, Matrix]


class SemanticActs:
    """Call it with clauses; it returns the acts that each performs. Loads nothing before the first call."""

    def __init__(self, wordings: Mapping[str, Sequence[str]], embedder: Embedder, cache: Path | None = None) -> None:
        self._labels = tuple(act for act in wordings if act != "none")
        self._texts = [(text, act) for act, texts in wordings.items() for text in _spread(texts, _PER_ACT)]
        self._embedder = embedder
        self._cache = cache
        self._solution: Solution | None = None

    def __call__(self, clauses: Sequence[str]) -> list[tuple[str, ...]]:
        """Return the acts of each clause.

        Raises:
            EmbedderError: the embedder did not answer.
        """
        if not clauses:
            return []
        if self._solution is None:
            self._solution = self._train()
        center, weights, mean = self._solution
        scores = _moved(self._embedder.queries(clauses), center) @ weights + mean
        return [tuple(self._labels[j] for j in np.flatnonzero(row > _LIMIT)) for row in scores]

    def _train(self) -> Solution:
        vectors = self._vectors()
        center = np.asarray(vectors.mean(axis=0))
        features = _moved(vectors, center)
        target = np.array([[float(act == name) for name in self._labels] for _, act in self._texts], dtype=np.float32)
        mean = target.mean(axis=0)
        gram = features.T @ features + _RIDGE * np.eye(features.shape[1], dtype=np.float32)
        return center, np.asarray(np.linalg.solve(gram, features.T @ (target - mean))), np.asarray(mean)

    def _vectors(self) -> Matrix:
        """Read the vectors of the wordings from the cache, or compute and keep them."""
        texts = [text for text, _ in self._texts]
        digest = hashlib.sha256(repr((self._embedder.id, texts)).encode("utf-8", "replace")).hexdigest()[:24]
        file = self._cache / f"acts-{digest}.npy" if self._cache else None
        if file:
            with suppress(OSError, ValueError):
                kept = np.load(file, allow_pickle=False)
                if kept.ndim == 2 and len(kept) == len(texts):
                    return np.asarray(kept, dtype=np.float32)
        vectors = self._embedder.queries(texts)
        if file:
            with suppress(OSError):
                file.parent.mkdir(parents=True, exist_ok=True)
                with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".tmp", delete=False) as draft:
                    np.save(draft, vectors)
                Path(draft.name).replace(file)
        return vectors


def _moved(vectors: Matrix, center: Matrix) -> Matrix:
    # e5 vectors share one large direction; without it cosines spread over the whole range.
    moved = vectors - center
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9))


def _spread(texts: Sequence[str], number: int) -> list[str]:
    """Return up to `number` texts evenly over the list."""
    step = max(1, len(texts) / number)
    return [texts[int(i * step)] for i in range(min(number, len(texts)))]

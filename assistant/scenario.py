"""Which scenario a message belongs to: kernel ridge over meaning and character n-grams, plus cues and earlier turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.check import fold
from assistant.check.match import Literals
from corpus import Emotion, Matrix, Scenario

Scores = NDArray[np.float64]
_NEAREST = 4


@dataclass(frozen=True)
class Weights:
    """What each sign counts; measured on development messages by `make bench`."""

    dense: float = 1.0
    grams: float = 0.35
    ridge: float = 1.5
    nearest: float = 2.5
    cue: float = 0.35
    context: float = 0.1
    abusive: float = 0.35
    sharpness: float = 8.0


@dataclass(frozen=True)
class Guess:
    """A scenario and how sure we are, 0-1."""

    id: str
    confidence: float


class ScenarioModel:
    """Trained from the scenarios' own wordings whenever they are loaded; there is nothing to download or ship."""

    def __init__(
        self,
        scenarios: Mapping[str, Scenario],
        labels: Sequence[str],
        texts: Sequence[str],
        vectors: Matrix | None,
        weights: Weights | None = None,
    ) -> None:
        self.weights = weights or Weights()
        self.ids = list(scenarios)
        self.groups = [scenarios[i].group for i in self.ids]
        self._cues = Literals([(s.id, cue) for s in scenarios.values() for cue in s.cues])
        row = {id_: i for i, id_ in enumerate(self.ids)}
        self._y = np.array([row[label] for label in labels])
        self._grams = Grams(texts)
        self._center = vectors.mean(axis=0) if vectors is not None else None
        self._dense = self._centered(vectors) if vectors is not None else None
        self._alpha = self._train()

    def _centered(self, vectors: Matrix) -> Matrix:
        # e5 vectors share one large direction; without it cosines spread over the whole range.
        moved = vectors - self._center
        return moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)

    def _kernel(self, texts: Sequence[str], vectors: Matrix | None) -> Scores:
        kernel = self.weights.grams * self._grams.similarity(texts)
        if self._dense is not None and vectors is not None:
            kernel = kernel + self.weights.dense * (self._centered(vectors) @ self._dense.T)
        return np.asarray(kernel, dtype=np.float64)

    def _train(self) -> Scores:
        n, kernel = len(self._y), self.weights.grams * self._grams.self_similarity()
        if self._dense is not None:
            kernel = kernel + self.weights.dense * (self._dense @ self._dense.T)
        target = np.zeros((n, len(self.ids)))
        target[np.arange(n), self._y] = 1.0
        balance = 1.0 / np.maximum(target.sum(axis=0), 1.0)
        target = target * (balance * n / len(self.ids))
        return np.asarray(np.linalg.solve(kernel + self.weights.ridge * np.eye(n), target))

    def scores(self, texts: Sequence[str], vectors: Matrix | None) -> Scores:
        """Return one row of scenario scores a text."""
        kernel = self._kernel(texts, vectors)
        total = kernel @ self._alpha
        near = np.zeros_like(total)
        for column in range(len(self.ids)):
            members = np.sort(kernel[:, self._y == column], axis=1)
            near[:, column] = members[:, -_NEAREST:].mean(axis=1) if members.shape[1] else 0.0
        total = total + self.weights.nearest * near
        for i, text in enumerate(texts):
            for id_, spans in self._cues.find(fold(text)).items():
                total[i, self.ids.index(id_)] += self.weights.cue * min(len(spans), 2)
        return np.asarray(total)

    def guess(self, texts: Sequence[str], vectors: Matrix | None, emotion: Emotion = "calm") -> list[Guess]:
        """Rank scenarios for a message (`texts[0]`) and its earlier turns (`texts[1:]`), best first."""
        rows = self.scores(texts, vectors)
        total = rows[0].copy()
        if len(texts) > 1:
            # A short message says little by itself; what was talked about before weighs more.
            short = 2.0 if len(texts[0]) < 10 else 1.0
            total += self.weights.context * short * rows[1:].mean(axis=0)
        if emotion == "abusive":
            total += self.weights.abusive * np.array([g == "angry_abusive" for g in self.groups])
        odds = np.exp(self.weights.sharpness * (total - total.max()))
        odds /= odds.sum()
        order = np.argsort(-odds, kind="stable")
        return [Guess(self.ids[i], float(odds[i])) for i in order]


class Grams:
    """TF-IDF over character 1- to 3-grams of the folded text."""

    def __init__(self, texts: Sequence[str]) -> None:
        rows = [_grams(text) for text in texts]
        count: dict[str, int] = {}
        for row in rows:
            for gram in row:
                count[gram] = count.get(gram, 0) + 1
        self._column = {gram: i for i, gram in enumerate(count)}
        self._idf = np.log((1 + len(texts)) / (1 + np.array(list(count.values()), dtype=np.float64))) + 1
        self._rows = self._matrix(rows)

    def similarity(self, texts: Sequence[str]) -> Scores:
        """Return cosine similarities, shape (texts, training texts)."""
        return np.asarray((self._matrix([_grams(t) for t in texts]) @ self._rows.T).todense())

    def self_similarity(self) -> Scores:
        """Return the training texts against themselves."""
        return np.asarray((self._rows @ self._rows.T).todense())

    def _matrix(self, rows: Sequence[Mapping[str, int]]) -> NDArray[np.float64]:
        from scipy.sparse import csr_array

        data, indices, starts = [], [], [0]
        for row in rows:
            pairs = [(self._column[g], 1 + np.log(n)) for g, n in row.items() if g in self._column]
            values = np.array([tf * self._idf[c] for c, tf in pairs])
            norm = np.linalg.norm(values) or 1.0
            data.extend(values / norm)
            indices.extend(c for c, _ in pairs)
            starts.append(len(indices))
        matrix = csr_array((data, indices, starts), shape=(len(rows), len(self._column)))
        return matrix  # type: ignore[no-any-return]


def _grams(text: str) -> dict[str, int]:
    folded = "".join(c for c in fold(text[:400]) if c.isalnum())
    grams: dict[str, int] = {}
    for size in (1, 2, 3):
        for i in range(len(folded) - size + 1):
            gram = folded[i : i + size]
            grams[gram] = grams.get(gram, 0) + 1
    return grams

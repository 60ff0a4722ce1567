"""Which scenario a message belongs to: kernel ridge over meaning and character n-grams, plus cues and earlier turns."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from assistant.check import fold
from assistant.check.match import Literals
from corpus import Emotion, EmotionCues, Matrix, Scenario

Scores = NDArray[np.float32]
_NEAREST = 6


@dataclass(frozen=True)
class Weights:
    """What each sign counts; chosen on development messages, `make bench` shows what they give."""

    dense: float = 1.0
    grams: float = 0.35
    ridge: float = 2.0
    nearest: float = 2.5
    cue: float = 0.35
    context: float = 0.1
    abusive: float = 0.35
    mood: float = 0.03
    sharpness: float = 8.0


@dataclass(frozen=True)
class Guess:
    """A scenario and how sure we are, 0-1."""

    id: str
    confidence: float


class ScenarioModel:
    """Trained from the scenarios' own wordings; there is nothing to download or ship.

    `cache` is a folder that keeps the solution under a digest of everything it was computed from.
    """

    def __init__(
        self,
        scenarios: Mapping[str, Scenario],
        moods: Mapping[str, EmotionCues],
        labels: Sequence[str],
        texts: Sequence[str],
        vectors: Matrix | None,
        weights: Weights | None = None,
        cache: Path | None = None,
    ) -> None:
        self.weights = weights or Weights()
        self.ids = list(scenarios)
        self.groups = [scenarios[i].group for i in self.ids]
        self._cues = Literals([(s.id, cue) for s in scenarios.values() for cue in s.cues])
        self._mood = {mood: self._prior(mood, moods.get(mood)) for mood in get_args(Emotion)}
        row = {id_: i for i, id_ in enumerate(self.ids)}
        self._y = np.array([row[label] for label in labels])
        self._grams = Grams(texts)
        self._center = vectors.mean(axis=0) if vectors is not None else np.zeros(0, dtype=np.float32)
        self._dense = self._centered(vectors) if vectors is not None else None
        self._alpha = self._train() if cache is None else self._recall(cache, (labels, texts, vectors))

    def _prior(self, mood: Emotion, cues: EmotionCues | None) -> Scores:
        """Return what a mood adds to the score of each scenario."""
        likelier, unlikelier = (cues.likelier, cues.unlikelier) if cues else ((), ())
        lift = [(group in likelier) - (group in unlikelier) for group in self.groups]
        insult = [mood == "abusive" and group == "angry_abusive" for group in self.groups]
        return np.asarray(self.weights.mood * np.array(lift) + self.weights.abusive * np.array(insult), dtype=np.float32)

    def _centered(self, vectors: Matrix) -> Matrix:
        # e5 vectors share one large direction; without it cosines spread over the whole range.
        moved = vectors - self._center
        return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9))

    def _kernel(self, texts: Sequence[str], vectors: Matrix | None) -> Scores:
        kernel = self.weights.grams * self._grams.similarity(texts)
        if self._dense is not None and vectors is not None:
            kernel += self.weights.dense * (self._centered(vectors) @ self._dense.T)
        return kernel

    def _recall(self, cache: Path, basis: tuple[Sequence[str], Sequence[str], Matrix | None]) -> Scores:
        """Read the solution from the cache, or train and keep it; a cache that cannot be used costs time only."""
        labels, texts, vectors = basis
        digest = hashlib.sha256(repr((self.weights, self.ids, labels, texts)).encode("utf-8", "replace"))
        digest.update(b"" if vectors is None else vectors.tobytes())
        file = cache / f"{digest.hexdigest()[:24]}.npy"
        with suppress(OSError, ValueError):
            alpha = np.load(file, allow_pickle=False)
            if alpha.shape == (len(self._y), len(self.ids)):
                return np.asarray(alpha, dtype=np.float32)
        alpha = self._train()
        with suppress(OSError):
            cache.mkdir(parents=True, exist_ok=True)
            for old in sorted(cache.glob("*.npy"), key=lambda path: path.stat().st_mtime)[:-2]:
                old.unlink(missing_ok=True)
            with tempfile.NamedTemporaryFile(dir=cache, suffix=".tmp", delete=False) as draft:
                np.save(draft, alpha)
            Path(draft.name).replace(file)
        return alpha

    def _train(self) -> Scores:
        """Solve kernel ridge regression for one target a scenario, every scenario weighing the same."""
        from scipy.linalg import cho_factor, cho_solve

        n, kernel = len(self._y), self.weights.grams * self._grams.self_similarity()
        if self._dense is not None:
            kernel += self.weights.dense * (self._dense @ self._dense.T)
        target = np.zeros((n, len(self.ids)), dtype=np.float32)
        target[np.arange(n), self._y] = 1.0
        target *= n / len(self.ids) / np.maximum(target.sum(axis=0), 1.0)
        kernel[np.diag_indices(n)] += self.weights.ridge
        return np.asarray(cho_solve(cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False), target))

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
            length = len(texts[0])
            weight = self.weights.context * (6.0 if length < 7 else 2.0 if length < 10 else 1.0)
            total += weight * rows[1:].mean(axis=0)
        total += self._mood[emotion]
        odds = np.exp(self.weights.sharpness * (total - total.max()))
        odds /= odds.sum()
        order = np.argsort(-odds, kind="stable")
        return [Guess(self.ids[i], float(odds[i])) for i in order]


class Grams:
    """TF-IDF over character 1- to 3-grams of the folded text."""

    def __init__(self, texts: Sequence[str]) -> None:
        rows = [_grams(text) for text in texts]
        count: Counter[str] = Counter()
        for row in rows:
            count.update(row.keys())
        self._column = {gram: i for i, gram in enumerate(count)}
        self._idf = (np.log((1 + len(texts)) / (1 + np.array(list(count.values())))) + 1).astype(np.float32)
        self._rows = self._matrix(rows)

    def similarity(self, texts: Sequence[str]) -> Scores:
        """Return cosine similarities, shape (texts, training texts)."""
        return np.asarray((self._matrix([_grams(t) for t in texts]) @ self._rows.T).toarray())

    def self_similarity(self) -> Scores:
        """Return the training texts against themselves."""
        return np.asarray((self._rows @ self._rows.T).toarray())

    def _matrix(self, rows: Sequence[Mapping[str, int]]) -> Any:
        from scipy.sparse import csr_array

        pairs = [[(self._column[g], n) for g, n in row.items() if g in self._column] for row in rows]
        starts = np.cumsum([0, *(len(row) for row in pairs)])
        columns = np.array([c for row in pairs for c, _ in row], dtype=np.int32)
        counts = np.array([n for row in pairs for _, n in row], dtype=np.float32)
        values = (1 + np.log(counts)) * self._idf[columns] if len(columns) else counts
        owner = np.repeat(np.arange(len(rows)), np.diff(starts))
        norms = np.sqrt(np.bincount(owner, weights=values**2, minlength=len(rows)))
        values = (values / np.maximum(norms, 1e-9)[owner]).astype(np.float32)
        return csr_array((values, columns, starts), shape=(len(rows), len(self._column)))


def _grams(text: str) -> Counter[str]:
    folded = "".join(c for c in fold(text[:400]) if c.isalnum())
    return Counter(folded[i : i + size] for size in (1, 2, 3) for i in range(len(folded) - size + 1))

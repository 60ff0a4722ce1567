"""Find the clauses and phrases for a message: vectors and words, fused by rank, the scenario as a boost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.check import fold
from corpus import Clause, Corpus, Index, Item, Matrix, Phrase

# Reciprocal rank fusion (Cormack, Clarke, Büttcher 2009) with its usual constant.
_RRF_K = 60
_DEPTH = 24
_SCENARIO_BOOST = 0.02


@dataclass(frozen=True)
class Hit:
    """One retrieved item and its fused score."""

    id: str
    score: float


@dataclass(frozen=True)
class Retrieved:
    """Clauses and phrases for a message, best first."""

    clauses: tuple[Clause, ...]
    phrases: tuple[Phrase, ...]


class Retriever:
    """Hybrid search over clauses and phrases; without an index it works by words alone."""

    def __init__(self, corpus: Corpus, items: Sequence[Item], index: Index | None) -> None:
        self._corpus = corpus
        self._items = [item for item in items if item.kind != "wording"]
        self._by_id = {item.id: item for item in self._items}
        self._index = index
        self._bm25 = _bm25([tokens(item.text) for item in self._items])

    def search(self, text: str, vector: Matrix | None, scenarios: Sequence[str] = (), k: int = 8) -> list[Hit]:
        """Return the best `k` items; `scenarios` lift the items bound to them."""
        scores: dict[str, float] = {}
        for ranking in (self._by_meaning(vector), self._by_words(text)):
            for rank, item_id in enumerate(ranking):
                scores[item_id] = scores.get(item_id, 0.0) + 1.0 / (_RRF_K + rank + 1)
        for place, scenario in enumerate(scenarios[:3]):
            boost = _SCENARIO_BOOST / (place + 1)
            for item in self._items:
                if scenario in item.scenarios:
                    scores[item.id] = scores.get(item.id, 0.0) + boost
        ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
        return [Hit(item_id, score) for item_id, score in ranked[:k]]

    def retrieve(
        self, text: str, vector: Matrix | None, scenarios: Sequence[str], clauses: int = 4, phrases: int = 6
    ) -> Retrieved:
        """Return the clauses and phrases that a reply should rest on."""
        hits = self.search(text, vector, scenarios, k=len(self._items))
        keys = [hit.id.partition(":") for hit in hits]
        found_clauses = [self._corpus.clauses[key] for kind, _, key in keys if kind == "clause"]
        found_phrases = [self._corpus.phrases[key] for kind, _, key in keys if kind == "phrase"]
        return Retrieved(tuple(found_clauses[:clauses]), tuple(found_phrases[:phrases]))

    def item(self, item_id: str) -> Item:
        """Return an item by id."""
        return self._by_id[item_id]

    def _by_meaning(self, vector: Matrix | None) -> list[str]:
        if self._index is None or vector is None:
            return []
        return [item_id for item_id, _ in self._index.nearest(vector, _DEPTH, ("clause", "phrase"))]

    def _by_words(self, text: str) -> list[str]:
        query = tokens(text[:400])
        if not query:
            return []
        depth = min(_DEPTH, len(self._items))
        scores = np.asarray(self._bm25.get_scores(query))
        best = np.argsort(-scores, kind="stable")[:depth]
        return [self._items[i].id for i in best if scores[i] > 0]


def tokens(text: str) -> list[str]:
    """Cut a text into folded character bigrams, Latin words and numbers kept whole."""
    found: list[str] = []
    for run in _runs(fold(text)):
        if run[0].isascii():
            found.append(run)
        else:
            found.extend(run[i : i + 2] for i in range(max(1, len(run) - 1)))
    return found


def _runs(text: str) -> Iterable[str]:
    run = ""
    for char in text:
        keep = char.isalnum()
        if run and (not keep or char.isascii() != run[-1].isascii()):
            yield run
            run = ""
        if keep:
            run += char
    if run:
        yield run


def _bm25(rows: list[list[str]]) -> Any:
    import bm25s

    model = bm25s.BM25(method="lucene")
    model.index([row or ["　"] for row in rows], show_progress=False)
    return model

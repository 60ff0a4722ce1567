"""Vectors of items: embed what is missing, average what rests on others. Knows nothing of where they are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from corpus.embed import Embedder
from corpus.items import Item

_BATCH = 64

Progress = Callable[[int, int], None]


def embed_missing(items: Sequence[Item], embedder: Embedder, known: dict[str, Any], progress: Progress | None) -> int:
    """Add to `known` (digest → vector) what the items lack; return how many texts were embedded."""
    wanted = {item.digest(embedder.id): item for item in items if not item.basis}
    missing = {digest: item for digest, item in wanted.items() if digest not in known}
    done = 0
    for as_query in (False, True):
        todo = [(d, i.text) for d, i in missing.items() if i.is_query is as_query]
        todo.sort(key=lambda pair: len(pair[1]))
        for start in range(0, len(todo), _BATCH):
            part = todo[start : start + _BATCH]
            texts = [text for _, text in part]
            rows = embedder.queries(texts) if as_query else embedder.passages(texts)
            known.update(zip((d for d, _ in part), rows, strict=True))
            done += len(part)
            if progress:
                progress(done, len(missing))
    return len(missing)


def count_known(items: Sequence[Item], embedder: Embedder, known: dict[str, Any]) -> int:
    """Return how many vectors of the items are known already."""
    return len({item.digest(embedder.id) for item in items if not item.basis} & known.keys())


def vectors_of(items: Sequence[Item], known: dict[str, Any], embedder_id: str) -> dict[str, Any]:
    """Return item id → unit vector: its own, or the mean of its basis."""
    own = {item.id: known[item.digest(embedder_id)] for item in items if not item.basis}
    return {item.id: _mean([own[b] for b in item.basis]) if item.basis else own[item.id] for item in items}


def _mean(rows: Sequence[Any]) -> Any:
    mean = np.mean(rows, axis=0)
    return mean / max(float(np.linalg.norm(mean)), 1e-9)

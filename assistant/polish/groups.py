"""Group what pairs connect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from assistant.polish.reading import Read


def connected(reads: Sequence[Read], pairs: Iterable[tuple[Read, Read]]) -> Iterator[list[Read]]:
    """Yield the groups of two and more that pairs connect, each in the order of the reads."""
    numbers = {id(read): number for number, read in enumerate(reads)}
    parents = list(range(len(reads)))
    for a, b in pairs:
        low, high = sorted((_root(parents, numbers[id(a)]), _root(parents, numbers[id(b)])))
        parents[high] = low
    groups: dict[int, list[Read]] = defaultdict(list)
    for number, read in enumerate(reads):
        groups[_root(parents, number)].append(read)
    yield from (group for group in groups.values() if len(group) > 1)


def _root(parents: list[int], number: int) -> int:
    while parents[number] != number:
        parents[number] = parents[parents[number]]
        number = parents[number]
    return number

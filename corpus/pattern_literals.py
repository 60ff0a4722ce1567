"""The words that every match of a regular expression contains.

After the required literals of Rust's regex-syntax: each contiguous run of small parts is multiplied out, and the best run wins.
"""

from __future__ import annotations

import re._constants as op  # type: ignore[import-not-found]
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import product

from corpus.pattern_tree import ASSERTS, REPEATS, Node, body_of, chars_of, is_group

_MOST = 200
_CLASS = 12
# Companions are looked for one by one, so they must be few.
_FEW, _COMPANIONS = 30, 3
# Three Chinese characters; longer ones would only be more of them.
_ENOUGH = 6
Words = frozenset[str]


def literals(tree: Sequence[Node]) -> tuple[str, ...]:
    """Return the best set of words one of which is in every match, sorted; empty when there is none worth looking for.

    Longer words are better, then fewer. A letter counts half a Chinese character, a digit, sign or space nothing.
    """
    found = _required(tree)
    return tuple(sorted(found)) if found else ()


def companions(tree: Sequence[Node], chosen: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Return other sets of words, one of each of which is in every match too, smallest first.

    A set that the chosen words already guarantee is left out.
    """
    while len(tree) == 1 and is_group(tree[0]):
        tree = body_of(tree[0])
    sets: list[Words] = []
    for node in tree:
        words = _required_of(node) or _exact(node)
        if not words or min(map(_weight, words)) < 2 or len(words) > _FEW:
            continue
        if not all(any(word in other for word in words) for other in chosen) and words not in sets:
            sets.append(words)
    return tuple(tuple(sorted(words)) for words in sorted(sets, key=len)[:_COMPANIONS])


@lru_cache(maxsize=1 << 16)
def _weight(word: str) -> int:
    return sum(_strength(char) for char in word)


@cache
def _strength(char: str) -> int:
    if char.isascii():
        return int(char.isalpha())
    return 0 if unicodedata.category(char)[0] in "PZCM" else 2


def _best(candidates: Iterable[Words | None]) -> Words | None:
    worthy = [words for words in candidates if words and min(map(_weight, words)) >= 2]
    return min(worthy, key=_rank, default=None)


def _rank(words: Words) -> tuple[int, int, int, str]:
    return -min(_ENOUGH, min(map(_weight, words))), len(words), -min(map(len, words)), min(words)


def _required(seq: Sequence[Node]) -> Words | None:
    exact = [_exact(node) for node in seq]
    return _best([*(_required_of(node) for node in seq), *(run for i in range(len(exact)) for run in _runs(exact[i:]))])


def _runs(parts: Sequence[Words | None]) -> Iterable[Words]:
    """Yield the products of the first part, the first two, and so on, while they are small."""
    words: Words = frozenset([""])
    for part in parts:
        words_or_none = _joined(words, part)
        if words_or_none is None:
            return
        words = words_or_none
        yield words


def _joined(words: Words, part: Words | None) -> Words | None:
    if part is None or len(words) * len(part) > _MOST:
        return None
    return frozenset("".join(pair) for pair in product(words, part))


def _required_of(node: Node) -> Words | None:
    kind, value = node
    if is_group(node):
        return _required(body_of(node))
    if kind in REPEATS:
        return _required(value[2]) if value[0] else None
    if kind is not op.BRANCH:
        return None
    parts = [_required(part) for part in value[1]]
    union = frozenset(word for part in parts for word in part or ())
    return union if all(parts) and len(union) <= _MOST else None


def _exact(node: Node) -> Words | None:
    """Return all a node matches, if that is little."""
    kind, value = node
    if kind is op.AT or kind in ASSERTS:
        return frozenset([""])
    if is_group(node):
        return _exact_seq(body_of(node))
    if kind is op.BRANCH:
        parts = [_exact_seq(part) for part in value[1]]
        union = frozenset(word for part in parts for word in part or ())
        return union if None not in parts and len(union) <= _MOST else None
    if kind in REPEATS:
        return _exact_repeat(*value)
    ranges = chars_of(node)
    if ranges is None or sum(high - low + 1 for low, high in ranges) > _CLASS:
        return None
    return frozenset(chr(code) for low, high in ranges for code in range(low, high + 1))


def _exact_seq(seq: Sequence[Node]) -> Words | None:
    words: Words | None = frozenset([""])
    for node in seq:
        words = None if words is None else _joined(words, _exact(node))
    return words


def _exact_repeat(low: int, high: int, body: Sequence[Node]) -> Words | None:
    part, words, union = _exact_seq(body), frozenset([""]), frozenset[str]()
    if part is None or high > _CLASS:
        return None
    for times in range(high + 1):
        if times >= low:
            union |= words
        more = _joined(words, part) if times < high else words
        if more is None or len(union) > _MOST:
            return None
        words = more
    return union

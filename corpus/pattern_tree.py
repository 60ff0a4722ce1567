"""The parsed form of a regular expression: which characters stand where.

A node is the stdlib parser's `(operator, argument)`, a sequence a list of nodes. Sets of characters are inclusive ranges
of code points, so that `[^，。]` costs no more than `[，。]`.
"""

from __future__ import annotations

import re._constants as op  # type: ignore[import-not-found]
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

Node = tuple[Any, Any]
Chars = tuple[tuple[int, int], ...]

REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
ASSERTS = (op.ASSERT, op.ASSERT_NOT)
_LAST = 0x10FFFF
_RUN = 8
# \d reaches beyond 0-9, but nowhere into Han: generous ranges will do, for a set that is too large only costs more.
_CATEGORIES: dict[Any, Chars] = {
    op.CATEGORY_DIGIT: ((0x30, 0x39), (0x660, 0x33FF), (0xA620, 0x1FBFF)),
    op.CATEGORY_SPACE: ((9, 13), (28, 32), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x205F), (0x3000, 0x3000)),
}


def body_of(node: Node) -> list[Node]:
    """Return what a group holds."""
    kind, value = node
    return list(value[-1] if kind is op.SUBPATTERN else value)


def is_group(node: Node) -> bool:
    """Tell a group that only brackets from one that repeats, chooses or looks around."""
    return node[0] in (op.SUBPATTERN, op.ATOMIC_GROUP)


def chars_of(node: Node) -> Chars | None:
    """Return the characters a node may match when it matches exactly one, else None."""
    kind, value = node
    if kind is op.LITERAL:
        return ((value, value),)
    if kind is op.NOT_LITERAL:
        return _complement([(value, value)])
    if kind is op.ANY:
        return _complement([(10, 10)])
    if kind is not op.IN:
        return None
    negated = value[0][0] is op.NEGATE
    ranges = [r for item in value[negated:] for r in _item(item)]
    return _complement(ranges) if negated else tuple(ranges)


def _item(item: Node) -> Chars:
    kind, value = item
    if kind is op.LITERAL:
        return ((value, value),)
    return (value,) if kind is op.RANGE else _CATEGORIES.get(value, ((0, _LAST),))


def _complement(ranges: Iterable[tuple[int, int]]) -> Chars:
    out, at = [], 0
    for low, high in sorted(ranges):
        if low > at:
            out.append((at, low - 1))
        at = max(at, high + 1)
    return (*out, (at, _LAST)) if at <= _LAST else tuple(out)


def overlap(a: Chars, b: Chars) -> bool:
    """Tell whether two sets share a character."""
    return any(low <= high2 and low2 <= high for low, high in a for low2, high2 in b)


def clash(a: Sequence[Chars], b: Sequence[Chars]) -> bool:
    """Tell whether two runs can never stand at the same place."""
    return any(not overlap(x, y) for x, y in zip(a, b, strict=False))


def first(seq: Sequence[Node]) -> Chars | None:
    """Return the characters a match may begin with; None when it may be empty."""
    seen: Chars = ()
    for node in seq:
        chars, empty = _first(node)
        seen += chars
        if not empty:
            return seen
    return None


def _first(node: Node) -> tuple[Chars, bool]:
    kind, value = node
    chars = chars_of(node)
    if chars is not None:
        return chars, False
    if is_group(node):
        parts, empty = [body_of(node)], False
    elif kind is op.BRANCH:
        parts, empty = value[1], False
    elif kind in REPEATS:
        parts, empty = [value[2]], value[0] == 0
    else:
        return (), True
    seen: Chars = ()
    for part in parts:
        for inner in part:
            chars, skip = _first(inner)
            seen += chars
            if not skip:
                break
        else:
            empty = True
    return seen, empty


def lead(seq: Sequence[Node]) -> tuple[Chars, ...]:
    """Return the sets of the characters every match begins with, one a place; shorter where the length varies."""
    return _lead(seq)[0][:_RUN]


def _lead(seq: Sequence[Node]) -> tuple[tuple[Chars, ...], bool]:
    run: tuple[Chars, ...] = ()
    for node in seq:
        part, whole = _lead_of(node)
        run += part
        if not whole or len(run) >= _RUN:
            return run, False
    return run, True


def _lead_of(node: Node) -> tuple[tuple[Chars, ...], bool]:
    kind, value = node
    chars = chars_of(node)
    if chars is not None:
        return (chars,), True
    if is_group(node):
        return _lead(body_of(node))
    if kind is op.BRANCH:
        leads = [_lead(part) for part in value[1]]
        same = len({len(run) for run, _ in leads}) == 1
        union: tuple[Chars, ...] = tuple(reduce(lambda a, b: a + b, sets) for sets in zip(*(r for r, _ in leads), strict=False))
        return union, same and all(whole for _, whole in leads)
    if kind in REPEATS:
        low, high, body = value
        run, whole = _lead(body)
        return (run * min(low, _RUN), low == high) if whole else (run if low else (), False)
    return (), True

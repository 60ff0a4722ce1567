r"""An upper bound on the work a regular expression may cause.

The stdlib engine backtracks: after a part of variable length it tries what follows at every length, and tries multiply
along a sequence. `cost` counts those tries for the text that provokes most of them. Three things keep the count near the truth,
so that rules with several gaps pass while `(a{0,9}){0,9}` does not:

- a choice is free when the next character decides it (`\s{0,4}` before a digit), or nothing after it can fail;
- a run of fixed characters (an anchor) that follows a gap stands only so often: 甲乙 at most at every second place;
- anchors with no character in common share the text, so more of them stand less densely each.
"""

from __future__ import annotations

import re._constants as op  # type: ignore[import-not-found]
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.pattern_tree import ASSERTS, REPEATS, Chars, Node, body_of, chars_of, clash, first, is_group, lead, overlap

# Measured: the engine finds the next place of a plain character in a tight loop (12 ns a try), enters anything else at each
# place (20 ns), a repeated group at more expense (40 ns), and looks at the first character of every alternative (1-2 ns).
_PLAIN, _ENTERED, _GROUP, _ALTERNATIVE = 0.4, 0.65, 1.3, 0.05
# Enough to be refused; what is beyond need not be told apart.
_MANY, _HOPELESS = 30, 1e9
# A pattern that starts with ^ is tried at one place of a text only.
_ONCE = 100
_STARTS = ((op.AT, op.AT_BEGINNING), (op.AT, op.AT_BEGINNING_STRING))


@dataclass(frozen=True, slots=True)
class _Ways:
    """The anchors passed so far, as (alphabet, least distance), and the ways to come here from one place.

    `anchored` tells whether a match begins with one, so that it cannot begin at every character.
    """

    anchored: bool
    anchors: tuple[tuple[Chars, int], ...] = ()
    count: float = 1.0

    @property
    def density(self) -> float:
        return self.count / (sum(distance for _, distance in self.anchors) if self.anchored else 1)


def cost(tree: Sequence[Node]) -> float:
    """Return the most tries a character of text may cause, in units of some 30 ns."""
    run = lead(tree)
    tries = _walk(list(tree), [], _anchored(_Ways(anchored=bool(run)), run))[0]
    return tries / _ONCE if tree and tree[0] in _STARTS else tries


def _walk(seq: list[Node], rest: list[Node], ways: _Ways) -> tuple[float, _Ways]:
    """Return the tries within a sequence that `rest` follows, and the ways to its end."""
    total = 0.0
    for i, node in enumerate(seq):
        more, ways = _step(node, seq[i + 1 :] + rest, ways)
        total += more
    return total, ways


def _step(node: Node, follow: list[Node], ways: _Ways) -> tuple[float, _Ways]:
    kind, value = node
    if is_group(node):
        return _walk(body_of(node), follow, ways)
    if kind is op.BRANCH:
        return _branch(value[1], follow, ways)
    if kind in ASSERTS:
        return _walk(list(value[1]), [], ways)[0], ways
    if kind in REPEATS:
        return _repeat(value, follow, ways)
    return 0.0, ways


def _branch(parts: list[list[Node]], follow: list[Node], ways: _Ways) -> tuple[float, _Ways]:
    walked = [_walk(list(part), follow, ways) for part in parts]
    leads = [lead([*part, *follow]) for part in parts]
    alive = max(sum(w.count for (_, w), there in zip(walked, leads, strict=True) if not clash(here, there)) for here in leads)
    more = replace(ways, count=min(alive, _HOPELESS))
    tries = ways.density * _ALTERNATIVE * len(parts) + max(0.0, more.density - ways.density) * _ENTERED
    return tries + sum(inside for inside, _ in walked), more


def _repeat(value: tuple[int, int, list[Node]], follow: list[Node], ways: _Ways) -> tuple[float, _Ways]:
    low, high, body = value[0], value[1], list(value[2])
    single = len(body) == 1 and chars_of(body[0]) is not None
    again: list[Node] = [(op.MAX_REPEAT, (0, high - 1, body))] if high > 1 else []
    inside, after = (0.0, ways) if single else _walk(body, again + follow, ways)
    ways = _times(ways, (after.count / ways.count) ** min(high, _MANY))
    choices = high - low + 1
    if choices == 1:
        return inside * high, ways
    plain = single and bool(follow) and follow[0][0] is op.LITERAL
    tries = ways.density * choices * (_PLAIN if plain else _ENTERED if single else _GROUP) + inside * high
    run = lead(follow)
    begin, then = first(body), first(follow)
    decided = begin is not None and then is not None and not overlap(begin, then)
    decided = decided or (high == 1 and clash(lead([*body, *follow]), run)) or _cannot_fail(follow)
    ways = _anchored(ways, run)
    return tries, ways if decided else _times(ways, max(1.0, choices / _space(ways, run)))


def _times(ways: _Ways, factor: float) -> _Ways:
    return replace(ways, count=min(ways.count * factor, _HOPELESS))


def _cannot_fail(follow: Sequence[Node]) -> bool:
    return all(node[0] in REPEATS and node[1][0] == 0 for node in follow)


def _anchored(ways: _Ways, run: tuple[Chars, ...]) -> _Ways:
    """Add a run to the anchors unless it can share a character with one of them."""
    alphabet = tuple(r for chars in run for r in chars)
    if not run or any(overlap(alphabet, other) for other, _ in ways.anchors):
        return ways
    return replace(ways, anchors=(*ways.anchors, (alphabet, _distance(run))))


def _space(ways: _Ways, run: tuple[Chars, ...]) -> int:
    """Return how many characters of text one occurrence of a run takes up, where the anchors stand as well."""
    alphabet = tuple(r for chars in run for r in chars)
    shared = any(alphabet == other for other, _ in ways.anchors)
    return max(_distance(run), sum(distance for _, distance in ways.anchors) if shared else 0)


def _distance(run: tuple[Chars, ...]) -> int:
    """Return the least distance of two occurrences of a run: 2 for 甲乙, 1 for 甲甲."""
    return next((d for d in range(1, len(run)) if not clash(run[d:], run)), max(1, len(run)))

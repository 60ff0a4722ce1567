"""Edit a text in many steps and keep the way back: every change in the offsets of the rough answer."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from assistant.rewrite.values import Change, Op

Span = tuple[int, int]
# Marks that changed along with words need no reason of their own.
_MARKS = "style.punctuation"


@dataclass(frozen=True)
class Why:
    """What asked for a change."""

    rule: str
    clause: str
    reason: str


class Script:
    """A text under edit, and where each of its characters comes from. Offsets are code points of `text` as it stands.

    `write` puts new text into the script of the answer.
    """

    def __init__(self, rough: str, write: Callable[[str], str] = str) -> None:
        self.rough = self.text = rough
        self._write = write
        # Of each character its place in the rough answer as it was ordered, or -1 and what asked for it.
        self._origin = list(range(len(rough)))
        self._asked: list[Why | None] = [None] * len(rough)
        self._gone: dict[int, Why] = {}
        self._order: list[Span] = [(0, len(rough))]
        self._moved: list[tuple[Span, int, Why]] = []

    def order(self, spans: Sequence[Span], why: Why) -> None:
        """Put the stretches of the untouched answer in a new order; together they are the whole of it."""
        assert self.text == self.rough, "sentences are moved before they are changed"
        stays = _longest_rising([start for start, _ in spans])
        for place, span in enumerate(spans):
            if span[0] not in stays:
                after = next((s[0] for s in spans[place + 1 :] if s[0] in stays), len(self.rough))
                self._moved.append((span, after, why))
        self._order = list(spans)
        self.text = "".join(self.rough[start:end] for start, end in spans)

    def replace(self, start: int, end: int, new: str, why: Why) -> None:
        """Put new text in place of a range; what both have in common at either end is left as it is."""
        start, end, new = _trimmed(self.text, start, end, self._write(new))
        for place in self._origin[start:end]:
            if place >= 0:
                self._gone[place] = why
        self.text = self.text[:start] + new + self.text[end:]
        self._origin[start:end] = [-1] * len(new)
        self._asked[start:end] = [why] * len(new)

    def is_new(self, start: int, end: int) -> bool:
        """Tell whether a range of the text holds anything that the rough answer did not."""
        return any(place < 0 for place in self._origin[start:end])

    def is_cut(self, place: int) -> bool:
        """Tell whether something was taken out before a character."""
        return place > 0 and self._origin[place - 1] + 1 != self._origin[place]

    def taken(self, start: int, end: int) -> list[str]:
        """Return the rules that took out the characters of a stretch of the rough answer, one for each."""
        rules, at = [], 0
        for first, last in self._order:
            shift = at - first
            rules += [self._gone[i + shift].rule for i in range(max(first, start), min(last, end)) if i + shift in self._gone]
            at += last - first
        return rules

    def changes(self) -> tuple[Change, ...]:
        """Return the moves, then every other change in text order. `apply` makes the text of them."""
        moves = [Change("move", *span, self.rough[slice(*span)], self.rough[slice(*span)], *_said([why]), to=to)
                 for span, to, why in self._moved]  # fmt: skip
        edits: dict[Span, Change] = {}
        for edit in sorted(self._edits(), key=lambda c: (c.start, c.end)):
            span = (edit.start, edit.end)
            edits[span] = _joined(edits[span], edit) if span in edits and edit.before else edit
        return (*moves, *edits.values())

    def _edits(self) -> Iterator[Change]:
        starts = [0, *accumulate(end - start for start, end in self._order)]
        at, place = 0, 0
        while at < len(self.text) or place < len(self.rough):
            if at < len(self.text) and self._origin[at] == place:
                at, place = at + 1, place + 1
                continue
            new = at
            while new < len(self.text) and self._origin[new] < 0:
                new += 1
            gone = self._origin[new] if new < len(self.text) else len(self.rough)
            whys = [self._gone[i] for i in range(place, gone)] + [why for why in self._asked[at:new] if why]
            yield from self._change(place, gone, self.text[at:new], whys, starts)
            at, place = new, gone

    def _change(self, first: int, last: int, new: str, whys: Sequence[Why], starts: Sequence[int]) -> Iterator[Change]:
        """Yield the change of a stretch of the ordered answer, cut where sentences were put side by side."""
        said = _said(list(dict.fromkeys(whys)))
        while True:
            number = min(bisect_right(starts, first) - 1, len(self._order) - 1)
            end = min(last, starts[number + 1])
            shift = self._order[number][0] - starts[number]
            if self._moved and first == end and new:  # an insertion between sentences holds on to a neighbour
                yield self._anchored(first, new, said, starts, number, shift)
                return
            before = self.rough[first + shift : end + shift]
            op: Op = "replace" if before and new else "insert" if new else "delete"
            yield Change(op, first + shift, end + shift, before, new, *said)
            first, new = end, ""
            if first >= last:
                return

    def _anchored(
        self, place: int, new: str, said: tuple[str, str, str], starts: Sequence[int], number: int, shift: int
    ) -> Change:
        inside = place < starts[number + 1]
        where = place + shift if inside else place + shift - 1
        char = self.rough[where]
        return Change("replace", where, where + 1, char, new + char if inside else char + new, *said)


def apply(rough: str, changes: Iterable[Change]) -> str:
    """Make the changes of a rough answer; those that a person refused are left out before."""
    changes = tuple(changes)
    moves = [c for c in changes if c.op == "move"]
    cuts = sorted({0, len(rough), *(x for c in moves for x in (c.start, c.end, c.to or 0))})
    stretches = dict(pairwise(cuts))
    edits = sorted((c for c in changes if c.op != "move"), key=lambda c: (c.start, c.end))
    out = []
    for start, end in [*stretches.items(), (len(rough), len(rough))]:
        for move in moves:
            if move.to == start:
                out.append(_edited(rough, move.start, move.end, edits))
        if not any(m.start <= start and end <= m.end for m in moves) or start == end:
            out.append(_edited(rough, start, end, edits, last=end == len(rough) and start < end) if start < end else "")
    return "".join(out) if rough else "".join(c.after for c in edits)


def _edited(rough: str, start: int, end: int, edits: Sequence[Change], last: bool = False) -> str:
    out, at = [], start
    for edit in edits:
        if start <= edit.start and edit.end <= end and (edit.start < end or last):
            out += [rough[at : edit.start], edit.after]
            at = edit.end
    return "".join((*out, rough[at:end]))


def _trimmed(text: str, start: int, end: int, new: str) -> tuple[int, int, str]:
    """Take off what a range and its new text have in common at both ends."""
    old, head = text[start:end], 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return start + head, end - tail, new[head : len(new) - tail]


def _joined(one: Change, other: Change) -> Change:
    """Join two insertions that hold on to the same character, one before and one behind it."""
    before, behind = (one, other) if one.after.endswith(one.before) else (other, one)
    after = before.after + behind.after.removeprefix(behind.before)
    return replace(one, after=after, reason="；".join(dict.fromkeys((one.reason, other.reason))))


def _said(whys: Sequence[Why]) -> tuple[str, str, str]:
    """Return rule, clause and reason of a change that several asked for: the first one's, and all reasons but for the marks'."""
    whys = [why for why in whys if why.rule != _MARKS] or whys
    reasons = dict.fromkeys(why.reason for why in whys)
    return whys[0].rule, whys[0].clause, "；".join(reason.rstrip("。") for reason in reasons)


def _longest_rising(values: Sequence[int]) -> frozenset[int]:
    """Return a longest subsequence that rises: what stays where it is."""
    runs: list[list[int]] = [[]]
    for value in values:
        before: list[int] = []
        for run in runs:
            if len(run) > len(before) and run[-1] < value:
                before = run
        runs.append([*before, value])
    best: list[int] = []
    for run in runs:
        best = run if len(run) > len(best) else best
    return frozenset(best)

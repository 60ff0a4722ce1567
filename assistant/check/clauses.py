"""Cut a folded text into clauses and sentences."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

Span = tuple[int, int]

_MARK = re.compile(r"[,。!?;\n~…]+ *| {2,}")
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]*")
_ENDS = "。!?;\n"
_TRIM = ' ,、。!?;:~…\n\t"“”‘’'


def sentences(text: str) -> list[Span]:
    """Return the spans of the sentences of a text as given, their end marks included."""
    return [m.span() for m in _SENTENCE.finditer(text) if m[0].strip()]


class Clauses:
    """The clause and sentence bounds of one folded text."""

    __slots__ = ("_cuts", "_ends", "_spoken", "text")

    def __init__(self, folded: str) -> None:
        self.text = folded
        cuts, ends = [0], [0]
        for match in _MARK.finditer(folded):
            start, end = match.span()
            mark = folded[start]
            if mark == "," and end < len(folded) and start and folded[start - 1].isdigit() and folded[end].isdigit():
                continue  # 1,000元
            cuts.append(end)
            if mark in _ENDS or (end - start > 1 and not _ENDS_IN.isdisjoint(match[0])):
                ends.append(end)
        if cuts[-1] < len(folded):
            cuts.append(len(folded))
        if ends[-1] < len(folded):
            ends.append(len(folded))
        self._cuts, self._ends = cuts, ends
        self._spoken: dict[int, Span] = {}

    def clause(self, start: int, end: int) -> Span:
        """Return the bounds of the clauses that hold a span, their end marks included."""
        return _around(self._cuts, start, end)

    def sentence(self, start: int, end: int) -> Span:
        """Return the bounds of the sentences that hold a span."""
        return _around(self._ends, start, end)

    def number(self, position: int) -> int:
        """Return the number of the clause at a position, from 0."""
        return bisect_right(self._cuts, position) - 1

    def start_of(self, number: int) -> int:
        """Return where a clause begins, behind the text when there is none of this number."""
        return self._cuts[number] if number < len(self._cuts) - 1 else len(self.text) + 1

    def spoken(self, start: int, end: int) -> Span:
        """Return the clauses that hold a span without the marks around them."""
        left, right = self._trimmed(*_around(self._cuts, start, end))
        return min(left, start), max(right, end)

    def spoken_at(self, hits: Iterable[Span]) -> set[Span]:
        """Return the clauses, without marks, that hold each of many spans."""
        cuts, last = self._cuts, len(self._cuts) - 1
        numbers: set[int] = set()
        spans: set[Span] = set()
        for start, end in hits:
            number = bisect_right(cuts, start) - 1
            if number < last and end <= cuts[number + 1]:
                numbers.add(number)
            else:
                spans.add(self.spoken(start, end))
        for number in numbers:
            spans.add(self._clause(number))
        return spans

    def spoken_all(self) -> Iterator[Span]:
        """Yield every clause in which something is said, without the marks around it."""
        for number in range(len(self._cuts) - 1):
            span = self._clause(number)
            if span[0] < span[1]:
                yield span

    def _clause(self, number: int) -> Span:
        span = self._spoken.get(number)
        if span is None:
            span = self._spoken[number] = self._trimmed(self._cuts[number], self._cuts[number + 1])
        return span

    def sentences(self) -> list[Span]:
        """Return the bounds of all sentences."""
        return list(zip(self._ends, self._ends[1:], strict=False))

    def clauses(self) -> list[Span]:
        """Return the bounds of all clauses."""
        return list(zip(self._cuts, self._cuts[1:], strict=False))

    def _trimmed(self, left: int, right: int) -> Span:
        text = self.text
        while right > left and text[right - 1] in _TRIM:
            right -= 1
        while left < right and text[left] in _TRIM:
            left += 1
        return left, right


_ENDS_IN = frozenset(_ENDS)


def _around(cuts: list[int], start: int, end: int) -> Span:
    left = cuts[bisect_right(cuts, start) - 1]
    at = bisect_right(cuts, max(start, end - 1))
    return left, cuts[at] if at < len(cuts) else cuts[-1]

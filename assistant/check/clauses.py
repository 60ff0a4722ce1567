"""Cut a folded text into clauses and sentences."""

from __future__ import annotations

import re
from bisect import bisect_right

Span = tuple[int, int]

_MARK = re.compile(r"[,。!?;\n~…]+ *| {2,}")
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]*")
_ENDS = "。!?;\n"
_AROUND = frozenset(' ,、。!?;:~…\n\t"“”‘’')


def sentences(text: str) -> list[Span]:
    """Return the spans of the sentences of a text as given, their end marks included."""
    return [m.span() for m in _SENTENCE.finditer(text) if m[0].strip()]


class Clauses:
    """The clause and sentence bounds of one folded text."""

    __slots__ = ("_cuts", "_ends", "_numbers", "_said", "text")

    def __init__(self, folded: str) -> None:
        self.text = folded
        cuts, ends, said = [0], [0], list[int]()
        for match in _MARK.finditer(folded):
            start, end = match.span()
            mark = folded[start]
            if mark == "," and end < len(folded) and start and folded[start - 1].isdigit() and folded[end].isdigit():
                continue  # 1,000元
            cuts.append(end)
            said.append(start)
            if mark in _ENDS or (end - start > 1 and not _ENDS_IN.isdisjoint(match[0])):
                ends.append(end)
        if cuts[-1] < len(folded):
            cuts.append(len(folded))
            said.append(len(folded))
        if ends[-1] < len(folded):
            ends.append(len(folded))
        self._cuts, self._ends, self._said = cuts, ends, said
        self._numbers: list[int] | None = None

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

    def __len__(self) -> int:
        return len(self._cuts) - 1

    @property
    def numbers(self) -> list[int]:
        """The number of the clause at each position."""
        if self._numbers is None:
            self._numbers = []
            for number, (start, end) in enumerate(self.clauses()):
                self._numbers += [number] * (end - start)
        return self._numbers

    def spoken(self, number: int) -> Span:
        """Return a clause without the marks around it; empty when nothing is said in it."""
        left, right, text = self._cuts[number], self._said[number], self.text
        while right > left and text[right - 1] in _AROUND:
            right -= 1
        while left < right and text[left] in _AROUND:
            left += 1
        return left, right

    def spoken_all(self) -> list[Span]:
        """Return every clause without the marks around it."""
        return [self.spoken(number) for number in range(len(self))]

    def sentences(self) -> list[Span]:
        """Return the bounds of all sentences."""
        return list(zip(self._ends, self._ends[1:], strict=False))

    def clauses(self) -> list[Span]:
        """Return the bounds of all clauses."""
        return list(zip(self._cuts, self._cuts[1:], strict=False))


_ENDS_IN = frozenset(_ENDS)


def _around(cuts: list[int], start: int, end: int) -> Span:
    left = cuts[bisect_right(cuts, start) - 1]
    at = bisect_right(cuts, max(start, end - 1))
    return left, cuts[at] if at < len(cuts) else cuts[-1]

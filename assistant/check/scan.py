"""One automaton over everything the rules and acts look for; regexes run only behind one of their literals."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate

from assistant.check.pack import Pattern

Span = tuple[int, int]
Found = dict[int, list[Span]]

# Shorter texts are searched whole: cutting many windows costs more than it saves.
_WHOLE = 600
# A reply longer than this is never one of the short ones that some patterns describe from end to end.
_WHOLE_REPLY = 80
# Fewer spans are compared one by one.
_FEW = 8


class _Automaton:
    """The automaton over some texts and, by its numbers, what each text means.

    An entry is whose a literal is, which regexes it guards, and whether it must not be part of a longer Latin word.
    `long` are the entries for texts that are too long to be matched from end to end by a short pattern.
    """

    __slots__ = ("entries", "find", "long")

    def __init__(
        self, texts: Sequence[str], owners: Mapping[str, list[int]], guards: Mapping[str, list[int]], whole: Collection[int]
    ) -> None:
        from ahocorasick_rs import AhoCorasick, Implementation

        none: list[int] = []
        self.entries = [
            (owned := tuple(owners.get(text, none)), tuple(guards.get(text, none)), bool(owned) and _at_latin(text))
            for text in texts
        ]
        self.long = [
            (owned, tuple(n for n in guarded if n not in whole) if guarded else guarded, latin)
            for owned, guarded, latin in self.entries
        ]
        # The contiguous automaton takes a tenth of the memory of a full one and is built in a third of the time.
        self.find = AhoCorasick(texts, implementation=Implementation.ContiguousNFA).find_matches_as_indexes


class Scanner:
    """Literals and guarded regexes of many owners; an owner is a small number that the caller gives out."""

    def __init__(self, words: Iterable[tuple[int, str]], patterns: Iterable[tuple[int, Pattern]]) -> None:
        self._patterns = tuple(patterns)
        self._regexes: dict[int, re.Pattern[str]] = {}
        self._owners: dict[str, list[int]] = {}
        for owner, word in words:
            self._owners.setdefault(word, []).append(owner)
        self._guards: dict[str, list[int]] = {}
        for number, (_, pattern) in enumerate(self._patterns):
            for literal in pattern.literals:
                self._guards.setdefault(literal, []).append(number)
        self._texts = list(dict.fromkeys((*self._owners, *self._guards)))
        # Patterns that must be the whole text need no look at a longer one.
        self._whole = {
            n for n, (_, p) in enumerate(self._patterns) if p.first and p.regex.endswith("$") and p.width < _WHOLE_REPLY
        }
        self._automaton: _Automaton | None = None
        self._scans = 0

    def scan(self, text: str) -> Found:
        """Return the spans of each owner's literals and regex matches in a folded text, overlaps included."""
        found: Found = {}
        automaton = self._automaton or self._automaton_for(text)
        if automaton is None:
            return found
        entries, waiting = automaton.entries if len(text) <= _WHOLE_REPLY else automaton.long, dict[int, list[Span]]()
        for index, start, end in automaton.find(text, overlapping=True):
            owners, guarded, latin = entries[index]
            span = (start, end)
            for number in guarded:
                if number in waiting:
                    waiting[number].append(span)
                else:
                    waiting[number] = [span]
            if latin and runs_on(text, start, end):
                continue
            for owner in owners:
                if owner in found:
                    found[owner].append(span)
                else:
                    found[owner] = [span]
        for number, places in waiting.items():
            self._search(number, text, places, found)
        return found

    def _automaton_for(self, text: str) -> _Automaton | None:
        """Return one over all words, or while few short texts were scanned, one over the words that this text holds.

        To find those takes 2 ms, to build the whole automaton 80: who checks one reply need not wait for it.
        """
        texts = self._texts
        if len(text) > _WHOLE or self._scans >= _FEW:
            if texts:
                self._automaton = _Automaton(texts, self._owners, self._guards, self._whole)
            return self._automaton
        self._scans += 1
        texts = [word for word in texts if word in text]
        return _Automaton(texts, self._owners, self._guards, self._whole) if texts else None

    def _search(self, number: int, text: str, places: list[Span], found: Found) -> None:
        owner, pattern = self._patterns[number]
        length = len(text)
        if len(places) == 1:
            start, end = places[0]
            left, right = start - pattern.width, end + pattern.width + pattern.after + 1
            windows = [(left if left > 0 else 0, right)]
        else:
            windows = [(0, length)] if length <= _WHOLE else _windows(places, pattern, length)
        if pattern.also:
            near = text[windows[0][0] : windows[0][1]] if len(windows) == 1 else text
            if not _may_match(near, pattern.also):
                return
        regex = self._regexes.get(number) or self._compile(number)
        if pattern.first:
            match = regex.match(text)
            if match:
                found.setdefault(owner, []).append(match.span())
            return
        for start, end in windows:
            for match in regex.finditer(text, start, end):
                found.setdefault(owner, []).append(match.span())

    def _compile(self, number: int) -> re.Pattern[str]:
        # On first use: most regexes never meet their literal, and compiling all would slow every start.
        regex = self._regexes[number] = re.compile(self._patterns[number][1].regex)
        return regex


def _may_match(window: str, groups: Iterable[tuple[str, ...]]) -> bool:
    """Tell whether a stretch of text holds a word of each group."""
    for words in groups:
        for word in words:
            if word in window:
                break
        else:
            return False
    return True


def _windows(places: list[Span], pattern: Pattern, length: int) -> list[Span]:
    """Return merged stretches of text in which a match around one of its literals must lie."""
    windows: list[Span] = []
    for start, end in places:
        left = max(0, start - pattern.width)
        # One more, or `$` would match at the window's edge.
        right = min(length, end + pattern.width + pattern.after + 1)
        if windows and left <= windows[-1][1]:
            windows[-1] = (min(left, windows[-1][0]), max(right, windows[-1][1]))
        else:
            windows.append((left, right))
    return windows


def _at_latin(text: str) -> bool:
    return text[0] < "\x80" or text[-1] < "\x80"


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def runs_on(text: str, start: int, end: int) -> bool:
    """Tell whether a Latin or numeric literal is only part of a longer word or number, as 12345 is of SF1234567."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return (_latin(text[start]) and _latin(before)) or (_latin(text[end - 1]) and _latin(after))


def inside(span: Span, others: Iterable[Span]) -> bool:
    """Tell whether a span lies within one of the others."""
    return any(start <= span[0] and span[1] <= end for start, end in others)


class Cover:
    """Many spans, asked in logarithmic time: a text of a megabyte may hold a hundred thousand of them."""

    __slots__ = ("_reach", "_starts")

    def __init__(self, spans: Iterable[Span]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        self._reach = list(accumulate((end for _, end in ordered), max))

    def reach(self, place: int) -> int:
        """Return the furthest end of the spans that start before a place, -1 when none does."""
        at = bisect_left(self._starts, place)
        return self._reach[at - 1] if at else -1

    def holds(self, span: Span) -> bool:
        """Tell whether a span lies within one of these."""
        return self.reach(span[0] + 1) >= span[1]

    def meets(self, span: Span) -> bool:
        """Tell whether a span overlaps one of these."""
        return self.reach(span[1]) > span[0]


def outside(spans: list[Span], others: Collection[Span]) -> list[Span]:
    """Keep the spans that lie within none of the others."""
    if len(others) < _FEW:
        return [span for span in spans if not inside(span, others)] if others else spans
    cover = Cover(others)
    return [span for span in spans if not cover.holds(span)]


def leftmost_longest(spans: Iterable[Span]) -> list[Span]:
    """Keep non-overlapping spans: leftmost first, the longest at each place."""
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda s: (s[0], -s[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept

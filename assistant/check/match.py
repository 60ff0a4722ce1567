"""Find the literals and regexes of many rules in one folded text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.check.views import fold

_QUOTED = re.compile(r"“([^”]*)”|「([^」]*)」|『([^』]*)』|‘([^’]*)’|\"([^\"]*)\"")

Span = tuple[int, int]


class Literals:
    """Aho-Corasick over folded literals; reports every (owner, span), overlaps included."""

    def __init__(self, words: Iterable[tuple[str, str]]) -> None:
        from ahocorasick_rs import AhoCorasick

        owners: dict[str, list[str]] = {}
        for owner, word in words:
            owners.setdefault(fold(word), []).append(owner)
        self._owners = list(owners.values())
        self._automaton = AhoCorasick(list(owners)) if owners else None

    def find(self, folded: str) -> dict[str, list[Span]]:
        """Return the spans of each owner's literals in a folded text."""
        found: dict[str, list[Span]] = {}
        if self._automaton is None or not folded:
            return found
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if _runs_on(folded, start, end):
                continue
            for owner in self._owners[index]:
                found.setdefault(owner, []).append((start, end))
        return found


def _runs_on(folded: str, start: int, end: int) -> bool:
    """Tell whether a Latin or numeric literal is only part of a longer word or number, as 12345 is of SF1234567."""
    first, last = folded[start], folded[end - 1]
    return (
        first.isascii() and first.isalnum() and start > 0 and folded[start - 1].isascii() and folded[start - 1].isalnum()
    ) or (last.isascii() and last.isalnum() and end < len(folded) and folded[end].isascii() and folded[end].isalnum())


class Patterns:
    """Compiled regexes of many owners, run on the folded view."""

    def __init__(self, patterns: Iterable[tuple[str, str]]) -> None:
        self._compiled = [(owner, re.compile(pattern, re.IGNORECASE)) for owner, pattern in patterns]

    def find(self, folded: str) -> dict[str, list[Span]]:
        """Return the spans of each owner's non-empty matches."""
        found: dict[str, list[Span]] = {}
        for owner, regex in self._compiled:
            for match in regex.finditer(folded):
                if match.end() > match.start():
                    found.setdefault(owner, []).append(match.span())
        return found


def inside(span: Span, others: Iterable[Span]) -> bool:
    """Tell whether a span lies within one of the others."""
    return any(start <= span[0] and span[1] <= end for start, end in others)


def leftmost_longest(spans: Iterable[Span]) -> list[Span]:
    """Keep non-overlapping spans: leftmost first, the longest at each place."""
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda s: (s[0], -s[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def quoted_customer_words(text: str, customer: str) -> list[Span]:
    """Return the spans of quotations whose very words the customer said."""
    folded_customer = fold(customer)
    spans = []
    for match in _QUOTED.finditer(text):
        words = next(group for group in match.groups() if group is not None)
        if words and fold(words) in folded_customer:
            spans.append(match.span())
    return spans

"""Find literals and regexes of many named owners in one folded text: what understanding a message needs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.check.scan import Span, runs_on
from assistant.check.views import fold


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
            if runs_on(folded, start, end):
                continue
            for owner in self._owners[index]:
                found.setdefault(owner, []).append((start, end))
        return found


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

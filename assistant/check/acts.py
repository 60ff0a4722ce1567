"""Find speech acts (言语行为) and where they stand."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.check.findings import ActSpan
from assistant.check.match import Literals, Patterns, Span, inside, leftmost_longest
from corpus import Act


class ActFinder:
    """Compiled act definitions."""

    def __init__(self, acts: Iterable[Act]) -> None:
        self._acts = tuple(acts)
        words = [(act.id, cue) for act in self._acts for cue in act.cues]
        self._cues = Literals(words)
        self._exceptions = Literals([(act.id, word) for act in self._acts for word in act.exceptions])
        self._patterns = Patterns([(act.id, pattern) for act in self._acts for pattern in act.patterns])

    def find(self, text: str, folded: str) -> tuple[ActSpan, ...]:
        """Return the acts of a text in text order; exceptions silence the cues inside them."""
        cues, exceptions = self._cues.find(folded), self._exceptions.find(folded)
        patterns = self._patterns.find(folded)
        spans: list[ActSpan] = []
        for act in self._acts:
            hits: list[Span] = [*cues.get(act.id, ()), *patterns.get(act.id, ())]
            blocked = exceptions.get(act.id, ())
            for start, end in leftmost_longest(hit for hit in hits if not inside(hit, blocked)):
                spans.append(ActSpan(act.id, start, end, text[start:end]))
        return tuple(sorted(spans, key=lambda s: (s.start, s.end)))

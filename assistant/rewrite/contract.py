"""The facts contract: what a rough answer states must survive its rewrite exactly, and nothing may be stated that nobody said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from assistant.check.facts import facts_in, unsupported
from assistant.rewrite.blanks import blank_spans, breaks
from assistant.rewrite.values import Facts


class Contract:
    """What one rough answer binds its rewrite to: every fact word for word, every blank, link, tag and line break as often."""

    def __init__(self, rough: str) -> None:
        spans = blank_spans(rough)
        self._rough = rough
        self.blanks = tuple(rough[start:end] for start, end in spans)
        self._counts = Counter(self.blanks)
        self._breaks = breaks(rough)
        stated = (f for f in facts_in(rough) if not any(s < f.end and f.start < e for s, e in spans))
        self.facts = tuple(dict.fromkeys(rough[fact.start : fact.end] for fact in stated))

    def binds(self, stretch: str) -> bool:
        """Tell whether a stretch of the answer states a fact or holds a blank."""
        return any(fact in stretch for fact in self.facts) or any(blank in stretch for blank in self.blanks)

    def lost(self, text: str) -> tuple[str, ...]:
        """Return what a text no longer holds; a line break is named as it is written in Python."""
        facts = [fact for fact in self.facts if fact not in text]
        blanks = [blank for blank, count in self._counts.items() if text.count(blank) < count]
        if breaks(text) != self._breaks:
            facts.append(repr("\n")[1:-1])
        return (*facts, *blanks)

    def harms(self, before: str, after: str) -> bool:
        """Tell whether a change loses something, or states what the answer does not."""
        if set(self.lost(after)) - set(self.lost(before)):
            return True
        old = {(fact.kind, fact.key) for fact in facts_in(before)}
        fresh = any((fact.kind, fact.key) not in old for fact in facts_in(after))
        return fresh and bool(unsupported(after, (self._rough, before)))

    def judge(self, text: str, known: Iterable[str]) -> Facts:
        """Return what became of the facts; what `known` texts or the answer itself state is not added."""
        lost = self.lost(text)
        kept = tuple(dict.fromkeys(x for x in (*self.facts, *self.blanks) if x not in lost))
        spans = blank_spans(text)
        new = [f for f in unsupported(text, known) if not any(s < f.end and f.start < e for s, e in spans)]
        return Facts(kept, lost, tuple(dict.fromkeys(text[f.start : f.end] for f in new)))

"""When a person with more authority should take over."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.check import fold
from assistant.check.match import Literals
from assistant.emotion import EmotionReader
from assistant.understand import Understanding
from assistant.values import Escalate
from corpus import Escalation, Scenario


class EscalationFinder:
    """Compiled escalation conditions, most serious first as in the file."""

    def __init__(self, reasons: Mapping[str, Escalation], emotions: EmotionReader) -> None:
        self._reasons = tuple(reasons.values())
        self._emotions = emotions
        self._cues = Literals([(reason.id, cue) for reason in self._reasons for cue in reason.cues])

    def reason(self, found: Escalate | None) -> Escalation | None:
        """Return the condition behind a found reason."""
        return next((reason for reason in self._reasons if found and reason.id == found.reason), None)

    def find(self, read: Understanding, scenario: Scenario) -> Escalate | None:
        """Return the first reason that holds, or None."""
        hits = self._cues.find(fold(read.simplified))
        for reason in self._reasons:
            if reason.id in hits or scenario.id in reason.scenarios or (reason.turns and self._abuse(read) >= reason.turns):
                return Escalate(reason.id, reason.title)
        return None

    def _abuse(self, read: Understanding) -> int:
        said = [turn.text for turn in read.turns if turn.speaker == "customer"] + [read.simplified]
        return sum(self._emotions.read(text) == "abusive" for text in said)

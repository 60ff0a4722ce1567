"""How the customer feels: abusive, upset, anxious, calm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assistant.check import fold
from assistant.check.match import Literals, Patterns
from assistant.check.scan import inside
from corpus import Emotion, EmotionCues

_ORDER: tuple[Emotion, ...] = ("abusive", "upset", "anxious")


class EmotionReader:
    """Compiled emotion cues; the strongest emotion with a sign wins."""

    def __init__(self, emotions: Mapping[str, EmotionCues]) -> None:
        known: Iterable[EmotionCues] = emotions.values()
        self._cues = Literals([(e.id, cue) for e in known for cue in e.cues])
        self._exceptions = Literals([(e.id, word) for e in emotions.values() for word in e.exceptions])
        self._patterns = Patterns([(e.id, pattern) for e in emotions.values() for pattern in e.patterns])

    def signs(self, text: str) -> dict[str, int]:
        """Count the signs of each emotion."""
        folded = fold(text)
        cues, blocked, patterns = self._cues.find(folded), self._exceptions.find(folded), self._patterns.find(folded)
        counts: dict[str, int] = {}
        for emotion in _ORDER:
            hits = [*cues.get(emotion, ()), *patterns.get(emotion, ())]
            counts[emotion] = sum(not inside(hit, blocked.get(emotion, ())) for hit in set(hits))
        return counts

    def read(self, text: str) -> Emotion:
        """Return the emotion of a message."""
        counts = self.signs(text)
        return next((emotion for emotion in _ORDER if counts[emotion]), "calm")

"""Tell messages that try to steer whoever writes the reply; see `corpus/probes.yaml`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from assistant.check import fold
from assistant.check.match import Literals, Patterns
from assistant.check.scan import inside
from corpus import Probe

# Characters that nobody types: tags, variation selectors in a row, bidirectional controls, zero-width ones between letters.
_UNSEEN = re.compile(r"[\U000e0000-\U000e007f]|[\u202a-\u202e\u2066-\u2069]|[\u200b-\u200d\u2060\ufeff]{2,}")
_UNSEEN_FEW = re.compile(r"[\u200b-\u200d\u2060\ufeff]")
_MOST_UNSEEN = 3


class ProbeFinder:
    """Compiled signs of orders in a customer's words."""

    def __init__(self, probes: Mapping[str, Probe]) -> None:
        self._cues = Literals([(p.id, cue) for p in probes.values() for cue in p.cues])
        self._patterns = Patterns([(p.id, pattern) for p in probes.values() for pattern in p.patterns])
        self._exceptions = Literals([(p.id, word) for p in probes.values() for word in p.exceptions])

    def find(self, texts: Sequence[str]) -> str | None:
        """Return the id of the first probe that one of the texts shows, `encoded` for unseen characters, or None."""
        for text in texts:
            if _UNSEEN.search(text) or len(_UNSEEN_FEW.findall(text)) > _MOST_UNSEEN:
                return "encoded"
            folded = fold(unicodedata.normalize("NFKC", _UNSEEN_FEW.sub("", text)))
            excused = self._exceptions.find(folded)
            for hits in (self._cues.find(folded), self._patterns.find(folded)):
                for probe, spans in hits.items():
                    if any(not inside(span, excused.get(probe, ())) for span in spans):
                        return probe
        return None

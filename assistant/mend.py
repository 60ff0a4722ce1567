"""Deterministic repairs of one sentence: safe fixes of the rules, promises that may be made, blanks for what nothing supports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.check import Finding
from assistant.check.facts import facts_in
from assistant.gate import Gate

# Which blank stands for a fact of a kind; the others cannot be asked for in a word.
_BLANKS = {"amount": "amount", "date": "date", "duration": "deadline", "id": "order_id", "phone": "contact"}


class Mender:
    """Repairs for one request. `promises` are the commitments that may be made, by slot; `titles` what people see for a slot."""

    def __init__(self, gate: Gate, promises: Mapping[str, str], titles: Mapping[str, str]) -> None:
        self._gate, self._promises, self._titles = gate, promises, titles

    def fixed(self, text: str, sentence: str) -> str:
        """Return the sentence with every fix that may be applied unseen."""
        start = len(text)
        edits: list[tuple[int, int, str]] = []
        for finding in self._gate.check(text + sentence, by_words=True).findings:
            for fix in finding.fixes:
                span = (fix.start - start, fix.end - start)
                apart = all(span[1] <= a or b <= span[0] for a, b, _ in edits)
                if fix.safety == "safe" and span[0] >= 0 and apart and not facts_in(sentence[slice(*span)]):
                    edits.append((*span, fix.text))
                    break
        return _edited(sentence, edits)

    def with_commitments(self, text: str, sentence: str) -> str:
        """Return the sentence with each invented limit of time replaced by the one that may be promised."""
        deadline = self._promises.get("deadline")
        if not deadline:
            return sentence
        spans = self._unsupported(text, sentence, ("date", "duration"))
        edits = []
        for start, end in spans:
            # 24小时内 and 10分钟内 both say 内 themselves.
            tail = 1 if deadline[-1] in "内前" and sentence[end : end + 1] in ("内", "前") else 0
            edits.append((start, end + tail, deadline))
        return _edited(sentence, edits[:1])

    def with_blanks(self, text: str, sentence: str) -> str:
        """Return the sentence with a visible blank for each fact that nothing supports."""
        edits = []
        for fact in facts_in(sentence):
            name = _BLANKS.get(fact.kind)
            if name and (fact.start, fact.end) in self._unsupported(text, sentence, (fact.kind,)):
                edits.append((fact.start, fact.end, f"【{self._titles.get(name, name)}】"))
        return _edited(sentence, edits)

    def _unsupported(self, text: str, sentence: str, kinds: Sequence[str]) -> list[tuple[int, int]]:
        start = len(text)
        found: list[Finding] = [f for f in self._gate.errors(text + sentence) if f.kind == "fact" and f.start >= start]
        kind_of = {(f.start, f.end): f.kind for f in facts_in(sentence)}
        spans = dict.fromkeys((f.start - start, f.end - start) for f in found)
        return [span for span in spans if kind_of.get(span, "date") in kinds]


def _edited(text: str, edits: Sequence[tuple[int, int, str]]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text

"""Put a reply together sentence by sentence, so that whatever stands can be sent and completed at any moment.

A sentence is taken when the text with it breaks no error rule and could be completed with approved phrases to a text that
passes. So nothing that was taken is ever taken back, and a model that fails half-way still leaves a verified reply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from assistant.check import Finding, Situation
from assistant.check.facts import facts_in
from assistant.gate import Gate
from assistant.mend import Mender
from assistant.script import to_traditional

_SOOTHING = frozenset({"apology", "empathy", "greeting"})
_CLOSING = frozenset({"farewell", "thanks", "offer_more_help"})
# Longer replies are cut: a rule allows 200 characters, and nobody reads more.
_MOST_CHARS, _MOST_SENTENCES = 170, 6
# A model that says nothing new so often in a row goes round in circles.
_MOST_IDLE = 4
# What the model must at least have said for the reply to be its own.
_OWN = 8
_GREETING = re.compile(r"(?:您好|早上好|上午好|中午好|下午好|晚上好)[，,。！!~～]?")


@dataclass(frozen=True)
class Spare:
    """An approved sentence, its blanks filled, and the acts it performs."""

    text: str
    acts: tuple[str, ...]


class Assembly:
    """A growing reply.

    `spares` are the sentences of a composed reply that passes, which complete what a draft leaves out; `hello` begins a reply
    that does not greet by itself.
    """

    def __init__(self, gate: Gate, mender: Mender, spares: Sequence[Spare], traditional: bool = False, hello: str = "") -> None:
        self._gate, self._mender, self._spares, self._traditional = gate, mender, tuple(spares), traditional
        self._hello = hello
        self._held: list[str] = []
        self._own = self._idle = 0
        self.text = ""
        self.sentences: list[str] = []
        self.mended = False

    @property
    def situation(self) -> Situation:
        """What the text is checked against."""
        return self._gate.situation

    @property
    def full(self) -> bool:
        """True when nothing more can be taken."""
        return len(self.text) >= _MOST_CHARS or len(self.sentences) >= _MOST_SENTENCES or self._idle >= _MOST_IDLE

    @property
    def is_own(self) -> bool:
        """True when a worthwhile part of the text is the model's."""
        return self._own >= _OWN

    def offer(self, sentence: str, mend: bool = False) -> tuple[Finding, ...]:
        """Take a sentence of the draft, as it is or safely fixed, or return what is wrong with it; offsets are in the text with it.

        `mend` also tries the nearest approved sentence instead, and blanks for facts that nothing supports.
        """
        sentence = _cut(to_traditional(sentence) if self._traditional else sentence)
        acts = frozenset(self._gate.acts(sentence))
        if self.full or self._says_nothing_new(sentence, acts):
            self._idle += 1
            return ()
        self._idle = 0
        if acts and acts <= _CLOSING and self._missing():
            self._held.append(sentence)
            return ()
        hello, sentence = self._begun(sentence, acts)
        for candidate in self._ways(sentence, acts, mend):
            if self._stands(hello + candidate):
                self.mended |= candidate != sentence
                self._take(hello + candidate)
                self._own += sum("一" <= c <= "鿿" for c in candidate) if fuzz.ratio(candidate, sentence) > 50 else 0
                return ()
        return self._gate.objections(self.text, sentence) or self._gate.errors(self.text + sentence)

    def finish(self) -> str:
        """Add what is required and still missing, then what was held back for the end; return the text."""
        # Every sentence was taken on the condition that these make the whole pass, so they are not judged once more.
        for spare in dict.fromkeys(map(self._spare, self._missing(by_words=False))):
            if spare:
                self._take(spare.text)
        for sentence in self._held:
            if not self.full and not self._gate.is_repeated(self.text, sentence) and self._stands(sentence):
                self._take(sentence)
        self._held.clear()
        return self.text

    def _take(self, sentence: str) -> None:
        self.text += sentence
        self.sentences.append(sentence)

    def _says_nothing_new(self, sentence: str, acts: frozenset[str]) -> bool:
        """Tell whether a sentence only repeats a greeting or an apology, here or from an earlier turn, or another sentence."""
        said = frozenset(self._gate.acts(self.text)) | frozenset(self._gate.situation.done)
        only_soothes = bool(acts) and acts <= _SOOTHING and acts <= said
        return only_soothes or self._gate.is_repeated(self.text, sentence) or self._gate.asks_for_the_same(self.text, sentence)

    def _begun(self, sentence: str, acts: frozenset[str]) -> tuple[str, str]:
        """Take the apology that an upset customer is owed before the first sentence that says something else.

        Returns the greeting that is still wanted, and what is left of the sentence once its own greeting was taken.
        """
        greets = "greeting" in acts or sentence.startswith(self._hello)
        hello = "" if self.text or greets else self._hello
        if not (acts - {"greeting"}) or "apology" in acts or "apology" not in self._missing():
            return hello, sentence
        spare, greeted = self._spare("apology"), _GREETING.match(sentence)
        begun = hello or (greeted[0] if greeted else "")
        if spare is None or not self._stands(begun + spare.text):
            return hello, sentence
        self._take(begun + spare.text)
        return "", sentence[greeted.end() :] if greeted else sentence

    def _ways(self, sentence: str, acts: frozenset[str], mend: bool) -> Iterator[str]:
        fixed = self._mender.fixed(self.text, sentence)
        if fixed != sentence and self._is_better(fixed, sentence):
            yield fixed
        yield sentence
        promised = self._mender.with_commitments(self.text, fixed)
        if promised != fixed:
            yield promised
        if mend:
            # A sentence around an invented value is seldom true without it, so an approved one comes first.
            yield from self._nearest(sentence, acts)
            blank = self._mender.with_blanks(self.text, promised)
            if blank != promised:
                yield blank

    def _nearest(self, sentence: str, acts: frozenset[str]) -> Iterator[str]:
        """Yield unused approved sentences that do what the refused one does, the most alike first.

        None comes before what the plan wants first: 您发来后 makes no sense where nothing was asked for.
        """
        said = set(self._gate.acts(self.text))
        unsaid = [not set(spare.acts) <= said for spare in self._spares]
        fitting = [
            spare
            for place, spare in enumerate(self._spares)
            if unsaid[place] and acts & set(spare.acts) and not any(unsaid[:place])
        ]
        yield from (spare.text for spare in sorted(fitting, key=lambda spare: -fuzz.ratio(spare.text, sentence)))

    def _is_better(self, fixed: str, sentence: str) -> bool:
        """Tell whether a fix loses no supported fact and no act, and adds no finding."""
        before, after = (self._gate.check(self.text + s, by_words=True) for s in (sentence, fixed))
        lost = {f.key for f in facts_in(sentence)} - {f.key for f in facts_in(fixed)}
        required = set(self._gate.situation.required)
        kept = {a.act for a in before.acts} & required <= {a.act for a in after.acts}
        return not lost and kept and len(after.findings) <= len(before.findings)

    def _stands(self, sentence: str) -> bool:
        """Tell whether the text with this sentence passes, and can be completed so that the whole passes."""
        text = self.text + sentence
        if self._gate.objections(self.text, sentence) or self._gate.errors(text):
            return False
        result = self._gate.check(text, by_words=True)
        if result.passed:
            return True
        missing = [element.act for element in result.elements if element.status == "missing"]
        rest = [spare.text for spare in map(self._spare, missing) if spare]
        return self._gate.check(text + "".join(dict.fromkeys(rest)), by_words=True).passed

    def _missing(self, by_words: bool = True) -> list[str]:
        result = self._gate.check(self.text, by_words=by_words)
        return list(dict.fromkeys(e.act for e in result.elements if e.status == "missing"))

    def _spare(self, act: str) -> Spare | None:
        return next((s for s in self._spares if act in s.acts), None)


def _cut(sentence: str) -> str:
    """End a sentence that goes on and on behind its last clause that is not too far."""
    if len(sentence) <= _MOST_CHARS:
        return sentence
    return sentence[: max(sentence.rfind("，", 0, _MOST_CHARS), _MOST_CHARS // 2)] + "。"

"""Compose a reply from approved phrases: scenario plan, emotion, what is already known. No model, no network."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from assistant.check import fold
from assistant.slots import blanks, fill, usable
from assistant.understand import Understanding
from corpus import Corpus, Emotion, Escalation, Phrase, Scenario, Step, Tone, When

HELLO = "opening.hello"
CLARIFY_OPEN = "clarify.open"
CLARIFY_ONE = "clarify.one_option"
CLARIFY_TWO = "clarify.two_options"
TAKE_UP = ("clarify.take_up", "clarify.take_up_order")
OTHER_LANGUAGE = "boundary.language"
# When the best scenario is not this much likelier than the best of any other group, the guess is right one time in three
# on development messages, and asking back is the better reply.
SURE_RATIO = 1.5
# Thanks, farewells and small talk answered to a customer in trouble are the worst mistake; they need to be likely by themselves.
SURE_SMALL_TALK = 0.5
# A guess below HOPELESS is not acted on even without a rival; one below WORTH_NAMING is not named in a question back; with a
# rival that wants the same from the customer, one from LIKELY on is acted on.
HOPELESS = 0.1
WORTH_NAMING = 0.15
LIKELY = 0.2
UNCLEAR = "unclear_fragment"
# Han characters from which a message says what it is about, even where we cannot tell what.
SAID_SOMETHING = 12
# Shared phrases that the composer asks for by name; no plan step picks them.
_NAMED = (HELLO, "clarify.", "boundary.", "urgent.")
# What a reply that hands over keeps of its plan; whoever is in danger is asked for nothing.
_HANDING_OVER = ("opening", "apology", "empathy", "verify")
_IN_DANGER = ("self_harm",)
# “Are you asking for …” makes no sense of these.
_UNNAMED = frozenset({"angry_abusive", "unclear"})


@dataclass(frozen=True)
class Piece:
    """One phrase of a composed reply, its blanks filled."""

    phrase: Phrase
    text: str


@dataclass(frozen=True)
class Composition:
    """The pieces of a reply, and its slots: name → value, None while it shows as 【标题】."""

    pieces: tuple[Piece, ...]
    slots: dict[str, str | None]

    @property
    def asks_back(self) -> bool:
        """True when it asks what is meant, or says what we do not do."""
        return any(piece.phrase.id.startswith(("clarify.", "boundary.")) for piece in self.pieces)


@dataclass(frozen=True)
class Known:
    """What a phrase's conditions are tested against, the acts that need no repeating, and the tone that is preferred."""

    emotion: Emotion
    have: frozenset[str]
    message: str
    first_turn: bool
    done: frozenset[str] = frozenset()
    tone: Tone | None = None


class Composer:
    """Puts approved phrases together."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._titles = {slot.name: slot.title for slot in corpus.slots.values()}
        self._own: dict[tuple[str, str], list[Phrase]] = {}
        self._shared: dict[str, list[Phrase]] = {}
        for phrase in corpus.approved:
            for scenario in phrase.scenarios:
                self._own.setdefault((scenario, phrase.role), []).append(phrase)
            if not phrase.scenarios and not phrase.id.startswith(_NAMED):
                self._shared.setdefault(phrase.role, []).append(phrase)

    def compose(
        self,
        read: Understanding,
        scenario: Scenario,
        facts: Mapping[str, str],
        certain: bool = False,
        *,
        done: Collection[str] = (),
        reason: Escalation | None = None,
        tone: Tone | None = None,
    ) -> Composition:
        """Return the pieces of a reply and its slots.

        `certain` means that a person chose the scenario; otherwise an unsure guess leads to a question back.
        `facts` are values the caller vouches for; they win over commitments and the customer's own words.
        `done` are acts of earlier turns, `reason` is why a person with more authority takes over.
        """
        values = {name: c.text for name, c in scenario.commitments.items()} | read.values | dict(facts)
        have = frozenset(read.values) | frozenset(facts)
        known = Known(read.emotion, have, fold(read.simplified), read.first_turn, frozenset(done), tone)
        if reason is not None:
            phrases = self._hand_over(scenario, known, reason)
        elif read.language == "other":
            phrases = [self._corpus.phrases[OTHER_LANGUAGE]]
        elif not certain and (options := self._unsure(read)) is not None:
            phrases, extra = self._clarify(known, options)
            values |= extra
        else:
            phrases = self._plan(scenario, known)
        if known.first_turn and phrases and phrases[0].role != "opening" and HELLO in self._corpus.phrases:
            phrases.insert(0, self._corpus.phrases[HELLO])
        pieces = tuple(Piece(phrase, fill(phrase.text, values, self._titles)) for phrase in phrases)
        names = dict.fromkeys(name for phrase in phrases for name in blanks(phrase.text))
        return Composition(pieces, {name: usable(values.get(name)) for name in names})

    def single(self, read: Understanding, phrase_id: str) -> Composition:
        """Return one phrase as a reply, after a greeting on the first turn."""
        ids = [HELLO, phrase_id] if read.first_turn else [phrase_id]
        pieces = tuple(Piece(self._corpus.phrases[i], self._corpus.phrases[i].text) for i in ids)
        return Composition(pieces, {})

    def title(self, slot: str) -> str:
        """Return what people see for a slot."""
        return self._titles.get(slot, slot)

    def _plan(self, scenario: Scenario, known: Known) -> list[Phrase]:
        phrases: list[Phrase] = []
        for step in scenario.plan:
            if not holds(step.when, known) or step.role in known.done:
                continue
            best = self._pick(scenario, step, known)
            if best is not None and best not in phrases:
                phrases.append(best)
        return phrases

    def _hand_over(self, scenario: Scenario, known: Known, reason: Escalation) -> list[Phrase]:
        """Return the plan's phrases when they hand over by themselves; else what soothes, the reason's phrase, what is asked for."""
        planned = self._plan(scenario, known)
        if any(phrase.role == "escalation" for phrase in planned):
            return planned
        if reason.phrase:
            chosen = self._corpus.phrases[reason.phrase]
        else:
            own = [p for other in reason.scenarios for p in self._own.get((other, "escalation"), ())]
            chosen = max((p for p in own if holds(p.when, known)), key=lambda p: _fit(p.when, known))
        if reason.id in _IN_DANGER:
            return [chosen]
        kept = [phrase for phrase in planned if phrase.role in _HANDING_OVER]
        place = next((i for i, phrase in enumerate(kept) if phrase.role == "verify"), len(kept))
        return [*kept[:place], chosen, *kept[place:]]

    def _pick(self, scenario: Scenario, step: Step, known: Known) -> Phrase | None:
        own = [p for p in self._own.get((scenario.id, step.role), ()) if holds(p.when, known)]
        shared = [p for p in self._shared.get(step.role, ()) if holds(p.when, known)]
        candidates = own or shared
        return max(candidates, key=lambda p: (_fit(p.when, known), p.tone == known.tone), default=None)

    def _unsure(self, read: Understanding) -> list[Scenario] | None:
        """Return the scenarios to ask about when the guess is unsure; None when it is sure enough."""
        scenarios = [self._corpus.scenarios[guess.id] for guess in read.guesses]
        top, confidence = scenarios[0], read.guesses[0].confidence
        if top.id == UNCLEAR:
            return None
        if self._is_small_talk(top):
            cued = any(fold(cue) in fold(read.simplified) for cue in top.cues)
            return None if cued or confidence >= SURE_SMALL_TALK else []
        rival = next((i for i, s in enumerate(scenarios) if s.group != top.group), None)
        if rival is None or confidence >= SURE_RATIO * read.guesses[rival].confidence:
            return None if confidence >= HOPELESS else []
        if top.needs and top.needs == scenarios[rival].needs and not self._is_small_talk(scenarios[rival]):
            # Both replies would ask for the same and look into it; only their first words differ.
            return None if confidence >= LIKELY else []
        asked = [(top, confidence), (scenarios[rival], read.guesses[rival].confidence)]
        return [s for s, sure in asked if sure >= WORTH_NAMING and not self._is_small_talk(s) and s.group not in _UNNAMED]

    def _is_small_talk(self, scenario: Scenario) -> bool:
        """Tell whether a scenario's reply does nothing for the customer, so that a wrong guess would brush them off."""
        return not any(step.role in ("solution", "escalation", "explain", "confirm") for step in scenario.plan)

    def _clarify(self, known: Known, options: list[Scenario]) -> tuple[list[Phrase], dict[str, str]]:
        """Ask which of the options is meant; with none, take up what was said, or ask when hardly anything was."""
        phrases: list[Phrase] = []
        if known.emotion in ("upset", "abusive"):
            soothing = [p for p in self._shared.get("apology", ()) if holds(p.when, known)]
            phrases.extend(soothing[:1])
        if options:
            ids = [CLARIFY_ONE if len(options) == 1 else CLARIFY_TWO]
        elif sum("一" <= c <= "鿿" for c in known.message) >= SAID_SOMETHING:
            ids = [id_ for id_ in TAKE_UP if holds(self._corpus.phrases[id_].when, known)]
        else:
            ids = [CLARIFY_OPEN]
        phrases.extend(self._corpus.phrases[id_] for id_ in ids)
        names = ("option_a", "option_b")
        return phrases, {name: option.ask for name, option in zip(names, options, strict=False)}


def holds(when: When, known: Known) -> bool:
    """Tell whether every given condition holds."""
    return (
        (not when.emotion or known.emotion in when.emotion)
        and (not when.need or any(slot not in known.have for slot in when.need))
        and (not when.have or all(slot in known.have for slot in when.have))
        and (not when.cues or any(fold(cue) in known.message for cue in when.cues))
        and (when.turn is None or (when.turn == "first") == known.first_turn)
    )


def _fit(when: When, known: Known) -> tuple[int, int, int]:
    hits = sum(fold(cue) in known.message for cue in when.cues)
    missing = sum(slot not in known.have for slot in when.need)
    special = bool(when.emotion) + bool(when.have) + bool(when.need) + (when.turn is not None)
    return hits, special, missing

"""Check a text against a compiled rule pack. Pure: no model, no I/O, no clock."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING

from assistant.check.acts import ActFinder
from assistant.check.clause_model import ClauseModel
from assistant.check.clauses import Clauses
from assistant.check.entities import entities_in
from assistant.check.findings import ActSpan, CheckResult, Finding, FixEdit, Situation
from assistant.check.measures import inconsistent, measure
from assistant.check.pack import Pack, PackRule, Pattern
from assistant.check.plan import Plan, make_plan
from assistant.check.scan import Found, Scanner, Span, leftmost_longest, outside
from assistant.check.structure import elements, missing_of_scenario, order_findings, required_findings
from assistant.check.views import Sounds, View, collapse, fold, squeeze
from assistant.check.words import Quotes, Rescues, Surface, WordRules
from assistant.errors import UsageError
from corpus.terms import Channel, Emotion, Speaker, Task

if TYPE_CHECKING:
    from corpus import Corpus

# Given clauses, tells which acts each performs by what it means; see `assistant.semantic`.
Meaning = Callable[[Sequence[str]], Sequence[tuple[str, ...]]]
# The note of a result whose missing elements were judged by words alone.
NOT_ASKED = "semantic_absent"

# How earlier turns of our own side begin.
_OURS = ("客服", "坐席")


class Checker:
    """A rule pack made ready once and used for every text, from any thread.

    `meaning` is asked for the acts of clauses when a required one is missing; without it a result says that nobody was.
    """

    def __init__(self, pack: Pack, meaning: Meaning | None = None) -> None:
        self.pack = pack
        self._meaning = meaning
        self.rules: Mapping[str, PackRule] = MappingProxyType({rule.id: rule for rule in pack.rules})
        self._titles = {act.id: act.title for act in pack.acts}
        self._base = 2 * len(pack.rules)
        self._model = ClauseModel(pack.clause_model) if pack.clause_model else None
        self._acts = ActFinder(pack.acts, self._base, self._model.bits if self._model else None)
        self._words = WordRules(pack.rules, pack.contexts)
        self._scanner = Scanner(
            [*_rule_words(pack.rules), *self._acts.words()], [*_rule_patterns(pack.rules), *self._acts.patterns()]
        )
        self._sounds = Sounds.from_json(pack.sounds) if pack.sounds else None
        self._heard = Scanner(_sounding(pack.rules, self._sounds), ()) if self._sounds else None
        self._collapsing = frozenset(i for i, rule in enumerate(pack.rules) if "collapse" in rule.views)
        self._doubled = _doubled(pack.rules)
        self._plans: dict[tuple[object, ...], Plan] = {}

    @classmethod
    def of(cls, corpus: Corpus, meaning: Meaning | None = None) -> Checker:
        """Compile all rules and acts of a corpus."""
        from assistant.check.compile import compile_pack

        return cls(compile_pack(corpus), meaning)

    @property
    def digest(self) -> str:
        """The digest of the rules, acts and contexts."""
        return self.pack.digest

    @property
    def clauses(self) -> Mapping[str, str]:
        """The text of each clause by its id."""
        return self.pack.clauses

    def situation(
        self,
        message: str = "",
        context: Sequence[str] = (),
        scenario: str | None = None,
        emotion: Emotion | None = None,
        channel: Channel = "chat",
        task: Task = "check",
        speaker: Speaker = "rep",
        facts: Mapping[str, str] | None = None,
    ) -> Situation:
        """Return what a text is checked against; facts need support only where something is known to support them.

        Raises:
            UsageError: for an unknown scenario.
        """
        chosen = self.pack.scenarios.get(scenario) if scenario else None
        if scenario and chosen is None:
            near = get_close_matches(scenario, self.pack.scenarios, 3) or list(self.pack.scenarios)[:5]
            raise UsageError(f"unknown scenario {scenario!r}; `huashu corpus scenarios` lists them, e.g. {', '.join(near)}")
        cited = [self.pack.clauses[c] for c in chosen.clauses if c in self.pack.clauses] if chosen else []
        known = (*context, *(facts or {}).values(), *cited, *(chosen.commitments if chosen else ()))
        return Situation(
            task=task,
            scenario=scenario,
            group=chosen.group if chosen else None,
            emotion=emotion or "calm",
            required=chosen.required if chosen else (),
            customer=message,
            known=known,
            facts_matter=bool(message or context or facts),
            channel=channel,
            speaker=speaker,
            customer_turns=tuple(turn for turn in context if not turn.startswith(_OURS)),
        )

    def acts(self, text: str) -> tuple[ActSpan, ...]:
        """Return the speech acts of a text."""
        folded = fold(text)
        clauses = Clauses(folded)
        return self._acts.find(text, self._scanner.scan(folded), clauses, self._model)

    def check(self, text: str, situation: Situation | None = None, by_words: bool = False) -> CheckResult:
        """Return every finding of a text in this situation, in text order; `by_words` asks nobody what a clause means."""
        situation = situation or Situation()
        plan = self._plan(situation)
        folded = fold(text)
        clauses = Clauses(folded)
        found = self._scanner.scan(folded)
        acts = self._acts.find(text, found, clauses, self._model)
        acts, notes = (acts, ()) if by_words else self._second_opinion(text, clauses, acts, plan, situation)
        quotes = Quotes(folded, situation)
        findings = list(self._word_findings(text, folded, found, clauses, acts, plan, quotes))
        findings += self._measured(text, folded, found, clauses, plan, quotes)
        findings += self._values(text, folded, clauses, acts, plan, situation)
        findings += required_findings(plan.requires, text, acts, folded)
        findings += order_findings(plan.orders, text, acts, clauses)
        wanted = (*situation.required, *(r.acts[0] for r in plan.requires if r.severity == "error"))
        present = elements(wanted, self._titles, acts, folded) if wanted else ()
        if situation.required:
            told = {act for f in findings if f.kind == "require" and f.severity == "error" for act in self.rules[f.rule].acts}
            findings += missing_of_scenario(
                [e for e in present if e.act not in told], situation, self._scenario_clause(situation)
            )
        if len(findings) > 1:
            findings.sort(key=lambda f: (f.start, f.end, f.rule))
        return CheckResult(tuple(findings), acts, present, notes)

    def _second_opinion(
        self, text: str, clauses: Clauses, acts: tuple[ActSpan, ...], plan: Plan, situation: Situation
    ) -> tuple[tuple[ActSpan, ...], tuple[str, ...]]:
        """Return the acts with those that only their meaning shows, or a note that nobody could be asked."""
        if not (situation.required or plan.requires):
            return acts, ()
        seen = {act.act for act in acts}
        unmet = {a for rule in plan.requires if seen.isdisjoint(rule.acts) for a in rule.acts}
        unmet |= {act for act in situation.required if act not in seen}
        if not unmet:
            return acts, ()
        if self._meaning is None:
            return acts, (NOT_ASKED,)
        spans = [span for span in clauses.spoken_all() if span[0] < span[1]]
        labels = self._meaning([clauses.text[start:end] for start, end in spans])
        more = [
            ActSpan(label, start, end, text[start:end])
            for (start, end), found in zip(spans, labels, strict=True)
            for label in found
            if label in unmet
        ]
        return tuple(sorted((*acts, *more), key=lambda a: (a.start, a.end, a.act))), ()

    def _plan(self, situation: Situation) -> Plan:
        key = (
            situation.task, situation.scenario, situation.group, situation.emotion, situation.channel, situation.speaker,
            situation.facts_matter, situation.done,
        )  # fmt: skip
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = make_plan(self.pack.rules, situation)
        return plan

    def _word_findings(
        self, text: str, folded: str, found: Found, clauses: Clauses, acts: Sequence[ActSpan], plan: Plan, quotes: Quotes
    ) -> Iterator[Finding]:
        seen: dict[int, list[Span]] = {}
        hits_found: list[tuple[int, Span, str, str]] = []
        for surface, hits in self._surfaces(folded, found, clauses):
            for owner, spans in hits.items():
                number = owner >> 1
                if owner & 1 or owner >= self._base or number not in plan.words:
                    continue
                for span in self._words.spans(number, spans, hits.get(owner + 1, []), surface, quotes):
                    original = surface.view.span(*span)
                    if surface.name != "fold" and _known(original, span, surface, seen.get(number, ())):
                        continue
                    if surface.name == "squeeze" and quotes.cut_by(original):
                        continue  # the words on both sides of a quotation mark are two people's
                    insort(seen.setdefault(number, []), original)
                    hits_found.append((number, original, surface.name, surface.text[slice(*span)]))
        rescues = Rescues(acts, [original for _, original, _, _ in hits_found], clauses) if hits_found else None
        for number, original, view, key in hits_found:
            softened = rescues is not None and self._words.softened(number, original, rescues)
            yield self._words.finding(number, text, original, view, softened, key)

    def _surfaces(self, folded: str, found: Found, clauses: Clauses) -> Iterator[tuple[Surface, Found]]:
        """Yield each view of the text with what was found in it; most texts have one."""
        plain = Surface("fold", View(folded, None), clauses)
        yield plain, found
        squeezed = squeeze(folded)
        if squeezed:
            yield Surface("squeeze", squeezed), self._scanner.scan(squeezed.text)
        base = squeezed or plain.view
        collapsed = collapse(base) if self._doubled and self._doubled.search(base.text) else None
        if collapsed:
            hits = self._scanner.scan(collapsed.text)
            yield Surface("collapse", collapsed), {o: spans for o, spans in hits.items() if o >> 1 in self._collapsing}
        heard = self._sounds.view(base) if self._sounds and self._sounds.might_hear(base.text) else None
        if heard and self._heard:
            # Sounds have no words around them, so these hits are judged where they stand in the text itself.
            hits = {o: [heard.span(*span) for span in spans] for o, spans in self._heard.scan(heard.text).items()}
            excepted = {owner + 1: found[owner + 1] for owner in hits if owner + 1 in found}
            if hits:
                yield Surface("pinyin", plain.view, clauses), hits | excepted

    def _measured(
        self, text: str, folded: str, found: Found, clauses: Clauses, plan: Plan, quotes: Quotes
    ) -> Iterator[Finding]:
        """Limits and consistency."""
        for rule in plan.limits:
            value, span = measure(rule.metric or "", folded, clauses)
            if value > rule.max:
                yield _plain(rule, text, span)
        for number in plan.counts:
            spans = leftmost_longest(_open(found, number))
            if len(spans) > self.pack.rules[number].max:
                yield _plain(self.pack.rules[number], text, (spans[0][0], spans[-1][1]))
        for number in plan.consistency:
            rule = self.pack.rules[number]
            for span in outside(inconsistent(rule.check or "", text, folded), found.get(2 * number + 1, ())):
                quote = quotes.around(span)
                if not (quote and quotes.said_by_customer(quote)):
                    yield _plain(rule, text, span)

    def _values(
        self, text: str, folded: str, clauses: Clauses, acts: Sequence[ActSpan], plan: Plan, situation: Situation
    ) -> Iterator[Finding]:
        """Personal data that the customer did not give, and facts that nothing supports."""
        if plan.entities:
            given: list[str] | None = None
            for entity in entities_in(folded):
                rule = next((r for r in plan.entities if r.entity == entity.kind), None)
                if given is None:
                    given = [fold(source) for source in (situation.customer, *situation.customer_turns, *situation.known)]
                if rule and not any(entity.text in source for source in given):
                    yield _plain(rule, text, (entity.start, entity.end))
        if plan.facts:
            # most checks have nothing to compare facts with
            from assistant.check.facts import unsupported, unsupported_times

            invented = unsupported(text, (situation.customer, *situation.customer_turns, *situation.known))
            promised = invented
            if any(rule.own for rule in plan.facts):
                promised = unsupported(text, situation.known) + unsupported_times(text, situation.known)
            for rule in plan.facts:
                for fact in promised if rule.own else invented:
                    span = (fact.start, fact.end)
                    if fact.kind in rule.facts and _concerned(rule, span, clauses, acts):
                        yield _plain(rule, text, span)

    def _scenario_clause(self, situation: Situation) -> str:
        scenario = self.pack.scenarios.get(situation.scenario or "")
        return scenario.clauses[0] if scenario and scenario.clauses else ""


def _rule_words(rules: Sequence[PackRule]) -> Iterator[tuple[int, str]]:
    """Yield (owner, literal): what rule number n looks for belongs to 2n, its exceptions to 2n + 1."""
    for number, rule in enumerate(rules):
        yield from ((2 * number, word) for word in (*rule.phrases, *rule.swap))
        yield from ((2 * number + 1, word) for word in rule.exceptions)


def _rule_patterns(rules: Sequence[PackRule]) -> Iterator[tuple[int, Pattern]]:
    for number, rule in enumerate(rules):
        yield from ((2 * number, pattern) for pattern in rule.patterns)


def _sounding(rules: Sequence[PackRule], sounds: Sounds) -> Iterator[tuple[int, str]]:
    for number, rule in enumerate(rules):
        if "pinyin" in rule.views:
            yield from ((2 * number, sounds.encode(phrase)) for phrase in rule.phrases)


def _doubled(rules: Sequence[PackRule]) -> re.Pattern[str] | None:
    """Return what finds a doubled character of the words that are looked for in the collapsed view."""
    chars = {char for rule in rules if "collapse" in rule.views for phrase in rule.phrases for char in phrase}
    return re.compile(f"([{re.escape(''.join(sorted(chars)))}])\\1") if chars else None


def _open(found: Found, number: int) -> list[Span]:
    return outside(found.get(2 * number, []), found.get(2 * number + 1, ()))


def _concerned(rule: PackRule, span: Span, clauses: Clauses, acts: Sequence[ActSpan]) -> bool:
    """Tell whether a fact rule looks at the clause that states a fact; without acts and words it looks at all."""
    if not (rule.acts or rule.near):
        return True
    start, end = clauses.clause(*span)
    said = clauses.text[start:end]
    return any(word in said for word in rule.near) or any(
        act.act in rule.acts and act.start < end and start < act.end for act in acts
    )


def _known(original: Span, span: Span, surface: Surface, seen: Sequence[Span]) -> bool:
    """Tell whether a hit of another view says nothing new: nothing was dropped inside it, or the plain view has it.

    What was seen is sorted and apart from each other.
    """
    unchanged = surface.name != "pinyin" and original[1] - original[0] == span[1] - span[0]
    at = bisect_left(seen, original[1], key=lambda other: other[0])
    return unchanged or (at > 0 and original[0] < seen[at - 1][1])


def _plain(rule: PackRule, text: str, span: Span) -> Finding:
    fixes = (FixEdit(*span, rule.fix_text, rule.fix_safety),) if rule.fix_op else ()
    return Finding(
        rule.id, rule.title, rule.kind, rule.severity, rule.message, *span, text[slice(*span)], "fold", rule.clause, fixes
    )

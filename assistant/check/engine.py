"""Check a text against the rules. Pure: no model, no I/O, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant.check.acts import ActFinder
from assistant.check.facts import unsupported
from assistant.check.findings import ActSpan, CheckResult, Element, Finding, FixEdit, Situation
from assistant.check.match import Literals, Patterns, Span, inside, leftmost_longest, quoted_customer_words
from assistant.check.measures import entities, inconsistent, measure
from assistant.check.views import fold
from corpus import Act, Corpus, Rule

_BEFORE = 6
_AT_START = ("greeting", "apology", "empathy", "acknowledge")


class Checker:
    """The rules of a corpus, compiled once and used for every text."""

    def __init__(self, rules: Iterable[Rule], acts: Iterable[Act]) -> None:
        self._rules = tuple(rules)
        self._acts: dict[str, Act] = {act.id: act for act in acts}
        self._finder = ActFinder(self._acts.values())
        self._literals = Literals([(rule.id, word) for rule in self._rules for word in (*rule.phrases, *rule.swap)])
        self._exceptions = Literals([(rule.id, word) for rule in self._rules for word in rule.exceptions])
        self._patterns = Patterns([(rule.id, pattern) for rule in self._rules for pattern in rule.patterns])
        self._before = {r.id: [re.compile(f"(?:{b})$", re.IGNORECASE) for b in r.before] for r in self._rules if r.before}

    @classmethod
    def of(cls, corpus: Corpus) -> Checker:
        """Compile all rules and acts of a corpus."""
        return cls(corpus.rules.values(), corpus.acts.values())

    def acts(self, text: str) -> tuple[ActSpan, ...]:
        """Return the speech acts of a text."""
        return self._finder.find(text, fold(text))

    def check(self, text: str, situation: Situation | None = None) -> CheckResult:
        """Return every finding of a text in this situation, in text order."""
        situation = situation or Situation()
        folded = fold(text)
        acts = self._finder.find(text, folded)
        elements = tuple(self._elements(text, acts, situation))
        findings = [
            *self._words(text, folded, situation),
            *(f for rule in self._rules for f in self._other(rule, text, acts, situation)),
            *self._missing_by_scenario(elements, situation),
        ]
        findings.sort(key=lambda f: (f.start, f.end, f.rule))
        return CheckResult(tuple(findings), acts, elements)

    def _words(self, text: str, folded: str, situation: Situation) -> Iterator[Finding]:
        literals, patterns = self._literals.find(folded), self._patterns.find(folded)
        if not literals and not patterns:
            return
        exceptions = self._exceptions.find(folded)
        echoed = quoted_customer_words(text, situation.customer) if situation.customer else []
        for rule in self._rules:
            hits = [*literals.get(rule.id, ()), *patterns.get(rule.id, ())]
            blocked = [*exceptions.get(rule.id, ()), *echoed]
            allowed = [h for h in hits if not inside(h, blocked) and not self._negated(rule, folded, h)]
            for span in leftmost_longest(allowed):
                yield _finding(rule, text, span, self._word_fix(rule, folded, span))

    def _negated(self, rule: Rule, folded: str, span: Span) -> bool:
        left = folded[max(0, span[0] - _BEFORE) : span[0]]
        return any(pattern.search(left) for pattern in self._before.get(rule.id, ()))

    def _word_fix(self, rule: Rule, folded: str, span: Span) -> tuple[FixEdit, ...]:
        if rule.swap:
            value = next((v for k, v in rule.swap.items() if fold(k) == folded[slice(*span)]), None)
            return (FixEdit(*span, value, rule.fix.safety if rule.fix else "review"),) if value is not None else ()
        return _fixes(rule, span)

    def _other(self, rule: Rule, text: str, acts: tuple[ActSpan, ...], situation: Situation) -> Iterator[Finding]:
        if rule.kind == "require" and applies(rule, situation):
            if not any(act.act in rule.acts for act in acts):
                place = _insert_at(rule.acts[0], text)
                yield _finding(rule, text, (place, place), _fixes(rule, (place, place)))
        elif rule.kind == "order" and applies(rule, situation):
            first = next((a for a in acts if a.act == rule.first), None)
            then = next((a for a in acts if a.act == rule.then), None)
            if first and then and then.start < first.start:
                yield _finding(rule, text, (then.start, then.end), ())
        elif rule.kind == "limit" and rule.metric and rule.max is not None:
            value, span = measure(rule.metric, text)
            if value > rule.max:
                yield _finding(rule, text, span, ())
        elif rule.kind == "consistency" and rule.check:
            echoed = quoted_customer_words(text, situation.customer)
            for span in inconsistent(rule.check, text):
                if not inside(span, echoed):
                    yield _finding(rule, text, span, _fixes(rule, span))
        elif rule.kind == "entity" and rule.entity:
            for span in entities(rule.entity, text):
                if not any(text[slice(*span)] in known for known in (situation.customer, *situation.known)):
                    yield _finding(rule, text, span, _fixes(rule, span))
        elif rule.kind == "fact" and situation.facts_matter:
            for fact in unsupported(text, (situation.customer, *situation.known)):
                if fact.kind in rule.facts:
                    yield _finding(rule, text, (fact.start, fact.end), _fixes(rule, (fact.start, fact.end)))

    def _elements(self, text: str, acts: tuple[ActSpan, ...], situation: Situation) -> Iterator[Element]:
        wanted = [*situation.required]
        wanted += [r.acts[0] for r in self._rules if r.kind == "require" and r.severity == "error" and applies(r, situation)]
        for act_id in dict.fromkeys(wanted):
            seen = next((act for act in acts if act.act == act_id), None)
            title = self._acts[act_id].title
            if seen:
                yield Element(act_id, title, "present", seen.start, seen.end)
            else:
                place = _insert_at(act_id, text)
                yield Element(act_id, title, "missing", place, place)

    def _missing_by_scenario(self, elements: tuple[Element, ...], situation: Situation) -> Iterator[Finding]:
        for element in elements:
            if element.status == "missing" and element.act in situation.required:
                yield Finding(
                    rule=f"require.scenario.{element.act}",
                    title=f"缺少{element.title}",
                    kind="require",
                    severity="error",
                    message=f"补上{element.title}",
                    start=element.start,
                    end=element.end,
                    quote="",
                    view="acts",
                    clause="",
                )


def applies(rule: Rule, situation: Situation) -> bool:
    """Tell whether a require or order rule applies; every given condition must match."""
    when = rule.when
    return (
        (not when.emotion or situation.emotion in when.emotion)
        and (not when.groups or situation.group in when.groups)
        and (not when.scenarios or situation.scenario in when.scenarios)
    )


def _insert_at(act: str, text: str) -> int:
    if act not in _AT_START:
        return len(text)
    greeting = re.match(r"[您你]好[，,。！!]?\s*", text)
    return greeting.end() if greeting and act != "greeting" else 0


def _fixes(rule: Rule, span: Span) -> tuple[FixEdit, ...]:
    if rule.fix is None:
        return ()
    text = "" if rule.fix.op == "delete" else rule.fix.text
    return (FixEdit(*span, text, rule.fix.safety),)


def _finding(rule: Rule, text: str, span: Span, fixes: tuple[FixEdit, ...]) -> Finding:
    view = "fold" if rule.kind in ("forbid", "replace") else "text"
    return Finding(
        rule.id, rule.title, rule.kind, rule.severity, rule.message, *span, text[slice(*span)], view, rule.clause, fixes
    )

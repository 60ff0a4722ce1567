"""Rewrite a rough answer as far as rules alone go: safe replacements, then missing elements from approved phrases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.check import Checker, CheckResult, Element, FixEdit, Situation
from assistant.check.facts import facts_in
from corpus import Corpus, Phrase, Scenario

# Which roles hold phrases that perform an act.
_ROLES = {
    "solution": "solution",
    "apology": "apology",
    "ask_info": "verify",
    "timebound_promise": "timeline",
    "empathy": "empathy",
}
_STOPS = ("。", "！", "？", "!", "?")


@dataclass(frozen=True)
class Change:
    """One change and the rule that asked for it."""

    op: str
    before: str
    after: str
    rule: str
    clause: str
    reason: str


@dataclass(frozen=True)
class Rewritten:
    """The rewritten text, every change, and the check before and after. No fact of the rough answer is touched."""

    text: str
    changes: tuple[Change, ...]
    before: CheckResult
    after: CheckResult


def rewrite(rough: str, scenario: Scenario, situation: Situation, corpus: Corpus, checker: Checker) -> Rewritten:
    """Apply safe fixes and add missing elements; what still breaks a rule stays visible in `after`."""
    before = checker.check(rough, situation)
    text, changes = _apply_safe(rough, before)
    inserted = _insert_missing(text, checker.check(text, situation), scenario, corpus)
    if inserted is not None and checker.check(inserted[0], situation).passed >= checker.check(text, situation).passed:
        text, changes = inserted[0], [*changes, *inserted[1]]
    return Rewritten(text, tuple(changes), before, checker.check(text, situation))


def _apply_safe(text: str, result: CheckResult) -> tuple[str, list[Change]]:
    edits: list[tuple[FixEdit, Change]] = []
    for finding in result.findings:
        fix = next((f for f in finding.fixes if f.safety == "safe"), None)
        if fix is None or any(fix.start < other.end and other.start < fix.end for other, _ in edits):
            continue
        if facts_in(text[fix.start : fix.end]):
            continue
        op = "replace" if fix.text else "delete"
        change = Change(op, text[fix.start : fix.end], fix.text, finding.rule, finding.clause, finding.message)
        edits.append((fix, change))
    for fix, _ in sorted(edits, key=lambda pair: -pair[0].start):
        text = text[: fix.start] + fix.text + text[fix.end :]
    return text, [change for _, change in sorted(edits, key=lambda pair: pair[0].start)]


def _insert_missing(text: str, result: CheckResult, scenario: Scenario, corpus: Corpus) -> tuple[str, list[Change]] | None:
    changes = []
    missing = [element for element in result.elements if element.status == "missing"]
    # Those at the end first, so that offsets near the start stay true; what soothes comes last and stands first.
    for element in sorted(missing, key=lambda e: _ROLES.get(e.act) in ("apology", "empathy")):
        phrase = _phrase_for(element.act, scenario, corpus.approved)
        if phrase is None:
            return None
        if element.start < len(text):
            text = text[: element.start] + phrase.text + text[element.start :]
        else:
            text = text + ("" if text.endswith(_STOPS) else "。") + phrase.text
        changes.append(Change("insert", "", phrase.text, _asked_by(element, result, corpus), phrase.clause, element.title))
    return (text, changes) if changes else None


def _asked_by(element: Element, result: CheckResult, corpus: Corpus) -> str:
    """Return the rule that found an element missing."""
    ids = [finding.rule for finding in result.findings if finding.kind == "require"]
    by_rule = (id_ for id_ in ids if id_ in corpus.rules and corpus.rules[id_].acts[0] == element.act)
    return next(by_rule, f"require.scenario.{element.act}")


def _phrase_for(act: str, scenario: Scenario, phrases: Sequence[Phrase]) -> Phrase | None:
    fitting = [p for p in phrases if act in p.acts and p.role == _ROLES.get(act) and "{" not in p.text]
    plain = [p for p in fitting if not (p.when.cues or p.when.have or p.when.turn)]
    own = [p for p in plain if scenario.id in p.scenarios]
    return next(iter(own), None) or next((p for p in plain if not p.scenarios), None)

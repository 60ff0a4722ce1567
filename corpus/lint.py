"""Check what the files say against each other: references, plans, rules, coverage."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from corpus.errors import Problem
from corpus.load import Corpus
from corpus.schema import Phrase, Scenario, Step, When
from corpus.terms import Emotion

SLOT = re.compile(r"\{([a-z_]+)\}")
_EMOTIONS: tuple[Emotion, ...] = get_args(Emotion)
Complaint = tuple[str, str]
# Steps that shared phrases may fill; the others need a phrase of the scenario's own.
_SHARED_ROLES = ("opening", "apology", "empathy", "closing", "thanks", "timeline", "offer", "confirm")
# Filled by the composer itself, never by the customer or a commitment.
_COMPOSED_SLOTS = ("option_a", "option_b")


@dataclass(frozen=True)
class LintReport:
    """Problems (must be mended), and one row a kind of knowledge: name, count, note."""

    problems: tuple[Problem, ...]
    rows: tuple[tuple[str, int, str], ...]


def lint_corpus(corpus: Corpus) -> LintReport:
    """Return every dangling reference, impossible plan, malformed rule and unmet coverage item."""
    problems = [
        Problem(*corpus.places[place], message)
        for check in (_scenarios, _phrases, _regexes, _escalations, _unruled, _coverage)
        for place, message in check(corpus)
    ]
    return LintReport(tuple(problems), _rows(corpus))


def phrases_for(corpus: Corpus, scenario: Scenario, step: Step) -> list[Phrase]:
    """Return the approved phrases that may fill a step: the scenario's own first, then shared ones."""
    own = [p for p in corpus.approved if p.role == step.role and scenario.id in p.scenarios]
    shared = [p for p in corpus.approved if p.role == step.role and not p.scenarios]
    return own + shared


def _scenarios(corpus: Corpus) -> Iterator[Complaint]:
    owner: dict[str, str] = {}
    for scenario in corpus.scenarios.values():
        place = f"scenario {scenario.id}"
        for clause in (*scenario.clauses, *(c.clause for c in scenario.commitments.values())):
            if clause not in corpus.clauses:
                yield place, f"scenario {scenario.id!r} names clause {clause!r}, which no guideline has"
        for slot in (*scenario.needs, *scenario.commitments):
            if slot not in corpus.slots:
                yield place, f"scenario {scenario.id!r} names slot {slot!r}; add it to slots.yaml or mend the name"
        for words in scenario.says:
            if owner.setdefault(words, scenario.id) != scenario.id:
                yield place, f"wording {words!r} also belongs to scenario {owner[words]!r}; keep it in one"
        for step in scenario.plan:
            yield from ((place, message) for message in _step(corpus, scenario, step))


def _step(corpus: Corpus, scenario: Scenario, step: Step) -> Iterator[str]:
    candidates = phrases_for(corpus, scenario, step)
    if step.role not in _SHARED_ROLES:
        candidates = [p for p in candidates if p.scenarios]
    if not candidates:
        yield f"scenario {scenario.id!r}: no approved phrase for its step {step.role!r}"
        return
    if step.role == "verify":
        return
    for emotion in step.when.emotion or _EMOTIONS:
        if not any(_plain(p.when, emotion) for p in candidates):
            yield f"scenario {scenario.id!r}: step {step.role!r} has no phrase that always fits a customer who is {emotion}"


def _plain(when: When, emotion: Emotion) -> bool:
    return not (when.need or when.have or when.cues or when.turn) and (not when.emotion or emotion in when.emotion)


def _phrases(corpus: Corpus) -> Iterator[Complaint]:
    texts = Counter((p.text, p.role, p.when, p.clause) for p in corpus.approved)
    for phrase in corpus.phrases.values():
        place = f"phrase {phrase.id}"
        if phrase.clause not in corpus.clauses:
            yield place, f"phrase {phrase.id!r} names clause {phrase.clause!r}, which no guideline has"
        for scenario in phrase.scenarios:
            if scenario not in corpus.scenarios:
                yield place, f"phrase {phrase.id!r} names scenario {scenario!r}, which does not exist"
        for slot in (*SLOT.findall(phrase.text), *phrase.when.need, *phrase.when.have):
            if slot not in corpus.slots and slot not in _COMPOSED_SLOTS:
                yield place, f"phrase {phrase.id!r} names slot {slot!r}; add it to slots.yaml or mend the name"
        same = (phrase.text, phrase.role, phrase.when, phrase.clause)
        if texts[same] > 1 and phrase.status == "approved":
            texts[same] = 1
            yield place, f"phrase {phrase.id!r} has the same text as another {phrase.role} phrase; list both scenarios in one"


def _regexes(corpus: Corpus) -> Iterator[Complaint]:
    patterns = {f"slot {s.name}": s.detect for s in corpus.slots.values()}
    patterns |= {f"emotion {e.id}": e.patterns for e in corpus.emotions.values()}
    for place, found in patterns.items():
        for pattern in found:
            try:
                re.compile(pattern)
            except re.error as error:
                yield place, f"{place}: {pattern!r} is no regular expression ({error})"
            if r"\b" in pattern:
                yield place, f"{place}: \\b finds nothing beside Chinese; remove it from {pattern!r}"


def _escalations(corpus: Corpus) -> Iterator[Complaint]:
    for reason in corpus.escalations.values():
        for scenario in reason.scenarios:
            if scenario not in corpus.scenarios:
                yield f"escalation {reason.id}", f"escalation {reason.id!r} names scenario {scenario!r}, which does not exist"
        if reason.phrase and reason.phrase not in corpus.phrases:
            yield f"escalation {reason.id}", f"escalation {reason.id!r} names phrase {reason.phrase!r}, which does not exist"
        if not reason.phrase and not any(_hands_over(corpus, scenario) for scenario in reason.scenarios):
            yield f"escalation {reason.id}", f"escalation {reason.id!r} needs `phrase`, or a scenario with escalation phrases"


def _hands_over(corpus: Corpus, scenario: str) -> bool:
    return any(p.role == "escalation" and scenario in p.scenarios for p in corpus.approved)


def _unruled(corpus: Corpus) -> Iterator[Complaint]:
    for entry in corpus.unruled.values():
        for clause in entry.clauses:
            if clause not in corpus.clauses:
                yield f"reason {entry.id}", f"reason {entry.id!r} names clause {clause!r}, which no guideline has"


def _coverage(corpus: Corpus) -> Iterator[Complaint]:
    known = {*corpus.clauses, *corpus.phrases, *corpus.scenarios, *corpus.rules, *corpus.acts}
    for item in corpus.coverage.values():
        place = f"coverage item {item.id}"
        if not item.met_by and not item.not_applicable:
            yield (
                place,
                f"coverage item {item.id!r} ({item.title}) is met by nothing; name the ids or say why it does not apply",
            )
        for used in item.met_by:
            if used not in known:
                yield place, f"coverage item {item.id!r} names {used!r}, which does not exist"


def _rows(corpus: Corpus) -> tuple[tuple[str, int, str], ...]:
    wordings = sum(len(s.says) for s in corpus.scenarios.values())
    groups = len({s.group for s in corpus.scenarios.values()})
    documents = len({c.id.rsplit("-", 1)[0] for c in corpus.clauses.values()})
    errors = sum(rule.severity == "error" for rule in corpus.rules.values())
    examples = sum(len(r.examples.bad) + len(r.examples.good) for r in corpus.rules.values())
    met = sum(bool(item.met_by) for item in corpus.coverage.values())
    skipped = sum(bool(item.not_applicable) for item in corpus.coverage.values())
    return (
        ("条款 clauses", len(corpus.clauses), f"{documents} 份规范"),
        ("标准话术 phrases", len(corpus.approved), f"另有 {len(corpus.phrases) - len(corpus.approved)} 条未启用"),
        ("场景 scenarios", len(corpus.scenarios), f"{groups} 个大类，{wordings} 句客户说法"),
        ("言语行为 acts", len(corpus.acts), ""),
        ("规则 rules", len(corpus.rules), f"{errors} 条必须改，{examples} 个例句"),
        ("覆盖清单 coverage", len(corpus.coverage), f"{met} 项已满足，{skipped} 项不适用文字渠道"),
    )

"""Compare two versions of the knowledge: clauses, what hangs on them, rules, and the texts that newly fail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Generic, Literal, TypeVar

from assistant.check import Checker
from assistant.check.facts import facts_in
from assistant.polish.since import errors_of
from assistant.polish.values import Polished, Verdict
from corpus import Corpus, Rule

V = TypeVar("V")
# One field of a rule: what was added and removed, or what it was before and after.
FieldChange = dict[str, Any]
# A stretch of a comparison and what became of it.
Piece = tuple[Literal["same", "out", "in"], str]

_WORD = re.compile(r"[A-Za-z0-9_.@%-]+|.", re.DOTALL)
_IDLE_FIELDS = frozenset(["id", "examples"])
# Stretches that stay are cut to so many characters at each end; fewer between two changes than this belong to them.
_AROUND, _ACCIDENT = 8, 2


@dataclass(frozen=True)
class ClauseChange:
    """A clause that was added (`before` is None), removed (`after` is None) or changed, and the ids of what is bound to it.

    `commitments` are slots of scenarios whose promise it allows, as `refund_progress.deadline`; `outdated` are the phrases and
    commitments of the newer version that still state a value which only the older clause states.
    """

    id: str
    before: str | None
    after: str | None
    rules: tuple[str, ...]
    phrases: tuple[str, ...]
    scenarios: tuple[str, ...]
    commitments: tuple[str, ...]
    outdated: tuple[str, ...]


@dataclass(frozen=True)
class RuleChange:
    """A rule, and for one that is in both versions what changed, by field."""

    id: str
    title: str
    severity: str
    clause: str
    changes: Mapping[str, FieldChange]


@dataclass(frozen=True)
class Changes(Generic[V]):
    """What two versions have apart."""

    added: tuple[V, ...]
    removed: tuple[V, ...]
    changed: tuple[V, ...]


@dataclass(frozen=True)
class Text:
    """A text to try: `id` names it within its `source`."""

    source: str
    id: str
    text: str


@dataclass(frozen=True)
class Failing:
    """A text that the old rules passed and the new ones do not, with a draft that should; `verdict` judges the draft."""

    source: str
    id: str
    text: str
    rules: tuple[str, ...]
    quotes: tuple[str, ...]
    polished: str
    verdict: Verdict


def compare_clauses(old: Corpus, new: Corpus) -> Changes[ClauseChange]:
    """Return the clauses that differ, each with what is bound to it in either version."""
    before = {clause.id: clause.text for clause in old.clauses.values()}
    after = {clause.id: clause.text for clause in new.clauses.values()}

    def change(name: str) -> ClauseChange:
        was, now = before.get(name), after.get(name)
        rules, phrases, scenarios, promises = (_union(*ids) for ids in zip(_bound(name, old), _bound(name, new), strict=True))
        lost = _values(was or "") - _values(now or "")
        outdated = _outdated(name, new, lost) if lost else ()
        return ClauseChange(name, was, now, rules, phrases, scenarios, promises, outdated)

    return _apart(before, after, change)


def compare_rules(old: Corpus, new: Corpus) -> Changes[RuleChange]:
    """Return the rules that differ; examples prove a rule and are no part of it."""

    def change(name: str) -> RuleChange:
        was, now = old.rules.get(name), new.rules.get(name)
        rule = now or old.rules[name]
        fields = _fields_apart(was, now) if was and now else {}
        return RuleChange(rule.id, rule.title, rule.severity, rule.clause, fields)

    return _apart({n: _plain(r) for n, r in old.rules.items()}, {n: _plain(r) for n, r in new.rules.items()}, change)


def newly_failing(texts: Iterable[Text], old: Checker, new: Checker, polish: Callable[[str], Polished]) -> tuple[Failing, ...]:
    """Return the texts with an error under the new rules and none under the old, each polished."""
    failing = []
    for text in texts:
        errors = errors_of(new, text.text)
        if not errors or errors_of(old, text.text):
            continue
        polished = polish(text.text)
        rules, quotes = tuple(dict.fromkeys(e.rule for e in errors)), tuple(dict.fromkeys(e.quote for e in errors if e.quote))
        failing.append(Failing(text.source, text.id, text.text, rules, quotes, polished.text, polished.after))
    return tuple(failing)


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """Return how one text became the other, numbers and Latin words whole, long stretches that stay cut short."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    pieces: list[Piece] = []
    for tag, a, b, c, d in _hunks(SequenceMatcher(None, old, new, autojunk=False).get_opcodes()):
        if tag == "equal":
            pieces.append(("same", _short("".join(old[a:b]), first=a == 0, last=b == len(old))))
            continue
        pieces += [("out", "".join(old[a:b]))] if b > a else []
        pieces += [("in", "".join(new[c:d]))] if d > c else []
    return tuple(pieces)


def _hunks(opcodes: Iterable[tuple[str, int, int, int, int]]) -> list[tuple[str, int, int, int, int]]:
    """Join changes with an accidental match between them."""
    codes, joined = list(opcodes), list[tuple[str, int, int, int, int]]()
    for number, (tag, a, b, c, d) in enumerate(codes):
        accident = tag == "equal" and b - a < _ACCIDENT and 0 < number < len(codes) - 1
        if joined and joined[-1][0] != "equal" and (tag != "equal" or accident):
            _, first, _, third, _ = joined.pop()
            joined.append(("replace", first, b, third, d))
        else:
            joined.append((tag, a, b, c, d))
    return joined


def _short(text: str, first: bool, last: bool) -> str:
    head, tail = ("" if first else text[:_AROUND]), ("" if last else text[-_AROUND:])
    return text if len(text) <= len(head) + len(tail) + 1 else f"{head}…{tail}"


def _apart(old: Mapping[str, object], new: Mapping[str, object], change: Callable[[str], V]) -> Changes[V]:
    return Changes(
        added=tuple(change(name) for name in new if name not in old),
        removed=tuple(change(name) for name in old if name not in new),
        changed=tuple(change(name) for name in new if name in old and old[name] != new[name]),
    )


def _bound(clause: str, corpus: Corpus) -> tuple[tuple[str, ...], ...]:
    """Return the ids of rules, phrases, scenarios and commitments that cite a clause."""
    promises = [(s.id, slot, c.clause) for s in corpus.scenarios.values() for slot, c in s.commitments.items()]
    promising = {scenario for scenario, _, cited in promises if cited == clause}
    return (
        tuple(rule.id for rule in corpus.rules.values() if rule.clause == clause),
        tuple(phrase.id for phrase in corpus.phrases.values() if phrase.clause == clause),
        tuple(s.id for s in corpus.scenarios.values() if clause in s.clauses or s.id in promising),
        tuple(f"{scenario}.{slot}" for scenario, slot, cited in promises if cited == clause),
    )


def _outdated(clause: str, corpus: Corpus, lost: set[str]) -> tuple[str, ...]:
    """Return the approved phrases and the commitments bound to a clause that state one of the values it lost."""
    texts = [(phrase.id, phrase.text) for phrase in corpus.approved if phrase.clause == clause]
    for scenario in corpus.scenarios.values():
        promises = scenario.commitments.items()
        texts += [(f"{scenario.id}.{slot}", promise.text) for slot, promise in promises if promise.clause == clause]
    return tuple(name for name, text in texts if not lost.isdisjoint(_values(text)))


def _values(text: str) -> set[str]:
    return {fact.key for fact in facts_in(text)}


def _union(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _plain(rule: Rule) -> dict[str, Any]:
    return rule.model_dump(mode="json", exclude=set(_IDLE_FIELDS))


def _fields_apart(was: Rule, now: Rule) -> dict[str, FieldChange]:
    before, after = _plain(was), _plain(now)
    return {name: _field(before[name], after[name]) for name in after if before[name] != after[name]}


def _field(before: Any, after: Any) -> FieldChange:
    if isinstance(before, list) and isinstance(after, list) and set(before) != set(after):
        return {"added": [v for v in after if v not in before], "removed": [v for v in before if v not in after]}
    return {"before": before, "after": after}

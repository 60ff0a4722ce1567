"""Prove the rules on their own examples, and show what the rule set leaves open or says twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from assistant.check import Checker, Situation
from assistant.check.findings import Finding
from assistant.check.pack import PackRule
from assistant.disguise import disguises
from corpus import Corpus, Rule
from corpus.schema import Example

_WORDS = ("forbid", "replace")
_CARRIER = "您好，{}，我来查。"


@dataclass(frozen=True)
class Failure:
    """One example that a rule gets wrong: a `miss`, a `false alarm`, or a `disguise` that works."""

    rule: str
    kind: Literal["miss", "false alarm", "disguise"]
    text: str
    why: str


@dataclass(frozen=True)
class Tested:
    """How many examples and disguises were tried, and those that failed."""

    examples: int
    disguises: int
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class Gap:
    """One thing that is open or said twice in the rule set."""

    kind: Literal["dead", "shadowed", "contradiction", "clause"]
    id: str
    what: str


def situation_of(rule: Rule, example: Example, corpus: Corpus) -> Situation:
    """Return the situation that an example of a rule describes."""
    scenario = corpus.scenarios.get(example.scenario or "")
    return Situation(
        task=rule.when.tasks[0] if rule.when.tasks else "check",
        scenario=example.scenario,
        group=example.group or (scenario.group if scenario else None),
        emotion=example.emotion,
        customer=example.message,
        known=(example.known,) if example.known else (),
        channel=example.channel,
    )


def prove_rules(corpus: Corpus, checker: Checker, only: Iterable[str] = ()) -> Tested:
    """Check every bad and good example of the rules, and every disguise of a bad one."""
    chosen = [corpus.rules[name] for name in only] or list(corpus.rules.values())
    failures: list[Failure] = []
    examples = tried = 0
    for rule in chosen:
        examples += len(rule.examples.bad) + len(rule.examples.good)
        for example in rule.examples.good:
            found = _found(rule, example, example.text, corpus, checker)
            failures += [Failure(rule.id, "false alarm", example.text, f.quote or f.title) for f in found[:1]]
        for example in rule.examples.bad:
            found = _found(rule, example, example.text, corpus, checker)
            if not found:
                failures.append(Failure(rule.id, "miss", example.text, ""))
            for finding in found if rule.kind in _WORDS else ():
                for name, text in disguises(example.text, finding):
                    tried += 1
                    if not _found(rule, example, text, corpus, checker):
                        failures.append(Failure(rule.id, "disguise", text, name))
    return Tested(examples, tried, tuple(failures))


def _found(rule: Rule, example: Example, text: str, corpus: Corpus, checker: Checker) -> list[Finding]:
    findings = checker.check(text, situation_of(rule, example, corpus)).findings
    return [f for f in findings if f.rule == rule.id and (f.severity != "info" or rule.severity == "info")]


def coverage(corpus: Corpus, checker: Checker) -> tuple[Gap, ...]:
    """Return dead words, shadowed rules, contradictions, and clauses that nothing carries and no reason excuses."""
    return (*_dead(checker), *_shadowed(checker), *_contradictions(corpus, checker), *_open_clauses(corpus))


def _dead(checker: Checker) -> Iterator[Gap]:
    for rule in checker.pack.rules:
        words = {*rule.phrases, *rule.swap}
        for word in sorted(words):
            if word in rule.exceptions:
                yield Gap("dead", rule.id, f"{word} is also an exception, so it never hits")
            shorter = next((w for w in words if w != word and w in word), None)
            if shorter and rule.kind == "forbid":
                yield Gap("dead", rule.id, f"{word} holds {shorter}, which hits alone")


def _shadowed(checker: Checker) -> Iterator[Gap]:
    """Yield rules all of whose words another rule of the same kind holds."""
    rules = [rule for rule in checker.pack.rules if rule.kind == "forbid" and rule.phrases and not rule.patterns]
    for rule in rules:
        for other in rules:
            if other is not rule and _same_scope(rule, other) and _all_held(rule, other):
                yield Gap("shadowed", rule.id, f"every phrase also hits {other.id}")


def _same_scope(rule: PackRule, other: PackRule) -> bool:
    return rule.when == other.when and not (other.unless or other.before or other.after or other.exceptions)


def _all_held(rule: PackRule, other: PackRule) -> bool:
    return all(any(word in phrase for word in other.phrases) for phrase in rule.phrases)


def _contradictions(corpus: Corpus, checker: Checker) -> Iterator[Gap]:
    """Yield good examples and fixes of one rule that another rule forbids."""
    for rule in corpus.rules.values():
        for example in rule.examples.good:
            for finding in checker.check(example.text, situation_of(rule, example, corpus)).findings:
                if finding.kind in _WORDS and finding.severity == "error":
                    yield Gap("contradiction", rule.id, f"good example {example.text!r} breaks {finding.rule}")
        for text in dict.fromkeys(_fix_texts(rule)):
            # In a sentence: some rules are about replies that say nothing else.
            for finding in checker.check(_CARRIER.format(text), Situation(facts_matter=False)).findings:
                if finding.kind in _WORDS:
                    yield Gap("contradiction", rule.id, f"its fix {text!r} breaks {finding.rule}")


def _fix_texts(rule: Rule) -> list[str]:
    texts = [rule.fix.text] if rule.fix and rule.fix.op != "delete" else []
    return [text for text in (*texts, *rule.swap.values()) if text]


def _open_clauses(corpus: Corpus) -> Iterator[Gap]:
    carried = {rule.clause for rule in corpus.rules.values()} | {
        p.clause for p in corpus.phrases.values() if p.status != "deprecated"
    }
    for scenario in corpus.scenarios.values():
        carried.update(scenario.clauses)
        carried.update(commitment.clause for commitment in scenario.commitments.values())
    carried.update(clause for entry in corpus.unruled.values() for clause in entry.clauses)
    for clause in corpus.clauses.values():
        if clause.id not in carried:
            yield Gap("clause", clause.id, clause.text)

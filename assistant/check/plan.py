"""Which rules apply in a situation, sorted by what it takes to run them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.check.findings import Situation
from assistant.check.pack import PackRule

_WORDS = ("forbid", "replace")
# Acts that a conversation needs once.
_ONCE = ("greeting", "apology", "empathy")


@dataclass(frozen=True, slots=True)
class Plan:
    """The rules that apply in one kind of situation, by what it takes to run them."""

    words: frozenset[int]
    counts: tuple[int, ...]
    limits: tuple[PackRule, ...]
    consistency: tuple[int, ...]
    entities: tuple[PackRule, ...]
    facts: tuple[PackRule, ...]
    requires: tuple[PackRule, ...]
    orders: tuple[PackRule, ...]


def make_plan(rules: Sequence[PackRule], situation: Situation) -> Plan:
    """Return the rules that apply; those that share the scan of words go by their number."""
    active = [(i, rule) for i, rule in enumerate(rules) if applies(rule, situation)]

    def of(kind: str) -> tuple[PackRule, ...]:
        return tuple(rule for _, rule in active if rule.kind == kind)

    return Plan(
        words=frozenset(i for i, rule in active if rule.kind in _WORDS),
        counts=tuple(i for i, rule in active if rule.metric == "count"),
        limits=tuple(rule for rule in of("limit") if rule.metric != "count"),
        consistency=tuple(i for i, rule in active if rule.kind == "consistency"),
        entities=of("entity"),
        facts=of("fact") if situation.facts_matter else (),
        requires=tuple(rule for rule in of("require") if not once_is_enough(rule.acts, situation)),
        orders=of("order"),
    )


def once_is_enough(acts: Sequence[str], situation: Situation) -> bool:
    """Tell whether what is required was done in an earlier turn and would only be repeated."""
    return any(act in _ONCE and act in situation.done for act in acts)


def applies(rule: PackRule, situation: Situation) -> bool:
    """Tell whether a rule applies; every condition it gives must match."""
    when = rule.when
    return all(
        value in when[key]
        for key, value in (
            ("tasks", situation.task),
            ("emotion", situation.emotion),
            ("groups", situation.group),
            ("scenarios", situation.scenario),
            ("channels", situation.channel),
            ("speakers", situation.speaker),
        )
        if key in when
    )

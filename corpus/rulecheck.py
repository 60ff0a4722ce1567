"""Check rules, acts and contexts against each other while they load: a pack with a wrong rule is not used at all."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

from corpus.patterns import PatternError, analyse, analyse_context
from corpus.schema import Act, Clause, Context, Rule, Scenario

Complaint = tuple[str, str]
_NEEDS = {
    "forbid": ("phrases", "patterns"),
    "replace": ("swap",),
    "require": ("acts",),
    "order": ("first", "last"),
    "limit": ("metric",),
    "consistency": ("check",),
    "entity": ("entity",),
    "fact": ("facts",),
}
_WORD_KEYS = ("exceptions", "before", "after", "unless", "views", "rescue")
_COMMAS = "，、"


def rule_problems(
    rules: Mapping[str, Rule],
    acts: Mapping[str, Act],
    contexts: Mapping[str, Context],
    scenarios: Mapping[str, Scenario],
    clauses: Mapping[str, Clause],
) -> Iterator[Complaint]:
    """Yield (place, message) for every reference, pattern or key that cannot work."""
    for rule in rules.values():
        for message in _rule(rule, contexts, scenarios, clauses):
            yield f"rule {rule.id}", f"rule {rule.id!r} {message}"
    for rule in rules.values():
        for name in _acts_of(rule):
            if name not in acts:
                yield f"rule {rule.id}", f"rule {rule.id!r} names act {name!r}, which acts.yaml does not define"
    for act in acts.values():
        for message in (*_patterns(act.patterns), *_words(act.cues), *_words(act.exceptions)):
            yield f"act {act.id}", f"act {act.id!r} {message}"
    for context in contexts.values():
        for message in _context_patterns((*context.before, *context.after)):
            yield f"context {context.id}", f"context {context.id!r} {message}"


def _rule(
    rule: Rule, contexts: Mapping[str, Context], scenarios: Mapping[str, Scenario], clauses: Mapping[str, Clause]
) -> Iterator[str]:
    if rule.clause not in clauses:
        yield f"names clause {rule.clause!r}, which no guideline has{_nearest(rule.clause, clauses)}"
    wanted = _NEEDS[rule.kind]
    if not any(getattr(rule, key) for key in wanted):
        yield f"of kind {rule.kind!r} needs {' or '.join(wanted)}"
    if rule.kind == "order" and bool(rule.first) != bool(rule.then) and not rule.last and not (rule.first and not rule.then):
        yield "names `then` without `first`; give both, or `first` alone for an act that must open the reply"
    if rule.kind == "limit" and rule.max is None:
        yield "of kind 'limit' needs `max`, the highest value that is still fine"
    if rule.kind == "limit" and rule.metric == "count" and not (rule.phrases or rule.patterns):
        yield "counts words but lists none; add phrases or patterns"
    for key in _WORD_KEYS:
        if getattr(rule, key) and rule.kind not in ("forbid", "replace", "limit", "consistency"):
            yield f"of kind {rule.kind!r} cannot use `{key}`; only rules that look for words can"
    for context in rule.unless:
        if context not in contexts:
            yield f"names context {context!r}, which contexts.yaml does not define{_nearest(context, contexts)}"
    for scenario in (*rule.when.scenarios, *_example_scenarios(rule)):
        if scenario not in scenarios:
            yield f"names scenario {scenario!r}, which does not exist{_nearest(scenario, scenarios)}"
    yield from _patterns(rule.patterns)
    yield from _context_patterns((*rule.before, *rule.after))
    yield from _words((*rule.phrases, *rule.exceptions, *rule.swap))


def _acts_of(rule: Rule) -> Iterator[str]:
    yield from rule.acts
    yield from (act for act in (rule.first, rule.then, rule.last) if act)
    yield from rule.rescue.acts if rule.rescue else ()


def _example_scenarios(rule: Rule) -> Iterator[str]:
    for example in (*rule.examples.bad, *rule.examples.good):
        if example.scenario:
            yield example.scenario


def _words(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        if len(word) > 1 and any(mark in word[1:-1] for mark in _COMMAS) and len(word) > 12:
            parts = word.replace("，", ", ").replace("、", ", ")
            yield f"lists {word!r} as one phrase; a list takes ASCII commas: [{parts}]"


def _patterns(patterns: Iterable[str]) -> Iterator[str]:
    for pattern in patterns:
        try:
            analyse(pattern)
        except PatternError as error:
            yield f"has the pattern {pattern!r}: {error}"


def _context_patterns(patterns: Iterable[str]) -> Iterator[str]:
    for pattern in patterns:
        try:
            analyse_context(pattern)
        except PatternError as error:
            yield f"has the context {pattern!r}: {error}"


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {near[0]!r}?" if near else ""

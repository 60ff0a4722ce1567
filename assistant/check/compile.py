"""Compile the rules, acts and contexts of a corpus into a pack. Slow (regex analysis), so packs are cached."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.check.pack import Pack, PackAct, PackContext, PackRule, PackScenario, Pattern
from assistant.check.views import Sounds, fold
from corpus import Act, Context, Corpus, Rule
from corpus.patterns import analyse, analyse_context


def compile_pack(corpus: Corpus) -> Pack:
    """Return everything a checker needs of a corpus."""
    scenarios = {
        s.id: PackScenario(
            s.id, s.title, s.group, s.required, tuple(c.text for c in s.commitments.values()), tuple(s.clauses)
        )
        for s in corpus.scenarios.values()
    }
    clauses = {clause.id: clause.text for clause in corpus.clauses.values()}
    rules, acts, contexts = corpus.rules.values(), corpus.acts.values(), corpus.contexts.values()
    return build_pack(rules, acts, contexts, scenarios, clauses, corpus.rules_digest)


def build_pack(
    rules: Iterable[Rule],
    acts: Iterable[Act],
    contexts: Iterable[Context],
    scenarios: dict[str, PackScenario] | None = None,
    clauses: dict[str, str] | None = None,
    digest: str = "",
) -> Pack:
    """Compile single parts; a rule's patterns must have passed `corpus.rulecheck`."""
    compiled = tuple(_rule(rule) for rule in rules)
    sounding = [phrase for rule in compiled if "pinyin" in rule.views for phrase in rule.phrases]
    return Pack(
        rules=compiled,
        acts=tuple(_act(act) for act in acts),
        contexts=tuple(
            PackContext(c.id, _contexts(c.before), _contexts(c.after), c.quote, c.unproven) for c in contexts
        ),
        scenarios=scenarios or {},
        clauses=clauses or {},
        sounds=Sounds.of(sounding).to_json() if sounding else None,
        digest=digest,
    )


def _rule(rule: Rule) -> PackRule:
    when = {key: tuple(value) for key, value in rule.when if value}
    return PackRule(
        id=rule.id,
        title=rule.title,
        kind=rule.kind,
        severity=rule.severity,
        clause=rule.clause,
        message=rule.message,
        phrases=_folded(rule.phrases),
        patterns=tuple(_pattern(p) for p in rule.patterns),
        swap={fold(word): text for word, text in rule.swap.items()},
        exceptions=_folded(rule.exceptions),
        before=_contexts(rule.before),
        after=_contexts(rule.after),
        unless=tuple(rule.unless),
        views=tuple(rule.views),
        rescue_acts=rule.rescue.acts if rule.rescue else (),
        rescue_severity=rule.rescue.severity if rule.rescue else "info",
        acts=rule.acts,
        first=rule.first,
        then=rule.then,
        last=rule.last,
        when=when,
        metric=rule.metric,
        max=rule.max or 0,
        check=rule.check,
        entity=rule.entity,
        facts=rule.facts,
        fix_op=rule.fix.op if rule.fix else None,
        fix_text=rule.fix.text if rule.fix and rule.fix.op != "delete" else "",
        fix_safety=rule.fix.safety if rule.fix else "review",
    )


def _act(act: Act) -> PackAct:
    grammar = act.grammar
    return PackAct(
        id=act.id,
        title=act.title,
        cues=_folded(act.cues),
        patterns=tuple(_pattern(p) for p in act.patterns),
        exceptions=_folded(act.exceptions),
        time=grammar.time if grammar else None,
        actions=_folded(grammar.actions) if grammar else (),
        customer=_folded(grammar.customer) if grammar else (),
    )


def _pattern(pattern: str) -> Pattern:
    facts = analyse(pattern)
    return Pattern(facts.pattern, facts.literals, facts.width, facts.before, facts.after)


def _contexts(patterns: Iterable[str]) -> tuple[str, ...]:
    return tuple(analyse_context(pattern) for pattern in patterns)


def _folded(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold(word) for word in words))

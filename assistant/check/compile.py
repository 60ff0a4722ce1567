"""Compile the rules, acts and contexts of a corpus into a pack. Slow (regex analysis), so packs are cached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from assistant.check.clause_model import Weights
from assistant.check.clauses import Clauses
from assistant.check.guards import guarded
from assistant.check.pack import Pack, PackAct, PackContext, PackRule, PackScenario, Pattern
from assistant.check.train import train_acts
from assistant.check.views import Sounds, fold
from corpus import Act, Context, Corpus, Rule
from corpus.patterns import analyse, analyse_context

if TYPE_CHECKING:
    from assistant.check.engine import Checker

# A near miss weighs as much as this many ordinary wordings.
_STRESS = 3


def compile_pack(corpus: Corpus) -> Pack:
    """Return everything a checker needs of a corpus."""
    scenarios = {
        s.id: PackScenario(s.id, s.title, s.group, s.required, tuple(c.text for c in s.commitments.values()), tuple(s.clauses))
        for s in corpus.scenarios.values()
    }
    clauses = {clause.id: clause.text for clause in corpus.clauses.values()}
    rules, acts, contexts = corpus.rules.values(), corpus.acts.values(), corpus.contexts.values()
    model = train_acts(_act_wordings(corpus), _shown_clauses(corpus)) if corpus.act_wordings else None
    pack = build_pack(rules, acts, contexts, model, scenarios, clauses, corpus.rules_digest)
    ordinary = (
        *(phrase.text for phrase in corpus.approved),
        *(text for texts in corpus.act_wordings.values() for text in texts),
    )
    return guarded(pack, (fold(text) for text in ordinary))


def build_pack(
    rules: Iterable[Rule],
    acts: Iterable[Act],
    contexts: Iterable[Context],
    clause_model: Weights | None = None,
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
        contexts=tuple(PackContext(c.id, _contexts(c.before), _contexts(c.after), c.quote, c.unproven) for c in contexts),
        scenarios=scenarios or {},
        clauses=clauses or {},
        sounds=Sounds.of(sounding).to_json() if sounding else None,
        clause_model=clause_model.to_json() if clause_model else None,
        digest=digest,
    )


def _act_wordings(corpus: Corpus) -> dict[str, list[str]]:
    """Return the wordings of each act with its own examples."""
    wordings = {act: list(texts) for act, texts in corpus.act_wordings.items()}
    for act in corpus.acts.values():
        wordings.setdefault(act.id, []).extend(act.must_hit)
    return wordings


def _shown_clauses(corpus: Corpus) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield clauses with the acts that words show in them: approved phrases, and near misses without the act they miss."""
    from assistant.check.engine import Checker

    finder = Checker(build_pack([], corpus.acts.values(), []))
    for phrase in corpus.approved:
        yield from ((clause, acts) for clause, acts in _clauses(finder, phrase.text, frozenset(phrase.acts)) if acts)
    others = {act.id: frozenset(corpus.acts) - {act.id} for act in corpus.acts.values()}
    for act in corpus.acts.values():
        for text in act.must_miss:
            yield from (row for row in _clauses(finder, text, others[act.id]) for _ in range(_STRESS))


def _clauses(finder: Checker, text: str, wanted: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    folded, acts = fold(text), finder.acts(text)
    for start, end in Clauses(folded).spoken_all():
        if start < end:
            yield folded[start:end], frozenset(a.act for a in acts if a.start < end and start < a.end) & wanted


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
        near=_folded(rule.near),
        own=rule.own,
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
    return Pattern(facts.pattern, facts.literals, facts.also, facts.first, facts.width, facts.before, facts.after)


def _contexts(patterns: Iterable[str]) -> tuple[str, ...]:
    return tuple(analyse_context(pattern) for pattern in patterns)


def _folded(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold(word) for word in words))

"""What is known about one request before anything is written: its meaning, its sources, its check, and a reply that passes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from assistant.check import Checker, Situation
from assistant.compose import Composer, Composition
from assistant.conversation import Turn
from assistant.retrieve import Retrieved
from assistant.understand import Understanding
from corpus import Corpus, Escalation, Scenario, Tone

# Soothing words of our last turns need no repeating; those of long before may.
_RECENT = 3
_SOOTHING = ("greeting", "apology", "empathy")


@dataclass(frozen=True)
class Request:
    """One customer message to answer, or a pasted conversation.

    `context` holds earlier turns, oldest first; `facts` are slot values to rely on; `count` candidates are wanted.
    """

    message: str
    context: tuple[str, ...] = ()
    scenario: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    id: str | int | None = None
    count: int = 1


@dataclass(frozen=True)
class Brief:
    """Everything a writer needs. `certain`: a person chose the scenario. `composition` passes the check of `situation`."""

    request: Request
    read: Understanding
    scenario: Scenario
    certain: bool
    found: Retrieved
    reason: Escalation | None
    situation: Situation
    composition: Composition
    compose: Callable[[Tone], Composition]


def make_brief(
    request: Request,
    read: Understanding,
    scenario: Scenario,
    certain: bool,
    found: Retrieved,
    reason: Escalation | None,
    corpus: Corpus,
    checker: Checker,
    composer: Composer,
) -> Brief:
    """Work out the check and the composed reply of a request."""
    done = soothed(read.turns, checker)

    def compose(tone: Tone | None) -> Composition:
        return composer.compose(read, scenario, request.facts, certain, done=done, reason=reason, tone=tone)

    situation = _situation(request, read, scenario, found, corpus)
    required = ("escalate",) if reason else tuple(act for act in scenario.required if act not in done)
    situation = replace(situation, done=done, required=required)
    return Brief(request, read, scenario, certain, found, reason, situation, compose(None), compose)


def soothed(turns: Iterable[Turn], checker: Checker) -> tuple[str, ...]:
    """Return the soothing acts of our latest turns, sorted."""
    ours = [turn.text for turn in turns if turn.speaker == "rep"][-_RECENT:]
    return tuple(sorted({act.act for text in ours for act in checker.acts(text) if act.act in _SOOTHING}))


def _situation(request: Request, read: Understanding, scenario: Scenario, found: Retrieved, corpus: Corpus) -> Situation:
    """Return what a reply is checked against; what stands in a pasted log is known only by the customer's word."""
    clauses = (*found.clauses, *corpus.clauses_of[scenario.id])
    known = (
        *(turn.text for turn in read.turns if turn.speaker == "rep" and not turn.pasted),
        *(clause.text for clause in clauses),
        *(phrase.text for phrase in found.phrases),
        *(commitment.text for commitment in scenario.commitments.values()),
        *request.facts.values(),
    )
    return Situation(
        task="suggest",
        scenario=scenario.id,
        group=scenario.group,
        emotion=read.emotion,
        customer=read.simplified,
        known=known,
        customer_turns=tuple(turn.text for turn in read.turns if turn.speaker == "customer" or turn.pasted),
    )

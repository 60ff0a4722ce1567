"""Rebuild, from outside the pipeline, what a reply may rely on, so that it can be checked a second time."""

from __future__ import annotations

from assistant.brief import soothed
from assistant.check import Checker, Situation
from assistant.conversation import parse_turns
from assistant.prompts import note
from assistant.script import to_simplified
from assistant.values import Reply, Suggestion
from corpus import Corpus
from evals.case import Case


def situation_of(case: Case, found: Suggestion, reply: Reply, corpus: Corpus, checker: Checker) -> Situation:
    """Return the situation of a reply from the case and the corpus alone.

    Supporting texts are what our side said, the caller's facts, the clauses, what the scenario may promise, and the phrases the
    reply cites as they stand in the corpus; nothing is known only because the reply says it.
    """
    scenario = corpus.scenarios[found.scenario.id]
    cited = tuple(s.phrase for s in reply.sentences if s.phrase in corpus.phrases)
    turns = parse_turns(case.context)
    done = soothed(turns, checker)
    required = ("escalate",) if found.escalate else tuple(act for act in scenario.required if act not in done)
    known = (
        *(turn.text for turn in turns if turn.speaker == "rep"),
        *case.facts.values(),
        *(clause.text for clause in (*found.clauses, *corpus.clauses_of[scenario.id])),
        *(commitment.text for commitment in scenario.commitments.values()),
        *(corpus.phrases[phrase].text for phrase in cited if phrase),
    )
    return Situation(
        scenario=scenario.id,
        group=scenario.group,
        emotion=found.emotion,
        required=() if asks_back(reply) or note("unsure") in found.notes else required,
        customer=to_simplified(case.message),
        known=known,
        customer_turns=tuple(turn.text for turn in turns if turn.speaker == "customer"),
        done=done,
    )


def asks_back(reply: Reply) -> bool:
    """Tell whether a composed reply only asks what is wanted; it owes no solution yet."""
    phrases = (sentence.phrase or "" for sentence in reply.sentences)
    return reply.origin != "model" and any(phrase.startswith(("clarify.", "boundary.")) for phrase in phrases)

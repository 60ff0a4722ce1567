"""Rewrite with a loaded assistant: what the answer is about → rewriter → what the representative should know."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.brief import Request
from assistant.clock import Clock
from assistant.errors import AssistantError, UsageError
from assistant.prompts import note
from assistant.rewrite.blanks import blank_spans
from assistant.rewrite.offline import SOOTHING, Task
from assistant.rewrite.rewriter import Outcome
from assistant.rewrite.values import Change, Original, Rewritten, RoughAnswer
from assistant.values import ScenarioGuess

if TYPE_CHECKING:
    from assistant.pipeline import Assistant
    from assistant.rewrite.drafted import ModelRewriter


def rewrite_answer(assistant: Assistant, answer: RoughAnswer) -> Rewritten:
    """Rewrite one rough answer; see `Assistant.rewrite`."""
    clock = Clock()
    deadline = time.monotonic() + assistant.settings.budget_s
    task, guess = _task(assistant, answer)
    clock.mark("understand")
    notes = list(assistant.notes)
    found = assistant.rewriter.rewrite(task, _model(assistant, answer, notes), deadline)
    clock.mark("model")
    return _told(assistant, answer, task, guess, found, notes, clock)


def recheck_answer(assistant: Assistant, answer: RoughAnswer, changes: Sequence[Change]) -> Rewritten:
    """Check what some of the changes of a rewrite come to; see `Assistant.recheck`."""
    clock = Clock()
    if any(answer.rough[c.start : c.end] != c.before for c in changes):
        raise UsageError("these changes belong to another answer; rewrite it again and choose among its changes")
    task, guess = _task(assistant, answer)
    clock.mark("understand")
    found = assistant.rewriter.judged(task, tuple(changes))
    return _told(assistant, answer, task, guess, found, list(assistant.notes), clock)


def _told(
    assistant: Assistant,
    answer: RoughAnswer,
    task: Task,
    guess: ScenarioGuess | None,
    found: Outcome,
    notes: list[str],
    clock: Clock,
) -> Rewritten:
    before = assistant.checker.check(answer.rough, task.situation, by_words=True)
    if assistant.probes.find([_bare(answer.rough)]):
        # Orders to a writing assistant are nothing that a representative says; what else is wrong a person must see.
        found = replace(found, reply=replace(found.reply, verified=False, ready=False))
        notes.append(note("rough_probe"))
    clock.mark("check")
    return Rewritten(
        scenario=guess,
        original=Original(answer.rough, before.findings),
        reply=found.reply,
        changes=found.changes,
        facts=found.facts,
        notes=(*notes, *_remarks(found)),
        timing_ms=clock.times(found.drafted.model_s * 1000 if found.drafted else 0.0),
        usage=found.drafted.usage if found.drafted else None,
        id=answer.id,
    )


def _task(assistant: Assistant, answer: RoughAnswer) -> tuple[Task, ScenarioGuess | None]:
    """Return what is to be rewritten; without the customer's words or a scenario it is checked as a template."""
    if not answer.rough.strip():
        raise UsageError("the answer is empty; give what the representative typed as an argument, a file or on standard input")
    known = (answer.rough, *answer.facts.values())
    if not answer.message.strip() and answer.scenario is None:
        situation = assistant.checker.situation(task="rewrite", facts={str(i): value for i, value in enumerate(known)})
        return Task(answer.rough, situation), None
    brief = assistant.brief(Request(answer.message.strip() or answer.rough, answer.context, answer.scenario, answer.facts))
    # What a person answers stands for itself; a feeling that nobody showed needs no apology for a scenario we only guess.
    owed = brief.certain or brief.read.emotion in ("upset", "abusive")
    required = tuple(act for act in brief.situation.required if act in SOOTHING and owed)
    situation = replace(brief.situation, task="rewrite", known=(*brief.situation.known, *known), required=required)
    if not answer.message.strip():
        situation = replace(situation, customer="", emotion="calm")
    return Task(answer.rough, situation, brief), assistant.guess(brief.read, brief.scenario, brief.certain)


def _model(assistant: Assistant, answer: RoughAnswer, notes: list[str]) -> ModelRewriter | None:
    """Return what rewrites with the model, where there is one and nothing in the texts tries to steer it."""
    if not assistant.settings.model:
        return None
    if assistant.probes.find([_bare(answer.rough), answer.message, *answer.context]):
        notes.append(note("rewrite_probe"))
        return None
    from assistant.rewrite.drafted import ModelRewriter

    try:
        return ModelRewriter(assistant.writer().client, assistant.checker, assistant.settings.masked)
    except AssistantError as error:
        notes.append(note("rewrite_failed", why=error))
        return None


def _bare(rough: str) -> str:
    """Return an answer without its blanks: a template's <客户名>： is no forged turn."""
    for start, end in reversed(blank_spans(rough)):
        rough = rough[:start] + rough[end:]
    return rough


def _remarks(found: Outcome) -> list[str]:
    remarks, drafted = [], found.drafted
    if drafted and drafted.error:
        remarks.append(note("rewrite_failed", why=drafted.error))
    elif drafted and found.reply.origin != "model":
        remarks.append(note("rewrite_rejected"))
    if found.facts.missing:
        remarks.append(note("facts_lost", facts="、".join(found.facts.missing)))
    if not found.reply.verified:
        remarks.append(note("needs_person"))
    return remarks

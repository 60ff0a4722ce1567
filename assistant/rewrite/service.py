"""Rewrite with a loaded assistant: what the answer is about → rewriter → what the representative should know."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.brief import Request
from assistant.clock import Clock
from assistant.errors import AssistantError, UsageError
from assistant.prompts import note
from assistant.rewrite.offline import SOOTHING, Task
from assistant.rewrite.rewriter import Outcome
from assistant.rewrite.values import Original, Rewritten, RoughAnswer
from assistant.values import ScenarioGuess

if TYPE_CHECKING:
    from assistant.pipeline import Assistant
    from assistant.rewrite.drafted import ModelRewriter


def rewrite_answer(assistant: Assistant, answer: RoughAnswer, refused: Collection[int] = ()) -> Rewritten:
    """Rewrite one rough answer; see `Assistant.rewrite`."""
    clock = Clock()
    deadline = time.monotonic() + assistant.settings.budget_s
    task, guess = _task(assistant, answer)
    clock.mark("understand")
    notes = list(assistant.notes)
    found = assistant.rewriter.rewrite(task, _model(assistant, answer, notes), deadline)
    clock.mark("model")
    if refused:
        left = tuple(change for number, change in enumerate(found.changes) if number not in refused)
        found = assistant.rewriter.judged(task, left, found.reply.attempts)
    before = assistant.checker.check(answer.rough, task.situation)
    clock.mark("check")
    return Rewritten(
        scenario=guess,
        original=Original(answer.rough, before.findings),
        reply=found.reply,
        changes=found.changes,
        facts=found.facts,
        notes=(*notes, *_remarks(found)),
        timing_ms=clock.times(found.drafted.model_s * 1000 if found.drafted else 0.0),
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
    if assistant.probes.find([answer.rough, answer.message, *answer.context]):
        notes.append(note("rewrite_probe"))
        return None
    from assistant.rewrite.drafted import ModelRewriter

    try:
        return ModelRewriter(assistant.writer().client, assistant.checker, assistant.settings.masked)
    except AssistantError as error:
        notes.append(note("rewrite_failed", why=error))
        return None


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

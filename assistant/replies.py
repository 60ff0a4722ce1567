"""Turn a composition or a model's draft into a checked Reply."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from assistant.check import Checker, Situation
from assistant.compose import Composition
from assistant.script import to_traditional
from assistant.trace import Sources, trace_pieces
from assistant.understand import Understanding
from assistant.values import Reply, SlotValue
from corpus import Tone

_BLANK = re.compile(r"【([^】]{1,12})】")


def composed_reply(
    composition: Composition, read: Understanding, title: Callable[[str], str], checker: Checker, situation: Situation
) -> Reply:
    """Join the pieces, in the customer's script, and check the whole.

    Standard phrases state nothing but what their clause allows, so their own texts count as known.
    """
    texts = [to_traditional(p.text) if read.traditional else p.text for p in composition.pieces]
    text = "".join(texts)
    known = tuple(piece.phrase.text for piece in composition.pieces) + tuple(v for v in composition.slots.values() if v)
    # A question back owes no solution yet; it still breaks no other rule.
    required = () if composition.asks_back else situation.required
    result = checker.check(text, replace(situation, known=situation.known + known, required=required))
    slots = tuple(SlotValue(name, title(name), value) for name, value in composition.slots.items())
    filled = all(slot.value is not None for slot in slots)
    return Reply(
        text=text,
        tone=composition.pieces[-1].phrase.tone if composition.pieces else "professional",
        origin="composed" if len(composition.pieces) != 1 else "phrase",
        verified=result.passed,
        ready=result.passed and filled,
        findings=result.findings,
        elements=result.elements,
        sentences=trace_pieces(composition.pieces, texts),
        slots=slots,
        attempts=0,
    )


def rewritten_reply(text: str, sources: Sources, checker: Checker, situation: Situation, broken: bool, calls: int = 0) -> Reply:
    """Check a rewritten answer; one that broke the facts contract is never verified."""
    result = checker.check(text, situation)
    verified = result.passed and not broken and bool(text.strip())
    return Reply(
        text=text,
        tone="professional",
        origin="model" if calls else "composed",
        verified=verified,
        ready=verified and not _BLANK.search(text),
        findings=result.findings,
        elements=result.elements,
        sentences=sources.trace(text),
        slots=tuple(SlotValue(name, name, None) for name in dict.fromkeys(_BLANK.findall(text))),
        attempts=calls,
    )


def drafted_reply(text: str, tone: Tone, attempts: int, sources: Sources, checker: Checker, situation: Situation) -> Reply:
    """Check what became of a model's draft and trace its sentences."""
    result = checker.check(text, situation)
    blanks = tuple(dict.fromkeys(_BLANK.findall(text)))
    return Reply(
        text=text,
        tone=tone,
        origin="model",
        verified=result.passed,
        ready=result.passed and not blanks,
        findings=result.findings,
        elements=result.elements,
        sentences=sources.trace(text),
        slots=tuple(SlotValue(name, name, None) for name in blanks),
        attempts=attempts,
    )

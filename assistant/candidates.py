"""Rank replies and drop those that only say the same again."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import fuzz

from assistant.check import fold
from assistant.values import Reply

# Replies more alike than this are one reply.
_SAME = 80.0
# The length at which a reply is neither curt nor long, in code points.
_SHORT, _LONG = 30, 90
# What the score is made of; the sum is 1.
_WEIGHTS = {"ready": 0.35, "clean": 0.25, "complete": 0.2, "grounded": 0.1, "length": 0.1}


def score(reply: Reply) -> float:
    """Return how good a verified reply is, 0-1.

    0.35 if no blank is left, 0.25 less a fifth of it a warning, 0.2 by the required elements it has, 0.1 by the sentences that
    follow a phrase or clause, 0.1 by its length (30-90 characters are best).
    """
    warnings = sum(finding.severity == "warning" for finding in reply.findings)
    present = [element.status == "present" for element in reply.elements]
    grounded = [sentence.kind != "free" for sentence in reply.sentences]
    length = len(reply.text)
    parts = {
        "ready": float(reply.ready),
        "clean": max(0.0, 1 - warnings / 5),
        "complete": _share(present),
        "grounded": _share(grounded),
        "length": 1.0
        if _SHORT <= length <= _LONG
        else max(0.0, 1 - (_SHORT - length if length < _SHORT else length - _LONG) / 60),
    }
    return round(sum(_WEIGHTS[name] * value for name, value in parts.items()), 4)


def best(replies: Iterable[Reply], most: int) -> tuple[Reply, ...]:
    """Return at most so many replies, the best first, none nearly the same as a better one; fewer rather than padded."""
    chosen: list[Reply] = []
    for reply in sorted(replies, key=lambda reply: -reply.score):
        if len(chosen) < most and all(_likeness(reply, other) < _SAME for other in chosen):
            chosen.append(reply)
    return tuple(chosen)


def _share(flags: list[bool]) -> float:
    return sum(flags) / len(flags) if flags else 1.0


def _likeness(reply: Reply, other: Reply) -> float:
    one, two = (re.sub(r"\W|_", "", fold(r.text)) for r in (reply, other))
    return fuzz.ratio(one, two)

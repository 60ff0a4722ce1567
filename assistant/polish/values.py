"""The values that polishing passes between its steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from assistant.check import Finding
from assistant.rewrite.values import Change

# pass: nothing found; advice: warnings only; fail: at least one error.
Verdict = Literal["pass", "advice", "fail"]


@dataclass(frozen=True)
class Template:
    """One text to polish and what its row says about it: the customer's `message` and the `scenario` may be empty."""

    text: str
    message: str = ""
    scenario: str = ""


@dataclass(frozen=True)
class Polished:
    """What became of one template. `why` says in a sentence why a person must look at it, and is empty when nobody must."""

    text: str
    before: Verdict
    after: Verdict
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]  # of `text` before, when only checked; else of the polished text
    kept: tuple[str, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]
    why: str = ""


# Polishes, or only checks, one template. Thread-safe.
PolishOne = Callable[[Template], Polished]

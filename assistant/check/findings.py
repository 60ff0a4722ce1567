"""What a check returns. Findings are data, never exceptions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from corpus import Emotion, Severity


@dataclass(frozen=True)
class FixEdit:
    """Replace `text[start:end]` by `text`; `safe` may be applied unseen."""

    start: int
    end: int
    text: str
    safety: Literal["safe", "review"]


@dataclass(frozen=True)
class Finding:
    """One thing a rule found. Offsets are code points, half open: `text[start:end] == quote`.

    A missing element has `start == end`, the place to insert, and an empty quote.
    """

    rule: str
    title: str
    kind: str
    severity: Severity
    message: str
    start: int
    end: int
    quote: str
    view: str
    clause: str
    fixes: tuple[FixEdit, ...] = ()


@dataclass(frozen=True)
class ActSpan:
    """A speech act found in a text."""

    act: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True)
class Element:
    """A required element and whether the text has it; `start == end` is where a missing one belongs."""

    act: str
    title: str
    status: Literal["present", "missing"]
    start: int
    end: int


@dataclass(frozen=True)
class Situation:
    """What a text is checked against: who it answers and what it may rely on."""

    task: Literal["suggest", "rewrite", "check"] = "suggest"
    scenario: str | None = None
    group: str | None = None
    emotion: Emotion = "calm"
    required: tuple[str, ...] = ()
    customer: str = ""
    known: tuple[str, ...] = ()
    facts_matter: bool = True


@dataclass(frozen=True)
class CheckResult:
    """Findings in text order, the acts seen, and the required elements."""

    findings: tuple[Finding, ...] = ()
    acts: tuple[ActSpan, ...] = ()
    elements: tuple[Element, ...] = field(default=())

    @property
    def passed(self) -> bool:
        """True while no error-level rule matches."""
        return all(finding.severity != "error" for finding in self.findings)

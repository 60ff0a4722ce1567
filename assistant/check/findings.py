"""What a check returns. Findings are data, never exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from corpus.terms import Channel, Emotion, Severity, Speaker, Task


@dataclass(frozen=True, slots=True)
class FixEdit:
    """Replace `text[start:end]` by `text`; one whose safety is `safe` may be applied unseen, `review` wants a look."""

    start: int
    end: int
    text: str
    safety: Literal["safe", "review"]


@dataclass(frozen=True, slots=True)
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


class ActSpan(NamedTuple):
    """A speech act: the clause that performs it. Offsets are code points, half open."""

    act: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Element:
    """A required element, `present` or `missing`; `start == end` is where a missing one belongs."""

    act: str
    title: str
    status: Literal["present", "missing"]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Situation:
    """What a text is checked against: who says it where, whom it answers and what it may rely on.

    `customer` is the message answered, `customer_turns` what the customer said before; `known` are texts whose facts a
    reply may repeat. Without `facts_matter` no fact needs support. `done` are acts that our side performed in earlier turns:
    whoever has apologised need not do so again.
    """

    task: Task = "suggest"
    scenario: str | None = None
    group: str | None = None
    emotion: Emotion = "calm"
    required: tuple[str, ...] = ()
    customer: str = ""
    known: tuple[str, ...] = ()
    facts_matter: bool = True
    channel: Channel = "chat"
    speaker: Speaker = "rep"
    customer_turns: tuple[str, ...] = ()
    done: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Findings in text order, the acts seen, the required elements, and what the check could not judge."""

    findings: tuple[Finding, ...] = ()
    acts: tuple[ActSpan, ...] = ()
    elements: tuple[Element, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """True while no error-level rule matches."""
        return all(finding.severity != "error" for finding in self.findings)

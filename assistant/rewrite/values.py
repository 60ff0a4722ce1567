"""What a rewrite returns: the text, every change with its reason, and what became of the facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from assistant.check import Finding
from assistant.values import SCHEMA, ModelUse, Reply, ScenarioGuess

Op = Literal["replace", "insert", "delete", "move"]


@dataclass(frozen=True)
class RoughAnswer:
    """What a representative typed in a hurry, and what is known beside it; `message` is what the customer said."""

    rough: str
    message: str = ""
    context: tuple[str, ...] = ()
    scenario: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    id: str | int | None = None


@dataclass(frozen=True)
class Change:
    """One change and the rule that asked for it.

    `start` and `end` are code points of the rough answer, half open: `rough[start:end] == before`. A `move` takes that range to
    `to`, where `to` is a place in the rough answer too. Changes never overlap, but for changes inside a range that is moved.
    """

    op: Op
    start: int
    end: int
    before: str
    after: str
    rule: str
    clause: str
    reason: str
    to: int | None = None


@dataclass(frozen=True)
class Facts:
    """The facts and blanks of the rough answer that the rewrite kept or lost, and those it states that the answer did not."""

    kept: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


@dataclass(frozen=True)
class Original:
    """The rough answer and what was found in it."""

    text: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Rewritten:
    """Everything `rewrite` has to say about one rough answer. `scenario` is None where nothing told it."""

    scenario: ScenarioGuess | None
    original: Original
    reply: Reply
    changes: tuple[Change, ...]
    facts: Facts
    notes: tuple[str, ...]
    timing_ms: dict[str, float]
    usage: ModelUse | None = None
    id: str | int | None = field(default=None)

    def to_json(self) -> dict[str, Any]:
        """Return the public JSON shape; `id` only when the request had one."""
        body = asdict(self)
        request_id = body.pop("id")
        head: dict[str, Any] = {"schema": SCHEMA}
        if request_id is not None:
            head["id"] = request_id
        return head | body

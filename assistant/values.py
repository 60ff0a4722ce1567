"""The public shapes: what `suggest` returns and how it is written as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from assistant.check import Element, Finding
from assistant.errors import AssistantError
from corpus import Clause, Emotion, Tone

SCHEMA = 1


@dataclass(frozen=True)
class Candidate:
    """A scenario the message may belong to; confidence 0-1."""

    id: str
    group: str
    title: str
    confidence: float


@dataclass(frozen=True)
class ScenarioGuess(Candidate):
    """The chosen scenario; the alternatives are the best scenario of each of the next likely groups."""

    alternatives: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Sentence:
    """One sentence of a reply and what it rests on. Offsets are code points, half open."""

    text: str
    start: int
    end: int
    kind: Literal["standard", "adapted", "free"]
    phrase: str | None
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class SlotValue:
    """A blank of the reply; `value` is None while it shows as 【标题】."""

    name: str
    title: str
    value: str | None


@dataclass(frozen=True)
class Reply:
    """A reply that may be sent. `ready`: verified, and no blank is left to fill. `score` ranks candidates, 0-1."""

    text: str
    tone: Tone
    origin: Literal["model", "composed", "phrase"]
    verified: bool
    ready: bool
    findings: tuple[Finding, ...]
    elements: tuple[Element, ...]
    sentences: tuple[Sentence, ...]
    slots: tuple[SlotValue, ...]
    attempts: int
    score: float = 0.0


@dataclass(frozen=True)
class Rejected:
    """A draft that did not pass, and why."""

    text: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Escalate:
    """Why a person with more authority should take over."""

    reason: str
    title: str


@dataclass(frozen=True)
class ModelUse:
    """What a request asked of the model.

    Calls, tokens and cost as the endpoint reports them; `stable_share` of a prompt, 0-1, never changes and can be cached.
    """

    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None
    stable_share: float


@dataclass
class Written:
    """What the model's attempts at one request came to; filled while they run."""

    replies: list[Reply] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    error: AssistantError | None = None
    usage: ModelUse | None = None
    model_s: float = 0.0


@dataclass(frozen=True)
class Suggestion:
    """Everything `suggest` has to say about one message."""

    scenario: ScenarioGuess
    emotion: Emotion
    escalate: Escalate | None
    replies: tuple[Reply, ...]
    rejected: tuple[Rejected, ...]
    clauses: tuple[Clause, ...]
    notes: tuple[str, ...]
    timing_ms: dict[str, float]
    digests: dict[str, str]
    usage: ModelUse | None = None
    id: str | int | None = field(default=None)

    def to_json(self) -> dict[str, Any]:
        """Return the public JSON shape; `id` only when the request had one."""
        body = asdict(self)
        body["clauses"] = [{"id": c.id, "text": c.text, "heading": list(c.heading), "source": c.source} for c in self.clauses]
        request_id = body.pop("id")
        head: dict[str, Any] = {"schema": SCHEMA}
        if request_id is not None:
            head["id"] = request_id
        return head | body

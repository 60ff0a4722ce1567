"""Knowledge as frozen values: what the guidelines say. No I/O here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from corpus.terms import (
    ActId,
    Channel,
    Emotion,
    EntityKind,
    EscalationReason,
    FactKind,
    Group,
    Kind,
    Role,
    Severity,
    Speaker,
    Task,
    Tone,
)

Ident = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$")]
ClauseId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*-\d+(\.\d+)*$")]


def _not_one_string(value: Any) -> Any:
    if isinstance(value, str):
        raise ValueError(f"a list is wanted; write [{value.replace('，', ', ').replace('、', ', ')}]")
    return value


Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_not_one_string)]


class Value(BaseModel):
    """Base of every knowledge value: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Clause(Value):
    """One numbered paragraph (条款) of a guideline."""

    id: ClauseId
    text: str
    heading: tuple[str, ...] = ()
    source: str = ""
    scenarios: Words = ()


class Slot(Value):
    """A named blank such as `{order_id}`; `detect` finds its value in a customer's words, `asked` are words that ask for it."""

    name: str
    title: str
    detect: Words = ()
    asked: Words = ()


class When(Value):
    """Conditions of a phrase or plan step; every given one must hold."""

    emotion: Annotated[tuple[Emotion, ...], BeforeValidator(_not_one_string)] = ()
    need: Words = ()
    have: Words = ()
    cues: Words = ()
    turn: Literal["first", "later"] | None = None


class Phrase(Value):
    """An approved standard phrase (标准话术) with `{slots}`."""

    id: Ident
    text: str = Field(min_length=1, max_length=200)
    role: Role
    acts: Annotated[tuple[ActId, ...], BeforeValidator(_not_one_string)]
    clause: ClauseId
    scenarios: Words = ()
    when: When = When()
    says: Words = ()
    tone: Tone = "professional"
    channels: Words = ("chat",)
    status: Literal["draft", "approved", "deprecated"] = "approved"
    valid_from: str | None = None
    valid_to: str | None = None


class Step(Value):
    """One step of a scenario's plan."""

    role: Role
    when: When = When()


class Commitment(Value):
    """What a reply may promise in a slot, and the clause that allows it."""

    text: str
    clause: ClauseId


class Scenario(Value):
    """What the customer wants and what the reply must do, in which order."""

    id: Ident
    title: str
    ask: str
    group: Group
    stage: Literal["presale", "insale", "aftersale", "complaint", "service"]
    says: Words = Field(min_length=20)
    cues: Words = ()
    needs: Words = ()
    plan: tuple[Step, ...] = Field(min_length=1)
    required: Annotated[tuple[ActId, ...], BeforeValidator(_not_one_string)] = ()
    commitments: dict[str, Commitment] = Field(default_factory=dict)
    clauses: Words = Field(min_length=1)


class Grammar(Value):
    """A commitment that words alone do not make: an action of ours with a time of this kind in the same sentence.

    `customer` words before the action make it the customer's own duty.
    """

    time: Literal["bounded", "vague"]
    actions: Words = Field(min_length=1)
    customer: Words = ()


class Act(Value):
    """A speech act (言语行为) and how to detect it."""

    id: ActId
    title: str
    definition: str
    grammar: Grammar | None = None
    cues: Words = ()
    patterns: Words = ()
    exceptions: Words = ()
    must_hit: Words = Field(min_length=3)
    must_miss: Words = Field(min_length=3)


class ActWordings(Value):
    """Clauses that perform one act and no other, or none at all: what the clause model learns from."""

    id: ActId | Literal["none"]
    wordings: Words = Field(min_length=1)


class Context(Value):
    """What stands around a hit and makes it harmless, as 不能 before 保证.

    `before` ends where the hit starts and `after` starts where it ends, both inside its clause; with `quote` they stand
    around a quotation that holds the hit. An `unproven` one no longer holds once the customer's own words are known.
    """

    id: Ident
    title: str
    before: Words = ()
    after: Words = ()
    quote: bool = False
    unproven: bool = False


class RuleWhen(Value):
    """Where a rule applies; every given key must match."""

    tasks: Annotated[tuple[Task, ...], BeforeValidator(_not_one_string)] = ()
    emotion: Annotated[tuple[Emotion, ...], BeforeValidator(_not_one_string)] = ()
    groups: Annotated[tuple[Group, ...], BeforeValidator(_not_one_string)] = ()
    scenarios: Words = ()
    channels: Annotated[tuple[Channel, ...], BeforeValidator(_not_one_string)] = ()
    speakers: Annotated[tuple[Speaker, ...], BeforeValidator(_not_one_string)] = ("rep",)


class Rescue(Value):
    """Acts that soften a hit when they follow it closely: 我不清楚，马上为您核实."""

    acts: Annotated[tuple[ActId, ...], BeforeValidator(_not_one_string)] = Field(min_length=1)
    severity: Severity = "info"


class Fix(Value):
    """How to mend a finding; `safe` may be applied unseen."""

    op: Literal["replace", "delete", "insert", "mask"]
    text: str = ""
    safety: Literal["safe", "review"] = "review"


class Example(Value):
    """A sentence with the situation it was said in: the customer's `message`, and what else is `known`."""

    text: str
    emotion: Emotion = "calm"
    group: Group | None = None
    scenario: str | None = None
    channel: Channel = "chat"
    message: str = ""
    known: str = ""


def _example(value: Any) -> Any:
    return {"text": value} if isinstance(value, str) else value


class Examples(Value):
    """The proof of a rule: what it must flag and what it must leave alone."""

    bad: tuple[Annotated[Example, BeforeValidator(_example)], ...] = Field(min_length=3)
    good: tuple[Annotated[Example, BeforeValidator(_example)], ...] = Field(min_length=3)


class Rule(Value):
    """One rule (规则): what it matches, when, why, and how to mend it.

    A fact rule may be limited to clauses that perform one of `acts` or hold one of the words `near`; with `own` nothing that
    the customer said supports a fact.
    """

    id: Ident
    title: str
    kind: Kind
    severity: Severity
    clause: ClauseId
    message: str
    examples: Examples
    phrases: Words = ()
    patterns: Words = ()
    swap: dict[str, str] = Field(default_factory=dict)
    exceptions: Words = ()
    before: Words = ()
    after: Words = ()
    unless: Words = ()
    views: Annotated[tuple[Literal["collapse", "pinyin"], ...], BeforeValidator(_not_one_string)] = ()
    rescue: Rescue | None = None
    acts: Annotated[tuple[ActId, ...], BeforeValidator(_not_one_string)] = ()
    first: ActId | None = None
    then: ActId | None = None
    last: ActId | None = None
    when: RuleWhen = RuleWhen()
    metric: Literal["chars", "exclamations", "question_marks", "repeated_sentence", "loop", "count"] | None = None
    max: int | None = None
    check: Literal["ni_nin", "script", "language"] | None = None
    entity: EntityKind | None = None
    facts: tuple[FactKind, ...] = ()
    near: Words = ()
    own: bool = False
    fix: Fix | None = None


class EmotionCues(Value):
    """Words and patterns that show one emotion, and the scenario groups it makes likelier or less likely."""

    id: Emotion
    title: str
    likelier: Annotated[tuple[Group, ...], BeforeValidator(_not_one_string)] = ()
    unlikelier: Annotated[tuple[Group, ...], BeforeValidator(_not_one_string)] = ()
    cues: Words = ()
    patterns: Words = ()
    exceptions: Words = ()


class Escalation(Value):
    """Why a person with more authority should take over, how a message shows it, and the `phrase` that says so.

    Without a phrase the escalation phrases of its scenarios say it.
    """

    id: EscalationReason
    title: str
    cues: Words = ()
    scenarios: Words = ()
    turns: int = 0
    phrase: str | None = None


class Rewording(Value):
    """How an editor would put what representatives type in a hurry.

    The patterns are read on folded text: over a whole clause, its start or its end, or anywhere in it. `text` takes the place
    of a match; `{name}` stands for what the group of that name holds. With `once` only the first clause of a sentence is
    changed; one that holds a word of `unless` never is. A `hollow` one stands for words that told the customer nothing.
    """

    id: Ident
    title: str
    clause: ClauseId
    at: Literal["clause", "start", "end", "within"] = "clause"
    patterns: Words = Field(min_length=1)
    text: str = ""
    unless: Words = ()
    once: bool = False
    hollow: bool = False
    examples: tuple[tuple[str, str], ...] = Field(min_length=1)


class Probe(Value):
    """Words by which a customer's message gives orders to whoever writes the reply, or asks for what is behind it."""

    id: Ident
    title: str
    cues: Words = ()
    patterns: Words = ()
    exceptions: Words = ()


class Unruled(Value):
    """Clauses that need no rule, and the declared reason."""

    id: Ident
    reason: str
    clauses: Annotated[tuple[ClauseId, ...], BeforeValidator(_not_one_string)] = Field(min_length=1)


class CoverageItem(Value):
    """One demand of the source guidelines and the ids that meet it."""

    id: str
    title: str
    kind: str
    met_by: Words = ()
    not_applicable: str | None = None

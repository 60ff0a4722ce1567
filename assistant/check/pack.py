"""A compiled rule pack: everything a checker needs as plain values, so that it can be cached and read without the corpus."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from corpus.errors import CorpusError
from corpus.terms import Kind, Severity

# Raise it when the shape below or the way it is compiled changes: cached packs of another version are not read.
VERSION = 4


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regex on the folded text, the literals one of which any match holds, and how far it can see.

    `also` are further sets of literals; a text that lacks all of one set holds no match. A `first` one stands at the beginning.
    """

    regex: str
    literals: tuple[str, ...]
    also: tuple[tuple[str, ...], ...]
    first: bool
    width: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class PackRule:
    """One rule, its words folded and its patterns analysed. Field by field what `corpus.schema.Rule` says."""

    id: str
    title: str
    kind: Kind
    severity: Severity
    clause: str
    message: str
    phrases: tuple[str, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    swap: dict[str, str] = field(default_factory=dict)
    exceptions: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    rescue_acts: tuple[str, ...] = ()
    rescue_severity: Severity = "info"
    acts: tuple[str, ...] = ()
    first: str | None = None
    then: str | None = None
    last: str | None = None
    when: dict[str, tuple[str, ...]] = field(default_factory=dict)
    metric: str | None = None
    max: int = 0
    check: str | None = None
    entity: str | None = None
    facts: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    own: bool = False
    fix_op: str | None = None
    fix_text: str = ""
    fix_safety: Literal["safe", "review"] = "review"


@dataclass(frozen=True, slots=True)
class PackAct:
    """One speech act; `time` and `actions` are its grammar, `customer` the words that make it the customer's duty."""

    id: str
    title: str
    cues: tuple[str, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    exceptions: tuple[str, ...] = ()
    time: str | None = None
    actions: tuple[str, ...] = ()
    customer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PackContext:
    """What makes a hit harmless; see `corpus.schema.Context`."""

    id: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    quote: bool = False
    unproven: bool = False


@dataclass(frozen=True, slots=True)
class PackScenario:
    """What a check needs to know of a scenario."""

    id: str
    title: str
    group: str
    required: tuple[str, ...] = ()
    commitments: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """Rules, acts, contexts, scenarios and clause texts, compiled.

    `sounds` and `clause_model` are for `views.Sounds` and `clause_model.ClauseModel`.
    """

    rules: tuple[PackRule, ...]
    acts: tuple[PackAct, ...]
    contexts: tuple[PackContext, ...] = ()
    scenarios: dict[str, PackScenario] = field(default_factory=dict)
    clauses: dict[str, str] = field(default_factory=dict)
    sounds: Mapping[str, Any] | None = None
    clause_model: Mapping[str, Any] | None = None
    digest: str = ""

    def dump(self) -> str:
        """Return the pack as JSON."""
        return json.dumps({"version": VERSION} | dataclasses.asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def parse(cls, text: str) -> Pack:
        """Read what `dump` wrote.

        Raises:
            CorpusError: when it is damaged or of another version.
        """
        try:
            data = json.loads(text)
            if data.pop("version") != VERSION:
                raise CorpusError("the compiled rules are of another version")
            return cls(
                rules=tuple(_rule(row) for row in data["rules"]),
                acts=tuple(PackAct(**_tuples(row) | {"patterns": _patterns(row)}) for row in data["acts"]),
                contexts=tuple(PackContext(**_tuples(row)) for row in data["contexts"]),
                scenarios={key: PackScenario(**_tuples(row)) for key, row in data["scenarios"].items()},
                clauses=data["clauses"],
                sounds=data["sounds"],
                clause_model=data["clause_model"],
                digest=data["digest"],
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise CorpusError(f"the compiled rules are damaged: {error}") from error


def _rule(row: dict[str, Any]) -> PackRule:
    when = {key: tuple(values) for key, values in row["when"].items()}
    return PackRule(**_tuples(row) | {"patterns": _patterns(row), "when": when})


def _patterns(row: dict[str, Any]) -> tuple[Pattern, ...]:
    return tuple(
        Pattern(**_tuples(pattern) | {"also": tuple(tuple(words) for words in pattern["also"])}) for pattern in row["patterns"]
    )


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}

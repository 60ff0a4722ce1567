"""Suites of cases: what a customer says and the least that any good reply does."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, model_validator

from corpus import Emotion, Group, Problem
from corpus.schema import Ident, Value, Words
from corpus.source import Located, read_yaml
from corpus.terms import ActId, EscalationReason
from evals.errors import SuiteError

SUITES = Path(__file__).parent / "suites"


def _a_list(value: Any) -> Any:
    if isinstance(value, str):
        raise ValueError(f"a list is wanted; write [{value}]")
    return value


class Expect(Value):
    """What must hold for every reply; a key that is left out is not looked at.

    `forbid` and `contain` are literal words, of `any` one is enough, `escalate: none` wants no escalation.
    """

    emotion: Emotion | None = None
    acts: Annotated[tuple[ActId, ...], BeforeValidator(_a_list)] = ()
    forbid: Words = ()
    contain: Words = ()
    any: Words = ()
    max_chars: int | None = Field(default=None, gt=0)
    escalate: EscalationReason | Literal["none"] | None = None
    traditional: bool = False

    @model_validator(mode="after")
    def _no_contradiction(self) -> Self:
        for word in self.contain:
            if any(bad in word for bad in self.forbid):
                raise ValueError(f"{word!r} is wanted by `contain` and ruled out by `forbid`; keep one of them")
        return self


class Case(Value):
    """One evaluation case. `scenario`, when given, is chosen by hand as a representative may do."""

    id: Ident
    group: Group
    message: str = Field(min_length=1)
    context: Words = ()
    scenario: str | None = None
    facts: dict[str, str] = Field(default_factory=dict)
    expect: Expect = Expect()
    note: str = ""


def find_suite(name: str) -> Path:
    """Return the file of a suite given by name or path.

    Raises:
        SuiteError: when there is none, naming those that exist.
    """
    for path in (SUITES / f"{name}.yaml", Path(name)):
        if path.is_file():
            return path
    raise SuiteError(f"unknown suite {name!r}; write one of {', '.join(suite_names())}, or the path of a YAML file")


def suite_names() -> list[str]:
    """Return the names of the committed suites."""
    return sorted(path.stem for path in SUITES.glob("*.yaml"))


def load_suite(path: Path) -> tuple[Case, ...]:
    """Read a suite.

    Raises:
        SuiteError: with every problem, each with file, line and what to write instead.
    """
    located = read_yaml(path)
    problems: list[Problem] = []
    cases: list[Case] = []
    if isinstance(located, Problem):
        problems.append(located)
    elif not isinstance(located.data, list) or not located.data:
        problems.append(Problem(path, 1, "a list of cases is wanted; start each case with `- id: `"))
    else:
        cases, problems = _read(located)
    if problems:
        raise SuiteError(f"{len(problems)} problem(s) in the suite {str(path)!r}:", tuple(problems))
    return tuple(cases)


def _read(located: Located) -> tuple[list[Case], list[Problem]]:
    cases: list[Case] = []
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    for i, entry in enumerate(located.data):
        line = located.line((i,))
        name = entry.get("id") if isinstance(entry, dict) else None
        if isinstance(name, str) and lines.setdefault(name, line) != line:
            problems.append(Problem(located.path, line, f"case {name!r} is also in line {lines[name]}; rename one"))
        try:
            cases.append(Case.model_validate(entry))
        except ValidationError as error:
            problems.extend(_problem(item, located, i) for item in error.errors())
    return cases, sorted(problems, key=lambda problem: problem.line)


def _problem(item: Any, located: Located, index: int) -> Problem:
    loc = tuple(item["loc"])
    field = ".".join(str(part) for part in loc)
    advice = _ADVICE.get(item["type"], str(item["msg"]))
    if item["type"] == "extra_forbidden":
        advice = _unknown_key(str(loc[-1]), Expect if loc[0] == "expect" else Case)
    elif item["type"] == "literal_error":
        advice = f"unknown value {item['input']!r}; write one of {item['ctx']['expected']}"
    return Problem(located.path, located.line((index, *loc)), f"{field}: {advice}" if field else advice)


_ADVICE = {
    "missing": "is missing; write it",
    "string_type": "text is wanted; put the value in quotes",
    "model_type": "keys and values are wanted, not a single value or a list",
    "tuple_type": "a list is wanted; write [one, two]",
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
    "string_pattern_mismatch": "write small letters, digits and _, starting with a letter, e.g. refund_late",
    "string_too_short": "must not be empty",
}


def _unknown_key(key: str, model: type[BaseModel]) -> str:
    keys = list(model.model_fields)
    near = get_close_matches(key, keys, n=1)
    return f"unknown key {key!r}; " + (f"write {near[0]!r}" if near else f"known are {', '.join(keys)}")

"""Cut a guideline into clauses along its own numbering."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import ValidationError

from corpus.errors import Problem
from corpus.schema import Clause, Value, Words
from corpus.source import Located, parse_yaml, split_front_matter

_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*$")
_NUMBERED = re.compile(r"(\d+(?:\.\d+)+)[ 　、.．]\s*(\S.*)$")
_STUCK = re.compile(r"\d+(?:\.\d+)+(?=[^\W\d])")


class FrontMatter(Value):
    """The head of a guideline file."""

    id: str
    title: str
    source: str
    scenarios: Words = ()


def chunk_guideline(text: str, path: Path) -> tuple[list[Clause], list[Problem]]:
    """Return the clauses of one guideline and what is wrong with it.

    A clause id is `<document id>-<its own number>`, so moving text renames nothing.
    Unnumbered prose is a problem, never dropped silently.
    """
    parts = split_front_matter(text)
    if parts is None:
        return [], [Problem(path, 1, "no front matter; start the file with a `---` block holding id, title, source")]
    head, body, first_line = parts
    located = parse_yaml(head, path, first_line=2)
    if isinstance(located, Problem):
        return [], [located]
    try:
        front = FrontMatter.model_validate(located.data)
    except ValidationError as error:
        return [], list(describe(error, located))
    return _walk(body, front, path, first_line)


def _walk(body: str, front: FrontMatter, path: Path, first_line: int) -> tuple[list[Clause], list[Problem]]:
    clauses: dict[str, Clause] = {}
    problems: list[Problem] = []
    heading: list[str] = []
    current = ""
    for line_no, line in enumerate(body.splitlines(), start=first_line):
        if match := _HEADING.match(line):
            heading = [*heading[: len(match[1]) - 1], match[2]]
            current = ""
        elif match := _NUMBERED.match(line):
            current = f"{front.id}-{match[1]}"
            if current in clauses:
                problems.append(Problem(path, line_no, f"clause number {match[1]} given twice"))
            try:
                clauses[current] = Clause(
                    id=current, text=match[2].strip(), heading=tuple(heading), source=front.source, scenarios=front.scenarios
                )
            except ValidationError as error:
                problems.append(Problem(path, line_no, f"clause {current!r}: {error.errors()[0]['msg']}"))
        elif match := _STUCK.match(line):
            problems.append(Problem(path, line_no, f"the number {match[0]} runs into its text; put a space after it"))
        elif line.strip() and current in clauses:
            clauses[current] = clauses[current].model_copy(update={"text": clauses[current].text + line.strip()})
        elif line.strip():
            problems.append(Problem(path, line_no, f"text outside a numbered clause: {line.strip()[:20]!r}; number it"))
    if not clauses:
        problems.append(Problem(path, 1, "no numbered clause; write paragraphs like `1.1 …`"))
    return list(clauses.values()), problems


def describe(error: ValidationError, located: Located, prefix: tuple[str | int, ...] = ()) -> list[Problem]:
    """Turn a validation error into problems with lines."""
    problems = []
    for item in error.errors():
        loc = prefix + tuple(item["loc"])
        field = ".".join(str(part) for part in item["loc"])
        advice = f"unknown key {item['loc'][-1]!r}" if item["type"] == "extra_forbidden" else item["msg"]
        problems.append(Problem(located.path, located.line(loc), f"{field}: {advice}"))
    return problems

"""`huashu check --files`: every text of template files, against a baseline when there is one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from assistant.reports.answers import dumps, fails, shown
from assistant.reports.baseline import Entry, Marked, compare, load, mark, renewed, save
from assistant.reports.labels import UPDATED
from assistant.reports.lines import Line, Problem, read_lines
from assistant.reports.paths import template_files

if TYPE_CHECKING:
    from assistant.check import Checker


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a run over files is judged and printed."""

    form: Literal["terminal", "github", "sarif"]
    baseline: Path | None
    update: bool
    least: str
    strict: bool


def check_files(paths: Sequence[str], checker: Checker, given: dict[str, Any], wanted: Wanted) -> int:
    """Check the files and return the exit code: 2 when one could not be read, 1 for a new finding that fails."""
    entries = _entries(wanted)
    problems: list[Problem] = []
    lines, checked = _read(paths, problems)
    situation = checker.situation(**given)
    marked = mark((line, finding) for line in lines for finding in checker.check(line.text, situation).findings)
    if wanted.update and wanted.baseline is not None:
        kept = renewed(entries, marked, checked, wanted.baseline.parent)
        count = save(wanted.baseline, kept)
        sys.stdout.write(UPDATED.format(count=count, path=wanted.baseline.as_posix()) + "\n")
        return _report(problems)
    fixed: list[Entry] = []
    if wanted.baseline is not None:
        marked, fixed = compare(entries, marked, checked, wanted.baseline.parent)
    marked = [one for one in marked if shown([one.finding], wanted.least)]
    if wanted.form == "terminal":
        from assistant.reports.terminal import print_files

        print_files(marked, checker.clauses, files=len(checked), texts=len(lines), fixed=fixed)
    else:
        print_marked(wanted.form, marked, checker, problems, wanted.baseline is not None)
    failed = any(not one.known and fails(one.finding, wanted.strict) for one in marked)
    return _report(problems) or int(failed)


def _entries(wanted: Wanted) -> tuple[Entry, ...]:
    if wanted.baseline is None or (wanted.update and not wanted.baseline.exists()):
        return ()
    return load(wanted.baseline)


def _read(paths: Sequence[str], problems: list[Problem]) -> tuple[list[Line], list[str]]:
    """Return the texts of all files, and the paths of those that could be read."""
    lines: list[Line] = []
    checked = []
    for path in template_files(paths, problems):
        before = len(problems)
        lines += read_lines(path, problems)
        if all(problem.number for problem in problems[before:]):
            checked.append(path.as_posix())
    return lines, checked


def _report(problems: Sequence[Problem]) -> int:
    for problem in problems:
        sys.stderr.write(f"✗ {problem}\n")
    return 2 if problems else 0


def print_marked(
    form: Literal["github", "sarif"],
    marked: Sequence[Marked],
    checker: Checker,
    problems: Sequence[Problem] = (),
    baseline: bool = False,
) -> None:
    """Print findings for a machine."""
    if form == "github":
        from assistant.reports.github import commands

        sys.stdout.write("".join(command + "\n" for command in commands(marked)))
        return
    from assistant.reports.sarif import sarif

    log = sarif(
        marked,
        checker.rules,
        checker.clauses,
        version=version("huashu"),
        digest=checker.digest,
        problems=problems,
        baseline=baseline,
    )
    sys.stdout.write(dumps(log, indent=2) + "\n")

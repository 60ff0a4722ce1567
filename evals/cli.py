"""`huashu eval`: run suites and compare them with their baselines."""

from __future__ import annotations

import json
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from assistant.cli.show import console, fail, load_assistant, out
from evals.baseline import Comparison, baseline_of, baseline_path, compare, read_baseline, write_baseline
from evals.case import SUITES, Case, find_suite, load_suite, suite_names
from evals.errors import EvalError
from evals.report import show
from evals.run import Row, Suggests, run_suite
from evals.summary import Outcome, to_json

app = typer.Typer(help="Evaluation suites: what got better, what got worse.", no_args_is_help=True)


@app.command("run")
def run(
    suite: Annotated[str, typer.Argument(help="A suite's name, or the path of a YAML file.")] = "smoke",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    update: Annotated[bool, typer.Option("--update-baseline", help="Make this run the new baseline.")] = False,
    only: Annotated[list[str] | None, typer.Option("--case", help="Run this case alone; repeatable.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show every reply.")] = False,
) -> None:
    """Run a suite; exit 1 on a regression against its baseline, or on any failure when there is no baseline."""
    if update and only:
        raise EvalError("--update-baseline needs the whole suite; leave out --case")
    path = find_suite(suite)
    cases = _chosen(load_suite(path), only or [])
    target = baseline_path(path)
    before = None if update and not target.exists() else read_baseline(target)
    rows = _run(cases, load_assistant())
    comparison = compare(before, rows, whole=not only) if before else None
    outcome = Outcome(path.stem, rows, comparison, 0 if update else _exit_code(rows, comparison))
    if as_json:
        sys.stdout.write(json.dumps(to_json(outcome), ensure_ascii=False) + "\n")
    else:
        show(outcome, out, verbose)
    if all(row.crashed for row in rows):
        fail(f"no case could be answered: {rows[0].failures[0].reason}", 3)
    if update:
        _update(target, path.stem, rows)
    raise typer.Exit(outcome.exit_code)


@app.command("list")
def list_suites() -> None:
    """List the suites, with their cases and baselines."""
    table = Table(box=None, padding=(0, 1))
    for name in ("suite", "cases", "baseline", "file"):
        table.add_column(name)
    for name in suite_names():
        path = SUITES / f"{name}.yaml"
        baseline = read_baseline(baseline_path(path))
        state = f"{sum(not c for c in baseline.cases.values())} of {len(baseline.cases)} pass" if baseline else "none"
        table.add_row(name, str(len(load_suite(path))), state, escape(str(path)))
    out.print(table, soft_wrap=True)


def _chosen(cases: tuple[Case, ...], ids: list[str]) -> tuple[Case, ...]:
    known = [case.id for case in cases]
    for name in ids:
        if name not in known:
            near = get_close_matches(name, known, n=3) or known[:3]
            raise EvalError(f"unknown case {name!r}; write e.g. {', '.join(near)}")
    return tuple(case for case in cases if not ids or case.id in ids)


def _run(cases: tuple[Case, ...], assistant: Suggests) -> tuple[Row, ...]:
    steps = track(cases, "eval", console=console, transient=True, disable=not console.is_terminal)
    return run_suite(steps, assistant)


def _exit_code(rows: tuple[Row, ...], comparison: Comparison | None) -> int:
    worse = comparison.worse if comparison else not all(row.passed for row in rows)
    return 1 if worse else 0


def _update(path: Path, suite: str, rows: tuple[Row, ...]) -> None:
    try:
        write_baseline(path, baseline_of(suite, rows))
    except OSError as error:
        fail(f"{str(path)!r} cannot be written: {error.strerror or error}", 3)
    console.print(f"[green]✓[/] baseline written: {escape(str(path))}", soft_wrap=True)

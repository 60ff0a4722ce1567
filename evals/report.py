"""What a person sees of a run."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.baseline import Change, Comparison
from evals.run import Row
from evals.summary import Outcome, Tally, by_group, tally


def show(outcome: Outcome, console: Console, verbose: bool = False) -> None:
    """Print the table by group, the failures, what changed, and one line to sum up."""
    if verbose:
        for row in outcome.rows:
            _show_row(row, console)
    console.print(_table(outcome))
    for row in outcome.rows:
        for failure in row.failures:
            _line(console, "yellow", "✗", f"{row.id}  {failure.check}", failure.reason)
    if outcome.comparison is not None:
        _show_comparison(outcome.comparison, console)
    console.print(_summary(outcome), soft_wrap=True)


def _table(outcome: Outcome) -> Table:
    table = Table(box=None, show_footer=True, padding=(0, 1))
    total = tally("total", outcome.rows)
    columns = ("group", "cases", "passed", "top-1", "top-3", "p50 ms")
    for name, foot in zip(columns, _cells(total), strict=True):
        table.add_column(name, foot, justify="left" if name == "group" else "right", no_wrap=True)
    for group in by_group(outcome.rows):
        table.add_row(*_cells(group), style="" if group.passed == group.cases else "yellow")
    return table


def _cells(counts: Tally) -> tuple[str, ...]:
    top1, top3 = (f"{n}/{counts.guessed}" if counts.guessed else "–" for n in (counts.top1, counts.top3))
    return counts.group, str(counts.cases), str(counts.passed), top1, top3, f"{counts.p50_ms:.0f}"


def _show_row(row: Row, console: Console) -> None:
    mark = "[green]✓[/]" if row.passed else "[red]✗[/]"
    console.print(f"{mark} [bold]{row.id}[/] [dim]{row.group} → {row.scenario}  {row.ms:.0f} ms[/]", soft_wrap=True)
    console.print(f"  [dim]<[/] {escape(row.message)}", soft_wrap=True)
    console.print(f"  [dim]>[/] {escape(row.text) or '–'}", soft_wrap=True)


def _show_comparison(found: Comparison, console: Console) -> None:
    for change in found.regressions:
        _line(console, "bold red", "▼", f"regression {change.id}", _names(change))
    for change in found.fixes:
        _line(console, "green", "▲", f"fixed {change.id}", _names(change))
    for change in found.new:
        colour = "bold red" if change.checks else "green"
        _line(console, colour, "+", f"new {change.id}", _names(change) or "passes")
    for name in found.missing:
        _line(console, "yellow", "-", f"missing {name}", "in the baseline, not in the suite")
    if found.changed_digests:
        console.print(f"[dim]changed since the baseline: {', '.join(found.changed_digests)}[/]", soft_wrap=True)


def _line(console: Console, style: str, mark: str, head: str, text: str) -> None:
    console.print(f"[{style}]{mark} {escape(head)}[/]  {escape(text)}", soft_wrap=True)


def _names(change: Change) -> str:
    return ", ".join(change.checks)


def _summary(outcome: Outcome) -> str:
    total = tally("total", outcome.rows)
    parts = [f"{escape(outcome.suite)}: {total.passed} of {total.cases} passed"]
    if total.guessed:
        parts.append(f"group top-1 {total.top1 / total.guessed:.0%}, top-3 {total.top3 / total.guessed:.0%}")
    parts.append(f"p50 {total.p50_ms:.0f} ms")
    parts.append(_verdict(outcome.comparison))
    mark = "[green]✓[/]" if outcome.exit_code == 0 else "[bold red]✗[/]"
    return f"{mark} " + " · ".join(parts)


def _verdict(found: Comparison | None) -> str:
    if found is None:
        return "no baseline"
    counts: Iterable[tuple[int, str]] = (
        (len(found.regressions), "regressions"),
        (len(found.fixes), "fixes"),
        (len(found.new), "new"),
        (len(found.missing), "missing"),
    )
    return ", ".join(f"{number} {name}" for number, name in counts if number) or "same as the baseline"

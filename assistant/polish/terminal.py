"""What the terminal shows of a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from assistant.polish import labels
from assistant.polish.messages import say
from assistant.polish.overview import counts
from assistant.polish.run import Report
from assistant.polish.summary import Summary, library_places

_RULES, _NOTES = 10, 12


@contextmanager
def progress(console: Console, total: int) -> Iterator[Report]:
    """Show how many rows are done and how long the rest takes, where somebody looks on."""
    columns = (TextColumn(labels.PROGRESS), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(labels.PROGRESS, total=total)
        yield lambda more: bar.advance(task, more)


def show_summary(out: Console, summary: Summary, path: Path) -> None:
    """Print a summary for a person."""
    out.print(f"[bold]{labels.WRITTEN}[/] {escape(str(path))}", soft_wrap=True)
    table = Table(box=None, show_header=False, padding=(0, 1))
    for name, number in counts(summary):
        table.add_row(name, str(number))
    out.print(table)
    if summary.rules:
        out.print(_rules(summary))
    for text in _some(summary.notes):
        out.print(f"[yellow]{labels.NOTE}[/] {escape(text)}", soft_wrap=True)
    library = [
        f"{note.title or labels.KINDS.get(note.kind, note.kind)}（{library_places(note)}）{note.message}"
        for note in summary.library
    ]
    for text in _some(library):
        out.print(f"[yellow]{labels.LIBRARY_NOTES}[/] {escape(text)}", soft_wrap=True)
    if summary.people:
        by_column = path.suffix.lower() in (".xlsx", ".csv", ".tsv")
        name = "rows_waiting" if by_column else "lines_waiting"
        out.print(f"[red]{say(name, count=summary.people)}[/]", soft_wrap=True)


def _rules(summary: Summary) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    table.add_column(labels.RULE)
    table.add_column(labels.TITLE)
    table.add_column(labels.TIMES_BEFORE, justify="right")
    table.add_column(labels.TIMES_FIXED, justify="right")
    for one in summary.rules[:_RULES]:
        table.add_row(escape(one.rule), escape(one.title), str(one.before), str(one.fixed))
    if len(summary.rules) > _RULES:
        table.add_row(labels.MORE.format(count=len(summary.rules)))
    return table


def _some(texts: tuple[str, ...] | list[str]) -> Iterator[str]:
    """Give the first texts, and say how many there are when that is not all."""
    yield from texts[:_NOTES]
    if len(texts) > _NOTES:
        yield labels.MORE.format(count=len(texts))

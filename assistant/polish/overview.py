"""The sheet at the end of a polished workbook that sums it up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.polish import labels
from assistant.polish.sheetcells import Pen
from assistant.polish.summary import Summary, library_places
from assistant.polish.tables import Cell

_WIDTHS = (24, 40, 14, 60)


def counts(summary: Summary) -> Iterator[tuple[str, int]]:
    """Name every count of a run."""
    yield labels.ROWS, summary.rows
    if not summary.check_only:
        yield labels.CHANGED, summary.polished
        yield labels.UNCHANGED, summary.unchanged
    yield labels.SKIPPED, summary.skipped
    for verdict, name in labels.VERDICTS.items():
        yield f"{labels.BEFORE}：{name}", summary.before.get(verdict, 0)
    if not summary.check_only:
        for verdict, name in labels.VERDICTS.items():
            yield f"{labels.AFTER}：{name}", summary.after.get(verdict, 0)
    yield labels.PEOPLE, summary.people


def write_overview(sheet: Any, pen: Pen, summary: Summary) -> None:
    """Write the counts, the rules and the notes below one another."""
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    row = 0
    for head, lines in _tables(summary):
        for column, name in enumerate(head):
            pen.cell(sheet, row, column, name, head=True)
        for line in lines:
            row += 1
            for column, value in enumerate(line):
                pen.cell(sheet, row, column, value)
        row += 2


def _tables(summary: Summary) -> Iterator[tuple[tuple[str, ...], list[tuple[Cell, ...]]]]:
    yield (labels.SUMMARY, labels.COUNT), list(counts(summary))
    if summary.rules:
        head = (labels.RULE, labels.TITLE, labels.TIMES_BEFORE, labels.TIMES_FIXED)
        yield head, [(one.rule, one.title, one.before, one.fixed) for one in summary.rules]
    if summary.notes:
        yield (labels.FILE_NOTES,), [(labels.NOTE, note) for note in summary.notes]
    if summary.library:
        head = (labels.LIBRARY_NOTES, labels.PLACES, "", labels.NOTE)
        yield (
            head,
            [
                (note.title or labels.KINDS.get(note.kind, note.kind), library_places(note), None, note.message)
                for note in summary.library
            ],
        )

"""Writing a polished workbook: values only, never a formula, the changed words in colour, a summary at the end."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.exceptions import XlsxWriterException  # type: ignore[import-untyped]

from assistant.polish import labels
from assistant.polish.cells import headers, new_cells, runs
from assistant.polish.columns import Columns
from assistant.polish.overview import write_overview
from assistant.polish.sheetcells import OPTIONS, Pen
from assistant.polish.summary import Summary
from assistant.polish.tables import Cell, Find, Outcome, Row

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

    from assistant.polish.workbook import Sheet

_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_NAME = 31
_NARROW, _MIDDLE, _WIDE = 12, 24, 50
_WIDTHS = {labels.POLISHED: _WIDE, labels.CHANGES: _WIDE, labels.FOUND: _WIDE, labels.FACTS: _MIDDLE, labels.PERSON: _MIDDLE}


def write_workbook(
    workbook: CalamineWorkbook, sheets: Sequence[Sheet], check_only: bool, out: Path, find: Find, summary: Summary
) -> None:
    """Write all sheets and the summary.

    Raises:
        OSError: the file cannot be written.
    """
    # Merged cells reach into rows to come, which the memory-saving mode cannot go back to.
    thrifty = not any(sheet.merged for sheet in sheets)
    with tempfile.TemporaryDirectory(prefix="huashu-") as folder:
        book = xlsxwriter.Workbook(str(out), {"constant_memory": thrifty, "tmpdir": folder, **OPTIONS})
        pen = Pen(book)
        names = sheet_names([sheet.name for sheet in sheets])
        try:
            for sheet, name in zip(sheets, names, strict=False):
                _write_sheet(book.add_worksheet(name), pen, sheet, workbook, find, check_only)
            write_overview(book.add_worksheet(names[-1]), pen, summary)
            _hide(book, sheets)
            book.close()
        except XlsxWriterException as error:
            cause = error.args[0] if error.args else error
            raise cause if isinstance(cause, OSError) else OSError(str(cause)) from error
        finally:
            for one in book.worksheets() if thrifty else ():
                one._opt_close()


def sheet_names(names: Sequence[str]) -> list[str]:
    """Return names that Excel allows, and one more for the summary; a name that it allows stays as it is."""
    taken: set[str] = set()
    result = []
    for name in (*names, labels.SUMMARY):
        base = _FORBIDDEN.sub("_", name).strip("'") or "_"
        number, fitted = 1, _short(base, "")
        while fitted.casefold() in taken:
            number += 1
            fitted = _short(base, str(number))
        taken.add(fitted.casefold())
        result.append(fitted)
    return result


def _short(name: str, suffix: str) -> str:
    room = (_NAME - len(suffix)) * 2
    return name.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + suffix


def _hide(book: Any, sheets: Sequence[Sheet]) -> None:
    """Hide what was hidden and open the first sheet that is not."""
    written = book.worksheets()
    first = next((one for one, sheet in zip(written, sheets, strict=False) if not sheet.hidden), written[-1])
    first.activate()
    first.set_first_sheet()
    for one, sheet in zip(written, sheets, strict=False):
        if sheet.hidden:
            one.hide()


def _write_sheet(target: Any, pen: Pen, sheet: Sheet, workbook: CalamineWorkbook, find: Find, check_only: bool) -> None:
    for first_row, first, last_row, last in sheet.merged:
        target.merge_range(first_row, first, last_row, last, "", pen.format())
    columns, width = sheet.columns, sheet.profile.width
    head: tuple[str, ...] = ()
    height = 0
    for index, cells in enumerate(sheet.rows(workbook)):
        height = index
        if columns is None:
            _put(target, pen, index, cells)
        elif index == columns.header:
            head = headers(cells, check_only)
            _put(target, pen, index, (*cells, *(None,) * (width - len(cells)), *head), head=True)
        else:
            row = columns.row(sheet.name, index, cells, "")
            filled = row is not None and _put_outcome(target, pen, row, index, width, find(row), check_only)
            _put(target, pen, index, cells, filled)
    _lay_out(target, columns, width, head or headers((), check_only), height)


def _put(target: Any, pen: Pen, row: int, cells: Sequence[Cell], filled: bool = False, head: bool = False) -> None:
    for column, cell in enumerate(cells):
        pen.cell(target, row, column, cell, filled, head)


def _put_outcome(target: Any, pen: Pen, row: Row, index: int, width: int, outcome: Outcome, check_only: bool) -> bool:
    """Write the new cells of a row and tell whether a person must look at it."""
    filled, one = bool(outcome.why), outcome.polished
    for column, text in enumerate(new_cells(row.template.text, outcome, check_only), width):
        if column == width and one is not None and not check_only:
            pen.runs(target, index, column, runs(row.template.text, one), filled)
        elif text or filled:
            pen.text(target, index, column, text, filled)
    return filled


def _lay_out(target: Any, columns: Columns | None, width: int, head: tuple[str, ...], height: int) -> None:
    """Set widths, and keep the header in sight."""
    if columns is None:
        return
    target.set_column(0, max(width - 1, 0), _NARROW + 4)
    target.set_column(columns.text, columns.text, _WIDE)
    if columns.message is not None:
        target.set_column(columns.message, columns.message, _MIDDLE)
    for column, name in enumerate(head, width):
        target.set_column(column, column, _WIDTHS.get(name.rstrip("0123456789"), _NARROW))
    if columns.header is not None:
        target.freeze_panes(columns.header + 1, 0)
        target.autofilter(columns.header, 0, max(height, columns.header), width + len(head) - 1)

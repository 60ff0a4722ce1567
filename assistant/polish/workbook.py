"""Workbooks: what calamine reads of them, sheet by sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from assistant.errors import UsageError
from assistant.polish import labels
from assistant.polish.cells import headers
from assistant.polish.columns import Columns, Profile, by_content, by_header, letter, no_column, profile, seen
from assistant.polish.inside import formula_sheets, left_behind
from assistant.polish.messages import say
from assistant.polish.sheetcells import too_long
from assistant.polish.tables import Asked, Book, Cell, Row

_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, whether it is hidden, its merged cells, and where its templates are when it is polished."""

    name: str
    hidden: bool
    merged: tuple[tuple[int, int, int, int], ...]
    profile: Profile
    columns: Columns | None = None

    def rows(self, workbook: CalamineWorkbook) -> Iterator[tuple[Cell, ...]]:
        """Read all rows from the first, each from its first column."""
        yield from _rows_of(workbook, self.name)


def open_workbook(source: Path, asked: Asked) -> Book:
    """Open a workbook.

    Raises:
        UsageError: it is damaged, protected or empty, or has no column of templates, or not the wanted sheet.
    """
    from assistant.polish.excel import sheet_names, write_workbook

    workbook = _open(source)
    unknown = [name for name in asked.sheets if name not in workbook.sheet_names]
    if unknown:
        names = ", ".join(map(repr, workbook.sheet_names))
        raise UsageError(f"{source.name!r} has no sheet {unknown[0]!r}; its sheets are: {names}")
    sheets, notes = _sheets(workbook, source)
    chosen, said = _chosen(sheets, asked)
    if not any(sheet.columns for sheet in chosen):
        visible = [sheet.profile for sheet in sheets if sheet.name in asked.sheets or not (asked.sheets or sheet.hidden)]
        raise no_column(source.name, visible, asked.column)
    pairs = zip(sheets, sheet_names([sheet.name for sheet in sheets]), strict=False)
    renamed = [say("renamed", sheet=sheet.name, name=name) for sheet, name in pairs if sheet.name != name]
    write = partial(write_workbook, workbook, chosen, asked.check_only)
    return Book(partial(_rows, workbook, chosen), write, (*notes, *said, *renamed, *left_behind(source)))


def _open(source: Path) -> CalamineWorkbook:
    data = source.read_bytes()
    if not data:
        raise UsageError(f"{str(source)!r} is empty; give a workbook with templates")
    locked = f"{str(source)!r} is password-protected; open it in Excel or WPS, save a copy without the password and polish that"
    if data.startswith(_OLE) and _ENCRYPTED in data:
        raise UsageError(locked)
    try:
        # By content, not by suffix: many a .xls is an .xlsx.
        with source.open("rb") as file:
            return CalamineWorkbook.from_filelike(file)
    except PasswordError as error:
        raise UsageError(locked) from error
    except (CalamineError, OSError) as error:
        raise _damaged(source, error) from error


def _damaged(source: Path, error: Exception) -> UsageError:
    why = str(error).strip() or type(error).__name__
    return UsageError(
        f"{str(source)!r} is no workbook or is damaged ({why}); open it in Excel or WPS, save it again as .xlsx and polish that"
    )


def _rows_of(workbook: CalamineWorkbook, name: str) -> Iterator[tuple[Cell, ...]]:
    """Read a sheet; calamine leaves out the empty columns before the first, and says "" where a cell is empty."""
    sheet = workbook.get_sheet_by_name(name)
    lead = (None,) * (sheet.start[1] if sheet.start else 0)
    for cells in sheet.iter_rows():
        yield (*lead, *(None if cell == "" else cell for cell in cells))


def _sheets(workbook: CalamineWorkbook, source: Path) -> tuple[list[Sheet], list[str]]:
    """Read every sheet once."""
    sheets = list[Sheet]()
    notes = list[str]()
    formulas = formula_sheets(source)
    for meta in workbook.sheets_metadata:
        if meta.typ not in (SheetTypeEnum.WorkSheet, SheetTypeEnum.MacroSheet):
            notes.append(say("no_grid", sheet=meta.name))
            continue
        try:
            ranges = workbook.get_sheet_by_name(meta.name).merged_cell_ranges or ()
            cut = list[str]()
            found = profile(_watched(_rows_of(workbook, meta.name), cut))
        except CalamineError as error:
            raise _damaged(source, error) from error
        merged = tuple((*start, *end) for start, end in ranges if start != end)
        sheets.append(Sheet(meta.name, meta.visible != SheetVisibleEnum.Visible, merged, found))
        if cut:
            notes.append(say("cut_cells", sheet=meta.name, count=len(cut), place=cut[0]))
        if meta.name in formulas:
            notes.append(say("formulas", sheet=meta.name))
    if "" in formulas:
        notes.append(say("formulas_somewhere"))
    return sheets, notes


def _watched(rows: Iterator[tuple[Cell, ...]], cut: list[str]) -> Iterator[tuple[Cell, ...]]:
    """Read rows and note the cells that are too long for Excel."""
    for index, cells in enumerate(rows):
        cut += [f"{letter(column)}{index + 1}" for column, cell in enumerate(cells) if isinstance(cell, str) and too_long(cell)]
        yield cells


def _chosen(sheets: Sequence[Sheet], asked: Asked) -> tuple[list[Sheet], list[str]]:
    """Find the columns of every sheet that is to be polished, and say which are not and why."""
    wanted = [sheet for sheet in sheets if (sheet.name in asked.sheets if asked.sheets else not sheet.hidden)]
    found = {sheet.name: by_header(sheet.profile, asked.column) for sheet in wanted}
    # A sheet of remarks beside sheets with a header is no list of templates, whatever it holds.
    guess = not asked.column and not any(found.values())
    chosen = list[Sheet]()
    notes = list[str]()
    for sheet in sheets:
        columns = found.get(sheet.name)
        if columns is None and sheet in wanted and (guess or (asked.sheets and not asked.column)):
            columns = by_content(sheet.profile)
        chosen.append(replace(sheet, columns=columns))
        notes += _notes(chosen[-1], sheet in wanted, asked)
    return chosen, notes


def _notes(sheet: Sheet, wanted: bool, asked: Asked) -> Iterator[str]:
    if not wanted:
        yield say("hidden" if sheet.hidden else "not_named", sheet=sheet.name)
    elif sheet.columns is None:
        first = seen(sheet.profile)
        yield say("no_column", sheet=sheet.name, seen=first) if first else say("empty_sheet", sheet=sheet.name)
    elif sheet.columns.header is None:
        names = labels.LIST.join(headers((), asked.check_only))
        place = say("this_sheet", sheet=sheet.name)
        yield say("no_header", place=place, column=letter(sheet.columns.text), names=names)


def _rows(workbook: CalamineWorkbook, sheets: Sequence[Sheet]) -> Iterator[Row]:
    for sheet in sheets:
        if sheet.columns is None:
            continue
        name = letter(sheet.columns.text)
        for index, cells in enumerate(sheet.rows(workbook)):
            row = sheet.columns.row(sheet.name, index, cells, f"{name}{index + 1}")
            if row is not None:
                yield row

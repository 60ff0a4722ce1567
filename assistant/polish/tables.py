"""The values of a file of templates, whatever its format, and the reader for each suffix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import AssistantError, UsageError
from assistant.polish.values import Polished, Template

if TYPE_CHECKING:
    from assistant.polish.summary import Summary

Cell = str | int | float | bool | date | datetime | time | timedelta | None

WORKBOOKS, TABLES, LINES, DOCUMENTS = (".xlsx", ".xlsm", ".xls", ".ods"), (".csv", ".tsv"), (".jsonl",), (".md", ".markdown")
SUFFIXES = (*WORKBOOKS, *TABLES, *LINES, *DOCUMENTS)


class NotFinished(AssistantError):
    """The run had to stop; what is done is kept, and the message says how to go on."""


@dataclass(frozen=True)
class Asked:
    """What the caller wants: of which sheets which column, and whether to change it at all."""

    column: str | None = None
    sheets: tuple[str, ...] = ()
    check_only: bool = False


@dataclass(frozen=True)
class Row:
    """A row with a text. `place` names it as the file's own program does; a `problem` says why it is not polished."""

    sheet: str
    number: int
    place: str
    template: Template
    valid_to: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a row: a polished text, or the problem that kept it from being polished."""

    polished: Polished | None = None
    problem: str = ""

    @property
    def why(self) -> str:
        """Say why a person must look at it; empty when nobody must."""
        return self.problem or (self.polished.why if self.polished else "")


Find = Callable[[Row], Outcome]


@dataclass(frozen=True)
class Book:
    """A file that was opened: `rows` reads its texts, from the start each time; `write` writes the copy with the outcomes.

    `broken` counts what could not be read at all.
    """

    rows: Callable[[], Iterator[Row]]
    write: Callable[[Path, Find, Summary], None]
    notes: tuple[str, ...] = ()
    broken: int = 0


def out_suffix(source: Path) -> str:
    """Return the suffix that the copy of a file must have.

    Raises:
        UsageError: for a file that cannot be polished.
    """
    suffix = source.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"{str(source)!r} is no file of templates; files ending in {', '.join(SUFFIXES)} can be polished")
    return ".xlsx" if suffix in WORKBOOKS else suffix


def open_book(source: Path, asked: Asked) -> Book:
    """Open a file by its suffix and find its templates.

    Raises:
        UsageError: it cannot be read, holds no texts, or not the wanted column or sheet.
    """
    out_suffix(source)
    suffix = source.suffix.lower()
    if asked.sheets and suffix not in WORKBOOKS:
        raise UsageError(
            f"--sheet {asked.sheets[0]!r} names a sheet of a workbook; {source.name!r} has none, leave --sheet out"
        )
    try:
        if suffix in WORKBOOKS:
            from assistant.polish.workbook import open_workbook

            return open_workbook(source, asked)
        if suffix in TABLES:
            from assistant.polish.delimited import open_delimited

            return open_delimited(source, asked)
        if suffix in LINES:
            from assistant.polish.lines import open_lines

            return open_lines(source, asked)
        from assistant.polish.markdown import open_markdown

        return open_markdown(source, asked)
    except OSError as error:
        raise UsageError(f"{str(source)!r} cannot be read: {error.strerror or error}") from error

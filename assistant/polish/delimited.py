"""CSV and TSV: every record is copied as it was written, and the new cells are put behind it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

from assistant.polish.cells import harmless, headers, new_cells
from assistant.polish.columns import Columns, by_content, by_header, letter, no_column, problem_of, profile
from assistant.polish.decode import LOST, Encoding, broken_rows, detect
from assistant.polish.labels import ON_LINE
from assistant.polish.messages import say
from assistant.polish.summary import Summary
from assistant.polish.tables import Asked, Book, Find, Row

_SNIFFED = 20
# As long as a cell may be on every system.
_LONGEST = 2**31 - 1


@dataclass(frozen=True)
class Record:
    """One record: its text without the line end, its cells, the line end, and whether its quotes are closed."""

    index: int
    body: str
    cells: tuple[str, ...]
    end: str
    closed: bool = True


@dataclass(frozen=True)
class Delimited:
    """A file of records and how it is written."""

    path: Path
    encoding: Encoding
    delimiter: str

    def records(self) -> Iterator[Record]:
        """Read the records; a quoted cell may run over several lines."""
        taken: list[str] = []

        def lines() -> Iterator[str]:
            for line in self.encoding.lines(self.path):
                taken.append(line)
                yield line

        for index, cells in enumerate(csv.reader(lines(), delimiter=self.delimiter)):
            raw = "".join(taken)
            taken.clear()
            body = raw.rstrip("\r\n") if not cells or raw.endswith(("\r", "\n")) else raw
            if _closed(body, self.delimiter):
                yield Record(index, body, tuple(cells), raw[len(body) :])
            else:
                yield Record(index, raw, tuple(cells), "", closed=False)


def open_delimited(source: Path, asked: Asked) -> Book:
    """Open a CSV or TSV file.

    Raises:
        UsageError: it is empty, no text, or has no column of templates.
    """
    csv.field_size_limit(_LONGEST)
    encoding = detect(source)
    file = Delimited(source, encoding, sniff(encoding.lines(source), "\t" if source.suffix.lower() == ".tsv" else ","))
    lost: list[int] = []
    opened: list[int] = []
    found = profile(_watched(file, lost, opened))
    columns = by_header(found, asked.column) or (None if asked.column else by_content(found))
    if columns is None:
        raise no_column(source.name, [found], asked.column)
    notes = [*encoding.notes(source), *broken_rows(lost), *(say("open_quote", row=row) for row in opened)]
    if columns.header is None:
        names = "、".join(headers((), asked.check_only))
        notes.append(say("no_header", place=say("this_file"), column=letter(columns.text), names=names))
    return Book(partial(_rows, file, columns), partial(_write, file, columns, found.width, asked.check_only), tuple(notes))


def sniff(lines: Iterable[str], preferred: str) -> str:
    """Find the delimiter that parts the first records most evenly, the very first among them."""
    sample = list(islice(lines, _SNIFFED * 5))

    def evenness(delimiter: str) -> tuple[int, int]:
        widths = [len(cells) for cells in islice(csv.reader(sample, delimiter=delimiter), _SNIFFED) if cells]
        usual = max(set(widths), key=widths.count, default=1)
        return (widths.count(usual) if usual > 1 and widths[0] > 1 else 0, usual)

    ordered = sorted((",", "\t", ";"), key=lambda mark: mark != preferred)
    best = max(ordered, key=evenness)
    return best if evenness(best)[0] else preferred


def _watched(file: Delimited, lost: list[int], opened: list[int]) -> Iterator[tuple[str, ...]]:
    """Read the records and note those with lost characters, and one whose quotes are open."""
    for record in file.records():
        if LOST in record.body:
            lost.append(record.index + 1)
        if not record.closed:
            opened.append(record.index + 1)
        yield record.cells


def _rows(file: Delimited, columns: Columns) -> Iterator[Row]:
    for record in file.records():
        row = columns.row("", record.index, record.cells, ON_LINE.format(number=record.index + 1))
        if row is not None:
            damaged = problem_of(LOST) if LOST in record.body else ""
            yield Row("", row.number, row.place, row.template, row.valid_to, row.problem or damaged)


def _write(file: Delimited, columns: Columns, width: int, check_only: bool, out: Path, find: Find, _: Summary) -> None:
    """Write the copy: record by record, the new cells behind the last column of the widest."""
    rows = _rows(file, columns)
    row = next(rows, None)
    with out.open("wb") as raw:
        raw.write(file.encoding.mark_for(spreadsheet=True))
    with out.open("a", encoding="utf-8", errors="replace", newline="") as target:
        head: tuple[str, ...] = ()
        for record in file.records():
            new: tuple[str, ...] | None = None
            if record.index == columns.header:
                head = new = headers(record.cells, check_only)
            elif row is not None and row.number == record.index + 1:
                new = new_cells(row.template.text, find(row), check_only)
                row = next(rows, None)
            _put(target, record, new or ("",) * len(head or headers((), check_only)), file.delimiter, width)


def _put(target: TextIO, record: Record, new: tuple[str, ...], delimiter: str, width: int) -> None:
    if not record.cells:
        target.write(record.body + record.end)
        return
    body = record.body if record.closed else record.body + '"'
    padding = delimiter * (width - len(record.cells))
    cells = delimiter.join(_quoted(harmless(cell), delimiter) for cell in new)
    target.write(body + padding + delimiter + cells + record.end)


def _quoted(text: str, delimiter: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in (delimiter, '"', "\r", "\n")) else text


def _closed(body: str, delimiter: str) -> bool:
    """Tell whether a cell put behind a record would be one of its own."""
    if '"' not in body:
        return True
    *_, cells = csv.reader([f"{body}{delimiter}x"], delimiter=delimiter)
    return cells[-1] == "x"

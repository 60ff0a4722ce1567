"""Which column holds the templates, and what a row of it says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.errors import UsageError
from assistant.polish import labels
from assistant.polish.messages import say
from assistant.polish.tables import Cell, Row
from assistant.polish.values import Template

LIMIT = 8_000
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LETTERS = re.compile(r"[A-Za-z]{1,3}")
# A title, and a line about who keeps the file, may stand above the header.
_HEAD = 5
# U+FFFD and lone surrogates: what stood there is lost.
_DAMAGED = re.compile("[\ufffd\ud800-\udfff]")


@dataclass(frozen=True)
class Profile:
    """What one pass over a table tells: its first rows that are not blank, its width, and each column's Han characters."""

    head: tuple[tuple[int, tuple[Cell, ...]], ...]
    width: int
    han: tuple[int, ...]


@dataclass(frozen=True)
class Columns:
    """Where things stand in a table. `header` is the index of the header row, None where there is none."""

    text: int
    header: int | None
    message: int | None = None
    scenario: int | None = None
    valid_to: int | None = None

    def row(self, sheet: str, index: int, cells: Sequence[Cell], place: str) -> Row | None:
        """Return the row's template, or None where it has none."""
        text = _at(cells, self.text)
        if (self.header is not None and index <= self.header) or not isinstance(text, str) or not text.strip():
            return None
        template = Template(text, _text(_at(cells, self.message)), _text(_at(cells, self.scenario)))
        return Row(sheet, index + 1, place, template, _text(_at(cells, self.valid_to)), problem_of(text))


def problem_of(text: str) -> str:
    """Say why a text cannot be polished; empty when it can."""
    if len(text) > LIMIT:
        return say("too_long", length=len(text), limit=LIMIT)
    return say("damaged") if _DAMAGED.search(text) else ""


def profile(rows: Iterable[Sequence[Cell]]) -> Profile:
    """Read a table once."""
    head: list[tuple[int, tuple[Cell, ...]]] = []
    han: list[int] = []
    for index, cells in enumerate(rows):
        if len(head) < _HEAD and any(map(_name, cells)):
            head.append((index, tuple(cells)))
        han += [0] * (len(cells) - len(han))
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                han[column] += len(_HAN.findall(cell))
    return Profile(tuple(head), len(han), tuple(han))


def by_header(found: Profile, column: str | None = None) -> Columns | None:
    """Find the columns by the header, or the wanted one by its header or letter; None when it is not there."""
    header, names = _header_row(found, column)
    text = _first(names, [_name(column)] if column else labels.TEXT)
    if text is None and column and _LETTERS.fullmatch(column.strip()):
        text = _index(column.strip())
    if text is None or text >= found.width:
        return None
    rest = (_first(names, wanted) for wanted in (labels.MESSAGE, labels.SCENARIO, labels.VALID_TO))
    return Columns(text, header, *(None if index == text else index for index in rest))


def by_content(found: Profile) -> Columns | None:
    """Take the column with the most Han characters for the templates, every row of it; None when there are none."""
    most = max(found.han, default=0)
    return Columns(found.han.index(most), None) if most else None


def seen(found: Profile) -> str:
    """Name the cells of the first row that has any, for a person who looks for the header."""
    cells = found.head[0][1] if found.head else ()
    return ", ".join(repr(_text(cell)[:20]) for cell in cells[:12] if _name(cell))


def no_column(name: str, tables: Iterable[Profile], column: str | None) -> UsageError:
    """Say that no table of a file has the templates' column."""
    headers = "; ".join(filter(None, map(seen, tables))) or "nothing"
    wanted = f"no column {column!r}" if column else "no column of templates"
    return UsageError(
        f"{name!r} has {wanted}; its first rows are: {headers}. Name the column with --column, by its header or a letter such as C"
    )


def letter(index: int) -> str:
    """Name a column as a spreadsheet does: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def _index(letters: str) -> int:
    value = 0
    for one in letters.upper():
        value = value * 26 + ord(one) - 64
    return value - 1


def _header_row(found: Profile, column: str | None) -> tuple[int | None, list[str]]:
    """Return the first row with a known name, below nothing but titles, and its names."""
    known = {*labels.TEXT, *labels.MESSAGE, *labels.SCENARIO, *labels.VALID_TO, *([_name(column)] if column else ())}
    for index, row in found.head:
        names = [_name(cell) for cell in row]
        if known.intersection(names):
            return index, names
        if sum(map(bool, names)) > 1:
            break
    return None, []


def _first(names: Sequence[str], wanted: Iterable[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


def _name(cell: Cell) -> str:
    return _text(cell).casefold()


def _at(cells: Sequence[Cell], index: int | None) -> Cell:
    return cells[index] if index is not None and index < len(cells) else None


def _text(cell: Cell) -> str:
    if cell is None or isinstance(cell, str):
        return (cell or "").strip()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)

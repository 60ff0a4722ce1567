"""Single cells of a workbook that is written: typed values, texts that stay texts, and texts with coloured runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from assistant.polish.cells import harmless
from assistant.polish.labels import CUT
from assistant.polish.tables import Cell

# Excel counts UTF-16 units.
LONGEST = 32_767
_DATES: tuple[tuple[type, str], ...] = (
    (datetime, "yyyy-mm-dd hh:mm:ss"),
    (date, "yyyy-mm-dd"),
    (timedelta, "[h]:mm:ss"),
    (time, "hh:mm:ss"),
)
_BASE = {"valign": "top", "text_wrap": True}
_NEW, _FILL = "C00000", "FFF2CC"
# Excel's calendar starts here; an earlier date is written as text.
_FIRST_YEAR = 1900

OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}


class Pen:
    """Writes cells into the sheets of one workbook."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._formats: dict[tuple[str, bool, bool, bool], Any] = {}
        self._new = book.add_format({"bold": True, "font_color": _NEW})
        self._plain = book.add_format({})

    def format(self, number: str = "", filled: bool = False, head: bool = False, quoted: bool = False) -> Any:
        """Return the one format for a kind of cell; a quoted text stays one when somebody edits it."""
        key = (number, filled, head, quoted)
        if key not in self._formats:
            look: dict[str, Any] = dict(_BASE)
            look |= {"num_format": number} if number else {}
            look |= {"bg_color": _FILL} if filled else {}
            look |= {"bold": True, "bottom": 1} if head else {}
            look |= {"quote_prefix": True} if quoted else {}
            self._formats[key] = self._book.add_format(look)
        return self._formats[key]

    def cell(self, sheet: Any, row: int, column: int, value: Cell, filled: bool = False, head: bool = False) -> None:
        """Write a value as what it is; nothing where nothing is, but for the fill."""
        if value is None:
            if filled:
                sheet.write_blank(row, column, None, self.format("", filled))
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, self.format("", filled, head))
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, self.format("", filled, head))
        elif isinstance(value, str):
            self.text(sheet, row, column, value, filled, head)
        elif isinstance(value, date) and value.year < _FIRST_YEAR:
            self.text(sheet, row, column, value.isoformat(), filled, head)
        else:
            number = next(number for kind, number in _DATES if isinstance(value, kind))
            sheet.write_datetime(row, column, value, self.format(number, filled, head))

    def text(self, sheet: Any, row: int, column: int, text: str, filled: bool = False, head: bool = False) -> None:
        """Write a text as a text, cut where Excel would refuse it."""
        text, look = fitting(text), self.format("", filled, head, harmless(text) != text)
        if text.startswith("<r>") and text.endswith("</r>"):
            # xlsxwriter would take it for its own mark-up; as a rich string it is escaped.
            sheet.write_rich_string(row, column, text[:1], self._plain, text[1:], look)
        elif text:
            sheet.write_string(row, column, text, look)
        else:
            sheet.write_blank(row, column, None, look)

    def runs(self, sheet: Any, row: int, column: int, parts: Sequence[tuple[str, bool]], filled: bool) -> None:
        """Write a text whose marked runs are coloured; a single run stays plain, as Excel wants it."""
        text = "".join(part for part, _ in parts)
        if len(parts) < 2 or too_long(text):
            self.text(sheet, row, column, text, filled)
            return
        fragments: list[Any] = []
        for part, new in parts:
            fragments += [self._new if new else self._plain, part]
        sheet.write_rich_string(row, column, *fragments, self.format("", filled, quoted=harmless(text) != text))


def too_long(text: str) -> bool:
    """Tell whether Excel cannot hold a text in one cell."""
    return len(text) * 2 > LONGEST and len(text.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST


def fitting(text: str) -> str:
    """Cut a text to what a cell holds."""
    if not too_long(text):
        return text
    room = (LONGEST - len(CUT)) * 2
    return text.encode("utf-16-le", "surrogatepass")[:room].decode("utf-16-le", "ignore") + CUT

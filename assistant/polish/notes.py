"""What a check of a whole library takes and returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["near_duplicate", "contradiction", "placeholder", "expired", "newly_failing"]


@dataclass(frozen=True)
class LibraryRow:
    """One template of a library and where it stands; `scenario` and `valid_to` are its cells as written."""

    sheet: str
    number: int
    text: str
    scenario: str = ""
    valid_to: str = ""


@dataclass(frozen=True)
class LibraryNote:
    """One thing that several rows, or one, have wrong; `quotes[i]` is what row `rows[i]` (sheet, number) says."""

    kind: Kind
    title: str
    rows: tuple[tuple[str, int], ...]
    quotes: tuple[str, ...]
    message: str

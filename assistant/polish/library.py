"""Check a library of templates as a whole: copies, contradictions, blanks, dates, and what new rules made of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from assistant.polish.conflicts import contradictions
from assistant.polish.duplicates import alike, duplicates
from assistant.polish.expiry import expired
from assistant.polish.notes import LibraryNote, LibraryRow
from assistant.polish.reading import read_row
from assistant.polish.since import check_since
from assistant.polish.spellings import broken, spellings

__all__ = ["LibraryNote", "LibraryRow", "check_library", "check_since"]


def check_library(rows: Iterable[LibraryRow], today: date) -> tuple[LibraryNote, ...]:
    """Return what is wrong with a library as a whole: duplicates, contradictions, blanks, then what is over by `today`."""
    reads = tuple(read_row(row) for row in rows if row.text.strip())
    pairs = tuple(alike(reads))
    return (
        *duplicates(reads, pairs),
        *contradictions(reads, pairs),
        *spellings(reads),
        *broken(reads),
        *expired(reads, today),
    )

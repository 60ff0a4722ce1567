"""The words and messages of the library check, as they stand in `library.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assistant.polish.notes import Kind, LibraryNote, LibraryRow

# A message names so many places; the note lists all of them.
_SHOWN = 6


@cache
def known(part: str) -> Any:
    """Return one part of the word lists."""
    return yaml.safe_load((Path(__file__).parent / "library.yaml").read_text(encoding="utf-8"))[part]


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Return a search for any of the words, the longest first; without a word it finds nothing."""
    return re.compile("|".join(map(re.escape, sorted(dict.fromkeys(words), key=len, reverse=True))) or r"(?!)")


@cache
def search(part: str, *keys: str) -> re.Pattern[str]:
    """Return a search for any word of a list."""
    words = known(part)
    for key in keys:
        words = words[key]
    return any_of(words)


def say(name: str, **values: object) -> str:
    """Fill in a message that is one string."""
    return str(known("messages")[name]).format(**values)


def make_note(kind: Kind, found: Iterable[tuple[LibraryRow, str]], message: str, /, **values: object) -> LibraryNote:
    """Make a note over rows, each with its quote; `message` names the title and text."""
    pairs = sorted(dict.fromkeys(found), key=lambda pair: (pair[0].sheet, pair[0].number))
    words = known("messages")[message]
    return LibraryNote(
        kind=kind,
        title=words["title"],
        rows=tuple((row.sheet, row.number) for row, _ in pairs),
        quotes=tuple(quote for _, quote in pairs),
        message=words["text"].format(count=values.pop("count", len(pairs)), **values),
    )


def places(rows: Iterable[LibraryRow]) -> str:
    """Name rows for a message; when there are many, the first of them."""
    named = [
        say("place", sheet=row.sheet, number=row.number) if row.sheet else say("place_bare", number=row.number) for row in rows
    ]
    more = say("more", count=len(named)) if len(named) > _SHOWN else ""
    return "、".join(named[:_SHOWN]) + more

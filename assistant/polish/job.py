"""One run from file to file: read, polish into the journal, count, write, put in place."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.polish.journal import Journal
from assistant.polish.paths import Files, locked
from assistant.polish.run import Report, finder, polish_rows
from assistant.polish.summary import Summary, count
from assistant.polish.tables import Asked, Book, NotFinished, open_book
from assistant.polish.values import PolishOne

if TYPE_CHECKING:
    from assistant.polish.library import LibraryNote, LibraryRow

    # Reads the templates, from the first each time; what was found in them, and what could not be checked.
    LibraryRows = Callable[[], Iterator[LibraryRow]]
    Checked = tuple[tuple[LibraryNote, ...], tuple[str, ...]]

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Tools:
    """What polishes the rows. `digest` stands for everything that decides how; `titles` name the rules."""

    polish: PolishOne
    digest: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    library: Callable[[LibraryRows], Checked] | None = None


@dataclass(frozen=True)
class Watch:
    """Who looks on: `progress` begins with the number of rows, `resumed` and `replaced` hear of an earlier journal."""

    progress: Callable[[int], AbstractContextManager[Report]] = lambda total: nullcontext(lambda more: None)
    resumed: Callable[[int], None] = lambda rows: None
    replaced: Callable[[], None] = lambda: None


def polish_file(files: Files, asked: Asked, concurrency: int, load: Callable[[], Tools], watch: Watch) -> Summary:
    """Polish a file; the tools are loaded once the file proved right.

    Raises:
        UsageError: the input or the output is wrong.
        NotFinished: the disk gave out; the journal keeps what is done.
    """
    with locked(files):
        book = open_book(files.source, asked)
        tools = load()
        journal = _journal(files, _digest(files.source, asked, tools.digest), watch)
        try:
            summary = _polished(files, book, asked, concurrency, tools, journal, watch)
            journal.close()
        except OSError as error:
            raise NotFinished(_stopped(files, error)) from error
        finally:
            with suppress(OSError, ValueError):
                journal.close()
        files.journal.unlink(missing_ok=True)
    return summary


def _polished(
    files: Files, book: Book, asked: Asked, concurrency: int, tools: Tools, journal: Journal, watch: Watch
) -> Summary:
    with watch.progress(sum(1 for _ in book.rows())) as report:
        polish_rows(book.rows(), tools.polish, journal, concurrency, report)
    find = finder(journal)
    summary = count(book.rows(), find, tools.titles, asked.check_only)
    library, said = tools.library(lambda: _library_rows(book)) if tools.library else ((), ())
    notes = (*book.notes, *summary.notes, *said)
    summary = replace(summary, broken=book.broken, notes=notes, library=library)
    write_whole(files, lambda draft: book.write(draft, find, summary))
    return summary


def write_whole(files: Files, write: Callable[[Path], None]) -> None:
    """Write the output beside its place and put it there once it is whole and on the disk."""
    try:
        write(files.draft)
        with files.draft.open("rb+") as file:
            os.fsync(file.fileno())
        files.draft.replace(files.out)
    except BaseException:
        files.draft.unlink(missing_ok=True)
        raise


def _library_rows(book: Book) -> Iterator[LibraryRow]:
    from assistant.polish.library import LibraryRow

    for row in book.rows():
        if not row.problem:
            yield LibraryRow(row.sheet, row.number, row.template.text, row.template.scenario, row.valid_to)


def _journal(files: Files, digest: str, watch: Watch) -> Journal:
    try:
        journal = Journal(files.journal, digest)
    except OSError as error:
        raise NotFinished(_stopped(files, error)) from error
    if journal.replaced:
        watch.replaced()
    if journal.resumed:
        watch.resumed(journal.resumed)
    return journal


def _digest(source: Path, asked: Asked, tools: str) -> str:
    digest = hashlib.sha256(json.dumps([asdict(asked), tools]).encode())
    with source.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _stopped(files: Files, error: OSError) -> str:
    kept = f"what is finished is kept in {str(files.journal)!r}" if files.journal.exists() else "nothing was written"
    return (
        f"{str(files.out)!r} could not be written: {error.strerror or error}; {kept}. "
        "Free some space, or mend what is wrong, and give the same command again to go on"
    )

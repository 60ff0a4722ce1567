"""The files of a run, checked before work starts: the input, the output and what lies beside it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.errors import UsageError
from assistant.polish.tables import NotFinished, out_suffix

# The copy, the journal and a spare; a file of texts grows by what is said about each.
_TIMES, _LEAST = 6, 1 << 20


@dataclass(frozen=True)
class Files:
    """Where a run reads and writes."""

    source: Path
    out: Path

    @property
    def journal(self) -> Path:
        """What is finished so far."""
        return self.out.with_name(self.out.name + ".partial.jsonl")

    @property
    def lock(self) -> Path:
        """Held while a run writes this output."""
        return self.out.with_name(self.out.name + ".lock")

    @property
    def draft(self) -> Path:
        """The output until it is whole."""
        return self.out.with_name(self.out.name + ".new")


def check_paths(source: Path, out: Path, force: bool) -> Files:
    """Check that the input can be read and the output written.

    Raises:
        UsageError: saying which file is wrong and what to do.
        NotFinished: the disk is too full to begin.
    """
    _check_source(source)
    suffix = out_suffix(source)
    if out.suffix.lower() != suffix:
        raise UsageError(
            f"{str(out)!r} cannot be the copy of {source.name!r}: its name must end in {suffix}, not {out.suffix!r}"
        )
    files = Files(source, Path(os.path.realpath(out)))
    beside = (files.out, files.journal, files.lock, files.draft)
    if any(_same(source, path) for path in beside):
        raise UsageError(f"{str(out)!r} is the input itself, which is never written to; give another name with -o")
    if files.out.is_dir():
        raise UsageError(f"{str(out)!r} is a folder; give a file name with -o")
    if files.out.exists() and not force:
        raise UsageError(f"{str(out)!r} exists; give another name with -o, or --force to replace it")
    _check_folder(files)
    return files


@contextmanager
def locked(files: Files) -> Iterator[None]:
    """Hold the output for one run.

    Raises:
        UsageError: another run writes it, or its folder cannot be written to.
    """
    lock = FileLock(str(files.lock), timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise UsageError(
            f"{str(files.out)!r} is being written by another run; wait for it, or give another name with -o"
        ) from error
    except OSError as error:
        raise UsageError(_not_writable(files, error)) from error
    try:
        yield
    finally:
        files.lock.unlink(missing_ok=True)
        lock.release()


def _check_source(source: Path) -> None:
    if source.is_dir():
        raise UsageError(f"{str(source)!r} is a folder; give one file of templates")
    if not source.exists():
        raise UsageError(f"{str(source)!r} does not exist; give a file of templates")
    try:
        with source.open("rb") as file:
            start = file.read(1)
    except OSError as error:
        raise UsageError(f"{str(source)!r} cannot be read: {error.strerror or error}; check its permissions") from error
    out_suffix(source)
    if not start:
        raise UsageError(f"{str(source)!r} is empty; give a file with templates")


def _check_folder(files: Files) -> None:
    folder = files.out.parent
    if not folder.is_dir():
        raise UsageError(f"the folder {str(folder)!r} does not exist; make it, or give another name with -o")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(_not_writable(files, None))
    wanted = files.source.stat().st_size * _TIMES + _LEAST
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise NotFinished(
            f"{str(folder)!r} has {free >> 20} MB left and polishing {files.source.name!r} may take {(wanted >> 20) + 1} MB; "
            "free some space, or give another folder with -o"
        )


def _not_writable(files: Files, error: OSError | None) -> str:
    why = f" ({error.strerror or error})" if error else ""
    return f"the folder {str(files.out.parent)!r} cannot be written to{why}; give a name in another one with -o"


def _same(source: Path, out: Path) -> bool:
    """Tell whether two names are one file, however they are spelled."""
    if out.exists() and source.samefile(out):
        return True
    return os.path.realpath(source).casefold() == os.path.realpath(out).casefold()

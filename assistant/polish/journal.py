"""The journal beside the output: every finished row on disk, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from assistant.check import Finding, FixEdit
from assistant.errors import UsageError
from assistant.polish.tables import Outcome
from assistant.polish.values import Polished, Template
from assistant.rewrite.values import Change

_NAME, _VERSION = "huashu polish", 1
# A power cut may cost this many seconds of work; a killed process costs nothing.
_SYNC_S = 1.0


def key_of(template: Template) -> str:
    """Return the key under which a template is polished once."""
    fields = json.dumps([template.text, template.message, template.scenario])
    return hashlib.sha256(fields.encode()).hexdigest()


class Journal:
    """Finished rows by key; only where each stands in the file is held in memory.

    `resumed` counts the rows that an earlier run of the same digest finished; `replaced` tells that another journal was there.
    """

    def __init__(self, path: Path, digest: str) -> None:
        self.path = path
        self.resumed, self.replaced = 0, False
        self._places: dict[bytes, int] = {}
        self._file, self._end = self._open(digest)
        self._reader = path.open("rb")
        self._synced = time.monotonic()

    def __contains__(self, key: str) -> bool:
        return bytes.fromhex(key) in self._places

    def get(self, key: str) -> Outcome:
        """Return what became of a row.

        Raises:
            KeyError: the row was never finished.
        """
        self._reader.seek(self._places[bytes.fromhex(key)])
        entry = json.loads(self._reader.readline())
        if "failed" in entry:
            return Outcome(problem=entry["failed"])
        return Outcome(polished=_polished(entry["result"]))

    def add(self, key: str, result: Polished) -> None:
        """Write down a finished row."""
        self._append(key, {"key": key, "result": asdict(result)})

    def fail(self, key: str, why: str) -> None:
        """Write down why a row failed in this run; the next run tries it again."""
        self._append(key, {"key": key, "failed": why})

    def close(self) -> None:
        """Make sure that everything is on the disk; a second time does nothing."""
        if self._file.closed:
            return
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        finally:
            self._file.close()
            self._reader.close()

    def _append(self, key: str, entry: dict[str, Any]) -> None:
        line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        self._file.write(line)
        self._file.flush()
        self._places[bytes.fromhex(key)] = self._end
        self._end += len(line)
        if time.monotonic() - self._synced >= _SYNC_S:
            os.fsync(self._file.fileno())
            self._synced = time.monotonic()

    def _open(self, digest: str) -> tuple[BinaryIO, int]:
        """Open the file for appending after its last whole line, or start it anew."""
        header = json.dumps({"journal": _NAME, "version": _VERSION, "digest": digest}).encode() + b"\n"
        if self.path.exists() and self.path.stat().st_size:
            if self._first_line() == header:
                end = self._load(len(header))
                os.truncate(self.path, end)
                return self.path.open("ab"), end
            self.replaced = True
        file = self.path.open("wb")
        file.write(header)
        file.flush()
        os.fsync(file.fileno())
        return file, len(header)

    def _first_line(self) -> bytes:
        with self.path.open("rb") as file:
            line = file.readline(4096)
        if line.endswith(b"\n") and _NAME.encode() not in line:
            raise UsageError(f"{str(self.path)!r} is no journal of `huashu polish` but would be overwritten; move it away")
        return line

    def _load(self, start: int) -> int:
        """Note the place of every finished row and return where the last whole line ends."""
        with self.path.open("rb") as file:
            file.seek(start)
            for line in file:
                key, finished = _key_in(line)
                if not key:
                    break
                if finished:
                    self._places[key] = start
                start += len(line)
        self.resumed = len(self._places)
        return start


def _key_in(line: bytes) -> tuple[bytes, bool]:
    """Return the key of a journal's line and whether its row is finished; no key for a line that is not whole."""
    try:
        entry = json.loads(line) if line.endswith(b"\n") else {}
        return bytes.fromhex(entry["key"]), "result" in entry
    except (ValueError, KeyError, TypeError):
        return b"", False


def _polished(data: dict[str, Any]) -> Polished:
    return Polished(
        **data
        | {name: tuple(data[name]) for name in ("kept", "missing", "added")}
        | {"changes": tuple(Change(**change) for change in data["changes"])}
        | {"findings": tuple(map(_finding, data["findings"]))}
    )


def _finding(data: dict[str, Any]) -> Finding:
    return Finding(**data | {"fixes": tuple(FixEdit(**fix) for fix in data["fixes"])})

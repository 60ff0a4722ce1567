"""What a command is given: texts, files, facts. Light to import."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from assistant.errors import UsageError


def read_text(path: Path) -> str:
    """Read a UTF-8 file as it is, without its last line end.

    Raises:
        UsageError: it cannot be read or is not UTF-8.
    """
    try:
        return _decode(path.read_bytes(), repr(str(path)))
    except OSError as error:
        raise UsageError(f"{str(path)!r} cannot be read: {error.strerror or error}") from error


def read_stdin() -> str:
    """Read standard input as `read_text` reads a file."""
    return _decode(sys.stdin.buffer.read(), "standard input")


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8 (byte {error.start}); save it as UTF-8") from error


def turns(blocks: list[str] | None) -> tuple[str, ...]:
    """Return the non-empty lines of the earlier turns."""
    return tuple(line for block in blocks or () for line in block.splitlines() if line.strip())


def facts(pairs: list[str] | None) -> dict[str, str]:
    """Read `name=value` pairs.

    Raises:
        UsageError: a pair is none.
    """
    found = {}
    for pair in pairs or ():
        name, mark, value = pair.partition("=")
        if not mark or not name.strip() or not value.strip():
            raise UsageError(f"--fact {pair!r} is not name=value, e.g. deadline=今天18点前")
        found[name.strip()] = value.strip()
    return found


def text_field(data: dict[str, Any], name: str) -> str | None:
    """Return a string of a request, or None when it is not there.

    Raises:
        UsageError: it is something else.
    """
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise UsageError(f"`{name}` must be a string")
    return value

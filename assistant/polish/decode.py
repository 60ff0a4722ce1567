"""Text files as they come: UTF-8, UTF-16 or GB18030, with or without a byte order mark, or two of them mixed."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.errors import UsageError
from assistant.polish.messages import say

_CHUNK = 1 << 20
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_CJK = "\u2000"
LOST = "\ufffd"


@dataclass(frozen=True)
class Encoding:
    """How the bytes of a file are read; `bytewise` files are UTF-8 or GB18030 line by line."""

    name: Literal["utf-8", "utf-16", "bytewise"]
    mark: bool

    def lines(self, path: Path) -> Iterator[str]:
        r"""Read a file as lines with their ends: `\n`, `\r\n` or `\r`."""
        if self.name != "bytewise":
            with path.open(encoding="utf-8-sig" if self.name == "utf-8" else "utf-16", errors="replace", newline="") as file:
                yield from file
            return
        with path.open("rb") as raw:
            for line in raw:
                yield from _LINE.findall(_decoded(line)[0])

    def notes(self, path: Path) -> tuple[str, ...]:
        """Say what a person would not expect of the encoding."""
        if self.name == "utf-16":
            return (say("utf16"),)
        if self.name == "utf-8":
            return ()
        with path.open("rb") as raw:
            seen = {_decoded(line)[1] for line in raw if not line.isascii()}
        return (say("mixed" if "utf-8" in seen else "gb18030"),)

    def mark_for(self, spreadsheet: bool) -> bytes:
        """Return the mark to begin the output with: as in a UTF-8 input, else where a spreadsheet needs it."""
        return codecs.BOM_UTF8 if self.mark or (spreadsheet and self.name != "utf-8") else b""


def detect(path: Path) -> Encoding:
    """Find out how a text file is encoded.

    Raises:
        UsageError: it is empty or no text.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    if not start.strip(codecs.BOM_UTF8 + b" \t\r\n"):
        raise UsageError(f"{str(path)!r} is empty; give a file with templates")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoding("utf-16", False)
    if b"\0" in start or start.startswith((b"PK\3\4", b"\xd0\xcf\x11\xe0")):
        raise UsageError(
            f"{str(path)!r} is no text file by its content; save it as UTF-8, or name a workbook .xlsx or .xls if it is one"
        )
    marked = start.startswith(codecs.BOM_UTF8)
    return Encoding("utf-8", marked) if _is_utf8(path) else Encoding("bytewise", False)


def broken_rows(numbers: Iterable[int]) -> tuple[str, ...]:
    """Say which rows hold bytes that fit no encoding."""
    found = sorted(set(numbers))
    listed = "、".join(map(str, found[:20])) + ("…" if len(found) > 20 else "")
    return (say("broken_bytes", rows=listed),) if found else ()


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(line: bytes) -> tuple[str, str]:
    """Decode one line of a file that is not all UTF-8, and say as what.

    A short GB18030 line may be valid UTF-8 by chance; it then holds letters of other scripts and hardly any CJK.
    """
    text = line.decode("utf-8", "replace")
    other = [char for char in text if char > "\x7f"]
    far = sum(char >= _CJK and char != LOST for char in other)
    lost = other.count(LOST)
    if 2 * far >= len(other) and lost * 10 <= far:
        return text.removeprefix("\ufeff"), "utf-8"
    try:
        return line.decode("gb18030"), "gb18030"
    except UnicodeDecodeError:
        return line.decode("gb18030", "replace"), "gb18030"

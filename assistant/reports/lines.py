r"""The texts of a template file, each with its exact place in the file.

Lines end at `\n` only, as editors, Git and SARIF count them; a `\r` before it belongs to the line end. Numbers and columns
are 1-based, columns and offsets count code points, and a byte order mark does not count.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from assistant.errors import UsageError

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_QUOTED = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"?[^,\t\r\n]*+')
_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")
_NO_TEXT = re.compile(r"[\s|:*_=-]*$|\s*<!--.*-->\s*$")
_MARKER = re.compile(r"(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])))+")
Form = Literal["plain", "json", "quoted", "cell"]
_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The content of a file and where its lines start."""

    path: str
    content: str = field(repr=False)
    starts: tuple[int, ...] = field(repr=False)

    @classmethod
    def of(cls, path: str, content: str) -> Source:
        """Find the line starts of a content."""
        return cls(path, content, (0, *(match.end() for match in re.finditer("\n", content))))

    def spot(self, offset: int) -> tuple[int, int]:
        """Return the line and column of an offset."""
        number = bisect_right(self.starts, offset)
        return number, offset - self.starts[number - 1] + 1


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One text of a file: `start` is its offset in the file.

    `places` holds the file offset of every character of the text and of its end where escapes or doubled quotes
    push them apart; None while they are consecutive. `form` says how the file writes the text.
    """

    source: Source
    text: str
    start: int = 0
    places: tuple[int, ...] | None = field(default=None, repr=False)
    form: Form = "plain"

    @property
    def path(self) -> str:
        """The path of the file as it was given."""
        return self.source.path

    @property
    def number(self) -> int:
        """The line where the text starts."""
        return self.source.spot(self.start)[0]

    @property
    def column(self) -> int:
        """The column where the text starts."""
        return self.source.spot(self.start)[1]

    def place(self, index: int) -> int:
        """Return the file offset of a character of the text."""
        return self.places[index] if self.places else self.start + index

    def written(self, text: str) -> str | None:
        """Return a text as this file must write it in this place, or None when it cannot stand there."""
        match self.form:
            case "json":
                return json.dumps(text, ensure_ascii=False)[1:-1]
            case "quoted":
                return text.replace('"', '""')
            case "cell":
                return None if re.search(r'["\t,\r\n]', text) else text
            case _:
                return text


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or line that cannot be checked; line 0 means the whole file."""

    path: str
    number: int
    message: str

    def __str__(self) -> str:
        """Write it as `path:line: message`."""
        return f"{self.path}:{self.number}: {self.message}" if self.number else f"{self.path}: {self.message}"


def read_lines(path: Path, problems: list[Problem]) -> list[Line]:
    """Return every text of a file; what cannot be read is added to the problems."""
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(Problem(path.as_posix(), 0, f"not UTF-8 (byte {error.start}); save it as UTF-8"))
        return []
    except OSError as error:
        problems.append(Problem(path.as_posix(), 0, f"cannot be read: {error.strerror or error}"))
        return []
    source = Source.of(path.as_posix(), content)
    match path.suffix.lower():
        case ".jsonl":
            return list(_json_lines(source, problems))
        case ".csv" | ".tsv":
            return list(_cells(source, "\t" if path.suffix.lower() == ".tsv" else ","))
        case ".md" | ".markdown":
            return list(_markdown(source))
        case _:
            return [line for start, text in _physical(source) if (line := _line(source, text, start))]


def _physical(source: Source) -> Iterator[tuple[int, str]]:
    for start, end in zip(source.starts, (*source.starts[1:], len(source.content) + 1), strict=True):
        yield start, source.content[start : end - 1].removesuffix("\r")


def _line(source: Source, text: str, start: int, form: Form = "plain", places: tuple[int, ...] | None = None) -> Line | None:
    """Return the text without the space around it, or None when nothing is left."""
    lead = len(text) - len(text.lstrip())
    kept = text.strip()
    if not kept:
        return None
    if places is None:
        return Line(source, kept, start + lead, None, form)
    return Line(source, kept, places[lead], places[lead : lead + len(kept) + 1], form)


def _markdown(source: Source) -> Iterator[Line]:
    """Skip front matter, fenced code, headings and rulers; drop list and quotation marks."""
    physical = list(_physical(source))
    fence = ""
    for index in range(_after_front_matter(physical), len(physical)):
        start, text = physical[index]
        mark = _FENCE.match(text)
        if fence:
            if mark and mark[1].startswith(fence) and not text[mark.end() :].strip(" \t" + fence[0]):
                fence = ""
        elif mark:
            fence = mark[1]
        elif not (_HEADING.match(text) or _NO_TEXT.match(text) or _is_underlined(physical, index)):
            marker = _MARKER.match(text)
            skip = marker.end() if marker else 0
            if line := _line(source, text[skip:], start + skip):
                yield line


def _is_underlined(physical: list[tuple[int, str]], index: int) -> bool:
    """Tell whether the next line makes this one a heading; a list item is none."""
    following = physical[index + 1][1] if index + 1 < len(physical) else ""
    return bool(_UNDERLINE.match(following)) and not _MARKER.match(physical[index][1])


def _after_front_matter(physical: list[tuple[int, str]]) -> int:
    if physical[0][1].rstrip() != "---":
        return 0
    ends = (i for i in range(1, len(physical)) if physical[i][1].rstrip() in ("---", "..."))
    return next(ends, -1) + 1


def _json_lines(source: Source, problems: list[Problem]) -> Iterator[Line]:
    for number, (start, raw) in enumerate(_physical(source), 1):
        if not raw.strip():
            continue
        try:
            line = _json_text(source, raw, start)
        except UsageError as error:
            problems.append(Problem(source.path, number, str(error)))
            continue
        if line:
            yield line


def _json_text(source: Source, raw: str, start: int) -> Line | None:
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"not JSON: {error}") from error
    if not isinstance(data, dict) or not isinstance(data.get("text"), str):
        raise UsageError("an object with a string `text` is wanted")
    first = _value_at(raw, "text") + 1
    _, end = _DECODER.raw_decode(raw, first - 1)
    if "\\" not in raw[first : end - 1]:
        return _line(source, data["text"], start + first, "json")
    places = tuple(start + match.start() for match in _ESCAPE.finditer(raw, first, end))
    return _line(source, data["text"], start + first, "json", places)


def _value_at(raw: str, name: str) -> int:
    """Return where the last value of this name begins in the text of a valid JSON object."""
    found = at = _skip(raw, 0)
    while raw[at] != "}" and raw[at := _skip(raw, at + 1)] != "}":
        key, at = _DECODER.raw_decode(raw, at)
        at = _skip(raw, _skip(raw, at) + 1)
        found = at if key == name else found
        at = _skip(raw, _DECODER.raw_decode(raw, at)[1])
    return found


def _skip(raw: str, at: int) -> int:
    space = _SPACE.match(raw, at)
    return space.end() if space else at


def _cells(source: Source, delimiter: str) -> Iterator[Line]:
    """Return the cells with Chinese in them (RFC 4180); a quoted cell may run over several lines."""
    content = source.content
    plain = re.compile(rf"[^{delimiter}\r\n]*+")
    at = 0
    while at < len(content):
        if quoted := _QUOTED.match(content, at):
            line, end = _quoted_cell(source, quoted), quoted.end()
        else:
            bare = plain.match(content, at)
            end = bare.end() if bare else at
            line = _line(source, content[at:end], at, "cell")
        if line and _HAN.search(line.text):
            yield line
        at = end + 1


def _quoted_cell(source: Source, match: re.Match[str]) -> Line | None:
    raw, start = match[1], match.start(1)
    if '""' not in raw:
        return _line(source, raw, start, "quoted")
    places = (*(start + part.start() for part in re.finditer('""|[^"]', raw)), start + len(raw))
    return _line(source, raw.replace('""', '"'), start, "quoted", places)

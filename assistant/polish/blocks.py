"""The texts of a Markdown document, each with its exact place in it: list items, plain paragraphs, cells of a text column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.polish import labels
from assistant.polish.columns import by_header, profile

_FENCE = re.compile(r"[ \t]*(?:[-*+][ \t]+)?(`{3,}(?=[^`]*$)|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?)[ \t#]*$|$)")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")
_RULER = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)")
# HTML, comments, link definitions and footnotes.
_OTHER = re.compile(r"[ \t]*(?:<|\[[^\]]+\]:)")
_CODE = re.compile(r" {4}| {0,3}\t")
_DASHES = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_PIPE = re.compile(r"(?<!\\)\|")
_BREAK = re.compile(r"<br\s*/?>")
_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|$)")
_EDGE = " \t"
# A blank line, or an indented one, does not end a list.
_INSIDE = ("", " ", "\t")


@dataclass(frozen=True)
class Block:
    """One text, written at `start` as `raw`; `indent` begins each of its further lines. A cell knows its row's other cells."""

    number: int
    start: int
    raw: str
    indent: str = ""
    cell: bool = False
    message: str = ""
    scenario: str = ""

    @property
    def text(self) -> str:
        """The text as it is meant."""
        if self.cell:
            return _BREAK.sub("\n", self.raw).replace("\\|", "|")
        return "\n".join(line.strip(_EDGE) for line in re.split(r"\r\n|\r|\n", self.raw))

    def written(self, text: str, end: str) -> str:
        """Return a text as the document must write it in this place."""
        if self.cell:
            return text.replace("|", "\\|").replace("\n", "<br>")
        return text.replace("\n", end + self.indent)


@dataclass(frozen=True)
class _Line:
    number: int
    start: int
    text: str

    @property
    def blank(self) -> bool:
        return not self.text.strip(_EDGE)


def blocks_of(content: str, column: str | None = None) -> Iterator[Block]:
    """Find the texts; the section that an earlier run added is none of them."""
    lines = [_Line(n, match.start(), match[1]) for n, match in enumerate(_LINE.finditer(content), 1)]
    at, ours, in_list = _after_front_matter(lines), False, False
    while at < len(lines):
        text = lines[at].text
        in_list = bool(_ITEM.match(text)) or (in_list and text[:1] in _INSIDE)
        if heading := _HEADING.match(text):
            if len(heading[1]) <= 2:
                ours = (heading[2] or "").startswith((labels.SECTION, labels.SECTION_CHECK))
            at += 1
        elif end := _skipped(lines, at, in_list):
            at = end
        elif _is_table(lines, at):
            end = _until(lines, at, lambda line: "|" not in line.text)
            yield from () if ours else _cells(lines[at:end], column)
            at = end
        else:
            end = _end_of_text(lines, at)
            is_title = end < len(lines) and _UNDERLINE.match(lines[end].text) and not _ITEM.match(text)
            if not ours and not is_title:
                yield _block(content, lines[at:end])
            at = end + bool(is_title)


def _skipped(lines: Sequence[_Line], at: int, in_list: bool) -> int:
    """Return the end of what starts here and is no text, or 0."""
    line = lines[at]
    if line.blank or _RULER.match(line.text):
        return at + 1
    if fence := _FENCE.match(line.text):
        close = re.compile(rf"[ \t]*{fence[1]}{fence[1][0]}*[ \t]*$")
        return _until(lines, at + 1, lambda one: bool(close.match(one.text))) + 1
    if line.text.lstrip(_EDGE).startswith("<!--"):
        return _until(lines, at, lambda one: "-->" in one.text) + 1
    if line.text.lstrip(_EDGE).startswith(">") or _OTHER.match(line.text):
        return _until(lines, at, lambda one: one.blank)
    return at + 1 if _CODE.match(line.text) and not in_list else 0


def _until(lines: Sequence[_Line], at: int, stops: Callable[[_Line], bool]) -> int:
    return next((index for index in range(at, len(lines)) if stops(lines[index])), len(lines))


def _end_of_text(lines: Sequence[_Line], at: int) -> int:
    """Return where the paragraph or item that starts here ends: before anything that starts something else."""
    for index in range(at + 1, len(lines)):
        text = lines[index].text
        if lines[index].blank or _ITEM.match(text) or _HEADING.match(text) or _FENCE.match(text) or _RULER.match(text):
            return index
        if text.lstrip(_EDGE).startswith((">", "<")) or _UNDERLINE.match(text) or _is_table(lines, index):
            return index
    return len(lines)


def _block(content: str, lines: Sequence[_Line]) -> Block:
    first, last = lines[0], lines[-1]
    marker = _ITEM.match(first.text)
    lead = marker.end() if marker else len(first.text) - len(first.text.lstrip(_EDGE))
    further = lines[1].text if len(lines) > 1 else ""
    indent = further[: len(further) - len(further.lstrip(_EDGE))] if further else " " * (lead if marker else 0)
    start, end = first.start + lead, last.start + len(last.text.rstrip(_EDGE))
    return Block(first.number, start, content[start:end], indent)


def _after_front_matter(lines: Sequence[_Line]) -> int:
    if lines[0].text.rstrip() != "---":
        return 0
    return next((i + 1 for i in range(1, len(lines)) if lines[i].text.rstrip() in ("---", "...")), 0)


def _is_table(lines: Sequence[_Line], at: int) -> bool:
    below = lines[at + 1].text if at + 1 < len(lines) else ""
    return "|" in lines[at].text and "|" in below and bool(_DASHES.match(below))


def _cells(lines: Sequence[_Line], column: str | None) -> Iterator[Block]:
    """Return the cells of a table's text column, when its header names one."""
    rows = [_split(line) for line in (lines[0], *lines[2:])]
    columns = by_header(profile([cell for _, cell in row] for row in rows), column)
    if columns is None or columns.header != 0:
        return
    for line, row in zip(lines[2:], rows[1:], strict=True):
        texts = [cell for _, cell in row]
        found = columns.row("", 1, texts, "")
        if found is not None:
            start, raw = row[columns.text]
            template = found.template
            yield Block(line.number, start, raw, "", True, template.message, template.scenario)


def _split(line: _Line) -> list[tuple[int, str]]:
    """Cut a row of a table into its cells, each with its place in the document."""
    edges = [-1, *(match.start() for match in _PIPE.finditer(line.text)), len(line.text)]
    cells = []
    for left, right in pairwise(edges):
        raw = line.text[left + 1 : right]
        lead = len(raw) - len(raw.lstrip(_EDGE))
        cells.append((line.start + left + 1 + lead, raw.strip(_EDGE)))
    if not line.text[: edges[1]].strip(_EDGE) and len(edges) > 2:
        del cells[0]
    if not line.text[edges[-2] + 1 :].strip(_EDGE) and len(cells) > 1:
        del cells[-1]
    return cells

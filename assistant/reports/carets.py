"""A text with marks under the words that were found, in terminal columns.

A Chinese character is two columns wide, a combining one none. Characters that a terminal would act on or hide (controls,
zero-width, direction marks, lone surrogates) are replaced one for one by a visible sign, so offsets stay true.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len, get_character_cell_size
from rich.text import Text

from assistant.reports import labels

if TYPE_CHECKING:
    from assistant.check.findings import Finding

STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}
_SIGNS = {"error": "^", "warning": "~", "info": "~"}
_INSERT = "+"
_WHOLE = 600
_AROUND = 60
_MOST_SHOWN = 1500
_NARROWEST = 20
_JOINER, _EMOJI_STYLE, _WIDE_SPACE, _HIDDEN, _BROKEN = "\u200d", "\ufe0f", "\u3000", "\u2423", "\ufffd"
_NEW_EMOJI = frozenset(map(chr, range(0x1F000, 0x1FB00)))  # newer than Python's own character table


def visible(text: str) -> str:
    """Return the text with every unprintable character replaced by one sign; the length stays. Newlines stay too."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char == "\n" else _sign(char, text[index - 1 : index]) for index, char in enumerate(text)
    )


def _sign(char: str, before: str) -> str:
    category = unicodedata.category(char)
    if char == _JOINER and before and (before == _EMOJI_STYLE or unicodedata.category(before) in ("So", "Sk")):
        return char
    if char < " " and char != "\t":
        return chr(0x2400 + ord(char))
    if char == _WIDE_SPACE or (category == "Cn" and char in _NEW_EMOJI):
        return char
    if char == "\t" or category == "Zs":
        return " "
    return _HIDDEN if category in ("Cf", "Zl", "Zp") else _BROKEN


def marked_text(text: str, findings: Sequence[Finding], width: int) -> Iterator[Text]:
    """Yield the rows of a text, each followed by a row of marks where something was found.

    `^` is under what must change, `~` under what should, `+` where something is missing; the number is the finding's. Of
    a long text only the surroundings of the findings are shown.
    """
    shown = visible(text)
    windows = _windows(text, findings)
    numbers = range(1, len(findings) + 1) if len(findings) > 1 else (0,)
    near = [(n, finding) for n, finding in zip(numbers, findings, strict=False) if finding.start <= windows[-1][1]]
    for start, end in windows:
        if start:
            yield Text("…", style="dim")
        for row_start, row_end in rows(shown, start, end, width):
            row = Text(shown[row_start:row_end])
            for _, finding in near:
                row.stylize(STYLES[finding.severity], max(finding.start - row_start, 0), max(finding.end - row_start, 0))
            yield row
            if marks := _marks(shown, near, row_start, row_end):
                yield Text(marks, style="bold")
    if windows[-1][1] < len(text):
        yield Text("…", style="dim")
    if len(windows) > 1 or windows[0] != (0, len(text)):
        yield Text(f"（{labels.SHORTENED.format(count=len(text))}）", style="dim")


def _windows(text: str, findings: Sequence[Finding]) -> list[tuple[int, int]]:
    if len(text) <= _WHOLE:
        return [(0, len(text))]
    windows: list[tuple[int, int]] = [] if findings else [(0, _AROUND)]
    for finding in sorted(findings, key=lambda f: f.start):
        start = max(0, finding.start - _AROUND)
        end = min(len(text), max(finding.start, min(finding.end, finding.start + _AROUND)) + _AROUND)
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(end, windows[-1][1]))
        else:
            windows.append((start, end))
        if sum(b - a for a, b in windows) > _MOST_SHOWN:
            break
    return windows


def rows(shown: str, start: int, end: int, width: int) -> Iterator[tuple[int, int]]:
    """Yield where the rows of a window start and end: at its newlines and where one is full, never inside a combined sign."""
    row, used, width = start, 0, max(width, _NARROWEST)
    for index in range(start, end):
        if shown[index] == "\n":
            yield row, index
            row, used = index + 1, 0
            continue
        size = get_character_cell_size(shown[index])
        if size and used + size > width:
            yield row, index
            row, used = index, 0
        used += size
    if row < end or start == end or shown[end - 1] == "\n":
        yield row, end


def _marks(shown: str, findings: Sequence[tuple[int, Finding]], start: int, end: int) -> str:
    """Return the row of marks under `shown[start:end]`, empty when nothing was found in it. Number 0 is not shown."""
    cells = [" "] * (cell_len(shown[start:end]) + 8)
    heads = []
    for number, finding in reversed(findings):
        first, last = max(finding.start, start), min(finding.end, end)
        if finding.start == finding.end:
            if not _inserts_here(shown, finding.start, start, end):
                continue
            heads.append((cell_len(shown[start:first]), _INSERT, number))
        elif first < last:
            left, right = cell_len(shown[start:first]), max(cell_len(shown[start:last]), cell_len(shown[start:first]) + 1)
            cells[left:right] = _SIGNS[finding.severity] * (right - left)
            if first == finding.start:
                heads.append((left, "", number))
    for left, sign, number in sorted(heads, key=lambda head: -head[2]):
        label = sign + (str(number) if number else "")
        cells[left : left + len(label)] = label
    return "".join(cells).rstrip()


def _inserts_here(shown: str, place: int, start: int, end: int) -> bool:
    """Tell whether a missing piece belongs to this row; where two rows meet it belongs to the later."""
    return start <= place < end or (place == end and (end == len(shown) or shown[end] == "\n"))

"""Markdown: texts are polished in place, the rest stays as it is, and a section at the end explains every change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from assistant.errors import UsageError
from assistant.polish import labels
from assistant.polish.blocks import Block, blocks_of
from assistant.polish.cells import change_line, facts_line, finding_line
from assistant.polish.columns import no_column, problem_of
from assistant.polish.decode import LOST, broken_rows, detect
from assistant.polish.summary import Summary
from assistant.polish.tables import Asked, Book, Find, Outcome, Row
from assistant.polish.values import Template

_WORD = re.compile(r"[^\W\d_]")


def open_markdown(source: Path, asked: Asked) -> Book:
    """Open a Markdown document.

    Raises:
        UsageError: it is empty, no text, holds no texts, or no table with the wanted column.
    """
    encoding = detect(source)
    content = "".join(encoding.lines(source))
    blocks = [block for block in blocks_of(content, asked.column) if _WORD.search(block.text)]
    if asked.column and not any(block.cell for block in blocks):
        raise no_column(source.name, (), asked.column)
    if not blocks:
        raise UsageError(f"{source.name!r} has no list items, paragraphs or table column of templates; nothing to polish")
    lost = broken_rows(block.number for block in blocks if LOST in block.raw)
    write = partial(_write, content, blocks, encoding.mark_for(spreadsheet=False), asked.check_only)
    return Book(partial(_rows, blocks), write, (*encoding.notes(source), *lost))


def _rows(blocks: list[Block]) -> Iterator[Row]:
    for block in blocks:
        yield _row(block)


def _row(block: Block) -> Row:
    template = Template(block.text, block.message, block.scenario)
    place = labels.ON_LINE.format(number=block.number)
    return Row("", block.number, place, template, "", problem_of(template.text))


def _write(content: str, blocks: list[Block], mark: bytes, check_only: bool, out: Path, find: Find, _: Summary) -> None:
    end = "\r\n" if "\r\n" in content else "\n"
    parts, entries, at = [], list[str](), 0
    for block in blocks:
        row = _row(block)
        outcome = find(row)
        one = outcome.polished
        parts.append(content[at : block.start])
        changed = one is not None and not check_only and one.text != row.template.text
        parts.append(block.written(one.text, end) if one is not None and changed else block.raw)
        at = block.start + len(block.raw)
        if changed or outcome.why or (check_only and one is not None and one.findings):
            entries.append(f"{len(entries) + 1}. " + end.join(_entry(row, outcome, check_only)))
    parts.append(content[at:])
    text = "".join(parts)
    if entries:
        title = labels.SECTION_CHECK if check_only else labels.SECTION
        gap = end if text.endswith(("\n", "\r")) else end * 2
        text += gap + f"## {title}" + end * 2 + end.join(entries) + end
    out.write_bytes(mark + text.encode("utf-8", "replace"))


def _entry(row: Row, outcome: Outcome, check_only: bool) -> list[str]:
    """Explain one text: where it stands, what it was, what became of it and why."""
    one, rough = outcome.polished, row.template.text
    lines = [labels.AT_LINE.format(place=row.place, text=_flat(rough))]
    if one is not None and check_only:
        lines += map(finding_line, one.findings)
    elif one is not None:
        if one.text != rough:
            lines[0] += labels.BECOMES.format(text=_flat(one.text))
        lines += [change_line(rough, change) for change in one.changes]
        lines.append(labels.ITEM.format(name=labels.FACTS, text=facts_line(one)))
    if outcome.why:
        lines.append(labels.ITEM.format(name=labels.PERSON, text=_flat(outcome.why)))
    return [lines[0], *("   - " + line for line in lines[1:])]


def _flat(text: str) -> str:
    """Put a text on one line, short enough to be read in a list."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 500 else flat[:500] + labels.CUT

"""Read a pasted chat log: who said what, in the order of the log."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assistant.marks import Mark, is_notice, is_time, read_mark, side_of
from corpus.terms import Speaker

Said = tuple[Speaker, str]

_POLITE = re.compile(r"您|(?<![父母双相])[亲親](?![戚人自友测眼手身属情密])|很高[兴興][为為]|[请請][问問]有什")
_LISTS = ("messages", "history", "conversation", "turns")
_NAMES = ("role", "from", "speaker", "sender", "name", "author")
_TEXTS = ("content", "text", "message", "msg")
_NOBODY = ("system", "developer", "tool", "function")


@dataclass(frozen=True)
class _Block:
    """A mark, its line as it was, and the lines of text that belong to it."""

    mark: Mark
    line: str
    lines: list[str]


def read_log(text: str) -> tuple[Said, ...]:
    """Return the turns of a pasted chat log; nothing when the text is none.

    A log begins with a mark and has two turns or more. Text that begins otherwise is no log, whatever marks it holds
    further down: customers forge them.
    """
    blocks = _json_blocks(text) or _line_blocks(text)
    sides = _sides(blocks)
    if not blocks or blocks[0].mark.name not in sides:
        return ()
    turns: list[tuple[Speaker, list[str]]] = []
    for block in blocks:
        side = sides.get(block.mark.name)
        if side and (block.lines or block.mark.strong or side_of(block.mark.name) or not turns):
            turns.append((side, list(block.lines)))
        else:  # no mark after all: 型号：… or 门口见 10:21 in the middle of what somebody says
            turns[-1][1].extend([block.line, *block.lines[bool(block.mark.text) :]])
    for _, lines in turns[:-1]:
        while len(lines) > 1 and (not lines[-1] or is_time(lines[-1])):  # the time of the turn that follows
            lines.pop()
    said = tuple((side, words) for side, lines in turns if (words := "\n".join(lines).strip()))
    return said if len(said) > 1 else ()


def _line_blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    for raw in text.splitlines():
        line = raw.strip()
        mark = read_mark(line)
        if mark and (not blocks or _same_form(mark, blocks[0].mark)):
            blocks.append(_Block(mark, line, [mark.text] if mark.text else []))
        elif not blocks:
            if line and not is_notice(line) and not is_time(line):
                return []
        elif blocks[-1].lines:
            blocks[-1].lines.extend([] if is_notice(line) else [raw.rstrip()])
        elif line:  # right after a header even a notice is what somebody says
            blocks[-1].lines.append(raw.rstrip())
    return blocks


def _same_form(mark: Mark, first: Mark) -> bool:
    """Tell whether a mark fits the form of the log's first; what does not is part of what somebody says."""
    if side_of(mark.name):
        return mark.timed or not first.header
    return mark.timed == first.timed and mark.strong >= first.strong


def _json_blocks(text: str) -> list[_Block]:
    if text[:1] not in ("[", "{"):
        return []
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if isinstance(data, dict):
        data = next((data[key] for key in _LISTS if key in data), None)
    blocks = []
    for item in data if isinstance(data, list) else []:
        name, words = _first(item, _NAMES), _first(item, _TEXTS)
        if name is None:
            return []
        if name.lower() not in _NOBODY:
            blocks.append(_Block(Mark(name, words or "", timed=True, strong=True), "", [words] if words else []))
    return blocks


def _first(item: Any, keys: Iterable[str]) -> str | None:
    """Return the first of these values of a JSON object; a list of parts counts as the texts of its parts."""
    value = next((item[key] for key in keys if key in item), None) if isinstance(item, dict) else None
    if isinstance(value, list):
        texts = (part.get("text") for part in value if isinstance(part, dict))
        return "\n".join(text for text in texts if isinstance(text, str))
    return value if isinstance(value, str) else None


def _sides(blocks: list[_Block]) -> dict[str, Speaker]:
    """Map the names that speak to their sides; a name left out is no speaker. Empty when nobody can tell."""
    sides: dict[str, Speaker] = {}
    times, polite = Counter[str](), Counter[str]()
    for block in blocks:
        name = block.mark.name
        times[name] += 1
        polite[name] += sum(len(_POLITE.findall(line)) for line in block.lines)
    for name in times:
        if side := side_of(name):
            sides[name] = side
    if list(sides.values()).count("customer") > 1 and "我" in sides:
        sides["我"] = "rep"  # our own side copied the log
    told = set(sides.values())
    unknown = [name for name in times if name not in sides]
    if unknown and not blocks[0].mark.strong:
        unknown = _speaking(unknown, blocks[0].mark, told, times, polite)
    asked = set(unknown)
    last = next((b.mark.name for b in reversed(blocks) if b.lines and b.mark.name in asked), "")
    return sides | _guess(unknown, told, polite, last)


def _speaking(unknown: list[str], first: Mark, told: set[Speaker], times: Counter[str], polite: Counter[str]) -> list[str]:
    """Keep of the unknown names those that are no labels or words: they speak twice, or as we do, or nobody else can."""
    repeated = [name for name in unknown if times[name] > 1 or polite[name]]
    if first.timed:
        return unknown if len(told) < 2 and len(unknown) + len(told) <= 2 else repeated
    if not told and len(unknown) == 2 and polite[unknown[0]] != polite[unknown[1]]:
        return unknown
    if told == {"rep"} and len(unknown) == 1 and unknown[0] != first.name:
        return unknown
    return repeated if told or len(repeated) > 1 else []


def _guess(unknown: list[str], told: set[Speaker], polite: Counter[str], last: str) -> dict[str, Speaker]:
    """Put unknown names on the side that is still free, else by politeness, else the last to speak is the customer."""
    if told == {"rep"}:
        return dict.fromkeys(unknown, "customer")
    if told == {"customer"}:
        return dict.fromkeys(unknown, "rep")
    if not told and len(unknown) == 2 and polite[unknown[0]] != polite[unknown[1]]:
        ours = max(unknown, key=lambda name: polite[name])
        return {name: "rep" if name == ours else "customer" for name in unknown}
    if told or len(unknown) > 2:
        clear = told or any(polite[name] for name in unknown)
        return {name: "rep" if polite[name] else "customer" for name in unknown} if clear else {}
    return {name: "customer" if name == last else "rep" for name in unknown}

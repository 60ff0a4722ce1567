"""JSONL: every line is copied as it was written, and the new keys are put at the end of its object."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.polish.columns import problem_of
from assistant.polish.decode import LOST, Encoding, broken_rows, detect
from assistant.polish.labels import ON_LINE
from assistant.polish.messages import say
from assistant.polish.summary import Summary
from assistant.polish.tables import Asked, Book, Find, Outcome, Row
from assistant.polish.values import Template

_TEXT = ("text", "rough", "template", "reply")
_NEW = ("polished", "before", "after", "changes", "facts", "needs_person", "why", "findings")
_LISTED = 20


@dataclass(frozen=True)
class Lines:
    """A file of objects and the key that holds the text, None for the usual ones."""

    path: Path
    encoding: Encoding
    key: str | None

    def parsed(self) -> Iterator[tuple[int, str, dict[str, Any] | str]]:
        """Read number, text and object of each line; what is wrong with it stands for the object."""
        for number, line in enumerate(self.encoding.lines(self.path), 1):
            yield number, line, _parsed(line)

    def text_key(self, data: dict[str, Any]) -> str | None:
        """Return the key of the text in an object."""
        return next((key for key in ((self.key,) if self.key else _TEXT) if isinstance(data.get(key), str)), None)


def open_lines(source: Path, asked: Asked) -> Book:
    """Open a JSONL file.

    Raises:
        UsageError: it is empty, no text, or no line of it has a text.
    """
    file = Lines(source, detect(source), asked.column)
    keys: Counter[str] = Counter()
    broken: list[str] = []
    lost: list[int] = []
    texts = 0
    for number, line, data in file.parsed():
        if LOST in line:
            lost.append(number)
        if isinstance(data, str):
            broken.append(say("bad_line", number=number, why=data))
            continue
        keys.update(data.keys())
        texts += file.text_key(data) is not None
    if not texts and not broken:
        wanted = f"no key {asked.column!r}" if asked.column else "none of the keys " + ", ".join(_TEXT)
        seen = ", ".join(key for key, _ in keys.most_common(12)) or "none"
        raise UsageError(f"{source.name!r} has {wanted} with a text; its keys are: {seen}. Name the key with --column")
    notes = [*file.encoding.notes(source), *broken_rows(lost), *broken[:_LISTED]]
    if len(broken) > _LISTED:
        notes.append(say("more", count=len(broken) - _LISTED))
    return Book(partial(_rows, file), partial(_write, file, asked.check_only), tuple(notes), len(broken))


def _parsed(line: str) -> dict[str, Any] | str:
    if not line.strip():
        return {}
    try:
        data = json.loads(line)
    except json.JSONDecodeError as error:
        return say("not_json", column=error.colno, message=error.msg)
    except (ValueError, RecursionError) as error:
        return say("not_json", column=1, message=error)
    return data if isinstance(data, dict) else say("not_object")


def _rows(file: Lines) -> Iterator[Row]:
    for number, line, data in file.parsed():
        row = _row(file, number, line, data)
        if row is not None:
            yield row


def _row(file: Lines, number: int, line: str, data: dict[str, Any] | str) -> Row | None:
    key = file.text_key(data) if isinstance(data, dict) else None
    if key is None or isinstance(data, str) or not data[key].strip():
        return None
    template = Template(data[key], _string(data, "message"), _string(data, "scenario"))
    valid_to = _string(data, "valid_to") or _string(data, "expires")
    problem = problem_of(template.text) or problem_of(LOST if LOST in line else "")
    return Row("", number, ON_LINE.format(number=number), template, valid_to, problem)


def _string(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _write(file: Lines, check_only: bool, out: Path, find: Find, _: Summary) -> None:
    with out.open("wb") as target:
        target.write(file.encoding.mark_for(spreadsheet=False))
        for number, line, data in file.parsed():
            row = _row(file, number, line, data)
            if row is not None and isinstance(data, dict):
                line = _with(line, data, _new(find(row), check_only))
            target.write(line.encode("utf-8", "replace"))


def _with(line: str, data: dict[str, Any], new: dict[str, Any]) -> str:
    """Put new keys at the end of a line's object; all get a number when it has one of them already."""
    number, suffix = 1, ""
    while any(name + suffix in data for name in _NEW):
        number += 1
        suffix = f"_{number}"
    body = line.rstrip()
    added = json.dumps({key + suffix: value for key, value in new.items()}, ensure_ascii=False)
    return body[:-1].rstrip() + ", " + added[1:] + line[len(body) :]


def _new(outcome: Outcome, check_only: bool) -> dict[str, Any]:
    one = outcome.polished
    why = {"needs_person": bool(outcome.why), "why": outcome.why}
    if one is None:
        return why if check_only else {"polished": None} | why
    if check_only:
        return {"before": one.before, "findings": [asdict(finding) for finding in one.findings]} | why
    facts = {"kept": one.kept, "missing": one.missing, "added": one.added}
    changes = [asdict(change) for change in one.changes]
    return {"polished": one.text, "before": one.before, "after": one.after, "changes": changes, "facts": facts} | why

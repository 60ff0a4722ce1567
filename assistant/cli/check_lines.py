"""`huashu check --jsonl`: many requests, streamed. Every line gets one answer, in order."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, get_args

from assistant.cli.given import text_field
from assistant.errors import UsageError
from assistant.reports.answers import SCHEMA, answer, dumps, shown
from corpus.terms import Channel, Emotion, Speaker, Task

if TYPE_CHECKING:
    from assistant.check import Checker

_CHUNK = 1 << 18
_CHOICES = {"emotion": get_args(Emotion), "channel": get_args(Channel), "task": get_args(Task), "speaker": get_args(Speaker)}


def check_lines(path: Path, checker: Checker, given: dict[str, Any], least: str, strict: bool) -> int:
    """Check the requests of a JSONL file, `-` for standard input, and return the exit code.

    What a line leaves out is taken from `given`. Blank lines are skipped.
    """
    bad = failed = seen = 0
    waiting: list[str] = []
    size, at_once = 0, sys.stdout.isatty()
    for number, raw in _lines(path):
        seen += 1
        found = _answer(number, raw, checker, given, least, strict)
        bad += "error" in found
        failed += found.get("verdict") == "fail"
        waiting.append(dumps(found))
        size += len(waiting[-1])
        if size >= _CHUNK or at_once:
            _write(waiting, at_once)
            size = 0
    _write(waiting, True)
    if bad:
        sys.stderr.write(f"✗ {bad} of {seen} lines could not be checked; each has an `error` with its line number\n")
    return 2 if bad else int(bool(failed))


def _write(waiting: list[str], flush: bool) -> None:
    if waiting:
        waiting.append("")
        sys.stdout.write("\n".join(waiting))
        waiting.clear()
    if flush:
        sys.stdout.flush()


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    if str(path) == "-":
        yield from _numbered(sys.stdin.buffer)
        return
    try:
        with path.open("rb") as file:
            yield from _numbered(file)
    except OSError as error:
        raise UsageError(f"{str(path)!r} cannot be read: {error.strerror or error}") from error


def _numbered(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    for number, raw in enumerate(file, 1):
        line = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        if line.strip():
            yield number, line


def _answer(number: int, raw: bytes, checker: Checker, given: dict[str, Any], least: str, strict: bool) -> dict[str, Any]:
    """Answer one line; what is wrong with it becomes its answer, so that no other line is lost."""
    request_id: str | int | None = None
    try:
        data = _parse(raw)
        if isinstance(data.get("id"), str | int):
            request_id = data["id"]
        text = data.get("text")
        if not isinstance(text, str) or not text.strip():
            raise UsageError("no `text`" if text is None else "`text` must be a string that is not empty")
        result = checker.check(text, checker.situation(**_request(data, given)))
        return answer(result, shown(result.findings, least), strict, request_id)
    except UsageError as error:
        head: dict[str, Any] = {"schema": SCHEMA} | ({"id": request_id} if request_id is not None else {})
        return head | {"line": number, "error": f"line {number}: {error}"}


def _parse(raw: bytes) -> dict[str, Any]:
    try:
        data = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UsageError(f"not UTF-8 (byte {error.start})") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"not JSON ({error})") from error
    if not isinstance(data, dict):
        raise UsageError(f"an object with `text` is wanted, not {type(data).__name__}")
    return data


def _request(data: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    request = dict(given)
    for name in ("message", "scenario", *_CHOICES):
        value = text_field(data, name)
        if value is None:
            continue
        if name in _CHOICES and value not in _CHOICES[name]:
            raise UsageError(f"`{name}` must be one of {', '.join(_CHOICES[name])}")
        request[name] = value
    context, facts = data.get("context"), data.get("facts")
    if context is not None:
        if not isinstance(context, list) or not all(isinstance(turn, str) for turn in context):
            raise UsageError("`context` must be a list of strings")
        request["context"] = tuple(context)
    if facts is not None:
        if not isinstance(facts, dict) or not all(isinstance(value, str | int | float) for value in facts.values()):
            raise UsageError("`facts` must be an object of strings")
        request["facts"] = given["facts"] | {name: str(value) for name, value in facts.items()}
    return request

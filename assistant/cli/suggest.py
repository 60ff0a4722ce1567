"""`huashu suggest`: one message, or a file of requests."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.brief import Request
from assistant.cli.given import facts, read_text
from assistant.cli.show import console, load_assistant, show_sentence, show_suggestion
from assistant.errors import UsageError
from assistant.pipeline import Assistant
from assistant.settings import read_settings
from assistant.values import SCHEMA, Suggestion


def suggest(
    message: Annotated[str | None, typer.Argument(help="The customer's words; `-` or nothing reads standard input.")] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="Read the message from a UTF-8 file.")] = None,
    context: Annotated[
        list[str] | None,
        typer.Option("--context", "-c", help="An earlier turn, 客户：… or 客服：…, or a pasted chat log; repeatable."),
    ] = None,
    scenario: Annotated[str | None, typer.Option("--scenario", "-s", help="Use this scenario instead of guessing.")] = None,
    fact: Annotated[
        list[str] | None, typer.Option("--fact", help="A value to rely on, e.g. deadline=今天18点前; repeatable.")
    ] = None,
    count: Annotated[int, typer.Option("--count", "-n", help="How many candidates, 1 to 3, the best first.")] = 1,
    stream: Annotated[bool, typer.Option("--stream", help="Print each sentence as soon as it may be sent.")] = False,
    no_mask: Annotated[
        bool, typer.Option("--no-mask", help="Send personal data to the model's endpoint as it stands, not as tokens.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    jsonl: Annotated[
        Path | None, typer.Option("--jsonl", help="Answer a file of requests, one JSON object a line; `-` for stdin.")
    ] = None,
) -> None:
    """Suggest a verified reply to a customer's message."""
    if jsonl is not None:
        if message is not None or file is not None or stream:
            raise UsageError("give either --jsonl or a message, not both; --stream is for a message")
        raise typer.Exit(_answer_lines(jsonl, no_mask))
    text = _message(message, file)
    request = Request(text, tuple(context or ()), scenario, facts(fact), count=count)
    if not text.strip():
        raise UsageError("the message is empty; give the customer's words as an argument, a file or on standard input")
    assistant = _load(no_mask)
    found = _streamed(assistant, request, as_json) if stream else assistant.suggest(request)
    if as_json:
        _print(found.to_json())
    else:
        show_suggestion(text.strip(), found)


def _load(no_mask: bool) -> Assistant:
    return load_assistant(read_settings(mask=False) if no_mask else None)


def _streamed(assistant: Assistant, request: Request, as_json: bool) -> Suggestion:
    """Print the sentences as they are released and return the whole."""
    found: Suggestion | None = None
    for event in assistant.stream(request):
        if isinstance(event, Suggestion):
            found = event
        elif as_json:
            _print({"schema": SCHEMA, "sentence": event})
        else:
            show_sentence(event)
    assert found is not None
    if not as_json:
        show_sentence("\n\n")
    return found


def _message(argument: str | None, file: Path | None) -> str:
    if argument not in (None, "-") and file is not None:
        raise UsageError("give either a message or --file, not both")
    if file is not None:
        return read_text(file)
    if argument is not None and argument != "-":
        return argument
    if argument is None and sys.stdin.isatty():
        raise UsageError('no message; write: huashu suggest "客户的话"')
    return sys.stdin.read()


def _answer_lines(path: Path, no_mask: bool) -> int:
    lines = (sys.stdin.read() if str(path) == "-" else read_text(path)).splitlines()
    assistant = _load(no_mask)
    failed = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        answer = _answer(assistant, number, line)
        failed += "error" in answer
        _print(answer)
    if failed:
        console.print(
            f"[red]✗[/] {failed} of {len(lines)} lines could not be answered; each has an `error` with its line number"
        )
    return 2 if failed else 0


def _answer(assistant: Assistant, number: int, line: str) -> dict[str, Any]:
    """Answer one line; what is wrong with it becomes its answer, so that no other line is lost."""
    request_id: str | int | None = None
    try:
        data = json.loads(line)
        if isinstance(data, dict) and isinstance(data.get("id"), str | int):
            request_id = data["id"]
        return assistant.suggest(_request(data, request_id)).to_json()
    except json.JSONDecodeError as error:
        problem = f"line {number} is not JSON (column {error.colno}: {error.msg})"
    except UsageError as error:
        problem = f"line {number}: {error}"
    head: dict[str, Any] = {"schema": SCHEMA} | ({"id": request_id} if request_id is not None else {})
    return head | {"line": number, "error": problem}


def _request(data: Any, request_id: str | int | None) -> Request:
    if not isinstance(data, dict):
        raise UsageError(f"an object with `message` is wanted, not {type(data).__name__}")
    message = data.get("message", data.get("text"))
    if not isinstance(message, str):
        raise UsageError("no `message`")
    context = data.get("context") or []
    values = data.get("facts") or {}
    scenario = data.get("scenario")
    if not isinstance(context, list) or not all(isinstance(turn, str) for turn in context):
        raise UsageError("`context` must be a list of strings")
    if not isinstance(values, dict) or not all(isinstance(v, str | int | float) for v in values.values()):
        raise UsageError("`facts` must be an object of strings")
    if scenario is not None and not isinstance(scenario, str):
        raise UsageError("`scenario` must be a string")
    count = data.get("n", 1)
    if not isinstance(count, int):
        raise UsageError("`n` must be a number")
    return Request(message, tuple(context), scenario, {k: str(v) for k, v in values.items()}, request_id, count)


def _print(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()

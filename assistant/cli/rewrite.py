"""`huashu rewrite`: one rough answer, or a file of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.cli.given import facts, read_text, text_field, turns
from assistant.cli.show import console, load_assistant
from assistant.cli.show_rewrite import show_rewritten
from assistant.errors import UsageError
from assistant.pipeline import Assistant
from assistant.rewrite.values import Rewritten, RoughAnswer
from assistant.settings import read_settings
from assistant.values import SCHEMA


def rewrite(
    rough: Annotated[str | None, typer.Argument(help="The rough answer; `-` or nothing reads standard input.")] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="Read the rough answer from a UTF-8 file.")] = None,
    message: Annotated[str, typer.Option("--message", "-m", help="What the customer said.")] = "",
    context: Annotated[
        list[str] | None, typer.Option("--context", "-c", help="An earlier turn, 客户：… or 客服：…; repeatable.")
    ] = None,
    scenario: Annotated[str | None, typer.Option("--scenario", "-s", help="Use this scenario instead of guessing.")] = None,
    fact: Annotated[
        list[str] | None, typer.Option("--fact", help="A value to rely on, e.g. deadline=今天18点前; repeatable.")
    ] = None,
    refuse: Annotated[
        list[int] | None, typer.Option("--refuse", help="Leave out the change of this number and check the rest; repeatable.")
    ] = None,
    no_mask: Annotated[
        bool, typer.Option("--no-mask", help="Send personal data to the model's endpoint as it stands, not as tokens.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    jsonl: Annotated[
        Path | None, typer.Option("--jsonl", help="Rewrite a file of answers, one JSON object a line; `-` for stdin.")
    ] = None,
) -> None:
    """Rewrite a rough answer into the standard phrasing; no fact is lost, every change has its reason.

    Exit code 1: a person must look at it.
    """
    if jsonl is not None:
        if rough is not None or file is not None or refuse:
            raise UsageError("give either --jsonl or an answer, not both; --refuse is for one answer")
        raise typer.Exit(_rewrite_lines(jsonl, no_mask))
    answer = RoughAnswer(_rough(rough, file), message, turns(context), scenario, facts(fact))
    if not answer.rough.strip():
        raise UsageError("the answer is empty; give what the representative typed as an argument, a file or on standard input")
    assistant = _load(no_mask)
    found = _chosen(assistant, answer, assistant.rewrite(answer), refuse or [])
    if as_json:
        _print(found.to_json())
    else:
        show_rewritten(found)
    raise typer.Exit(0 if found.reply.verified else 1)


def _load(no_mask: bool) -> Assistant:
    return load_assistant(read_settings(mask=False) if no_mask else None)


def _rough(argument: str | None, file: Path | None) -> str:
    if argument not in (None, "-") and file is not None:
        raise UsageError("give either an answer or --file, not both")
    if file is not None:
        return read_text(file)
    if argument is not None and argument != "-":
        return argument
    if argument is None and sys.stdin.isatty():
        raise UsageError('no answer; write: huashu rewrite "坐席原话" --message "客户的话"')
    return sys.stdin.read().removesuffix("\n")


def _chosen(assistant: Assistant, answer: RoughAnswer, found: Rewritten, refused: list[int]) -> Rewritten:
    if not refused:
        return found
    wrong = [number for number in refused if not 1 <= number <= len(found.changes)]
    if wrong:
        raise UsageError(f"--refuse {wrong[0]}: there are {len(found.changes)} changes, numbered from 1")
    left = [change for number, change in enumerate(found.changes, 1) if number not in refused]
    return assistant.recheck(answer, left)


def _rewrite_lines(path: Path, no_mask: bool) -> int:
    lines = (sys.stdin.read() if str(path) == "-" else read_text(path)).split("\n")
    assistant = _load(no_mask)
    failed = bad = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        answer = _answer(assistant, number, line)
        bad += "error" in answer
        failed += "error" not in answer and not answer["reply"]["verified"]
        _print(answer)
    if bad:
        console.print(f"[red]✗[/] {bad} lines could not be rewritten; each has an `error` with its line number")
    return 2 if bad else int(bool(failed))


def _answer(assistant: Assistant, number: int, line: str) -> dict[str, Any]:
    """Answer one line; what is wrong with it becomes its answer, so that no other line is lost."""
    request_id: str | int | None = None
    try:
        data = json.loads(line)
        if not isinstance(data, dict):
            raise UsageError(f"an object with `rough` is wanted, not {type(data).__name__}")
        if isinstance(data.get("id"), str | int):
            request_id = data["id"]
        return assistant.rewrite(_request(data, request_id)).to_json()
    except (json.JSONDecodeError, RecursionError) as error:
        problem = f"line {number} is not JSON ({error})"
    except UsageError as error:
        problem = f"line {number}: {error}"
    head: dict[str, Any] = {"schema": SCHEMA} | ({"id": request_id} if request_id is not None else {})
    return head | {"line": number, "error": problem}


def _request(data: dict[str, Any], request_id: str | int | None) -> RoughAnswer:
    rough = text_field(data, "rough") or text_field(data, "text")
    if not rough:
        raise UsageError("no `rough`")
    context, values = data.get("context") or [], data.get("facts") or {}
    if not isinstance(context, list) or not all(isinstance(turn, str) for turn in context):
        raise UsageError("`context` must be a list of strings")
    if not isinstance(values, dict) or not all(isinstance(value, str | int | float) for value in values.values()):
        raise UsageError("`facts` must be an object of strings")
    message = text_field(data, "message") or text_field(data, "customer") or ""
    stated = {name: str(value) for name, value in values.items()}
    return RoughAnswer(rough, message, tuple(context), text_field(data, "scenario"), stated, request_id)


def _print(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()

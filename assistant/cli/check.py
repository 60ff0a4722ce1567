"""`huashu check`: one text, a file of requests, or a repository of templates.

Nothing heavy is imported here: a cold check must answer in a fraction of a second.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from assistant.cli.given import facts, read_stdin, read_text, turns
from assistant.errors import UsageError
from assistant.reports.answers import answer, dumps, fails, shown
from corpus.terms import Channel, Emotion, Severity, Speaker, Task

if TYPE_CHECKING:
    from assistant.check import Checker

Format = Literal["terminal", "github", "sarif"]


def check(
    text: Annotated[list[str] | None, typer.Argument(help="The reply; `-` or nothing reads standard input.")] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="Read the reply from a UTF-8 file.")] = None,
    message: Annotated[str, typer.Option("--message", "-m", help="The customer's words that it answers.")] = "",
    context: Annotated[
        list[str] | None, typer.Option("--context", "-c", help="An earlier turn, 客户：… or 客服：…; repeatable.")
    ] = None,
    scenario: Annotated[str | None, typer.Option("--scenario", "-s", help="The scenario, which says what is required.")] = None,
    emotion: Annotated[Emotion | None, typer.Option("--emotion", help="The customer's emotion.")] = None,
    channel: Annotated[Channel, typer.Option("--channel", help="Where the reply is said.")] = "chat",
    task: Annotated[Task, typer.Option("--task", help="What the reply is for.")] = "check",
    speaker: Annotated[Speaker, typer.Option("--speaker", help="Who says it.")] = "rep",
    fact: Annotated[
        list[str] | None, typer.Option("--fact", help="A value to rely on, e.g. deadline=今天18点前; repeatable.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    jsonl: Annotated[
        Path | None, typer.Option("--jsonl", help="Check a file of requests, one JSON object a line; `-` for stdin.")
    ] = None,
    files: Annotated[
        bool, typer.Option("--files", help="The arguments are template files, folders or patterns: .txt .md .jsonl .csv")
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="How to print findings.")] = "terminal",
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="With --files: known findings, which do not fail.")
    ] = None,
    update: Annotated[bool, typer.Option("--update-baseline", help="Write what was found to the baseline.")] = False,
    least: Annotated[Severity, typer.Option("--min-severity", help="Leave out lesser findings.")] = "info",
    semantic: Annotated[
        bool, typer.Option("--semantic", help="Ask the embedder about required elements that the words do not show.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail, too.")] = False,
) -> None:
    """Check a reply, or a repository of templates, against the rules."""
    _refuse_mixtures(text, file, jsonl, files, as_json, form, baseline, update)
    given: dict[str, Any] = {
        "message": message,
        "context": turns(context),
        "scenario": scenario,
        "emotion": emotion,
        "channel": channel,
        "task": task,
        "speaker": speaker,
        "facts": facts(fact),
    }
    if jsonl is not None:
        from assistant.cli.check_lines import check_lines

        raise typer.Exit(check_lines(jsonl, _load(semantic), given, least, strict))
    if files:
        from assistant.cli.check_files import Wanted, check_files

        wanted = Wanted(form, baseline, update, least, strict)
        raise typer.Exit(check_files(text or [], _load(semantic), given, wanted))
    reply = _reply(text, file)
    raise typer.Exit(_check_one(reply, file, _load(semantic), given, "json" if as_json else form, least, strict))


def _refuse_mixtures(
    text: list[str] | None,
    file: Path | None,
    jsonl: Path | None,
    files: bool,
    as_json: bool,
    form: Format,
    baseline: Path | None,
    update: bool,
) -> None:
    if (jsonl is not None) + (file is not None) + bool(text) > 1:
        raise UsageError("give one of: a text, --file, --jsonl, --files with paths")
    if files and (jsonl is not None or file is not None):
        raise UsageError("--files takes its paths as arguments: huashu check --files a.txt b.md")
    if files and not text:
        raise UsageError("--files needs paths: huashu check --files a.txt b.md")
    if as_json and (files or jsonl is not None or form != "terminal"):
        raise UsageError("--json is for one text; use --jsonl for many, --format for files")
    if jsonl is not None and form != "terminal":
        raise UsageError("--format is for a text or --files; --jsonl prints JSON")
    if (baseline is not None or update) and not files:
        raise UsageError("a baseline is for --files")
    if update and baseline is None:
        raise UsageError("--update-baseline needs --baseline FILE, where to write it")
    if text and len(text) > 1 and not files:
        raise UsageError("one text at a time; put it in quotation marks, or add --files when these are files")


def _reply(text: list[str] | None, file: Path | None) -> str:
    if file is not None:
        reply = read_text(file)
    elif text and text[0] != "-":
        reply = text[0]
    elif not text and sys.stdin.isatty():
        raise UsageError('no text; write: huashu check "您的回复"')
    else:
        reply = read_stdin()
    if not reply.strip():
        raise UsageError("the text is empty; give the reply as an argument, a file or on standard input")
    return reply


def _load(semantic: bool) -> Checker:
    from assistant.packs import load_checker, load_knowledge
    from assistant.places import home, knowledge

    if not semantic:
        # The rules are a few hundred thousand small values that stay: looking for garbage among them only costs time.
        gc.disable()
        checker = load_checker(knowledge(), home())
        gc.freeze()
        gc.enable()
        return checker
    from assistant.semantic import SemanticActs
    from assistant.settings import read_settings
    from corpus import EmbedderError, make_embedder

    settings, corpus = read_settings(), load_knowledge(knowledge(), home())
    embedder = make_embedder(settings.embedder, settings.base_url or None, settings.api_key.get_secret_value())
    if embedder is None:
        raise EmbedderError("--semantic needs an embedder, but HUASHU_EMBEDDER is none; unset it or leave out --semantic")
    meaning = SemanticActs(corpus.act_wordings, embedder, settings.home / "trained")
    return load_checker(knowledge(), home(), corpus, meaning)


def _check_one(
    reply: str,
    file: Path | None,
    checker: Checker,
    given: dict[str, Any],
    form: Literal["json"] | Format,
    least: str,
    strict: bool,
) -> int:
    result = checker.check(reply, checker.situation(**given))
    findings = shown(result.findings, least)
    if form == "json":
        sys.stdout.write(dumps(answer(result, findings, strict)) + "\n")
    elif form == "terminal":
        from assistant.reports.terminal import print_check

        print_check(reply, result, findings, checker.clauses, strict)
    else:
        from assistant.cli.check_files import print_marked
        from assistant.reports.baseline import mark
        from assistant.reports.lines import Line, Source

        line = Line(Source.of(file.as_posix() if file else "text", reply), reply)
        print_marked(form, mark((line, finding) for finding in findings), checker)
    return int(any(fails(finding, strict) for finding in findings))

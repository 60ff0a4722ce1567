"""`huashu polish`: a whole file of templates, with every change explained."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from assistant.cli.show import console, fail, load_assistant, out
from assistant.polish.job import Tools, Watch, polish_file
from assistant.polish.paths import Files, check_paths
from assistant.polish.tables import Asked, NotFinished
from assistant.polish.terminal import progress, show_summary


def polish(
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="A file of templates: .xlsx .xlsm .xls .ods .csv .tsv .jsonl .md")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="OUT", help="The polished copy; IN is never changed.")],
    column: Annotated[
        str | None, typer.Option("--column", help="The templates' column: its header, or a letter like C.")
    ] = None,
    sheet: Annotated[
        list[str] | None, typer.Option("--sheet", help="Polish only this sheet, also when it is hidden; repeatable.")
    ] = None,
    concurrency: Annotated[int, typer.Option("--concurrency", "-j", min=1, max=32, help="So many rows at a time.")] = 4,
    check_only: Annotated[bool, typer.Option("--check-only", help="Say what the rules find and change nothing.")] = False,
    since: Annotated[
        Path | None, typer.Option("--since", help="A folder with an older corpus: tell what only today's rules find.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace OUT when it exists.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object.")] = False,
) -> None:
    """Polish every template of a file and explain each change; the same command goes on where a run was stopped."""
    try:
        files = check_paths(source, output, force)
        _check_since(since)
        asked = Asked(column, tuple(sheet or ()), check_only)
        summary = polish_file(files, asked, concurrency, lambda: _tools(check_only, since), _watch(files))
    except NotFinished as error:
        fail(str(error), 3)
    except KeyboardInterrupt:
        _stopped()
    if as_json:
        sys.stdout.write(json.dumps({"out": str(output)} | summary.to_json(), ensure_ascii=False) + "\n")
    else:
        show_summary(out, summary, output)
    raise typer.Exit(summary.exit_code)


def _check_since(folder: Path | None) -> None:
    """Refuse a wrong folder before the work, not after it."""
    if folder is not None:
        from assistant.polish.since import require_corpus

        require_corpus(folder)


def _tools(check_only: bool, since: Path | None) -> Tools:
    from assistant.polish.toolbox import make_tools

    return make_tools(load_assistant(), check_only, since)


def _watch(files: Files) -> Watch:
    def say(text: str) -> None:
        console.print(text, soft_wrap=True, markup=False)

    return Watch(
        progress=lambda total: progress(console, total),
        resumed=lambda rows: say(f"{rows} texts were finished by an earlier run and are taken from {str(files.journal)!r}"),
        replaced=lambda: say(
            f"{str(files.journal)!r} was left by a run of another file, other options or other knowledge; starting anew"
        ),
    )


def _stopped() -> NoReturn:
    console.print(
        f"stopped; what is finished is kept. Go on with: {shlex.join(['huashu', *sys.argv[1:]])}", soft_wrap=True, markup=False
    )
    raise typer.Exit(130)

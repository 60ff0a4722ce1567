"""What the terminal shows, and how commands load and fail."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from assistant.cli import labels

if TYPE_CHECKING:
    from assistant.pipeline import Assistant
    from assistant.pipeline import Progress as Report
    from assistant.settings import Settings
    from assistant.values import Reply, Suggestion

# Less likely alternatives are noise to a person.
_WORTH_SHOWING = 0.03

console = Console(stderr=True, highlight=False)
out = Console(highlight=False)


def fail(message: str, code: int) -> NoReturn:
    """Print an error for a person and leave."""
    console.print(f"[bold red]✗[/] {escape(message)}", soft_wrap=True)
    sys.exit(code)


@contextmanager
def progress_bar() -> Iterator[Report]:
    """Show a progress bar on standard error once there is something to do."""
    columns = (TextColumn(labels.BUILDING), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        tasks: list[TaskID] = []

        def report(done: int, total: int) -> None:
            if not tasks:
                tasks.append(bar.add_task(labels.BUILDING, total=total))
            bar.update(tasks[0], completed=done)

        yield report


def load_assistant(settings: Settings | None = None) -> Assistant:
    """Load the assistant, building the index first when needed."""
    from assistant.pipeline import Assistant
    from assistant.settings import read_settings

    settings = settings or read_settings()
    gc.disable()  # what is loaded stays: looking for garbage among it only costs time
    try:
        with progress_bar() as report:
            return Assistant.load(settings, report)
    finally:
        gc.freeze()
        gc.enable()


def show_sentence(text: str) -> None:
    """Print a sentence of a reply as it comes, without ending the line."""
    out.print(f"[bold]{escape(text)}[/]", end="", soft_wrap=True)
    out.file.flush()


def show_suggestion(message: str, found: Suggestion) -> None:
    """Print a suggestion for a person."""
    guess = found.scenario
    others = "，".join(f"{c.title} {c.confidence:.0%}" for c in guess.alternatives if c.confidence >= _WORTH_SHOWING)
    out.print(f"[dim]{labels.CUSTOMER}[/] {escape(message if len(message) <= 160 else message[:160] + '…')}")
    out.print(
        f"[dim]{labels.SCENARIO}[/] [bold]{guess.title}[/] {guess.confidence:.0%}{f' [dim]（{others}）[/]' if others else ''}"
        f"  [dim]{labels.EMOTION}[/] {labels.EMOTIONS[found.emotion]}"
    )
    for reply in found.replies:
        show_reply(reply)
    for text in found.notes:
        out.print(f"[yellow]{labels.NOTE}[/] {escape(text)}", soft_wrap=True)


def show_reply(reply: Reply) -> None:
    """Print one reply with its sources."""
    state = labels.READY if reply.ready else labels.BLANKS
    title = f"{labels.REPLY} · {labels.ORIGINS[reply.origin]} · {labels.VERIFIED} · {state}"
    out.print(Panel(f"[bold]{escape(reply.text)}[/]", title=title, title_align="left", border_style="green"))
    table = Table(box=None, show_header=False, padding=(0, 1), expand=False)
    for sentence in reply.sentences:
        source = " ".join(filter(None, (sentence.phrase, *sentence.clauses)))
        table.add_row(f"[dim]{labels.KINDS[sentence.kind]}[/]", escape(sentence.text), f"[dim]{escape(source)}[/]")
    out.print(table)

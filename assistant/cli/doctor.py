"""`huashu doctor`: what works, what does not, what to do."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

import typer
from rich.markup import escape
from rich.table import Table

from assistant.cli import labels
from assistant.cli.show import out, progress_bar
from assistant.errors import AssistantError
from assistant.packs import load_knowledge
from assistant.settings import Settings, read_settings
from corpus import (
    Corpus,
    CorpusError,
    UnknownEmbedder,
    ensure_index,
    items_of,
    lint_corpus,
    make_embedder,
    make_store,
)

State = Literal["ok", "warn", "bad"]
_MARKS = {"ok": f"[green]✓ {labels.OK}[/]", "warn": f"[yellow]! {labels.WARN}[/]", "bad": f"[red]✗ {labels.BAD}[/]"}


@dataclass(frozen=True)
class Row:
    """One line of the doctor's table."""

    state: State
    what: str
    detail: str
    advice: str = ""


def doctor() -> None:
    """Try every part for real and say what to do about what does not work; exit 3 when replies cannot be given."""
    settings = read_settings()
    rows = [_python()]
    corpus, row = _corpus(settings)
    rows.append(row)
    if corpus is not None:
        rows += [_index(settings, corpus), _model(settings)]
    table = Table(show_header=True)
    for name in ("状态", "部件", "情况", "怎么办"):
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(_MARKS[row.state], row.what, escape(row.detail), escape(row.advice))
    out.print(table)
    raise typer.Exit(3 if any(row.state == "bad" for row in rows) else 0)


def _python() -> Row:
    try:
        own = version("huashu")
    except PackageNotFoundError:
        own = "not installed"
    return Row("ok", "huashu", f"{own}, Python {platform.python_version()}, {platform.machine()}")


def _corpus(settings: Settings) -> tuple[Corpus | None, Row]:
    try:
        corpus = load_knowledge(settings.corpus, settings.home)
    except CorpusError as error:
        return None, Row("bad", "corpus", str(error)[:400], "huashu corpus lint")
    problems = lint_corpus(corpus).problems
    counts = f"{len(corpus.clauses)} clauses, {len(corpus.approved)} phrases, {len(corpus.scenarios)} scenarios, {len(corpus.rules)} rules"
    if problems:
        return corpus, Row("warn", "corpus", f"{counts}; {len(problems)} problems", "huashu corpus lint")
    return corpus, Row("ok", "corpus", counts)


def _index(settings: Settings, corpus: Corpus) -> Row:
    def attempt() -> Row:
        embedder = make_embedder(settings.embedder, settings.base_url or None, settings.api_key.get_secret_value())
        if embedder is None:
            return Row("warn", "index", "HUASHU_EMBEDDER=none", "unset HUASHU_EMBEDDER to search by meaning as well")
        store = make_store(settings.index_root, settings.chroma_url or None)
        with progress_bar() as report:
            index, done = ensure_index(items_of(corpus), embedder, store, report)
        state = f"built in {done.seconds:.1f} s" if done.built else "fresh"
        return Row("ok", "index", f"{index.count()} items, {embedder.id}, {state}, {index.place}")

    return _try("index", attempt, "replies still work, by words alone")


def _model(settings: Settings) -> Row:
    if not settings.model:
        return Row("ok", "model", "none: replies are composed from approved phrases", "set HUASHU_MODEL to draft with a model")

    def attempt() -> Row:
        from langchain_core.messages import HumanMessage

        from assistant.client import ModelClient
        from assistant.model import make_chat_model

        start = time.monotonic()
        ModelClient(make_chat_model(settings)).complete([HumanMessage("好")], start + settings.budget_s)
        seconds = time.monotonic() - start
        return Row("ok", "model", f"{settings.model} answered in {seconds:.1f} s {settings.base_url}")

    return _try("model", attempt, "replies are composed from approved phrases meanwhile")


def _try(what: str, attempt: Callable[[], Row], consolation: str) -> Row:
    try:
        return attempt()
    except UnknownEmbedder as error:
        return Row("bad", what, str(error))
    except (AssistantError, CorpusError) as error:
        return Row("warn", what, str(error)[:400], consolation)

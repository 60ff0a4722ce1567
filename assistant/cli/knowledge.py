"""`huashu index` and `huashu corpus`: the knowledge and its index."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from assistant.cli.impact import impact
from assistant.cli.show import load_assistant, out, progress_bar
from assistant.packs import load_knowledge
from assistant.script import to_simplified
from assistant.settings import Settings, read_settings
from corpus import Embedder, EmbedderError, ensure_index, items_of, lint_corpus, load_corpus, make_embedder, make_store

index_app = typer.Typer(help="The search index over clauses, phrases and wordings.", no_args_is_help=True)
corpus_app = typer.Typer(help="The knowledge files.", no_args_is_help=True)
corpus_app.command("impact")(impact)


def _embedder(settings: Settings) -> Embedder:
    embedder = make_embedder(settings.embedder, settings.base_url or None, settings.api_key.get_secret_value())
    if embedder is None:
        raise EmbedderError("HUASHU_EMBEDDER is none, so there is no vector index; unset it to build one")
    return embedder


@index_app.command("build")
def build(rebuild: Annotated[bool, typer.Option("--rebuild", help="Build anew even when fresh.")] = False) -> None:
    """Build the index, embedding only what changed."""
    settings = read_settings()
    corpus = load_knowledge(settings.corpus, settings.home)
    store = make_store(settings.index_root, settings.chroma_url or None)
    with progress_bar() as report:
        index, done = ensure_index(items_of(corpus), _embedder(settings), store, report, rebuild)
    state = f"embedded {done.embedded}, reused {done.reused}" if done.built else "already fresh"
    out.print(f"[green]✓[/] {index.count()} items in {done.seconds:.1f} s ({state})  {escape(index.place)}", soft_wrap=True)


@index_app.command("stats")
def stats() -> None:
    """Show what the index holds and where."""
    settings = read_settings()
    corpus = load_knowledge(settings.corpus, settings.home)
    items = items_of(corpus)
    store = make_store(settings.index_root, settings.chroma_url or None)
    with progress_bar() as report:
        index, _ = ensure_index(items, _embedder(settings), store, report)
    table = Table(show_header=True)
    table.add_column("kind")
    table.add_column("items", justify="right")
    for kind in ("clause", "phrase", "wording"):
        table.add_row(kind, str(sum(item.kind == kind for item in items)))
    out.print(table)
    out.print(f"embedder {settings.embedder}  digest {index.digest}  {escape(index.place)}", soft_wrap=True)


@index_app.command("search")
def search(
    text: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="How many.")] = 8,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Search clauses and phrases as the assistant does."""
    assistant = load_assistant()
    plain = to_simplified(text)
    vectors, _ = assistant.understander.embed([plain])
    hits = assistant.retriever.search(plain, vectors[0] if vectors is not None else None, k=k)
    if as_json:
        rows = [{"id": h.id, "score": round(h.score, 5), "text": assistant.retriever.item(h.id).text} for h in hits]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False) + "\n")
        return
    table = Table(show_header=True)
    for name in ("score", "id", "text"):
        table.add_column(name)
    for hit in hits:
        table.add_row(f"{hit.score:.4f}", hit.id, escape(assistant.retriever.item(hit.id).text))
    out.print(table)


@corpus_app.command("lint")
def lint_command(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check form, references and coverage of the knowledge files; exit 1 when something must be mended."""
    report = lint_corpus(load_corpus(read_settings().corpus))
    if as_json:
        problems = [{"path": str(p.path), "line": p.line, "message": p.message} for p in report.problems]
        rows = {name.split()[-1]: count for name, count, _ in report.rows}
        sys.stdout.write(json.dumps({"schema": 1, "counts": rows, "problems": problems}, ensure_ascii=False) + "\n")
    else:
        table = Table(show_header=True)
        table.add_column("知识 knowledge")
        table.add_column("数量", justify="right")
        table.add_column("说明")
        for name, count, remark in report.rows:
            table.add_row(name, str(count), remark)
        table.add_row("问题 problems", str(len(report.problems)), "" if report.problems else "✓")
        out.print(table)
        for problem in report.problems:
            out.print(escape(str(problem)), soft_wrap=True)
    raise typer.Exit(1 if report.problems else 0)


@corpus_app.command("scenarios")
def scenarios() -> None:
    """List the scenarios by group."""
    settings = read_settings()
    corpus = load_knowledge(settings.corpus, settings.home)
    table = Table(show_header=True)
    for name in ("id", "标题", "group", "said"):
        table.add_column(name)
    for scenario in sorted(corpus.scenarios.values(), key=lambda s: s.group):
        table.add_row(scenario.id, scenario.title, scenario.group, escape(scenario.says[0]))
    out.print(table)

"""`huashu rules`: list them, prove them, explain one, and show what they leave open."""

from __future__ import annotations

import json
import sys
from difflib import get_close_matches
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from assistant import places
from assistant.check import Checker
from assistant.cli import labels
from assistant.cli.show import out
from assistant.errors import UsageError
from assistant.packs import load_checker, load_knowledge
from assistant.rules import Gap, coverage, prove_rules
from corpus import Corpus, Rule

app = typer.Typer(help="The rules: what they forbid and require, and their proof.", no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_rules(as_json: _Json = False) -> None:
    """List the rules by severity."""
    corpus = load_knowledge(places.knowledge(), places.home())
    rules = sorted(corpus.rules.values(), key=lambda r: (labels.ORDER.index(r.severity), r.kind, r.id))
    if as_json:
        rows = [{"id": r.id, "title": r.title, "kind": r.kind, "severity": r.severity, "clause": r.clause} for r in rules]
        _print({"schema": 1, "rules": rows})
        return
    table = Table(show_header=True)
    for name in ("id", "标题", "kind", "severity", "clause", "例句"):
        table.add_column(name)
    for rule in rules:
        number = len(rule.examples.bad) + len(rule.examples.good)
        table.add_row(rule.id, escape(rule.title), rule.kind, labels.SEVERITIES[rule.severity], rule.clause, str(number))
    out.print(table)


@app.command("test")
def prove(
    only: Annotated[list[str] | None, typer.Argument(help="Rule ids; all when none is given.")] = None,
    as_json: _Json = False,
) -> None:
    """Run every example of the rules, and the disguises of the bad ones; exit 1 when one fails."""
    corpus, checker = _loaded()
    for name in only or ():
        _rule(corpus, name)
    tested = prove_rules(corpus, checker, only or ())
    if as_json:
        failures = [{"rule": f.rule, "kind": f.kind, "text": f.text, "why": f.why} for f in tested.failures]
        _print({"schema": 1, "examples": tested.examples, "disguises": tested.disguises, "failures": failures})
    else:
        for failure in tested.failures:
            line = f"[red]✗[/] {failure.rule}  [bold]{failure.kind}[/]  {escape(failure.text)}  [dim]{escape(failure.why)}[/]"
            out.print(line, soft_wrap=True)
        mark = "[red]✗[/]" if tested.failures else "[green]✓[/]"
        out.print(f"{mark} {tested.examples} examples, {tested.disguises} disguises, {len(tested.failures)} failed")
    raise typer.Exit(1 if tested.failures else 0)


@app.command("explain")
def explain(name: Annotated[str, typer.Argument(help="A rule's id.")]) -> None:
    """Explain one rule: its clause, what it looks for, what excuses it, how to mend it, examples."""
    corpus, _ = _loaded()
    rule = _rule(corpus, name)
    clause = corpus.clauses[rule.clause]
    path, line = corpus.places[f"rule {rule.id}"]
    out.print(f"[bold]{rule.id}[/]  {escape(rule.title)}  {labels.SEVERITIES[rule.severity]}  [dim]{path.name}:{line}[/]")
    rows = [
        (labels.CLAUSE, f"{rule.clause}  {clause.text}"),
        (labels.ADVICE, rule.message),
        (labels.PHRASES, "、".join((*rule.phrases, *(f"{word} → {text}" for word, text in rule.swap.items())))),
        (labels.PATTERNS, "\n".join(rule.patterns)),
        (labels.EXCEPTIONS, "、".join(rule.exceptions)),
        (labels.UNLESS, "、".join(corpus.contexts[c].title for c in rule.unless)),
        (labels.FIX, f"{rule.fix.op} {rule.fix.text} ({rule.fix.safety})" if rule.fix else ""),
        (labels.BAD, "\n".join(e.text for e in rule.examples.bad)),
        (labels.GOOD, "\n".join(e.text for e in rule.examples.good)),
    ]
    table = Table(box=None, show_header=False, padding=(0, 1))
    for title, text in rows:
        if text:
            table.add_row(f"[dim]{title}[/]", escape(text))
    out.print(table)


@app.command("coverage")
def show_coverage(as_json: _Json = False) -> None:
    """Show dead and shadowed words, contradictions, and clauses that nothing carries; exit 1 when there are any."""
    gaps = coverage(*_loaded())
    if as_json:
        _print({"schema": 1, "gaps": [{"kind": g.kind, "id": g.id, "what": g.what} for g in gaps]})
    else:
        _show_gaps(gaps)
    raise typer.Exit(1 if gaps else 0)


def _show_gaps(gaps: tuple[Gap, ...]) -> None:
    for kind, title in labels.GAPS.items():
        found = [gap for gap in gaps if gap.kind == kind]
        out.print(f"{'[green]✓[/]' if not found else '[yellow]![/]'} {title}  {len(found)}")
        for gap in found:
            out.print(f"    {gap.id}  [dim]{escape(gap.what)}[/]", soft_wrap=True)


def _loaded() -> tuple[Corpus, Checker]:
    corpus = load_knowledge(places.knowledge(), places.home())
    return corpus, load_checker(places.knowledge(), places.home(), corpus)


def _rule(corpus: Corpus, name: str) -> Rule:
    if name not in corpus.rules:
        near = get_close_matches(name, corpus.rules, 3) or list(corpus.rules)[:3]
        raise UsageError(f"no rule {name!r}; write e.g. {', '.join(near)}")
    return corpus.rules[name]


def _print(body: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(body, ensure_ascii=False) + "\n")

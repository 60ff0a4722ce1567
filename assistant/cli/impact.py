"""`huashu corpus impact`: what a new version of the knowledge changes, and which texts it fails."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from assistant.cli import impact_labels as labels
from assistant.cli.show import load_assistant, out
from assistant.impact import (
    Changes,
    ClauseChange,
    Failing,
    RuleChange,
    Text,
    compare_clauses,
    compare_rules,
    newly_failing,
    word_diff,
)
from assistant.packs import load_checker, load_knowledge
from assistant.polish.since import require_corpus
from assistant.polish.tables import Asked, open_book
from assistant.polish.values import Polished, Template
from assistant.settings import read_settings
from assistant.values import SCHEMA

if TYPE_CHECKING:
    from corpus import Corpus

_PHRASES = "phrases"
# So many ids are shown of what hangs on a clause.
_SHOWN = 8
# As `git diff --word-diff` writes it, so that it can be read without colours.
_MARKED = {"same": ("", "{}"), "out": ("red", "[-{}-]"), "in": ("green", "{{+{}+}}")}


def impact(
    old: Annotated[Path, typer.Argument(help="The folder of the older knowledge.")],
    new: Annotated[Path, typer.Argument(help="The folder of the newer knowledge.")],
    templates: Annotated[
        list[Path] | None, typer.Option("--templates", help="Also try the texts of a file (.xlsx, .csv, .jsonl, .md, …).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show changed clauses and rules with what hangs on them; exit 1 when an approved phrase or a template newly fails."""
    for folder in (old, new):
        require_corpus(folder)
    home = read_settings().home
    before, after = load_knowledge(old, home), load_knowledge(new, home)
    clauses, rules = compare_clauses(before, after), compare_rules(before, after)
    texts = list(_texts(after, templates or ()))
    failing = newly_failing(texts, load_checker(old, home, before), load_checker(new, home, after), _polisher(new))
    if as_json:
        body = {
            "schema": SCHEMA,
            "clauses": asdict(clauses),
            "rules": asdict(rules),
            "newly_failing": list(map(asdict, failing)),
        }
        sys.stdout.write(json.dumps(body, ensure_ascii=False) + "\n")
    else:
        _show_clauses(clauses)
        _show_rules(rules)
        _show_failing(failing)
    raise typer.Exit(1 if failing else 0)


def _texts(corpus: Corpus, files: Iterable[Path]) -> Iterator[Text]:
    yield from (Text(_PHRASES, phrase.id, phrase.text) for phrase in corpus.approved)
    for file in files:
        for row in open_book(file, Asked(check_only=True)).rows():
            if row.template.text.strip():
                yield Text(str(file), row.place, row.template.text)


def _polisher(new: Path) -> Callable[[str], Polished]:
    """Return what polishes a text by the new knowledge and by rules alone; nothing is loaded before it is needed."""

    @cache
    def polisher() -> Callable[[Template], Polished]:
        from assistant.polish.one import make_polisher

        return make_polisher(load_assistant(read_settings(corpus=new, embedder="none", model="")), check_only=False)

    return lambda text: polisher()(Template(text))


def _show_clauses(clauses: Changes[ClauseChange]) -> None:
    _head(labels.CLAUSES, clauses)
    for kind, found in _kinds(clauses):
        for clause in found:
            pieces = word_diff(clause.before or "", clause.after or "")
            shown = "".join(_styled(_MARKED[what][0], _MARKED[what][1].format(text)) for what, text in pieces)
            out.print(f"{kind} [bold]{clause.id}[/]  {shown}", soft_wrap=True)
            bound = {
                labels.BOUND_RULES: clause.rules,
                labels.BOUND_PHRASES: clause.phrases,
                labels.BOUND_SCENARIOS: clause.scenarios,
                labels.BOUND_COMMITMENTS: clause.commitments,
                labels.OUTDATED: clause.outdated,
            }
            for name, ids in bound.items():
                if ids:
                    out.print(f"    [dim]{name}[/] {_listed(ids)}", soft_wrap=True)


def _show_rules(rules: Changes[RuleChange]) -> None:
    _head(labels.RULES, rules)
    for kind, found in _kinds(rules):
        for rule in found:
            out.print(f"{kind} [bold]{rule.id}[/]  {escape(rule.title)}  [dim]{rule.severity} {rule.clause}[/]", soft_wrap=True)
            for name, change in rule.changes.items():
                out.print(f"    [dim]{labels.FIELDS.get(name, name)}[/] {_field(change)}", soft_wrap=True)


def _show_failing(failing: tuple[Failing, ...]) -> None:
    out.print(f"[bold]{labels.FAILING}[/]  {len(failing)}")
    for text in failing:
        out.print(f"[red]✗[/] [bold]{escape(text.id)}[/]  [dim]{escape(text.source)}[/]  {escape(text.text)}", soft_wrap=True)
        out.print(f"    [dim]{' '.join(text.rules)}[/]  {escape('、'.join(text.quotes))}", soft_wrap=True)
        style = "red" if text.verdict == "fail" else "green"
        verdict = f"[{style}]{labels.VERDICTS[text.verdict]}[/]"
        out.print(f"    [dim]{labels.POLISHED}[/] {escape(text.polished)}  {verdict}", soft_wrap=True)


def _head(name: str, changes: Changes[Any]) -> None:
    counts = "  ".join(f"{kind} {len(found)}" for kind, found in _kinds(changes))
    out.print(f"[bold]{name}[/]  {counts}")


def _kinds(changes: Changes[Any]) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    return (labels.ADDED, changes.added), (labels.REMOVED, changes.removed), (labels.CHANGED, changes.changed)


def _field(change: dict[str, Any]) -> str:
    if "before" in change:
        return f"{_styled('red', _value(change['before']))} → {_styled('green', _value(change['after']))}"
    signs = (("green", "+", change["added"]), ("red", "-", change["removed"]))
    return "  ".join(_styled(style, f"{sign} {'、'.join(map(_value, values))}") for style, sign, values in signs if values)


def _value(value: Any) -> str:
    if value in (None, "", [], {}):
        return labels.NOTHING
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _styled(style: str, text: str) -> str:
    return f"[{style}]{escape(text)}[/]" if style else escape(text)


def _listed(ids: tuple[str, ...]) -> str:
    more = f" {labels.MORE} {len(ids)}" if len(ids) > _SHOWN else ""
    return escape("、".join(ids[:_SHOWN])) + more

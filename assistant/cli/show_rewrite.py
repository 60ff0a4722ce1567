"""What the terminal shows of a rewrite: the text, a word diff, each change with its reason."""

from __future__ import annotations

from rich.markup import escape
from rich.panel import Panel
from rich.text import Text

from assistant.cli import labels
from assistant.cli.show import out
from assistant.rewrite.values import Change, Rewritten


def show_rewritten(found: Rewritten) -> None:
    """Print a rewrite for a person."""
    reply = found.reply
    state = labels.VERIFIED if reply.verified else labels.BLOCKED
    if found.scenario:
        out.print(f"[dim]{labels.SCENARIO}[/] [bold]{found.scenario.title}[/] {found.scenario.confidence:.0%}")
    style = "green" if reply.verified else "red"
    origin = labels.REWRITTEN_BY[reply.origin] if found.changes else labels.UNCHANGED
    title = f"{labels.REWRITE} · {origin} · {state}"
    out.print(Panel(Text(reply.text, style="bold"), title=title, title_align="left", border_style=style))
    if found.changes:
        out.print(diff_of(found), soft_wrap=True)
    for number, change in enumerate(found.changes, 1):
        _show_change(number, change)
    _show_facts(found)
    for finding in reply.findings:
        if finding.severity != "info":
            severity = labels.SEVERITIES[finding.severity]
            out.print(f"[yellow]{severity}[/] “{escape(finding.quote)}” {escape(finding.message)}", soft_wrap=True)
    for text in found.notes:
        out.print(f"[yellow]{labels.NOTE}[/] {escape(text)}", soft_wrap=True)


def diff_of(found: Rewritten) -> Text:
    """Return the rough answer with what went struck out and what came in its place; a moved stretch is underlined."""
    rough, at = found.original.text, 0
    moved = [(c.start, c.end) for c in found.changes if c.op == "move"]
    diff = Text()
    for change in sorted((c for c in found.changes if c.op != "move"), key=lambda c: (c.start, c.end)):
        _stay(diff, rough, at, change.start, moved)
        diff.append(change.before, "red strike")
        diff.append(change.after, "bold green")
        at = change.end
    _stay(diff, rough, at, len(rough), moved)
    return diff


def _stay(diff: Text, rough: str, start: int, end: int, moved: list[tuple[int, int]]) -> None:
    for place in range(start, end):
        diff.append(rough[place], "underline" if any(a <= place < b for a, b in moved) else "")


def _show_change(number: int, change: Change) -> None:
    words = Text(f"{number:>2}. ", "dim")
    words.append(labels.OPS[change.op] + " ", "cyan")
    if change.before:
        words.append(change.before, "underline" if change.op == "move" else "red strike")
    if change.after and change.op != "move":
        words.append((" → " if change.before else "") + change.after, "green")
    out.print(words, soft_wrap=True)
    reference = f"{labels.CLAUSE} {change.clause}" if change.clause else change.rule
    out.print(f"    [dim]{escape(change.reason)}（{escape(reference)}）[/]", soft_wrap=True)


def _show_facts(found: Rewritten) -> None:
    facts = found.facts
    for label, values, style in (
        (labels.KEPT, facts.kept, "dim"),
        (labels.MISSING, facts.missing, "red"),
        (labels.ADDED, facts.added, "red"),
    ):
        if values:
            out.print(f"[{style}]{label}[/] {escape('、'.join(values))}", soft_wrap=True)

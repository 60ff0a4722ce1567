"""Findings made by hand, for tests of what is done with them."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.check.findings import Finding, FixEdit
from assistant.reports.lines import Line, Source


def finding(text, quote, *, rule="ignorance.dont_know", severity="error", clause="tone-2.1", fix=None, at=None, nth=0):
    """Return a finding of the nth time that a quote stands in a text, or of something missing `at` a place."""
    start = at
    if start is None:
        start = -1
        for _ in range(nth + 1):
            start = text.index(quote, start + 1)
    fixes = () if fix is None else (FixEdit(start, start + len(quote), fix, "review"),)
    return Finding(
        rule, "直接说不知道", "forbid", severity, "改说去核实，并告诉客户何时答复。",
        start, start + len(quote), quote, "fold", clause, fixes,
    )  # fmt: skip


def line(content, text=None, path="a.txt"):
    """Return the line of a file that holds this text."""
    text = content if text is None else text
    return Line(Source.of(path, content), text, content.index(text))


@dataclass(frozen=True)
class Rule:
    """What the reports need to know of a rule."""

    id: str = "ignorance.dont_know"
    title: str = "直接说不知道"
    severity: str = "error"
    kind: str = "forbid"
    clause: str = "tone-2.1"
    message: str = "改说去核实，并告诉客户何时答复。"


RULES = {rule.id: rule for rule in (Rule(), Rule("promise.guarantee", "打保票", "error", "forbid", "tone-4.1", "说预计时间。"))}
CLAUSES = {"tone-2.1": "一时答不上来，就说去核实，并告诉客户何时答复。", "tone-4.1": "只承诺能做到的时间。"}

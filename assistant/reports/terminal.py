"""What a person reads in the terminal: the text with marks, what to do about each finding and why, and a verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from assistant.reports import labels
from assistant.reports.answers import fails, remarks
from assistant.reports.carets import STYLES, marked_text, rows, visible

if TYPE_CHECKING:
    from assistant.check.findings import CheckResult, Element, Finding, FixEdit
    from assistant.reports.baseline import Entry, Marked
    from assistant.reports.lines import Line

_CLAUSE, _QUOTE, _WIDEST, _NEAR, _MOST_LISTED = 60, 24, 100, 6, 12


def print_check(
    text: str,
    result: CheckResult,
    findings: Sequence[Finding],
    clauses: Mapping[str, str],
    strict: bool = False,
    file: IO[str] | None = None,
) -> None:
    """Print the check of one text."""
    console = _console(file)
    _print_text(console, text, findings, clauses)
    if result.elements:
        console.print(_elements(text, result.elements))
    for note in remarks(result):
        console.print(Text.assemble((labels.NOTE, "yellow"), " ", visible(note)))
    console.print(_verdict(findings, strict))


def print_files(
    marked: Sequence[Marked],
    clauses: Mapping[str, str],
    *,
    files: int,
    texts: int,
    fixed: Sequence[Entry] = (),
    file: IO[str] | None = None,
) -> None:
    """Print the new findings of template files, text by text, and a summary."""
    console = _console(file)
    grouped: dict[Line, list[Finding]] = {}
    for one in marked:
        if not one.known:
            grouped.setdefault(one.line, []).append(one.finding)
    for line, findings in grouped.items():
        console.print(Text(visible(f"{line.path}:{line.number}:{line.column}"), style="bold"))
        _print_text(console, line.text, findings, clauses)
        console.print()
    counts = _counts(finding for findings in grouped.values() for finding in findings)
    words = labels.FILES_FOUND if grouped else labels.FILES_CLEAN
    if files:  # otherwise nothing was checked, and the problems say why
        console.print(Text(words.format(files=files, texts=texts, counts=counts), style="bold"))
    if known := sum(one.known for one in marked):
        console.print(Text(labels.FILES_KNOWN.format(count=known), style="dim"))
    if fixed:
        console.print(Text(labels.FIXED.format(count=len(fixed)), style="green"))
        for entry in fixed:
            console.print(
                Text(visible(f"  {entry.path} {entry.rule} {entry.quote or entry.text}"), style="dim"), soft_wrap=True
            )


def _console(file: IO[str] | None) -> Console:
    return Console(file=file, soft_wrap=True, highlight=False, markup=False, emoji=False)


def _print_text(console: Console, text: str, findings: Sequence[Finding], clauses: Mapping[str, str]) -> None:
    for row in marked_text(text, findings, min(console.width, _WIDEST)):
        console.print(row)
    for numbers, same in _grouped(findings):
        _print_finding(console, text, numbers, same, clauses, len(findings) > 1)


def _grouped(findings: Sequence[Finding]) -> list[tuple[list[int], list[Finding]]]:
    """Put the findings of one rule together: the advice is the same."""
    groups: dict[tuple[str, str, str], tuple[list[int], list[Finding]]] = {}
    for number, finding in enumerate(findings, 1):
        numbers, same = groups.setdefault((finding.rule, finding.title, finding.message), ([], []))
        numbers.append(number)
        same.append(finding)
    return list(groups.values())


def _print_finding(
    console: Console, text: str, numbers: list[int], same: list[Finding], clauses: Mapping[str, str], numbered: bool
) -> None:
    first = same[0]
    head = Text.assemble(
        (_listed(numbers) + " " if numbered else "", "bold"),
        (labels.SEVERITIES[first.severity], STYLES[first.severity]),
        " ",
        (visible(first.title), "bold"),
        "  ",
        " ".join(dict.fromkeys(_where(text, finding) for finding in same[:_MOST_LISTED])),
    )
    body = [f"{labels.HOW}：{visible(first.message)}"]
    fixes = [(finding, fix) for finding in same[:_MOST_LISTED] for fix in finding.fixes]
    body += list(dict.fromkeys(_suggestion(text, finding, fix) for finding, fix in fixes))
    if first.clause:
        clause = visible(clauses.get(first.clause, ""))
        body.append(f"{labels.WHY}：{_short(clause, _CLAUSE)}（{first.clause}）")
    console.print(head)
    for advice in body:
        for start, end in rows(advice, 0, len(advice), min(console.width, _WIDEST) - 2):
            console.print(Text("  " + advice[start:end]))


def _listed(numbers: list[int]) -> str:
    some = "、".join(map(str, numbers[:_MOST_LISTED]))
    return some if len(numbers) <= _MOST_LISTED else some + labels.AND_MORE.format(count=len(numbers))


def _where(text: str, finding: Finding) -> str:
    if finding.quote:
        return f"“{_one_line(finding.quote)}”"
    return f"{labels.MISSING_AT}，{_place(text, finding.start)}"


def _suggestion(text: str, finding: Finding, fix: FixEdit) -> str:
    words = visible(fix.text).strip()
    if fix.start == fix.end:
        advice = f"{labels.INSERT}：“{words}”"
        advice += f"（{_place(text, fix.start)}）" if finding.quote else ""
    elif not words:
        advice = f"{labels.DELETE}：“{_one_line(text[fix.start : fix.end])}”"
    else:
        old = "" if (fix.start, fix.end) == (finding.start, finding.end) else f"“{_one_line(text[fix.start : fix.end])}” → "
        advice = f"{labels.REPLACE}：{old}“{words}”"
    return advice + (f"（{labels.REVIEW}）" if fix.safety == "review" else "")


def _elements(text: str, elements: Sequence[Element]) -> Text:
    line = Text(f"{labels.ELEMENTS}：")
    for element in elements:
        if element.status == "present":
            line.append(f"✓ {element.title}  ", style="green")
        else:
            line.append(f"✗ {element.title}", style="red")
            line.append(f"（{_place(text, element.start)}）  ")
    line.rstrip()
    return line


def _place(text: str, start: int) -> str:
    if not text[:start].strip():
        return labels.AT_START
    following = text[start:].lstrip()
    if not following:
        return labels.AT_END
    return labels.BEFORE.format(words=_one_line(following[:_NEAR]) + ("…" if len(following) > _NEAR else ""))


def _verdict(findings: Sequence[Finding], strict: bool) -> Text:
    counts = _counts(findings)
    if any(fails(finding, strict) for finding in findings):
        return Text(f"✗ {labels.FAILED}：{counts}", style="bold red")
    return Text(f"✓ {labels.PASSED}：{counts or labels.PASSED_CLEAN}", style="bold green")


def _counts(findings: Iterable[Finding]) -> str:
    found: Counter[str] = Counter(finding.severity for finding in findings)
    return "，".join(
        labels.COUNT.format(count=found[severity], title=title)
        for severity, title in labels.SEVERITIES.items()
        if found[severity]
    )


def _one_line(text: str) -> str:
    return _short(visible(text).replace("\n", " "), _QUOTE)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"

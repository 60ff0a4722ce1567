"""What the new columns say about a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.check import Finding
from assistant.polish import labels
from assistant.polish.tables import Outcome
from assistant.polish.values import Polished
from assistant.rewrite.values import Change

_NEAR = 8
# What a spreadsheet takes for the start of a formula, the full-width forms too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def headers(existing: Iterable[object], check_only: bool) -> tuple[str, ...]:
    """Name the new columns; all get a number when the table has one of these names already."""
    if check_only:
        names = [labels.FOUND, labels.BEFORE, labels.PERSON]
    else:
        names = [labels.POLISHED, labels.BEFORE, labels.AFTER, labels.CHANGES, labels.FACTS, labels.PERSON]
    taken = {str(cell).strip() for cell in existing}
    number, numbered = 1, names
    while taken.intersection(numbered):
        number += 1
        numbered = [f"{name}{number}" for name in names]
    return tuple(numbered)


def new_cells(rough: str, outcome: Outcome, check_only: bool) -> tuple[str, ...]:
    """Return the texts of the new columns in the order of `headers`."""
    person = f"{labels.YES}：{outcome.why}" if outcome.why else ""
    one = outcome.polished
    if one is None:
        return ("", "", person) if check_only else ("", "", "", "", "", person)
    before = labels.VERDICTS[one.before]
    if check_only:
        return "\n".join(map(finding_line, one.findings)), before, person
    changes = "\n".join(change_line(rough, change) for change in one.changes)
    return one.text, before, labels.VERDICTS[one.after], changes, facts_line(one), person


def change_line(rough: str, change: Change) -> str:
    """Say in one line what was changed and why."""
    op, to = change.op, ""
    if op == "move":
        to = _flat(rough[change.to or 0 :][:_NEAR])
    how = labels.CHANGE["end" if op == "move" and not to else op]
    said = how.format(before=_flat(change.before), after=_flat(change.after), to=to)
    reason = labels.REASON.format(reason=_flat(change.reason)) if change.reason else ""
    source = change.clause or change.rule
    return said + reason + (labels.SOURCE.format(source=source) if source else "")


def finding_line(finding: Finding) -> str:
    """Say in one line what a rule found."""
    quote = labels.QUOTE.format(quote=_flat(finding.quote)) if finding.quote else ""
    return quote + _flat(finding.message) + labels.SOURCE.format(source=finding.rule)


def facts_line(one: Polished) -> str:
    """Say whether every fact of the rough text is in the polished one, and no other."""
    lost = labels.MISSING + labels.LIST.join(map(_flat, one.missing)) if one.missing else ""
    more = labels.ADDED + labels.LIST.join(map(_flat, one.added)) if one.added else ""
    return labels.PARTS.join(filter(None, (lost, more))) or labels.SAME


def harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula."""
    return "'" + text if text.startswith(_FORMULA) else text


def runs(rough: str, one: Polished) -> tuple[tuple[str, bool], ...]:
    """Cut the polished text into runs and mark the new ones; one unmarked run where the changes do not lead to it."""
    joined: list[tuple[str, bool]] = []
    for text, new in _pieces(rough, 0, len(rough), one.changes):
        if joined and joined[-1][1] == new:
            joined[-1] = (joined[-1][0] + text, new)
        elif text:
            joined.append((text, new))
    if "".join(text for text, _ in joined) != one.text:
        return ((one.text, False),)
    return tuple(joined)


def _pieces(rough: str, start: int, end: int, changes: Sequence[Change]) -> list[tuple[str, bool]]:
    """Apply the changes to a range of the text; those inside a moved range travel with it."""
    moves = [change for change in changes if change.op == "move"]
    inside = {id(move): [c for c in changes if c is not move and move.start <= c.start and c.end <= move.end] for move in moves}
    inner = {id(change) for group in inside.values() for change in group}
    outer = [change for change in changes if id(change) not in inner]
    events = [(change.start, 1, change) for change in outer]
    events += [(change.to or 0, 0, change) for change in outer if change.op == "move"]
    pieces: list[tuple[str, bool]] = []
    at = start
    for place, leaves, change in sorted(events, key=lambda event: event[:2]):
        if place > at:
            pieces.append((rough[at:place], False))
            at = place
        if not leaves:
            pieces += _pieces(rough, change.start, change.end, inside[id(change)])
            continue
        if change.op != "move" and change.after:
            pieces.append((change.after, True))
        at = max(at, change.end)
    return [*pieces, (rough[at:end], False)]


def _flat(text: str) -> str:
    return " ".join(text.split())

"""What a whole run comes to: counts, the rules behind the changes, and notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from assistant.polish import labels
from assistant.polish.messages import say
from assistant.polish.tables import Find, Row
from assistant.polish.values import Polished
from assistant.values import SCHEMA

if TYPE_CHECKING:
    from assistant.polish.library import LibraryNote

# More problems than this are counted, not listed.
_LISTED = 20


@dataclass(frozen=True)
class RuleCount:
    """How often a rule found something before, and how often that was mended."""

    rule: str
    title: str
    before: int
    fixed: int


@dataclass(frozen=True)
class Summary:
    """The counts of a run.

    `rows` have a text; `skipped` of them were not polished; `people` need a person; in `errors` an error-level rule finds
    something at the end; `broken` lines could not be read. `before` and `after` count rows by verdict.
    """

    check_only: bool = False
    rows: int = 0
    polished: int = 0
    unchanged: int = 0
    skipped: int = 0
    people: int = 0
    errors: int = 0
    broken: int = 0
    before: Mapping[str, int] = field(default_factory=dict)
    after: Mapping[str, int] = field(default_factory=dict)
    rules: tuple[RuleCount, ...] = ()
    notes: tuple[str, ...] = ()
    library: tuple[LibraryNote, ...] = ()

    @property
    def exit_code(self) -> int:
        """1 when a person must look at something, or a text that was only checked must be changed; else 0."""
        return int(bool(self.people or self.broken or (self.check_only and self.errors)))

    def to_json(self) -> dict[str, Any]:
        """Return the public JSON shape."""
        return {"schema": SCHEMA} | asdict(self)


def count(
    rows: Iterable[Row],
    find: Find,
    titles: Mapping[str, str],
    check_only: bool,
) -> Summary:
    """Look up every row once and count; the notes name the rows that were not polished."""
    numbers: Counter[str] = Counter()
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    rules = _Rules(titles)
    problems: list[str] = []
    for row in rows:
        outcome = find(row)
        numbers.update(rows=1, people=bool(outcome.why))
        one = outcome.polished
        if one is None:
            numbers.update(skipped=1)
            if len(problems) < _LISTED:
                problems.append(say("at", place=place_of(row), what=outcome.problem))
            continue
        before[one.before] += 1
        after[one.after] += 1
        changed = one.text != row.template.text
        errors = any(finding.severity == "error" for finding in one.findings)
        numbers.update(polished=changed, unchanged=not changed, errors=errors)
        rules.add(one)
    if numbers["skipped"] > _LISTED:
        problems.append(say("more", count=numbers["skipped"] - _LISTED))
    counted = Summary(check_only, before=dict(before), after=dict(after), rules=rules.counts(), notes=tuple(problems))
    counted = replace(counted, rows=numbers["rows"], polished=numbers["polished"], unchanged=numbers["unchanged"])
    return replace(counted, skipped=numbers["skipped"], people=numbers["people"], errors=numbers["errors"])


def place_of(row: Row) -> str:
    """Name the place of a row, with its sheet where the file has several."""
    return say("place", sheet=row.sheet, place=row.place) if row.sheet else row.place


def library_places(note: LibraryNote) -> str:
    """Name the rows that a note about the library is about."""
    lines = ((sheet, labels.ON_LINE.format(number=number)) for sheet, number in note.rows[:_LISTED])
    places = [say("place", sheet=sheet, place=line) if sheet else line for sheet, line in lines]
    more = [labels.MORE.format(count=len(note.rows))] if len(note.rows) > _LISTED else []
    return labels.LIST.join((*places, *more))


class _Rules:
    """Counts by rule; a title comes from the rule itself, or else from a finding."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        self._titles = dict(titles)
        self._fixed: Counter[str] = Counter()
        self._left: Counter[str] = Counter()

    def add(self, one: Polished) -> None:
        """Count the changes, which mended something, and the findings, which are left."""
        self._fixed.update(change.rule for change in one.changes if change.rule)
        for finding in (found for found in one.findings if found.severity != "info"):
            self._left[finding.rule] += 1
            self._titles.setdefault(finding.rule, finding.title)

    def counts(self) -> tuple[RuleCount, ...]:
        """Return the counts, the most frequent rule first."""
        total = self._fixed + self._left
        ordered = sorted(total, key=lambda rule: (-total[rule], rule))
        return tuple(RuleCount(rule, self._titles.get(rule, ""), total[rule], self._fixed[rule]) for rule in ordered)

"""Numbers of a run, and its public JSON shape. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, get_args

from corpus import Group
from evals.baseline import Comparison
from evals.run import Row, digests_of

SCHEMA = 1


@dataclass(frozen=True)
class Outcome:
    """A finished run; `comparison` is None without a baseline."""

    suite: str
    rows: tuple[Row, ...]
    comparison: Comparison | None
    exit_code: int


@dataclass(frozen=True)
class Tally:
    """Counts over some rows; `guessed` rows are those whose scenario the assistant had to find."""

    group: str
    cases: int
    passed: int
    guessed: int
    top1: int
    top3: int
    p50_ms: float


def tally(name: str, rows: Sequence[Row]) -> Tally:
    """Count rows."""
    return Tally(
        group=name,
        cases=len(rows),
        passed=sum(row.passed for row in rows),
        guessed=sum(row.group_hit is not None for row in rows),
        top1=sum(row.group_hit is True for row in rows),
        top3=sum(row.top3_hit is True for row in rows),
        p50_ms=round(statistics.median(row.ms for row in rows), 1) if rows else 0.0,
    )


def by_group(rows: Iterable[Row]) -> list[Tally]:
    """Count rows group by group, in the order of the labels."""
    rows = tuple(rows)
    found = {row.group for row in rows}
    return [tally(group, [r for r in rows if r.group == group]) for group in get_args(Group) if group in found]


def to_json(outcome: Outcome) -> dict[str, Any]:
    """Return the public JSON shape of a run."""
    total = asdict(tally("", outcome.rows))
    del total["group"]
    return {
        "schema": SCHEMA,
        "suite": outcome.suite,
        "verdict": "pass" if outcome.exit_code == 0 else "fail",
        "total": total,
        "groups": [asdict(group) for group in by_group(outcome.rows)],
        "rows": [_row(row) for row in outcome.rows],
        "comparison": asdict(outcome.comparison) if outcome.comparison else None,
        "digests": digests_of(outcome.rows),
    }


def _row(row: Row) -> dict[str, Any]:
    body = asdict(row)
    del body["digests"]
    return body

"""The committed outcome of a suite, and what changed since."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.case import SUITES
from evals.errors import BaselineError
from evals.run import Row, digests_of

SCHEMA = 1
BASELINES = Path(__file__).parent / "baselines"


@dataclass(frozen=True)
class Baseline:
    """For each case the names of its failed checks, none when it passed. Wording is left out on purpose."""

    suite: str
    digests: Mapping[str, str]
    cases: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Change:
    """A case and the checks by which it changed."""

    id: str
    checks: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """A run against its baseline. A case may be better in one check and worse in another.

    `new` cases are not in the baseline; one that fails has nothing to excuse it, so it counts as worse.
    """

    regressions: tuple[Change, ...] = ()
    fixes: tuple[Change, ...] = ()
    new: tuple[Change, ...] = ()
    missing: tuple[str, ...] = ()
    changed_digests: tuple[str, ...] = ()

    @property
    def worse(self) -> bool:
        """True when something got worse."""
        return bool(self.regressions) or any(change.checks for change in self.new)


def baseline_path(suite: Path) -> Path:
    """Return where the baseline of a suite lies: with ours, or next to a suite from elsewhere."""
    if suite.resolve().parent == SUITES.resolve():
        return BASELINES / f"{suite.stem}.json"
    return suite.with_name(f"{suite.stem}.baseline.json")


def baseline_of(suite: str, rows: Iterable[Row]) -> Baseline:
    """Return the baseline that a run makes."""
    rows = tuple(rows)
    return Baseline(suite, digests_of(rows), {row.id: _checks(row) for row in rows})


def compare(baseline: Baseline, rows: Iterable[Row], whole: bool = True) -> Comparison:
    """Compare a run with its baseline; cases not run count as missing only when the whole suite ran."""
    rows = tuple(rows)
    regressions, fixes, new = list[Change](), list[Change](), list[Change]()
    for row in rows:
        checks = _checks(row)
        if row.id not in baseline.cases:
            new.append(Change(row.id, checks))
            continue
        before = baseline.cases[row.id]
        if worse := tuple(check for check in checks if check not in before):
            regressions.append(Change(row.id, worse))
        if better := tuple(check for check in before if check not in checks):
            fixes.append(Change(row.id, better))
    ran = {row.id for row in rows}
    digests = digests_of(rows)
    return Comparison(
        regressions=tuple(regressions),
        fixes=tuple(fixes),
        new=tuple(new),
        missing=tuple(name for name in baseline.cases if name not in ran) if whole else (),
        changed_digests=tuple(name for name in sorted(digests) if digests[name] != baseline.digests.get(name)),
    )


def read_baseline(path: Path) -> Baseline | None:
    """Read a baseline; None when there is none.

    Raises:
        BaselineError: when the file is not a baseline of this schema.
    """
    if not path.exists():
        return None
    advice = "restore it, or delete it and run with --update-baseline"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["schema"] != SCHEMA:
            raise BaselineError(f"{str(path)!r} has schema {data['schema']!r}, {SCHEMA} is wanted; {advice}")
        cases = {name: tuple(case["failures"]) for name, case in data["cases"].items()}
        return Baseline(str(data["suite"]), dict(data["digests"]), cases)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BaselineError(f"{str(path)!r} is not a baseline ({type(error).__name__}: {error}); {advice}") from error


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write a baseline, sorted and with one line a case, so that a diff reads well."""
    cases = {name: {"passed": not checks, "failures": list(checks)} for name, checks in sorted(baseline.cases.items())}
    passed = sum(not checks for checks in baseline.cases.values())
    rows = ",\n".join(f"  {_json(name)}: {_json(case)}" for name, case in cases.items())
    head = {"schema": SCHEMA, "suite": baseline.suite, "total": len(cases), "passed": passed}
    head_rows = "".join(f" {_json(key)}: {_json(value)},\n" for key, value in head.items())
    digests = _json(dict(sorted(baseline.digests.items())))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{{\n{head_rows} "digests": {digests},\n "cases": {{\n{rows}\n }}\n}}\n', encoding="utf-8")


def _checks(row: Row) -> tuple[str, ...]:
    return tuple(sorted(failure.check for failure in row.failures))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

"""Put every case to the assistant."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from assistant import Request, Suggestion
from assistant.check import Checker
from corpus import Corpus
from evals.case import Case
from evals.score import Failure, score

CRASHED = "error"


class Suggests(Protocol):
    """What a run needs of an assistant."""

    @property
    def corpus(self) -> Corpus:
        """The knowledge it answers from."""

    @property
    def checker(self) -> Checker:
        """The checker it uses in production."""

    def suggest(self, request: Request) -> Suggestion:
        """Answer one message."""


@dataclass(frozen=True)
class Row:
    """The outcome of one case; `text` is the first reply, empty when there is none."""

    id: str
    group: str
    message: str
    passed: bool
    failures: tuple[Failure, ...]
    text: str
    scenario: str
    group_hit: bool | None
    top3_hit: bool | None
    ms: float
    digests: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def crashed(self) -> bool:
        """True when an exception kept the case from being answered."""
        return any(failure.check == CRASHED for failure in self.failures)


def run_suite(cases: Iterable[Case], assistant: Suggests) -> tuple[Row, ...]:
    """Answer and score every case, in order."""
    return tuple(run_case(case, assistant) for case in cases)


def run_case(case: Case, assistant: Suggests) -> Row:
    """Answer and score one case; an exception becomes a failed row, so that no other case is lost."""
    start = time.perf_counter()
    try:
        found = assistant.suggest(Request(case.message, case.context, case.scenario, case.facts, case.id))
        ms = _since(start)
        result = score(case, found, assistant.checker, assistant.corpus)
    except Exception as error:
        failure = Failure(CRASHED, f"{type(error).__name__}: {error}")
        hit = None if case.scenario else False
        return Row(case.id, case.group, case.message, False, (failure,), "", "", hit, hit, _since(start))
    return Row(
        id=case.id,
        group=case.group,
        message=case.message,
        passed=result.passed,
        failures=result.failures,
        text=found.replies[0].text if found.replies else "",
        scenario=found.scenario.id,
        group_hit=result.group_hit,
        top3_hit=result.top3_hit,
        ms=ms,
        digests=found.digests,
    )


def digests_of(rows: Iterable[Row]) -> dict[str, str]:
    """Return the digests of corpus, rules, prompt and model that answered."""
    return next((row.digests for row in rows if row.digests), {})


def _since(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 2)

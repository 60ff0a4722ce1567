"""Polish every row of a book: a few at a time, equal ones once, each written down as soon as it is finished."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from assistant.polish.journal import Journal, key_of
from assistant.polish.messages import say
from assistant.polish.tables import Find, NotFinished, Outcome, Row
from assistant.polish.values import Polished, PolishOne

# So many rows wait for each worker; more would only hold memory.
_AHEAD = 4

Report = Callable[[int], None]


def polish_rows(rows: Iterable[Row], polish: PolishOne, journal: Journal, concurrency: int, report: Report) -> None:
    """Polish what the journal does not hold yet; `report` hears how many more rows are through.

    A row that cannot be polished is written down with its reason, and the others go on.
    """
    pending: dict[Future[Polished], str] = {}
    waiting: set[str] = set()
    pool = ThreadPoolExecutor(concurrency, thread_name_prefix="polish")
    try:
        for row in rows:
            key = key_of(row.template)
            if row.problem or key in journal or key in waiting:
                report(1)
                continue
            waiting.add(key)
            pending[pool.submit(polish, row.template)] = key
            while len(pending) >= concurrency * _AHEAD:
                _collect(pending, waiting, journal, report)
        while pending:
            _collect(pending, waiting, journal, report)
    except KeyboardInterrupt:
        pool.shutdown(wait=False, cancel_futures=True)
        # The workers must end anyway before the process can; what they still finish is not lost.
        for future in [one for one in pending if one.cancelled()]:
            del pending[future]
        while pending:
            _collect(pending, waiting, journal, report)
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def finder(journal: Journal) -> Find:
    """Return what looks up a row's outcome."""

    def find(row: Row) -> Outcome:
        if row.problem:
            return Outcome(problem=row.problem)
        try:
            return journal.get(key_of(row.template))
        except KeyError as error:
            raise NotFinished(
                f"the input changed while it was polished: {row.place} is new; give the same command again"
            ) from error

    return find


def _collect(pending: dict[Future[Polished], str], waiting: set[str], journal: Journal, report: Report) -> None:
    """Write down whatever is finished, waiting for one at least."""
    done, _ = wait(pending, return_when=FIRST_COMPLETED)
    for future in done:
        key = pending.pop(future)
        try:
            result = future.result()
        except Exception as error:
            journal.fail(key, say("failed", name=type(error).__name__, message=error))
        else:
            journal.add(key, result)
        waiting.discard(key)
        report(1)

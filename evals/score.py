"""Score one suggestion against its case. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.check import Checker
from assistant.script import is_traditional, to_traditional
from assistant.values import Reply, Suggestion
from corpus import Corpus
from evals.case import Case, Expect
from evals.situation import situation_of


@dataclass(frozen=True)
class Failure:
    """One broken expectation: `check` is a stable name to compare runs by, `reason` is for people."""

    check: str
    reason: str


@dataclass(frozen=True)
class Score:
    """What is wrong with the answer to one case.

    The group hits measure the guess and decide nothing; they are None where the case chose the scenario by hand.
    """

    case_id: str
    passed: bool
    failures: tuple[Failure, ...]
    group_hit: bool | None
    top3_hit: bool | None


def score(case: Case, found: Suggestion, checker: Checker, corpus: Corpus) -> Score:
    """Score every reply of a suggestion; any of them could be sent, so each must hold."""
    failures: dict[str, Failure] = {}
    for failure in _failures(case, found, checker, corpus):
        failures.setdefault(failure.check, failure)
    groups = [found.scenario.group, *(other.group for other in found.scenario.alternatives)]
    guessed = case.scenario is None
    return Score(
        case_id=case.id,
        passed=not failures,
        failures=tuple(failures.values()),
        group_hit=groups[0] == case.group if guessed else None,
        top3_hit=case.group in groups[:3] if guessed else None,
    )


def _failures(case: Case, found: Suggestion, checker: Checker, corpus: Corpus) -> Iterator[Failure]:
    yield from _understanding(case.expect, found)
    if not found.replies:
        why = "; ".join(f"{f.rule} {f.quote!r}" for draft in found.rejected for f in draft.findings)
        yield Failure("reply", f"there is no reply ({why or 'nothing was rejected'})")
    for reply in found.replies:
        if not reply.text.strip():
            yield Failure("empty", "the reply is empty")
            continue
        yield from _words(case.expect, reply.text)
        yield from _acts(case.expect, reply.text, checker)
        yield from _checked_again(case, found, reply, checker, corpus)


def _understanding(expect: Expect, found: Suggestion) -> Iterator[Failure]:
    if expect.emotion and found.emotion != expect.emotion:
        yield Failure("emotion", f"{expect.emotion} is wanted, read as {found.emotion}")
    reason = found.escalate.reason if found.escalate else "none"
    if expect.escalate and reason != expect.escalate:
        yield Failure("escalate", f"{expect.escalate} is wanted, got {reason}")


def _words(expect: Expect, text: str) -> Iterator[Failure]:
    for word in expect.forbid:
        if (at := text.find(word)) >= 0:
            yield Failure(f"forbid.{word}", f"says {_around(text, at, at + len(word))!r}")
    for word in expect.contain:
        if word not in text:
            yield Failure(f"contain.{word}", f"{word!r} is missing from {text!r}")
    if expect.any and not any(word in text for word in expect.any):
        yield Failure("any", f"none of {', '.join(expect.any)} in {text!r}")
    if expect.max_chars and len(text) > expect.max_chars:
        yield Failure("max_chars", f"{len(text)} characters, at most {expect.max_chars}: {text!r}")
    if expect.traditional and to_traditional(text) != text:
        yield Failure("traditional", f"traditional characters are wanted: {text!r}")
    if not expect.traditional and is_traditional(text):
        yield Failure("traditional", f"simplified characters are wanted: {text!r}")


def _acts(expect: Expect, text: str, checker: Checker) -> Iterator[Failure]:
    seen = {span.act for span in checker.acts(text)} if expect.acts else set()
    for act in expect.acts:
        if act not in seen:
            yield Failure(f"acts.{act}", f"no {act} in {text!r}")


def _checked_again(case: Case, found: Suggestion, reply: Reply, checker: Checker, corpus: Corpus) -> Iterator[Failure]:
    if not reply.verified:
        yield Failure("verified", f"offered without being verified: {reply.text!r}")
    for finding in checker.check(reply.text, situation_of(case, found, reply, corpus, checker)).findings:
        if finding.severity == "error":
            said = _around(reply.text, finding.start, finding.end)
            yield Failure(f"finding.{finding.rule}", f"{finding.title}: {said!r}")


def _around(text: str, start: int, end: int, margin: int = 8) -> str:
    left, right = max(0, start - margin), min(len(text), end + margin)
    return ("…" if left else "") + text[left:right] + ("…" if right < len(text) else "")

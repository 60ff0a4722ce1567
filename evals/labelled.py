"""Precision and recall of the rules and speech acts on labelled texts.

A finding is right when it overlaps words that the label names as an offence; an offence is found when a finding overlaps
it. `same rule` also wants the rule that the label names: two careful people may cite neighbouring rules. Acts are compared
by overlap of the clause that performs them (span-level detection).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from assistant.check import Checker, Situation
from corpus.errors import CorpusError

HOME = Path(__file__).parent / "labelled"
Split = Literal["dev", "held"]
_WORDS = ("forbid", "replace")


@dataclass(frozen=True)
class Labelled:
    """One text and the (name, start, end) of everything that is in it: offences by rule or acts by id."""

    id: str
    text: str
    marks: tuple[tuple[str, int, int], ...]
    situation: Situation


@dataclass
class Score:
    """Counts of one name; precision and recall are None where nothing was claimed or nothing was there."""

    right: int = 0
    wrong: int = 0
    found: int = 0
    missed: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float | None:
        """The share of claims that are right, 0-1."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """The share of labels that were found, 0-1."""
        return self.found / (self.found + self.missed) if self.found + self.missed else None

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall, 0-1."""
        precision, recall = self.precision or 0.0, self.recall or 0.0
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def load_labelled(kind: Literal["forbid", "acts"], split: Split, home: Path = HOME) -> list[Labelled]:
    """Read every labelled text of a kind and split.

    Raises:
        CorpusError: naming file and line, when a label's words do not stand in its text.
    """
    texts = []
    for path in sorted(home.glob(f"{kind}*_{split}.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            row = json.loads(line)
            marks = tuple(_marks(row, kind, f"{path.name}:{number}"))
            situation = Situation(customer=row.get("message", ""), facts_matter=False, task="check")
            texts.append(Labelled(row["id"], row["text"], marks, situation))
    return texts


def _marks(row: dict[str, Any], kind: str, place: str) -> Iterator[tuple[str, int, int]]:
    for label in row["bad" if kind == "forbid" else "acts"]:
        start = row["text"].find(label["quote"])
        if start < 0:
            raise CorpusError(f"{place}: {label['quote']!r} does not stand in the text; copy it from there")
        yield label["rule" if kind == "forbid" else "act"], start, start + len(label["quote"])


def score_rules(checker: Checker, texts: Iterable[Labelled], same_rule: bool) -> dict[str, Score]:
    """Score the word rules, by rule and under `all`."""

    def claims(item: Labelled) -> list[tuple[str, int, int]]:
        findings = checker.check(item.text, item.situation).findings
        return [(f.rule, f.start, f.end) for f in findings if f.kind in _WORDS and f.severity != "info"]

    return _score(texts, claims, same_rule)


def score_acts(checker: Checker, texts: Iterable[Labelled]) -> dict[str, Score]:
    """Score the speech acts, by act and under `all`."""
    return _score(texts, lambda item: [(a.act, a.start, a.end) for a in checker.check(item.text, item.situation).acts], True)


def _score(
    texts: Iterable[Labelled], claims_of: Callable[[Labelled], list[tuple[str, int, int]]], same_name: bool
) -> dict[str, Score]:
    scores: dict[str, Score] = {"all": Score()}
    for item in texts:
        claims = claims_of(item)
        for claim in claims:
            right = any(_meet(claim, mark, same_name) for mark in item.marks)
            for score in (scores["all"], scores.setdefault(claim[0], Score())):
                score.right += right
                score.wrong += not right
                if not right:
                    score.examples.append(f"{item.id} + {claim[0]} “{item.text[claim[1] : claim[2]]}” | {item.text}")
        for mark in item.marks:
            found = any(_meet(claim, mark, same_name) for claim in claims)
            for score in (scores["all"], scores.setdefault(mark[0], Score())):
                score.found += found
                score.missed += not found
                if not found:
                    score.examples.append(f"{item.id} - {mark[0]} “{item.text[mark[1] : mark[2]]}” | {item.text}")
    return scores


def _meet(claim: tuple[str, int, int], mark: tuple[str, int, int], same_name: bool) -> bool:
    return claim[1] < mark[2] and mark[1] < claim[2] and (not same_name or claim[0] == mark[0])

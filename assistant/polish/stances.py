"""What a clause says of a policy: supported or not, free or charged, borne by us or by the customer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from assistant.polish.lexicon import any_of, known, search

_GAP = 7
# What may stand between a policy's noun and the stance after it.
_LINK = re.compile("(?:[是由也都需要均会的:]|一律|全部|全程|费用|统一)*")


@dataclass(frozen=True, slots=True)
class Stance:
    """`says` is yes or no on an `axis`; a `narrow` refusal (无理由) leaves the rest of the policy alone."""

    title: str
    axis: str
    says: str
    narrow: bool


def stances_in(clause: str) -> Iterator[Stance]:
    """Yield the stances of a folded clause, at most one for each noun and axis."""
    seen: set[tuple[str, str]] = set()
    for stance in (*_whole(clause), *_around_nouns(clause)):
        if (stance.title, stance.axis) not in seen:
            seen.add((stance.title, stance.axis))
            yield stance


def flipped(a: str, b: str) -> tuple[str, str] | None:
    """Return the words by which two folded texts take opposite stances while they say the same otherwise, or None."""
    if _without_stances(a) != _without_stances(b):
        return None
    ours, theirs = _taken(a), _taken(b)
    for axis in ours.keys() & theirs.keys():
        if len(ours[axis]) == len(theirs[axis]) == 1 and ours[axis].keys() != theirs[axis].keys():
            return next(iter(ours[axis].values())), next(iter(theirs[axis].values()))
    return None


def _taken(text: str) -> dict[str, dict[str, str]]:
    """Return by axis what a text says on it, with the word."""
    found: dict[str, dict[str, str]] = {}
    for match in _stance_words("before").finditer(text):
        axis, says = _axes("before")[match[0]]
        found.setdefault(axis, {})[says] = match[0]
    return found


def _without_stances(text: str) -> str:
    return search("fillers").sub("", _stance_words("before").sub("", text))


def _whole(clause: str) -> Iterator[Stance]:
    said = {row["word"]: row for row in known("whole")}
    for match in any_of(said).finditer(clause):
        row = said[match[0]]
        yield Stance(row["title"], row["axis"], row["says"], narrow=False)


def _around_nouns(clause: str) -> Iterator[Stance]:
    for noun in _nouns().finditer(clause):
        title = _titles()[noun[0]]
        narrow = search("narrow").search(clause[max(0, noun.start() - 4) : noun.end()]) is not None
        linked = _LINK.match(clause, noun.end())
        after = _stance_words("after").match(clause, linked.end() if linked else noun.end())
        words = [*_stance_words("before").finditer(clause, max(0, noun.start() - _GAP - 5), noun.start())]
        near = words[-1] if words and noun.start() - words[-1].end() <= _GAP else None
        for match, side in ((after, "after"), (near, "before")):
            if match:
                axis, says = _axes(side)[match[0]]
                yield Stance(title, axis, says, narrow)


@cache
def _titles() -> dict[str, str]:
    return {word: policy["title"] for policy in known("policies") for word in policy["words"]}


@cache
def _nouns() -> re.Pattern[str]:
    return any_of(_titles())


@cache
def _axes(side: str) -> dict[str, tuple[str, str]]:
    return {word: (stance["axis"], stance["says"]) for stance in known("stances") for word in stance[side]}


@cache
def _stance_words(side: str) -> re.Pattern[str]:
    words = any_of(_axes(side)).pattern
    return re.compile(rf"(?<![功智所])(?:{words})(?![量力耗])" if side == "before" else words)

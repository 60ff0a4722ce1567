"""Which acts a clause performs, by its characters: a linear model over single characters and pairs.

It recognises speech acts in words that no list holds. The weights of all labels for one character pair are
packed as lanes of one whole number, so that scoring a clause against every label is one sum over its pairs.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, repeat
from math import isqrt
from operator import add
from typing import Any

_LANE = 24
_BYTES = _LANE // 8
_SCALE = 1024
# Lifts a weight above zero; lanes must never borrow from each other.
_LIFT = 1 << 13
_TOP = 1 << (_LANE - 1)
# A second act beside one that words show must score this much more; an act that words show is confirmed by this much less.
_SURE, _CONFIRM = 0.1, 0.15
# Longer clauses are judged by their beginning: more pairs could overflow a lane.
_LONGEST = 60
_REMEMBERED = 8192
_NOT_SAID = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Weights:
    """A trained model: for each character or pair one weight a label, and what the sum must exceed.

    `limits[j]` is compared with the sum of the weights divided by the square root of their number.
    """

    labels: tuple[str, ...]
    weights: Mapping[str, Sequence[float]]
    limits: tuple[float, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the model with its weights rounded to 1/1024 and packed as text."""
        packed = b"".join(
            b"".join((min(max(round(w * _SCALE), -_LIFT + 1), _LIFT - 1) + _LIFT).to_bytes(_BYTES, "little") for w in row)
            for row in self.weights.values()
        )
        data = base64.b64encode(packed).decode("ascii")
        return {"labels": self.labels, "grams": "\t".join(self.weights), "limits": self.limits, "data": data}


class ClauseModel:
    """A packed model, ready to judge clauses.

    `bits` gives the bit of each label; `judge(clause)` returns three sums of bits for a folded clause: the labels that it
    claims, those it is sure of, and those it would confirm.
    """

    def __init__(self, packed: Mapping[str, Any]) -> None:
        labels: tuple[str, ...] = tuple(packed["labels"])
        data, size = base64.b64decode(packed["data"]), _BYTES * len(labels)
        grams = packed["grams"].split("\t")
        self._weights = {g: int.from_bytes(data[i * size : (i + 1) * size], "little") for i, g in enumerate(grams)}
        self._unknown = _lanes([_LIFT] * len(labels))
        self._tops = _lanes([_TOP] * len(labels))
        self.bits = {label: _TOP << (_LANE * i) for i, label in enumerate(labels)}
        # Replies repeat themselves: 您好 and its like need judging once.
        self.judge = lru_cache(maxsize=_REMEMBERED)(self._judge)
        claims, sure, confirms = (_offsets([limit + more for limit in packed["limits"]]) for more in (0.0, _SURE, -_CONFIRM))
        self._offsets = list(zip(claims, sure, confirms, strict=True))

    def _judge(self, clause: str) -> tuple[int, int, int]:
        said = spoken(clause)
        if not said:
            return 0, 0, 0
        get, unknown = self._weights.get, repeat(self._unknown)
        total = sum(map(get, chain(said, map(add, "^" + said, said + "$")), unknown))
        claims, sure, confirms = self._offsets[2 * len(said) + 1]
        tops = self._tops
        return (total + claims) & tops, (total + sure) & tops, (total + confirms) & tops


def spoken(clause: str) -> str:
    """Return what is said of a folded clause: no marks, every number a 0, at most 60 characters."""
    said = clause if clause.isalnum() else _NOT_SAID.sub("", clause)
    return _DIGITS.sub("0", said)[:_LONGEST]


def grams(said: str) -> list[str]:
    """Return the characters and pairs of what is said; `^` and `$` are its ends."""
    return [*said, *map(add, "^" + said, said + "$")]


def _offsets(limits: Sequence[float]) -> list[int]:
    """Return what to add to a sum of n weights so that a lane's top bit says whether it exceeds the limit, for each n."""
    return [
        _lanes([_TOP - n * _LIFT - 1 - round(limit * _SCALE * isqrt(n * 10000) / 100) for limit in limits])
        for n in range(2 * _LONGEST + 2)
    ]


def _lanes(values: Sequence[int]) -> int:
    return sum(value << (_LANE * i) for i, value in enumerate(values))

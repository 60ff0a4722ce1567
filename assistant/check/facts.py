"""Numbers, amounts, dates, durations, ids, links, names: what a text claims and what supports it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from assistant.check.factscan import FactKind, read_values
from assistant.check.numbers import RANGE_MARKS
from assistant.check.times import times_in
from assistant.check.views import fold

__all__ = ["Fact", "FactKind", "facts_in", "unsupported", "unsupported_times"]

_QUANTITY = re.compile(r"([0-9.]+)(?:~([0-9.]+))?([^0-9.~:x-]*)")
_DAY = re.compile(r"(?:([0-9]{4})-)?([0-9]{2})-([0-9]{2})|([0-9]{4})-([0-9]{2})")
_POLITE = ("女士", "先生", "小姐")


@dataclass(frozen=True, slots=True)
class Fact:
    """One value a text states; `key` is equal for 三天 and 3天. Offsets are code points, half open."""

    kind: FactKind
    key: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def facts_in(text: str) -> tuple[Fact, ...]:
    """List the facts a text states, in text order, never overlapping. Grammar (一下, 第二步, 一个订单) states none."""
    view = fold(text)
    if "，" in text:  # only a plain comma groups thousands
        view = (
            "".join("，" if a == "，" else b for a, b in zip(text, view, strict=True))
            if "," in text
            else view.replace(",", "，")
        )
    found: list[Fact] = []
    for read in read_values(view):
        fact = Fact(*read)
        last = found[-1] if found else None
        if last and last.end < fact.start <= last.end + 4 and view[last.end : fact.start].strip() in RANGE_MARKS:
            key = _range_key(last, fact)
            if key:
                found[-1] = Fact(fact.kind, key, last.start, fact.end)
                continue
        found.append(fact)
    return tuple(found)


def _range_key(low: Fact, high: Fact) -> str | None:
    """Return the key of a range said with both ends whole: 3天到5天, 9:00-18:00, 周一至周五, 11月5日到8日."""
    if low.kind != high.kind or "~" in low.key or "~" in high.key:
        return None
    if low.kind in ("number", "amount", "duration"):
        first, second = _QUANTITY.fullmatch(low.key), _QUANTITY.fullmatch(high.key)
        same = first and second and first[3] == second[3]
        return f"{first[1]}~{second[1]}{second[3]}" if first and second and same else None
    if low.kind != "date":
        return None
    if high.key.endswith("日") and _DAY.fullmatch(low.key):
        return f"{low.key}~{low.key[:-2]}{high.key[:-1]:0>2}"
    if ":" in low.key and ":" in high.key and high.key < "12:00" <= low.key:  # 下午2点到4点
        later = f"{int(high.key[:2]) + 12}{high.key[2:]}"
        return f"{low.key}~{later if later > low.key else high.key}"
    return f"{low.key}~{high.key}"


def unsupported(text: str, known: Iterable[str]) -> list[Fact]:
    """Return the facts of `text` that no known text states.

    A bare number is supported by the same number with any unit; a number with a unit needs that unit, or stands
    bare in a known text. A range needs the same range or both ends. A day without its year, an hour of known
    opening hours, the last digits of a known number, 王女士 for a known 王芳 are supported too.
    """
    facts = facts_in(text)
    if not facts:
        return []
    sources = [source for source in known if source]
    backed = frozenset[str]().union(*map(_backs, sources))
    return [f for f in facts if not _supported(f, backed) and not _named(f, text, sources)]


def unsupported_times(text: str, known: Iterable[str]) -> list[Fact]:
    """Return the limits of time without a number (明天, 月底前) that no known text holds.

    They are facts only where something is promised: elsewhere 明天 is a word like any other.
    """
    view = fold(text)
    times = [time for time in times_in(view) if time.bound == "bounded"]
    if not times:
        return []
    stated, sources = facts_in(text), [fold(source) for source in known]
    return [
        Fact("date", view[time.start : time.end], time.start, time.end)
        for time in times
        if not any(fact.start < time.end and time.start < fact.end for fact in stated)
        and not any(view[time.start : time.end] in source for source in sources)
    ]


def _supported(fact: Fact, backed: frozenset[str]) -> bool:
    key = fact.key
    if key in backed:
        return True
    if fact.kind == "name":
        return (len(key) == 1 or key.endswith(_POLITE)) and f"@{key[0]}" in backed
    low, tilde, high = key.partition("~")
    quantity = _QUANTITY.fullmatch(key)
    if quantity is None:
        return bool(tilde) and low in backed and high in backed
    unit = quantity[3]
    if unit and f"={key.removesuffix(unit)}" in backed:
        return True
    return bool(tilde) and low + unit in backed and high in backed


def _named(fact: Fact, text: str, sources: list[str]) -> bool:
    return fact.kind == "name" and any(text[fact.start : fact.end] in source for source in sources)


@lru_cache(maxsize=4096)
def _backs(source: str) -> frozenset[str]:
    """Return every key a known text supports; =24 is a number that stands bare, @王 a person of that surname."""
    backed: set[str] = set()
    for fact in facts_in(source):
        backed.add(fact.key)
        backed.update(_implied(fact))
    return frozenset(backed)


def _implied(fact: Fact) -> Iterable[str]:
    key = fact.key
    if fact.kind in ("id", "phone"):
        return (f"={key}", key[:3], key[:4], key[-3:], key[-4:], key[-6:])
    if fact.kind == "name":
        return (f"@{key[1] if key[0] == '小' and len(key) > 1 else key[0]}",)
    low, tilde, high = key.partition("~")
    if quantity := _QUANTITY.fullmatch(key):
        first, second, unit = quantity.groups()
        return (first, second or first, f"{second or first}{unit}", *(() if unit else (f"={key}",)))
    if tilde:
        return (low, high, *_of_day(low), *_of_day(high))
    return _of_day(key)


def _of_day(key: str) -> tuple[str, ...]:
    """Return what a day, weekday or hour supports besides itself: 11-05 and 5日 for 2026-11-05, 周3 for 下周3."""
    if match := _DAY.fullmatch(key):
        year, month, day = match[1] or match[4], match[2] or match[5], match[3]
        keys = [f"{int(month)}月", str(int(month))]
        keys += [f"{month}-{day}", f"{int(day)}日", str(int(day))] if day else []
        return (*keys, f"{year}年", f"{year}-{month}", year) if year else tuple(keys)
    if "周" in key:
        return (key[-2:],)
    return tuple(str(int(part)) for part in key.split(":")) if ":" in key else ()

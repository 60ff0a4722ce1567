"""Numbers, amounts, dates, durations, ids, links: what a text claims and what supports it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from assistant.check.views import fold

FactKind = Literal["number", "amount", "date", "duration", "id", "url", "phone"]

_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_POWER = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_UNITS = "工作日|自然日|小时|分钟|个月|星期|天|周|年|日|号|月|点|时|分|秒|元|块|毛|角|折|%|％|兆|g|件|次|位|倍|公里|斤"
# Units after which a Chinese numeral is a claim; before others (一下, 一个, 一起) it is only grammar.
_HAN_UNITS = "个?工作日|个?自然日|个?小时|分钟|个月|个?星期|天|周|年|元|块|毛|折|兆"
_VALUE = re.compile(
    rf"(?P<url>(?:https?://|www\.)[\w./?=&%#:~+-]+)"
    rf"|(?P<id>(?<![a-z0-9])[a-z]{{1,4}}\d{{7,24}}[a-z]{{0,2}}(?![a-z0-9])|(?<!\d)\d{{8,24}}(?!\d))"
    rf"|(?P<digits>\d+(?:\.\d+)?)\s*个?(?P<unit>{_UNITS})?"
    rf"|(?<!第)(?P<han>[零一二两三四五六七八九十百千万]+)(?P<han_unit>{_HAN_UNITS})"
)
_DURATION = ("工作日", "自然日", "小时", "分钟", "个月", "星期", "天", "周", "年", "秒")
_SAME = {"元": "元", "块": "元", "星期": "周", "自然日": "天", "％": "%", "号": "日", "时": "点"}


@dataclass(frozen=True)
class Fact:
    """One value a text states; `key` is equal for 三天 and 3天."""

    kind: FactKind
    key: str
    start: int
    end: int


def han_number(text: str) -> int:
    """Read a Chinese numeral up to 万."""
    total, section, digit = 0, 0, 0
    for char in text:
        if char in _DIGIT:
            digit = _DIGIT[char]
        elif char == "万":
            total, section, digit = (total + section + digit) * 10000, 0, 0
        else:
            section += (digit or 1) * _POWER[char]
            digit = 0
    return total + section + digit


@lru_cache(maxsize=4096)
def facts_in(text: str) -> tuple[Fact, ...]:
    """List the facts a text states, in text order. `{slots}` and 【占位】 state nothing."""
    folded = fold(text)
    found = []
    for match in _VALUE.finditer(folded):
        kind, key = _read(match)
        found.append(Fact(kind, key, match.start(), match.end()))
    return tuple(found)


def _read(match: re.Match[str]) -> tuple[FactKind, str]:
    if match["url"]:
        return "url", match["url"]
    if match["id"]:
        mobile = re.fullmatch(r"1[3-9]\d{9}", match["id"])
        return ("phone" if mobile else "id"), match["id"]
    if match["digits"]:
        value, unit = float(match["digits"]), match["unit"] or ""
    else:
        value, unit = float(han_number(match["han"])), match["han_unit"].removeprefix("个")
        unit = "个月" if match["han_unit"] == "个月" else unit
    unit = _SAME.get(unit, unit)
    key = f"{value:g}{unit}"
    if unit in ("元", "毛", "角", "折"):
        return "amount", key
    if unit in _DURATION:
        return "duration", key
    if unit in ("日", "月", "点"):
        return "date", key
    return "number", key


def unsupported(text: str, known: Iterable[str]) -> list[Fact]:
    """Return the facts of `text` that no known text states.

    A bare number is supported by the same number with any unit; a number with a unit needs that unit, or stands
    bare in a known text.
    """
    facts = facts_in(text)
    if not facts:
        return []
    keys: set[str] = set()
    numbers: set[str] = set()
    for source in known:
        for fact in facts_in(source):
            keys.add(fact.key)
            numbers.add(_number(fact.key))
    missing = []
    for fact in facts:
        bare = _number(fact.key) == fact.key
        if fact.key in keys or (bare and fact.key in numbers) or (not bare and _number(fact.key) in keys):
            continue
        missing.append(fact)
    return missing


def _number(key: str) -> str:
    match = re.match(r"[\d.e+]+", key)
    return match[0] if match else key

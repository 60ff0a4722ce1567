"""Simplified and traditional characters: tell them apart, convert a reply."""

from __future__ import annotations

import re
from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml

from assistant.check import traditional_table

_FIXES = Path(__file__).with_name("traditional.yaml")
# Fewer than this share of the Han characters may be stray variants inside simplified text.
_SHARE = 0.08


def is_traditional(text: str) -> bool:
    """Tell whether a customer writes in traditional characters."""
    han = [c for c in text if "一" <= c <= "鿿"]
    table = traditional_table()
    marked = sum(ord(c) in table and not c.encode("gb2312", "ignore") for c in han)
    return bool(han) and marked >= 1 and marked / len(han) >= _SHARE


def to_traditional(text: str) -> str:
    """Convert a reply to traditional characters as written in Taiwan; wording stays."""
    converted = str(_converter("s2tw").convert(text))
    for pattern, right in _corrections():
        converted = pattern.sub(partial(_one_character, right), converted)
    return converted


def _one_character(right: str, match: re.Match[str]) -> str:
    return match[0] if len(match[0]) > 1 else right


@cache
def _corrections() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return (pattern, right character); the pattern takes protected words whole, so that they stay."""
    rows = yaml.safe_load(_FIXES.read_text(encoding="utf-8"))
    return tuple((re.compile("|".join((*map(re.escape, row["unless"]), row["wrong"]))), row["right"]) for row in rows)


def to_simplified(text: str) -> str:
    """Convert to simplified characters, for understanding and search."""
    return str(_converter("t2s").convert(text))


@cache
def _converter(config: str) -> Any:
    from opencc import OpenCC

    return OpenCC(config)

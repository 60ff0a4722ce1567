"""Slot values in a customer's words, and filling them into phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus import Slot

_BLANK = re.compile(r"\{([a-z_]+)\}")
_PLACEHOLDER = re.compile(r"\[[^\]\s]{1,8}\]")
# A run of digits longer than any id is noise, and slow to look at.
_LONGEST = 4000


@dataclass(frozen=True)
class SlotFinder:
    """Compiled `detect` patterns of the slots."""

    patterns: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]

    @classmethod
    def of(cls, slots: Iterable[Slot]) -> SlotFinder:
        """Compile the slots that can be detected."""
        return cls(tuple((s.name, tuple(re.compile(p) for p in s.detect)) for s in slots if s.detect))

    def find(self, text: str) -> dict[str, str]:
        """Return slot name → value for everything the text gives; the last mention wins."""
        text = text[-_LONGEST:]
        found: dict[str, str] = {}
        for name, patterns in self.patterns:
            for pattern in patterns:
                matches = list(pattern.finditer(text))
                if matches:
                    last = matches[-1]
                    found[name] = (last[1] if last.re.groups and last[1] else last[0]).strip()
                    break
        if found.get("order_id") == found.get("phone") and "order_id" in found:
            del found["order_id"]
        if "tracking_no" in found and found.get("order_id") == found["tracking_no"]:
            del found["order_id"]
        return found


def blanks(text: str) -> tuple[str, ...]:
    """Return the slot names of a phrase, in order, once each."""
    return tuple(dict.fromkeys(_BLANK.findall(text)))


def usable(value: str | None) -> str | None:
    """Return a value fit to be written in a reply; a placeholder such as [订单号] only says that it was given."""
    return value if value and not _PLACEHOLDER.fullmatch(value) else None


def fill(text: str, values: Mapping[str, str], titles: Mapping[str, str]) -> str:
    """Fill `{slots}`; what has no usable value stays visible as 【标题】."""

    def value(match: re.Match[str]) -> str:
        return usable(values.get(match[1])) or f"【{titles.get(match[1], match[1])}】"

    return _BLANK.sub(value, text)

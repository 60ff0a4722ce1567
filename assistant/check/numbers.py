"""Numerals as Chinese writes them: 59.00, 1,000, 1.5万, 三百五, 十七八, 两三, 〇. Values are plain decimal strings."""

from __future__ import annotations

from decimal import Decimal

HAN_DIGITS = "零〇一二两三四五六七八九"
HAN_NUMERALS = HAN_DIGITS + "十百千万亿"
RANGE_MARKS = ("-", "~", "—", "——", "–", "至", "到")

# Regex fragments over folded text; possessive, so that a long run is read once.
DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3})++(?![0-9])(?:\.[0-9]++)?|[0-9]++(?:\.[0-9]++)?)(?:\s?[万亿]|[千百](?![克米瓦卡]))?"
HAN = f"[{HAN_NUMERALS}]++"
RANGE = r"\s?(?:-|~|——?|–|至|到)\s?"

_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "幺": 1}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_POWER = _SMALL | _LARGE
_LONGEST = 16


def plain(digits: str) -> str:
    """Return the one spelling of a decimal: no separators, leading zeros, trailing zeros."""
    if digits.isdecimal() and (digits[0] != "0" or len(digits) == 1):
        return digits
    if digits[-1] in _POWER:
        return _decimal(Decimal(plain(digits[:-1].rstrip())) * _POWER[digits[-1]])
    whole, point, part = digits.replace(",", "").partition(".")
    whole = whole.lstrip("0") or "0"
    part = part.rstrip("0") if point else ""
    return f"{whole}.{part}" if part else whole


def scaled(value: str, factor: str) -> str:
    """Multiply a plain value."""
    return value if factor == "1" else _decimal(Decimal(value) * Decimal(factor))


def added(value: str, more: str) -> str:
    """Add two plain values."""
    return _decimal(Decimal(value) + Decimal(more))


def _decimal(value: Decimal) -> str:
    return plain(format(value, "f"))


def han_digits(text: str) -> str | None:
    """Read numerals said one by one, as in 二〇二六 or 幺三八; None when a power such as 十 or a 两 is among them."""
    if "两" in text or any(c not in _DIGIT for c in text):
        return None
    return "".join(str(_DIGIT[c]) for c in text)


def han_number(text: str) -> int | None:
    """Read a well-formed numeral below 10^16, 三百五 as 350; None when it is none (统一三, 三三两两)."""
    if not text or len(text) > _LONGEST:
        return None
    total = section = 0
    digit: int | None = None
    power = 10**4  # of the last multiplier read; the next one must be smaller
    for char in text:
        if char in _DIGIT:
            if digit:
                return None
            digit = _DIGIT[char]
        elif char in _SMALL:
            if _SMALL[char] >= power or (digit is None and (section or total or char != "十")):
                return None
            section += (1 if digit is None else digit) * _SMALL[char]
            digit, power = None, _SMALL[char]
        else:
            section += digit or 0
            if not section or (char == "万" and total % _LARGE["亿"]):
                return None
            total = total + section * _LARGE[char] if char == "万" else (total + section) * _LARGE[char]
            section, digit, power = 0, None, 10**4
            continue
    if digit and len(text) > 1 and text[-2] in _POWER and text[-2] != "十":
        digit *= _POWER[text[-2]] // 10
    return total + section + (digit or 0)


def han_values(text: str) -> tuple[str, ...] | None:
    """Read a numeral as one plain value, or two when it is a range: 两三, 十七八, 二三十, 三五."""
    value = han_number(text)
    if value is not None:
        return (str(value),)
    head, tail = text.partition("十")[::2] if "十" in text[:-1] else ("", text)
    for power in ("", *_POWER):
        pair = tail.removesuffix(power) if power else tail
        if len(pair) == 2 and tail == pair + power and _approximate(pair):
            stem = text[: len(text) - len(tail)]
            low, high = (han_number(stem + c + power) for c in pair)
            return None if low is None or high is None or (head and not stem) else (str(low), str(high))
    return None


def _approximate(pair: str) -> bool:
    low, high = (_DIGIT.get(c, -1) for c in pair)
    return 0 < low < high and (high == low + 1 or (low, high) == (3, 5))


def values(numeral: str) -> tuple[str, ...] | None:
    """Read either kind of numeral; 三点五 is 3.5."""
    if numeral[0].isascii():
        return (plain(numeral),)
    whole, point, part = numeral.partition("点")
    if not point:
        return han_values(numeral)
    left, right = han_number(whole), han_digits(part)
    return None if left is None or right is None or len(right) > 4 else (plain(f"{left}.{right}"),)

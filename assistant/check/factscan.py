"""Scan a folded text for the values it states and give each its key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from assistant.check.dates import CLOCK, DATE, WEEKDAY, clock_key, date_key, weekday_key
from assistant.check.entities import EMAIL, HOTLINE, LANDLINE, MOBILE, URL
from assistant.check.names import name_at
from assistant.check.numbers import HAN_NUMERALS, han_digits, plain, values
from assistant.check.quantities import PERCENT, QUANTITY, quantity

FactKind = Literal["number", "amount", "date", "duration", "id", "url", "phone", "email", "name"]
Read = tuple[FactKind, str, int, int]

_H = HAN_NUMERALS.replace("百千万亿", "") + "幺"
# Where a value may start. A character class comes first: the regex engine then skips the rest of a text quickly.
_CUE = re.compile(
    rf"[0-9a-z¥￥$半百周星礼经女先主师小工总叫姓组店老律医警站队专{_H}](?:(?<=[0-9a-z¥￥$])"
    rf"|(?<=[{_H}])(?:[{_H}百千万亿]++|(?=个(?:工作|自然|小时|钟头|月|星|礼|半)"
    r"|[点工自小分刻星礼周天年月日号元块毛角折兆件次张台瓶盒箱袋斤公千克米倍笔积秒钟美厘期至到~-]))"
    r"|(?<=[周星礼半百叫姓])(?:(?<=周)(?=[一二三四五六日天1-7])|(?<=星)期(?=[一二三四五六日天1-7])"
    r"|(?<=礼)拜(?=[一二三四五六日天1-7])|(?<=半)(?=小时|天|年|月|个)|(?<=百)分之|(?<=[我名他她]叫)|(?<=[我免贵您他她户]姓))"
    r"|(?<=[经女先主师小工总组店老律医警站队专])(?:(?<=小)(?!时)|(?<=工)(?![作单号程具])|(?<=总)(?![是共计部金数额])"
    r"|[理士生管任傅长师板官员监](?<=经理|女士|先生|主管|主任|师傅|组长|店长|站长|队长|老师|老板|律师|医生|警官|专员|总监)))"
)
_LIST_MARK = re.compile(r"[0-9]{1,2}[、).](?![0-9])")
_LISTS_AFTER = " \t\n\r。;!?:,，(；："
_TOKEN = re.compile(
    rf"(?P<email>{EMAIL})|(?P<url>{URL})"
    r"|(?P<pair>[0-9]{1,4}\s?[x*×]\s?[0-9]{1,4}(?:\s?[x*×]\s?[0-9]{1,4})?(?![0-9])(?:\s?个?小时)?)"
    rf"|(?P<phone>{MOBILE}|{HOTLINE}|{LANDLINE})"
    r"|(?P<id>[0-9]{8,}+(?![a-z])(?:[-_][0-9]++)*+)"
)
_MIXED = re.compile(r"[a-z0-9]++(?:[-_.][a-z0-9]++)*+")
_LEADING_DIGITS = re.compile(r"[0-9]*+")
_RUNS_ON = re.compile(r"(?<=[0-9])[a-z]")
_MOBILE_DIGITS = re.compile(r"1[3-9][0-9]{9}")
_SHORT_PHONE = re.compile(r"123[0-9]{2}|1118[0-9]|95[0-9]{3}|96[0-9]{3}|100(?:00|10|86)|10099")


def read_values(view: str) -> Iterator[Read]:
    """Yield kind, key, start and end of every value of a folded text (its ， left wide), in order, never overlapping."""
    at = floor = 0
    search = _CUE.search
    while (cue := search(view, at)) is not None:
        start, end = cue.span()
        at = max(end, start + 1)
        char = view[start]
        read: Read | None
        if char.isascii() or char in "¥￥":
            read, at = _read_ascii(view, start)
        elif char in _H or char in "半百":
            read = _read_han(view, start, at)
        elif char in "周星礼":
            match = WEEKDAY.match(view, start)
            read = ("date", *weekday_key(match, view), match.end()) if match else None
        else:
            name = name_at(view, start)
            read = ("name", view[slice(*name)], *name) if name else None
        if read is not None and read[2] >= floor:
            yield read
            at = floor = max(read[3], start + 1)


def _read_ascii(view: str, start: int) -> tuple[Read | None, int]:
    """Read what starts with a digit, a Latin letter or a currency sign; also return where to go on."""
    char = view[start]
    if char in "¥￥$":
        return _read_money(view, start, start + 1), start + 1
    return _read_digits(view, start) if char.isdigit() else _read_latin(view, start)


def _read_latin(view: str, start: int) -> tuple[Read | None, int]:
    token = _TOKEN.match(view, start)
    if token is not None:
        read = _read_token(view, token)
        return read, read[3]
    if view.startswith("rmb", start) and (money := _read_money(view, start, start + 3)):
        return money, money[3]
    return _read_mixed(view, start)


def _read_digits(view: str, start: int) -> tuple[Read | None, int]:
    digits = _LEADING_DIGITS.match(view, start)
    end = digits.end() if digits else start + 1
    before = view[start - 1] if start else " "
    if before == "第" or (before in _LISTS_AFTER and _LIST_MARK.match(view, start)):
        return None, end
    after = view[end : end + 1]
    if end - start > 6 or after < "一":  # a short number before Chinese is neither phone nor link
        token = _TOKEN.match(view, start)
        if token is not None:
            read = _read_token(view, token)
            return read, read[3]
    number = _read_number(view, start, after)
    if number is not None and not _RUNS_ON.match(view, number[3]):
        return number, number[3]
    return _read_mixed(view, start) if _RUNS_ON.match(view, end) else (None, end)


def _read_token(view: str, token: re.Match[str]) -> Read:
    kind, (start, end) = token.lastgroup, token.span()
    if kind in ("email", "url"):
        while view[end - 1] in "./?:-&":
            end -= 1
        key = view[start:end]
        return "email" if kind == "email" else "url", key.removeprefix("http://").removeprefix("https://"), start, end
    if kind == "pair":
        key = "x".join(re.findall("[0-9]+", token[0]))
        return "duration" if token[0].endswith("小时") else "number", key, start, end
    digits = re.sub("[^0-9]", "", token[0])
    if kind == "phone":
        start -= start > 0 and view[start - 1] in "+("
        return "phone", digits[2:] if len(digits) == 13 and digits.startswith("86") else digits, start, end
    return "id", digits, start, end


def _read_mixed(view: str, start: int) -> tuple[Read | None, int]:
    """Read a run of letters and digits: an id when 7 or longer, else a number such as 4g; letters alone state nothing."""
    match = _MIXED.match(view, start)
    if match is None:
        return None, start + 1
    key = re.sub("[-_.]", "", match[0])
    if key.isalpha():
        return None, match.end()
    return ("id" if len(key) >= 7 else "number", key, start, match.end()), match.end()


def _read_money(view: str, start: int, at: int) -> Read | None:
    """Read an amount whose currency stands before it."""
    at += view[at : at + 1] == " "
    match = QUANTITY.match(view, at)
    if match is None or not match["a"][0].isascii():
        return None
    read = quantity(match, view)
    if read is not None and read[0] == "amount":
        key, end = read[1], read[2]
    else:
        key = "~".join(plain(number) for number in (match["a"], match["b"]) if number) + "元"
        end = match.end("b" if match["b"] else "a")
    return "amount", key.replace("元", "美元") if view[start] == "$" and "美" not in key else key, start, end


def _read_number(view: str, start: int, after: str) -> Read | None:
    """Read a date, a clock time or a quantity, in digits or in Chinese; `after` is what follows the numeral."""
    if after in "年月-/. " and (match := DATE.match(view, start)) and (date := date_key(match)):
        return "date", date, start, match.end()
    if after in "点时: " and (match := CLOCK.match(view, start)) and (clock := clock_key(match, view)):
        return "date", clock[0], clock[1], match.end()
    if (match := QUANTITY.match(view, start)) is None or (read := quantity(match, view)) is None:
        return None
    kind, key, end = read
    if key.isdecimal():
        if _SHORT_PHONE.fullmatch(key):
            return "phone", key, start, end
        key = match["a"] if match["a"][0] == "0" else key  # 尾号0123
    elif key.endswith("点"):
        key = "~".join(f"{hour:0>2}:00" for hour in key[:-1].split("~"))
    return kind, key, start, end


def _read_han(view: str, start: int, end: int) -> Read | None:
    if view[start] == "百":
        match = PERCENT.match(view, start)
        share = values(match["a"]) if match else None
        return ("number", f"{share[0]}%", start, match.end()) if match and share else None
    run = view[start:end]
    digits = han_digits(run) if len(run) > 3 else None
    if digits and view[end : end + 1] != "年":
        return "phone" if _MOBILE_DIGITS.fullmatch(digits) else "id" if len(digits) > 7 else "number", digits, start, end
    return _read_number(view, start, view[end : end + 1])

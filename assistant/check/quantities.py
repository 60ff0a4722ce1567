"""Numbers with their units: how they are written and the one key of each (半小时 = 30分钟, 59块九 = 59.9元)."""

from __future__ import annotations

import re
from typing import Literal

from assistant.check.dates import DAY, HOUR
from assistant.check.numbers import DIGITS, HAN, RANGE, added, han_digits, scaled, values

QuantityKind = Literal["number", "amount", "date", "duration"]

# unit → (kind, unit of the key, factor)
_UNITS: dict[str, tuple[QuantityKind, str, str]] = {
    **{unit: ("duration", unit, "1") for unit in ("工作日", "分钟", "秒", "个月", "天", "周", "年")},
    **dict.fromkeys(("小时", "钟头", "h", "hr", "hrs"), ("duration", "分钟", "60")),
    **dict.fromkeys(("星期", "礼拜"), ("duration", "周", "1")),
    **dict.fromkeys(("元", "元整", "元钱", "圆", "块", "块钱", "rmb"), ("amount", "元", "1")),
    **dict.fromkeys(("毛", "毛钱", "角", "角钱"), ("amount", "元", "0.1")),
    **dict.fromkeys(("美元", "美金", "刀"), ("amount", "美元", "1")),
    **{unit: ("date", unit, "1") for unit in ("日", "月", "点")},
    "自然日": ("duration", "天", "1"),
    "刻钟": ("duration", "分钟", "15"),
    "min": ("duration", "分钟", "1"),
    "秒钟": ("duration", "秒", "1"),
    "月": ("date", "月", "1"),
    "号": ("date", "日", "1"),
    "时": ("date", "点", "1"),
    "分钱": ("amount", "元", "0.01"),
    "折": ("amount", "折", "1"),
}
_SAME = {
    "公斤": "kg",
    "千克": "kg",
    "克": "g",
    "公里": "km",
    "千米": "km",
    "厘米": "cm",
    "毫米": "mm",
    "米": "m",
    "毫升": "ml",
    "升": "l",
}

_TIME = r"个?工作日|个?自然日|个?小时|个?钟头|分钟|刻钟|秒钟?|个月|个?(?:星期|礼拜)(?![一二三四五六日天末])|天(?![猫河津使])|周(?![末年岁边围期到])|年(?![级代龄货])"
_MONEY = r"元[整钱]?|圆|块钱?(?!儿)|毛钱?|[角分]钱|角(?!度|落)|美[元金]|折(?!叠|扣|算|腾|损)"
_COUNT = r"公斤|千克|公里|千米|厘米|毫米|毫升|积分|[件次张台瓶盒箱袋斤克米升倍笔级兆位人名条双套支本期遍楼层岁款度瓦伏寸]|单(?!元)|包(?!邮)"
_LATIN = r"(?:kg|km|cm|mm|ml|mb|gb|hrs?|h|g|m|l|min|rmb)(?![a-z0-9])"
# Counting words after which a Chinese numeral is a claim; after others (一个, 两种, 三点) it is only grammar.
_HAN_COUNT = frozenset(
    [
        "公斤",
        "千克",
        "公里",
        "千米",
        "厘米",
        "毫米",
        "毫升",
        "积分",
        "件",
        "张",
        "台",
        "瓶",
        "盒",
        "箱",
        "袋",
        "斤",
        "克",
        "米",
        "倍",
        "笔",
        "次",
        "兆",
        "期",
    ]
)
_ONCE = frozenset(
    [
        "块",
        "毛",
        "件",
        "张",
        "台",
        "瓶",
        "盒",
        "箱",
        "袋",
        "斤",
        "克",
        "米",
        "笔",
        "次",
        "期",
        "点",
        "时",
        "日",
        "月",
        "号",
        "圆",
    ]
)

QUANTITY = re.compile(
    rf"(?P<a>半|{DIGITS}|{HAN}(?:点[零〇一二两三四五六七八九]++)?)(?:{RANGE}(?P<b>{DIGITS}|{HAN}))?\s?"
    rf"(?P<half>个半(?=小时|钟头|月|工作日|星期|礼拜))?"
    rf"(?P<unit>{_TIME}|{_MONEY}|{DAY}|{HOUR}|月|%|{_LATIN}|{_COUNT}|(?<=半)月)?"
    r"(?P<plus>半(?![价载夜路]))?"
)
PERCENT = re.compile(rf"百分之(?P<a>{DIGITS}|{HAN}(?:点[零〇一二三四五六七八九]++)?)")
_CHANGE = re.compile(
    r"(?P<more>[0-9]{1,2}|[一二三四五六七八九])(?P<mark>[毛角])?钱?(?![0-9.零一二三四五六七八九十百千万个件天张次位点折元块月日号分小%起共般下直定到至~-])"
)
_CHANGE_DIGITS = frozenset("0123456789一二三四五六七八九")
_WITHIN = re.compile(r"之?内|以内|后|无理由")


def quantity(match: re.Match[str], folded: str) -> tuple[QuantityKind, str, int] | None:
    """Return kind, key and end for a match of `QUANTITY`; None when it is grammar rather than a claim."""
    low, high, and_half, unit, half = match.groups()
    end = match.end()
    unit = _plain_unit(unit, and_half)
    numbers = _values(low, high, unit)
    if numbers is None or (not low[0].isascii() and not _claims(match, folded, unit)):
        return None
    if unit in ("日", "点", "时"):
        if unit == "日" and _WITHIN.match(folded, match.end("unit")):
            unit = "天"
        elif unit != "日" and high is None:
            return None
    elif unit == "号" and folded[max(0, match.start() - 1) : match.start()] in _ROADS:
        unit, end = "", match.start("unit")
    kind, name, factor = _UNITS.get(unit) or ("number", _SAME.get(unit, unit), "1")
    if half and kind != "duration":
        half, end = None, end - 1
    if and_half or half:
        numbers = tuple(added(n, "0.5") for n in numbers)
    if factor != "1":
        numbers = tuple(scaled(n, factor) for n in numbers)
    if name == "元" and high is None and unit in ("块", "元") and folded[end : end + 1] in _CHANGE_DIGITS:
        change = _CHANGE.match(folded, end)
        if change and (unit == "块" or change["mark"]):
            return kind, added(numbers[0], _cents(change)) + name, change.end()
    if name == "折":
        numbers = tuple(scaled(n, "0.1") if len(n) == 2 and n.isdecimal() else n for n in numbers)
    elif name == "年" and high is None and len(low) == 4 and low.isdecimal():
        kind = "date"
    return kind, _key(numbers, name), end


def _plain_unit(unit: str | None, and_half: str | None) -> str:
    if not unit:
        return ""
    if unit == "月" and and_half:
        return "个月"
    if unit == "点钟":
        return "点"
    return unit[1:] if unit[0] == "个" and unit != "个月" else unit


def _values(low: str, high: str | None, unit: str) -> tuple[str, ...] | None:
    if low == "半":
        return ("0.5",)
    if unit == "折" and (off := han_digits(low)):
        return (off,)
    first = values(low)
    if high is None or first is None:
        return first
    second = values(high)
    return None if second is None else (first[0], second[-1])


def _cents(change: re.Match[str]) -> str:
    digits = values(change["more"])
    return scaled(digits[0], "0.1" if change["mark"] or len(change["more"]) == 1 else "0.01") if digits else "0"


def _key(numbers: tuple[str, ...], unit: str) -> str:
    """Join values and unit; whole and half hours are told in hours."""
    if unit == "分钟" and all(n.isdecimal() and len(n) < 9 and int(n) >= 60 and int(n) % 30 == 0 for n in numbers):
        numbers, unit = tuple(_hours(int(n)) for n in numbers), "小时"
    return "~".join(numbers) + unit if len(numbers) > 1 else numbers[0] + unit


def _hours(minutes: int) -> str:
    return f"{minutes // 60}.5" if minutes % 60 else str(minutes // 60)


_ROADS = frozenset("路街道巷栋幢村弄")
_BARE = re.compile(r"[一二两三四五六七八九][十百千万亿].*|十[一二三四五六七八九]")
_IDLE_DAY = re.compile(r"(?:[的每这那有同整某哪全当]|好像)$")
_IDLE_AFTER = re.compile(r"天[天到]|年[一四到来]|周年|件[事套]|条[龙路]|次[次性]|[张包]嘴|台戏|步|分[钱文]|笔带|毛不|日三")


def _claims(match: re.Match[str], folded: str, unit: str) -> bool:
    """Tell whether a Chinese numeral states a value: 一天天, 新的一天, 一次性, 两件事 do not."""
    a = match["a"]
    before = folded[max(0, match.start() - 1) : match.start()]
    if a == "半":
        return before not in tuple("上下前后大老了小好") and unit not in ("", "元", "折", "日")
    if before and before in "第几数初双番分":
        return False
    if not unit:
        idle = a == "二百五" or (a[0] == "一" and len(a) == 2 and folded.startswith("个", match.end()))
        return match["b"] is None and "点" not in a and not idle and _BARE.fullmatch(a) is not None
    if unit not in _UNITS and unit not in _HAN_COUNT:
        return False
    if (a == "二" and unit in _HAN_COUNT) or (a == "两" and unit == "天" and before and before in "过这前近那头"):
        return False  # 二次销售, 过两天
    if a == "一" and match["b"] is None:
        if unit in _ONCE and not (unit == "块" and match["unit"] == "块钱"):
            return unit == "月" or _WITHIN.match(folded, match.end("unit")) is not None
        if unit in ("天", "年", "周", "分钟", "秒") and _IDLE_DAY.search(before):
            return False
    if a[0] in "零〇" and unit not in ("元", "点"):
        return False
    return not _IDLE_AFTER.match(folded, match.start("unit"))

"""Points and spans of time in a text: bounded (24小时内, 周五前), vague (尽快), or past (2小时前, 昨天)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from assistant.check.dates import DAY, ONE_DAY

Bound = Literal["bounded", "vague", "past"]


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A stretch of text that tells a time. Offsets are code points, half open."""

    start: int
    end: int
    bound: Bound


_VAGUE = (
    *(
        "尽快",
        "尽早",
        "马上",
        "稍后",
        "稍晚",
        "及时",
        "第一时间",
        "早日",
        "早点",
        "早些",
        "立即",
        "立刻",
        "即刻",
        "即日",
        "回头",
    ),
    *(
        "近期",
        "近日",
        "近几天",
        "这几天",
        "这两天",
        "这一两天",
        "过几天",
        "过两天",
        "过些天",
        "过段时间",
        "过一段时间",
        "过一阵",
        "过会儿",
    ),
    *(
        "抓紧",
        "赶紧",
        "随后",
        "不久",
        "改天",
        "改时间",
        "有空",
        "待会",
        "一会儿",
        "一段时间",
        "晚点",
        "晚些",
        "迟些",
        "日后",
        "几天内",
        "几小时",
        "几个小时",
        "几分钟",
    ),
)
_PAST = (
    *(
        "昨天",
        "昨日",
        "昨晚",
        "昨夜",
        "前天",
        "前晚",
        "大前天",
        "前几天",
        "前两天",
        "前些天",
        "前阵子",
        "去年",
        "当时",
        "上个月",
        "上月",
    ),
    *("刚才", "刚刚", "方才", "此前", "早前", "先前", "已经"),
)
_DAYS = (
    *(
        "今天",
        "今日",
        "今晚",
        "今早",
        "今明两天",
        "明天",
        "明日",
        "明早",
        "明晚",
        "明后天",
        "后天",
        "后日",
        "大后天",
        "当天",
        "当日",
        "当晚",
    ),
    *("次日", "隔天", "月底", "月末", "月初", "月中", "年底", "年末", "年内", "本月底", "本月内", "本月末", "本月", "周末"),
    *("下个月底", "下个月初", "下个月", "下月底", "下月初", "下月", "下班前", "下班之前"),
)
_SLOTS = ("{deadline}", "{time}", "{date}", "{transit_days}")
_BLANKS = ("时限】", "时间】", "期限】", "日期】")
_UNITS = ("小时", "钟头", "分钟", "刻钟", "工作日", "自然日", "秒", "天", "周", "星期", "礼拜", "月", "年", "日", "号", "点")
# A text with a time span contains at least one of these.
TRIGGERS: tuple[str, ...] = (
    *_UNITS,
    *(f":{minute}" for minute in range(6)),
    *("h", "/", "时前", "时之前", "时以前", "之前", "以前", "午前"),
    *(word for word in (*_VAGUE, *_PAST, *_DAYS, *_SLOTS, *_BLANKS) if not any(unit in word for unit in _UNITS)),
)

_HAN = "零〇一二两三四五六七八九十"
_N = f"0-9{_HAN}半百"
_NUMBER = rf"(?:[0-9]{{1,4}}+(?:\.[0-9]{{1,2}})?|[{_HAN}半百]{{1,4}}+)"
_HOUR = r"(?:点(?![建说要意原注问内事需心])钟?|(?<=[0-9])时(?=[之以]?前|整))"
_RANGE = r"\s?[-~—–至到]{1,2}\s?"
_UNIT = (
    r"(?:个?半?(?:小时|钟头)|个?工作日|个?自然日|分钟|刻钟|秒钟?|个半?月|个?(?:星期|礼拜)(?![一二三四五六日天])"
    r"|天(?![天猫气])|周(?![末年岁边围])|年(?![级代龄货]|[0-9]{1,2}月)|h(?![a-z])|(?<=半)[月年]|日(?=之?内|以内|后|左右))"
)
_PART = r"(?:上午|下午|晚上|晚间|傍晚|中午|凌晨|早上|早晨|早|晚)"
_CLOCK = rf"(?:[0-9]{{1,2}}:[0-5][0-9]|[{_N}]{{1,3}}{_HOUR}(?:半|整|[一三]刻|[{_N}]{{1,3}}分?)?)"
_CLOCKS = rf"{_CLOCK}(?:{_RANGE}{_PART}?{_CLOCK})?"
_EDGE = r"(?:[之以]?前(?![往台后提])|[之以]内|内(?![容部存衣])|左右|[之以]后|后(?![天续台])|之间)"
_TAIL = re.compile(rf"(?:\s?{_PART})?(?:\s?{_CLOCKS})?(?:下班)?{_EDGE}?")

_DURATION = re.compile(rf"{_NUMBER}(?:{_UNIT}?{_RANGE}{_NUMBER})?\s?{_UNIT}半?(?P<edge>{_EDGE}?)")
_CALENDAR = re.compile(
    rf"(?:[0-9]{{4}}年\s?)?[{_N}]{{1,3}}月(?:份|\s?[{_N}]{{1,3}}(?:{_RANGE}[{_N}]{{1,3}})?{DAY}|底|初|中旬|内)?"
    rf"|[{_N}]{{1,3}}(?:{_RANGE}[{_N}]{{1,3}})?{DAY}|(?:20[0-9]{{2}}[-/])?[01]?[0-9][-/][0-3]?[0-9](?=[之以]?前)"
)
_HOURS = re.compile(rf"(?:[{_N}]{{1,3}}{_RANGE}[{_N}]{{1,3}}{_HOUR}|{_CLOCKS}){_EDGE}?")
_IDLE_HOUR = frozenset("第有这几:早晚快慢多少好大小差")
_SLOT = re.compile(rf"(?:{{(?:deadline|time|date|transit_days)}}|【[^】\n]{{0,6}}(?:时限|时间|期限|日期)】){_EDGE}?")
_WORDS: dict[str, Bound] = {
    **dict.fromkeys(_VAGUE, "vague"),
    **dict.fromkeys(_PAST, "past"),
    **dict.fromkeys(_DAYS, "bounded"),
}
_LONGEST = max(map(len, _WORDS))
_WEEK = re.compile(rf"(?:(?P<past>上)个?|[本这下]个?)(?:周|星期|礼拜)(?:{ONE_DAY}|[末内底])?|(?:周|星期|礼拜){ONE_DAY}")
_PART_OF_DAY = re.compile(rf"(?:[上中下]午|晚[上间]|傍晚)(?=\s?[{_N}]|[之以]前|(?<=午)前)")
_GONE = frozenset(("之前", "以前"))
_FIRST = "".join(sorted({word[0] for word in (*_VAGUE, *_PAST, *_DAYS)} | set("周星礼本这上中傍之以")))
_SECOND = "".join(
    sorted({word[1] for word in (*_VAGUE, *_PAST, *_DAYS)} | set("周星礼期拜个午上间晚前") | set("一二三四五六日天1234567"))
)
_CUE = re.compile(
    rf"[{_FIRST}{_N}{{【](?:(?<=[{_N}])(?<![{_N}][{_N}])(?<![第几数.].)(?=[{_N}.~至到—–\s-]{{0,9}}+[个小钟分刻工自秒天周星礼月年日号点时会段h:/])|(?<=[{_FIRST}])(?=[{_SECOND}])|(?<=[{{【]))"
)

# Words before or after a duration that make it a lapse rather than a limit, and those that make it no time at all.
_LAPSED_BEFORE = re.compile(r"(?:(?<!不)超过|[等过拖用]了|已|已经|都|满|近|过去|最近|耽误了?|晚了|延误了?)$")
_LAPSED_AFTER = re.compile(r"(?:多)?(?:了|没|未|都没|还没|过去|以来|来(?!电|回))")
_DONE_AFTER = re.compile(r"(?:[上下]午|早上|晚上)?(?:已|没|未|曾)")
_NO_TIME_AFTER = re.compile(r"无理由|免[费息]|[质价包]保|保[修价质]|试用|在线|客服|人工|服务|热线|不间断|[*x×]")
_IDLE_ONE = re.compile(r"[的每这那有同整某哪全]$")
_LAPSED = frozenset(("前", "之前", "以前"))


def times_in(folded: str) -> tuple[TimeSpan, ...]:
    """List the time spans of a folded text, in text order, never overlapping."""
    found: list[TimeSpan] = []
    at = 0
    while (cue := _CUE.search(folded, at)) is not None:
        start = cue.start()
        char = folded[start]
        if char in "{【":
            slot = _SLOT.match(folded, start)
            read: tuple[int, Bound | None] = (slot.end(), "bounded") if slot else (start + 1, None)
        elif char.isdigit() or char in _HAN or char == "半":
            read = _read_number(folded, start)
        else:
            read = _read_word(folded, start)
        at, bound = max(read[0], start + 1), read[1]
        if bound is None:
            continue
        last = found[-1] if found else None
        if last is not None and last.end == start and last.bound == "vague" and bound == "bounded":
            found[-1] = TimeSpan(last.start, at, bound)  # 稍后10分钟
        else:
            found.append(TimeSpan(start, at, bound))
    return tuple(found)


def _read_number(folded: str, start: int) -> tuple[int, Bound | None]:
    if (match := _DURATION.match(folded, start)) is not None:
        return match.end(), _bound_of_duration(match, folded)
    if (match := _CALENDAR.match(folded, start)) is not None:
        if start and folded[start - 1] in "路街道巷栋村弄" and "号" in match[0]:
            return match.end(), None
        return _with_tail(folded, match.end())
    if (match := _HOURS.match(folded, start)) is not None and (not start or folded[start - 1] not in _IDLE_HOUR):
        return match.end(), "bounded"
    return _read_word(folded, start)  # 一会儿 and 一段时间 begin as numerals do


def _with_tail(folded: str, end: int) -> tuple[int, Bound]:
    """Add the hour and the limit after a day: 今天, then 18点前; what was done by then is past."""
    tail = _TAIL.match(folded, end)
    end = tail.end() if tail else end
    return end, "past" if _DONE_AFTER.match(folded, end) else "bounded"


def _bound_of_duration(match: re.Match[str], folded: str) -> Bound | None:
    start, end = match.span()
    before = folded[max(0, start - 3) : start]
    if match["edge"] in _LAPSED:
        return "past"
    if _NO_TIME_AFTER.match(folded, end) or (before and before[-1] in "x*×第"):
        return None
    if (
        not match["edge"]
        and folded[start] == "一"
        and (_IDLE_ONE.search(before) or folded.startswith(("天", "到", "度", "四"), end))
    ):
        return None
    if _LAPSED_BEFORE.search(before) or (not match["edge"] and _LAPSED_AFTER.match(folded, end)):
        return "past"
    return "bounded"


def _read_word(folded: str, start: int) -> tuple[int, Bound | None]:
    for length in range(_LONGEST, 1, -1):
        word = folded[start : start + length]  # shorter at the end of the text
        bound = _WORDS.get(word)
        if bound is not None:
            end = start + len(word)
            return (
                (end, bound)
                if bound == "vague"
                else (_with_tail(folded, end)[0], bound)
                if bound == "past"
                else _with_tail(folded, end)
            )
    if (match := _WEEK.match(folded, start)) is not None:
        end, bound = _with_tail(folded, match.end())
        return end, "past" if match["past"] else bound
    if (match := _PART_OF_DAY.match(folded, start)) is not None:
        end = _with_tail(folded, match.end())[0]
        return (end, "bounded") if end > match.end() else (end, None)
    if folded[start : start + 2] in _GONE and (not start or folded[start - 1] in _SPEAKERS):
        return start + 2, "past"  # 发货之前, 在您签收以前 tell an event, not a time gone by
    return start + 1, None


_SPEAKERS = frozenset(" ,，。;!?:、\n您我们是此跟比和像在把")

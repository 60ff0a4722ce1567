"""Calendar days, weekdays and clock times: how they are written and the one key of each."""

from __future__ import annotations

import re

from assistant.check.numbers import HAN, RANGE, han_number

_WEEKDAY = {c: str(i) for i, c in enumerate("一二三四五六日", 1)} | {"天": "7"}

_N = rf"(?:[0-9]{{1,2}}(?![0-9])|{HAN})"
# 5号楼 and 8号线 are no days.
DAY = r"(?:日|号)(?![楼线门店机仓桌柜院馆厅窗客坐席码])"
# 时 is an hour beside a digit only; 3点建议 and 有一点 are no hours.
HOUR = r"(?:点(?![建说要意原注问内事需心])钟?|时(?![候间效代段常]))"
_PERIODS = frozenset(
    [
        "上午",
        "下午",
        "晚上",
        "傍晚",
        "中午",
        "午后",
        "凌晨",
        "清晨",
        "早上",
        "早晨",
        "夜里",
        "深夜",
        "今晚",
        "明晚",
        "当晚",
        "今早",
        "明早",
        "晚间",
        "早间",
    ]
)

DATE = re.compile(
    rf"(?P<y>[0-9]{{4}}|[0-9]{{2}}(?=年[0-9]{{1,2}}月)|[一二][零〇一二三四五六七八九]{{3}})\s?年(?![内前以级代龄])"
    rf"(?:\s?(?P<ym>{_N})\s?月(?:份|\s?(?P<yd>{_N})\s?[日号])?)?"
    rf"|(?P<iy>(?:19|20)[0-9]{{2}})(?P<dash>[-/.])(?P<im>[0-9]{{1,2}})(?P=dash)(?P<id>[0-9]{{1,2}})(?![0-9])"
    rf"|(?P<m>{_N})\s?月(?:份|(?P<d>{_N})(?:\s?[日号]|(?={RANGE}[0-9]))|(?![饼嫂亮薪租供卡子季]))"
    r"|(?P<sm>[0-9]{1,2})(?P<mark>[/-])(?P<sd>[0-9]{1,2})(?![0-9/.:%]|-[0-9])"
)
CLOCK = re.compile(
    rf"(?P<h>[0-9]{{1,2}})\s?:\s?(?P<mi>[0-5][0-9])(?![0-9])(?::[0-5][0-9](?![0-9]))?"
    rf"|(?P<hh>{_N}){HOUR}(?:(?P<half>半)|(?P<quarter>[一三])刻|整|(?P<hm>{_N})分(?!钟))?"
)
_AFTER_CLOCK = re.compile(
    rf"钟|半|整|之?前|以前|之?后|左右|[一三]刻|许|开始|结束|下班|上班|{RANGE}[0-9一二三四五六七八九十]|[0-9一二三四五六七八九十]+分"
)
_LISTED = frozenset("[下面有这几醒早快慢晚多少好大小差]")  # what stands before a number of points, or 一点
_LATE = ("下午", "晚上", "傍晚", "午后", "今晚", "明晚", "当晚", "晚间", "晚", "夜里", "深夜")


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() else han_number(text)


def date_key(match: re.Match[str]) -> str | None:
    """Return 2026-11-05, 11-05, 2026-11, 2026年 or 11月 for a match of `DATE`; None for no calendar day."""
    year = match["y"] or match["iy"]
    if year and not year.isascii():
        year = "".join(str("零一二三四五六七八九".find(c.replace("〇", "零"))) for c in year)
    if year and len(year) == 2:
        year = "20" + year
    month = _number(match["ym"] or match["im"] or match["m"] or match["sm"] or "0")
    day = _number(match["yd"] or match["id"] or match["d"] or match["sd"] or "0")
    if month is None or day is None or month > 12 or day > 31:
        return None
    if match["sm"]:
        padded = match["sm"][0] == "0" or match["sd"][0] == "0"
        if not month or not day or (match["mark"] == "-" and not padded and month <= day):
            return None
    if not month:
        return f"{year}年" if year else None
    if not day:
        return f"{year}-{month:02}" if year else f"{month}月"
    return f"{year}-{month:02}-{day:02}" if year else f"{month:02}-{day:02}"


def period_before(folded: str, start: int) -> tuple[str, int]:
    """Return the part of the day written just before an hour, and where it starts."""
    end = start - 1 if start and folded[start - 1] == " " else start
    if end > 1 and folded[end - 2 : end] in _PERIODS:
        return folded[end - 2 : end], end - 2
    return (folded[end - 1], end - 1) if end and folded[end - 1] in "早晚" else ("", start)


def clock_key(match: re.Match[str], folded: str) -> tuple[str, int] | None:
    """Return HH:MM on the 24-hour clock and where the time starts for a match of `CLOCK`; None for 以下3点 or 有一点."""
    digital, minutes, spoken, half, quarter, spoken_minutes = match.groups()
    begin = match.start()
    period, start = period_before(folded, begin)
    hour = _number(digital or spoken)
    if hour is None or hour > 24:
        return None
    if spoken:
        if not period and begin and folded[begin - 1] in _LISTED:
            return None
        vague = not spoken.isascii() and spoken != "十二" and (not period or (len(period) == 1 and spoken == "一" and not half))
        if vague and not _AFTER_CLOCK.match(folded, begin + len(spoken) + 1):
            return None
    minute: int | None = 0
    if minutes or spoken_minutes:
        minute = _number(minutes or spoken_minutes)
    elif half or quarter:
        minute = 30 if half else 15 if quarter == "一" else 45
    if minute is None or minute > 59:
        return None
    return f"{at_period(hour, period) if period else hour:02}:{minute:02}", start


def at_period(hour: int, period: str) -> int:
    """Move an hour to the 24-hour clock: 下午6 is 18, 晚上12 is 24, 中午1 is 13."""
    if period in _LATE:
        return hour + 12 if (hour < 12 if period in ("下午", "午后") else 5 <= hour <= 12) else hour
    if period == "中午":
        return hour + 12 if hour < 10 else hour
    return 0 if period == "凌晨" and hour == 12 else hour


# 周一定 and 这周一下子 hold no Monday, 星期天气 no Sunday.
ONE_DAY = r"(?:一(?![定直共起些般并样切旦致律次]|下(?!午|班))|[二三四五六日](?![次维])|天(?!气)|[1-7](?![0-9次]))"
WEEKDAY = re.compile(rf"(?:周|星期|礼拜)({ONE_DAY})")


def weekday_key(match: re.Match[str], folded: str) -> tuple[str, int]:
    """Return 周3 or 下周3 and where it starts for a match of `WEEKDAY`."""
    day = _WEEKDAY.get(match[1], match[1])
    before = folded[match.start() - 1 : match.start()] if match.start() else ""
    if before == "个":
        before = folded[match.start() - 2 : match.start() - 1] if match.start() > 1 else ""
        return (
            (f"{'本' if before == '这' else before}周{day}", match.start() - 2)
            if before in ("这", "下", "上")
            else (f"周{day}", match.start())
        )
    if before and before in "本这下上":
        return f"{'本' if before == '这' else before}周{day}", match.start() - 1
    return f"周{day}", match.start()

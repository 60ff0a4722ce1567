"""Find templates whose time is over: by their own cell, or by a date in the text that bounds an offer or a holiday notice."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache

from assistant.check import fold
from assistant.check.dates import DATE, date_key
from assistant.polish.lexicon import any_of, known, make_note, search
from assistant.polish.notes import LibraryNote
from assistant.polish.reading import Read

_COMPACT = re.compile(r"(?<![0-9])(20[0-9]{2})(0[1-9]|1[0-2])([0-2][0-9]|3[01])(?![0-9])")
_AMERICAN = re.compile(r"(?<![0-9])([0-9]{1,2})/([0-9]{1,2})/(20[0-9]{2})(?![0-9])")
_KEY = re.compile(r"([0-9]{4})(?:年|-([0-9]{2}))?(?:-([0-9]{2}))?")
_SHORT_DAY = re.compile(r"([0-9]{1,2})(?:\.|月)([0-9]{1,2})日?")
_TO = re.compile(r"\s?(?:[0-9]{1,2}[:点时][0-9]{0,2}分?)?\s?(?:-|~|——?|–|至|到)\s?")
_HOUR = re.compile(r"\s?(?:[0-9]{1,2}(?::[0-9]{2}){1,2}|[0-9]{1,2}[点时]整?)")
_SERIAL = re.compile(r"[45][0-9]{4}(?:\.[0-9]+)?")
_EXCEL_EPOCH = date(1899, 12, 30)
_SENTENCE = re.compile(r"[^。!?;\n]+")
_LOOK = 8

Span = tuple[int, int]


def expired(reads: Sequence[Read], today: date) -> Iterator[LibraryNote]:
    """Yield one note for the cells that are over, and one for the texts."""
    ends = {cell: last_day(cell) for cell in {read.row.valid_to for read in reads}}
    cells = [(r.row, r.row.valid_to) for r in reads if (end := ends[r.row.valid_to]) and end < today]
    if cells:
        yield make_note("expired", cells, "valid_to", today=today.isoformat())
    texts = [(read.row, quote) for read in reads if (quote := _over(read, today))]
    if texts:
        yield make_note("expired", texts, "expired", today=today.isoformat())


def last_day(cell: str) -> date | None:
    """Return the last day that a cell names, in any spelling; None for a cell without a whole date (长期, 11月12日)."""
    folded = fold(cell).strip()
    if _SERIAL.fullmatch(folded):
        return _EXCEL_EPOCH + timedelta(days=int(float(folded)))
    days = [_day(y, m, d) for y, m, d in _COMPACT.findall(folded)]
    days += [_american(*found) for found in _AMERICAN.findall(folded)]
    if not any(days):
        days = [end for _, end in _dated(folded)]
    return max((day for day in days if day), default=None)


def _dated(folded: str) -> Iterator[tuple[Span, date]]:
    """Yield each date, or range of dates, that names its year, and its last day."""
    at = 0
    while (match := DATE.search(folded, at)) is not None:
        at = match.end()
        end = _last_of(date_key(match) or "")
        if end is None:
            continue
        start, year, month = match.start(), end.year, end.month
        to = _TO.match(folded, at)
        if to is not None and (later := _range_end(folded, to.end(), year, month)):
            end, at = later[0], later[1]
        yield (start, at), end


def _range_end(folded: str, at: int, year: int, month: int) -> tuple[date, int] | None:
    """Read the end of a range: with its year, or a month and a day, or a day alone."""
    match = DATE.match(folded, at)
    key = date_key(match) if match else None
    if match and key:
        if end := _last_of(key):
            return end, match.end()
        day = re.fullmatch(r"([0-9]{2})-([0-9]{2})", key)
        end = _day(year + (int(day[1]) < month), day[1], day[2]) if day else None
        return (end, match.end()) if end else None
    short = _SHORT_DAY.match(folded, at)
    if short:
        end = _day(year + (int(short[1]) < month), short[1], short[2])
        return (end, short.end()) if end else None
    alone = re.compile(r"([0-9]{1,2})[日号]").match(folded, at)
    end = _day(year, month, alone[1]) if alone else None
    return (end, alone.end()) if alone and end else None


def _last_of(key: str) -> date | None:
    match = _KEY.fullmatch(key)
    return _day(match[1], match[2] or 12, match[3] or 31) if match else None


def _american(first: str, second: str, year: str) -> date | None:
    month, day = (first, second) if int(first) <= 12 else (second, first)
    return _day(year, month, day)


def _day(year: str | int, month: str | int, day: str | int) -> date | None:
    """Return a day; one that its month does not have is the month's last."""
    y, m, d = int(year), int(month), int(day)
    if not (1990 <= y <= 2199 and 1 <= m <= 12 and 1 <= d <= 31):
        return None
    return date(y, m, min(d, monthrange(y, m)[1]))


def _over(read: Read, today: date) -> str:
    """Return the sentence by which a text is over, or nothing."""
    ends = [(span, _campaign_end(read.folded, span, end)) for span, end in _dated(read.folded)]
    if not ends or max(end for _, end in ends) >= today:
        return ""
    offered = search("expiry", "offers").search(read.folded + fold(read.row.scenario)) is not None
    for sentence in _SENTENCE.finditer(read.folded):
        if search("expiry", "neutral").search(sentence[0]):
            continue
        for span, _ in ends:
            if sentence.start() <= span[0] < sentence.end() and _ends_something(read.folded, span, sentence, offered):
                return read.row.text[sentence.start() : sentence.end()].strip()
    return ""


def _campaign_end(folded: str, span: Span, end: date) -> date:
    """Return when the campaign of a year is over (2026年春节: in March), or the end as it stands."""
    found = _campaign().match(folded, span[1]) if (end.month, end.day) == (12, 31) else None
    return (_day(end.year, known("expiry")["campaigns"][found[1]], 31) or end) if found else end


def _ends_something(folded: str, span: Span, sentence: re.Match[str], offered: bool) -> bool:
    """Tell whether a date in a sentence is the end of an offer, of a campaign of that year, or of a holiday notice."""
    hour = _HOUR.match(folded, span[1])
    before, after = (
        folded[max(0, span[0] - _LOOK) : span[0]].rstrip(" :("),
        folded[hour.end() if hour else span[1] :].lstrip(" )"),
    )
    is_range = _TO.search(folded[slice(*span)][4:]) is not None and len(folded[slice(*span)]) > 10
    if _start().match(after) and not is_range:
        return False
    if _campaign().match(after):
        return True
    if search("expiry", "holidays").search(sentence[0]) and search("expiry", "notices").search(sentence[0]):
        return True
    bounds = is_range or _bound_before().search(before) is not None or search("expiry", "after").match(after) is not None
    return offered and bounds


@cache
def _start() -> re.Pattern[str]:
    return search("expiry", "starts")


@cache
def _bound_before() -> re.Pattern[str]:
    return re.compile(f"(?:{any_of(known('expiry')['before']).pattern})[为是在到至于]?$")


@cache
def _campaign() -> re.Pattern[str]:
    return re.compile(f"(?:度|的)?({search('expiry', 'campaigns').pattern})")

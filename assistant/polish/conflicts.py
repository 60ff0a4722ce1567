"""Find templates that state different values or policies for the same matter."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from rapidfuzz import fuzz

from assistant.check.facts import Fact
from assistant.polish.duplicates import ALIKE, Pair, names_others
from assistant.polish.groups import connected
from assistant.polish.lexicon import make_note, places, say, search
from assistant.polish.notes import LibraryNote, LibraryRow
from assistant.polish.reading import Read
from assistant.polish.stances import flipped
from assistant.polish.statements import Statement, conditions_of, statements_of

_QUANTITY = re.compile(r"([0-9.]+)(?:~([0-9.]+))?([^0-9.~:x-]*)")
_HOURS = {"分钟": 1 / 60, "小时": 1.0, "天": 24.0, "周": 168.0, "个月": 720.0, "年": 8760.0}
# So many working days may be anything up to this many days.
_WORKING, _WEEKEND = 1.5, 2.0
_CLOSE = 0.05
# Of one matter so many different statements are compared with each other.
_MOST = 150


def contradictions(reads: Sequence[Read], pairs: Iterable[Pair]) -> Iterator[LibraryNote]:
    """Yield one note for each matter about which templates disagree, then for those that differ in nothing else."""
    told: dict[int, set[str]] = defaultdict(set)
    for topic, group in _grouped(reads).items():
        against = [(a, b) for a, b in combinations(_distinct(group), 2) if _disagree(a, b)]
        if against:
            wrong = _involved(group, against)
            for stated in wrong:
                told[id(stated.read)].add(topic)
            yield _note(topic.partition("/")[0], [(s.read.row, s.quote, s.shown) for s in wrong])
    yield from _opposed(reads, (pair for pair in pairs if told[id(pair[0])].isdisjoint(told[id(pair[1])])))


def _opposed(reads: Sequence[Read], pairs: Iterable[Pair]) -> Iterator[LibraryNote]:
    """Yield one note for each group of templates that differ in one value or stance and in nothing else."""
    shown: dict[int, str] = {}
    opposed = []
    for a, b in pairs:
        if words := _differing(a, b) or _flipped(a, b):
            opposed.append((a, b))
            shown |= {id(a): words[0], id(b): words[1]}
    for group in connected(reads, opposed):
        yield _note(_about(group[0]), [(read.row, read.row.text, shown[id(read)]) for read in group])


def _grouped(reads: Iterable[Read]) -> dict[str, list[Statement]]:
    """Group statements by topic and conditions; a template that says both of a matter says neither."""
    groups: dict[tuple[str, str, str], list[Statement]] = defaultdict(list)
    for read in reads:
        own: dict[tuple[str, str, str], list[Statement]] = defaultdict(list)
        for stated in statements_of(read):
            own[stated.topic, stated.conditions, _case(read)].append(stated)
        for key, several in own.items():
            if len({s.value for s in several}) == 1:
                groups[key].append(several[0])
    return {"/".join(key): group for key, group in groups.items() if len({s.value for s in group}) > 1}


def _distinct(group: Iterable[Statement]) -> list[Statement]:
    """Return one statement for each way to say the matter, so that copies cost nothing."""
    ways = {(s.value, s.anchor, s.read.row.scenario, s.read.masked if s.weak else "", s.stance): s for s in group}
    return list(ways.values())[:_MOST]


def _disagree(a: Statement, b: Statement) -> bool:
    same_scenario = bool(a.read.row.scenario) and a.read.row.scenario == b.read.row.scenario
    if a.anchor != b.anchor and not (same_scenario and not (a.anchor and b.anchor)):
        return False
    if a.weak and not same_scenario and fuzz.ratio(a.read.masked, b.read.masked) < ALIKE:
        return False
    if a.stance and b.stance:
        refusal = a.stance if a.stance.says == "no" else b.stance
        return a.value != b.value and (not refusal.narrow or (a.stance.narrow and b.stance.narrow))
    return values_differ(a.value, b.value)


def values_differ(a: str, b: str) -> bool:
    """Tell whether two keys of facts cannot both be kept: not 72小时 and 3天, nor 5工作日 and 7天."""
    first, second = _QUANTITY.fullmatch(a), _QUANTITY.fullmatch(b)
    if first is None or second is None:
        return a != b
    highs = [float(match[2] or match[1]) for match in (first, second)]
    units = [match[3] for match in (first, second)]
    if units[0] == units[1]:
        return highs[0] != highs[1]
    if "工作日" in units:
        work, other = (0, 1) if units[0] == "工作日" else (1, 0)
        days = highs[other] * _HOURS.get(units[other], 0) / 24
        return units[other] in _HOURS and not highs[work] <= days <= highs[work] * _WORKING + _WEEKEND
    if units[0] not in _HOURS or units[1] not in _HOURS:
        return False
    hours = [high * _HOURS[unit] for high, unit in zip(highs, units, strict=True)]
    return abs(hours[0] - hours[1]) > _CLOSE * max(hours)


def _involved(group: Iterable[Statement], against: Iterable[tuple[Statement, Statement]]) -> list[Statement]:
    """Return every statement of a group that says what one of those against each other says."""
    said = {(s.value, s.anchor) for pair in against for s in pair}
    rows = {(s.value, s.anchor, s.read.row.scenario) for pair in against for s in pair}
    weak = {id(s) for pair in against for s in pair}
    return [
        s
        for s in group
        if (id(s) in weak if s.weak else (s.value, s.anchor) in said and (s.value, s.anchor, s.read.row.scenario) in rows)
    ]


def _note(matter: str, wrong: Sequence[tuple[LibraryRow, str, str]]) -> LibraryNote:
    rows: dict[str, list[LibraryRow]] = defaultdict(list)
    for row, _, value in wrong:
        rows[value].append(row)
    values = "；".join(say("value", value=value, place=places(found)) for value, found in rows.items())
    return make_note("contradiction", [(row, quote) for row, quote, _ in wrong], "contradiction", matter=matter, values=values)


def _differing(a: Read, b: Read) -> tuple[str, str] | None:
    """Return the values in which two templates differ that are the same but for them; amounts belong to products."""
    if a.negated != b.negated or len(a.facts) != len(b.facts) or not _comparable(a, b):
        return None
    apart = [(f, g) for f, g in zip(a.facts, b.facts, strict=True) if f.key != g.key]
    if len(apart) != 1 or not all(_is_term(f) and f.kind == g.kind and values_differ(f.key, g.key) for f, g in apart):
        return None
    if names_others(a.masked, b.masked, strict=True):
        return None
    (one, other), *_ = apart
    return a.row.text[one.start : one.end], b.row.text[other.start : other.end]


def _flipped(a: Read, b: Read) -> tuple[str, str] | None:
    """Return the stances of two templates that are the same but for theirs: 免费 and 收费."""
    if a.values != b.values or a.bare == b.bare or not _comparable(a, b) or search("single_case").search(a.folded):
        return None
    return flipped(a.masked, b.masked)


def _comparable(a: Read, b: Read) -> bool:
    """Tell whether two templates are for the same case, as far as their cells and words say."""
    one_product = search("product").search(a.folded) or search("product").search(b.folded)
    return not one_product and _case(a) == _case(b) and _supposes(a) == _supposes(b)


def _case(read: Read) -> str:
    return conditions_of(read.row.scenario, read.row.sheet)


def _is_term(fact: Fact) -> bool:
    return fact.kind == "duration" or (fact.kind == "date" and ":" in fact.key) or fact.key.endswith("%")


def _supposes(read: Read) -> bool:
    return search("supposing").search(read.folded) is not None


def _about(read: Read) -> str:
    return read.row.scenario or read.row.text[:10]

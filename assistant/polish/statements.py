"""What templates state about matters on which a library should say one thing: deadlines, amounts, policies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from assistant.check import fold
from assistant.check.facts import Fact
from assistant.polish.lexicon import any_of, known, search
from assistant.polish.reading import Read
from assistant.polish.stances import Stance, stances_in

_CLAUSE = re.compile(r"[^,。!?;\n…~]+")
_ENDS = frozenset("。!?;\n…~")
_MARKS = re.compile(r"[\W_0-9]+")
_THRESHOLD = re.compile(r"(?<![不未])(?:满|达到|达)[¥￥\s]*$")
# From when a value counts: 审核通过后, 自签收之日起.
_ANCHOR = re.compile(r"([^为是在自从于,:]{1,12}?)(?:之后|以后|后|之日起|当日起|日起|起)的?$")
# A value of which only what lies outside it is told: 7天以上, 7天后不支持退换, 等了7天了.
_LOOSE = re.compile(r"之?后|以后|以上|以外|之外|外(?!包)|之?前|了")
# So many characters may stand between a value and the word of its matter.
_REACH = 9


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing a template states about a `topic` under `conditions`; two with the same key should have the same `value`.

    `anchor` is from when a value counts (审核通过后); `weak` topics differ from case to case.
    """

    read: Read
    topic: str
    conditions: str
    anchor: str
    value: str
    quote: str
    shown: str
    weak: bool = False
    stance: Stance | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """A clause of a template and what its sentence said before it; in `plain`, values and blanks are underscores."""

    read: Read
    plain: str
    start: int
    end: int
    earlier: str

    @property
    def text(self) -> str:
        return self.plain[self.start : self.end]

    @property
    def quote(self) -> str:
        return self.read.row.text[self.start : self.end].strip()


def statements_of(read: Read) -> Iterator[Statement]:
    """Yield what a template states; one about a single product, or with a product's blank, states nothing for a library."""
    if search("product").search(read.folded) or any(b.name in known("blanks")["product"] for b in read.blanks):
        return
    one_case = search("single_case").search(read.folded) is not None
    for part in _parts(read):
        if part.text.endswith("?") or search("supposing").search(part.text):
            continue
        facts = [fact for fact in read.facts if part.start <= fact.start and fact.end <= part.end]
        yield from (stated for fact in facts if (stated := _valued(part, fact)))
        if not one_case:
            yield from _policies(part, facts)


@lru_cache(maxsize=4096)
def conditions_of(scenario: str, sheet: str) -> str:
    """Return what sets a scenario cell and a sheet apart: 预售 of 预售发货, nothing of 售后."""
    return _reduced(search("topics").sub("", fold(f"{scenario} {sheet}")))


def _parts(read: Read) -> Iterator[_Part]:
    plain = read.folded
    spans = [(fact.start, fact.end) for fact in read.facts] + [(blank.start, blank.end) for blank in read.blanks]
    for start, end in spans:
        plain = plain[:start] + "_" * (end - start) + plain[end:]
    earlier = ""
    for match in _CLAUSE.finditer(plain):
        mark = plain[match.end() : match.end() + 1]
        yield _Part(read, plain, match.start(), match.end() + (mark == "?"), earlier)
        earlier = "" if mark in _ENDS else f"{earlier},{match[0]}"


def _valued(part: _Part, fact: Fact) -> Statement | None:
    before, after = part.plain[part.start : fact.start], part.plain[fact.end : part.end]
    if _LOOSE.match(after):
        return None
    said, anchor = _begun(_end_fillers().sub("", before))
    earlier = part.earlier
    if not (said or anchor):
        earlier, anchor = _begun(earlier)
    matter = _matter(fact, said, after, _THRESHOLD.search(before) is not None)
    if matter is None:
        return None
    return Statement(
        read=part.read,
        topic=f"{matter['title']}/{_subject(part) if matter.get('whose') else ''}",
        conditions=_reduced(f"{earlier},{said}_{after}"),
        anchor=anchor,
        value=fact.key.removesuffix("元") if matter.get("threshold") else fact.key,
        quote=part.quote,
        shown=part.read.row.text[fact.start : fact.end],
        weak=bool(matter.get("weak")),
    )


def _begun(text: str) -> tuple[str, str]:
    """Split a text that ends in from when a value counts: 电子发票付款后 into 电子发票 and 付款."""
    anchor = _ANCHOR.search(text)
    if anchor is None:
        return text, ""
    event = search("events").search(anchor[1])
    at = anchor.start(1) + (event.start() if event else 0)
    return text[:at], _MARKS.sub("", search("anchors").sub("", text[at : anchor.end(1)]))


def _matter(fact: Fact, before: str, after: str, threshold: bool) -> dict[str, Any] | None:
    """Return the matter whose word stands nearest to a fact; what comes after it is nearer."""
    best: tuple[int, dict[str, Any]] | None = None
    for side, text in ((0, after), (1, before)):
        for match in _matter_words().finditer(text):
            matter = _matters().get(match[0])
            distance = 2 * (len(text) - match.end() if side else match.start()) + side
            if matter is None or fact.kind not in matter["kinds"] or bool(matter.get("threshold")) != threshold:
                continue
            if distance <= 2 * _REACH and (best is None or distance < best[0]):
                best = (distance, matter)
    return best[1] if best else None


def _policies(part: _Part, facts: list[Fact]) -> Iterator[Statement]:
    if any(_LOOSE.match(part.plain[fact.end : part.end]) for fact in facts):
        return
    for stance in stances_in(part.text):
        if facts and _matters().get(stance.title, {}).get("threshold"):
            continue
        yield Statement(
            read=part.read,
            topic=f"{stance.title}/{stance.axis}",
            conditions=_reduced(f"{part.earlier},{part.text}"),
            anchor="",
            value=stance.says,
            quote=part.quote,
            shown=_stance_titles()[stance.axis, stance.says],
            stance=stance,
        )


def _subject(part: _Part) -> str:
    """Return whose matter it is, by the nearest of the clause, what its sentence said before, the text and the scenario cell."""
    for text in (part.text, part.earlier, part.read.folded, fold(part.read.row.scenario)):
        found = [subject["title"] for subject in known("subjects") if any(word in text for word in subject["words"])]
        if found:
            return "+".join(found)
    return ""


def _reduced(text: str) -> str:
    """Return the conditions that a text holds beside matter, value, stance and filler; order stays."""
    return search("fillers").sub("", _MARKS.sub("", _topic_words().sub("", text)))


@cache
def _matters() -> dict[str, dict[str, Any]]:
    return {word: matter for matter in known("matters") for word in matter["words"]}


@cache
def _matter_words() -> re.Pattern[str]:
    return any_of([*_matters(), *known("not_matters")])


@cache
def _topic_words() -> re.Pattern[str]:
    policies = [word for policy in known("policies") for word in policy["words"]]
    stances = [word for stance in known("stances") for word in (*stance["before"], *stance["after"])]
    return any_of(
        [*_matters(), *policies, *stances, *known("joints"), *(row["word"] for row in known("whole")), *known("not_matters")]
    )


@cache
def _stance_titles() -> dict[tuple[str, str], str]:
    return {(stance["axis"], stance["says"]): stance["title"] for stance in known("stances")}


@cache
def _end_fillers() -> re.Pattern[str]:
    return re.compile(f"(?:{search('fillers').pattern}|[:\\s_])+$")

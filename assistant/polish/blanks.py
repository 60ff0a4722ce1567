"""Find the blanks of templates — {x}, {{x}}, ${x}, 【x】, [x], <x>, %s, XX — and tell which are the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import fuzz

from assistant.check import fold
from assistant.polish.lexicon import any_of, known, search

# The name of a blank that says not what belongs in it.
NAMELESS = "?"

_LATIN_CLOSE = 88.0
_FORMS = re.compile(
    r"\$?\{\{?[^{}\n]{1,30}\}\}?|【[^【】\n]{1,16}】|\[[^\[\]\n]{1,24}\]|<[^<>\n]{1,24}>"
    r"|%(?:\([a-z_]+\))?[sd](?![a-z])|(?<![a-z0-9x])x{2,}(?![a-z0-9x])|×{2,}"
)
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(?:[ _.-]?[a-z0-9]+)*")
_NO_NAME = re.compile(r"[,。!?;:、…]|\s{2}|[0-9]+$")
_BARE = re.compile(r"[\W_]")
_HEADED = re.compile(r"[:,\n\s]|$")
_BEFORE_NAMELESS = re.compile(r"[:\s是为]*$")
_PAIRS = {"{": "}", "【": "】", "[": "]"}
_MARKS = re.compile(r"[{}【】\[\]]")


@dataclass(frozen=True, slots=True)
class Blank:
    """A blank as written; `name` is equal for all spellings of one blank. Offsets are code points, half open."""

    spelling: str
    name: str
    start: int
    end: int


def blanks_in(text: str) -> tuple[Blank, ...]:
    """List the blanks of a text, in text order. HTML tags, headings, buttons and pictures are none."""
    folded = fold(text)
    return tuple(
        Blank(text[m.start() : m.end()], name, *m.span()) for m in _FORMS.finditer(folded) if (name := _name_at(folded, m))
    )


def unbalanced(text: str) -> tuple[int, int] | None:
    """Return the span around the first bracket of {}, 【】 or [] without its partner, or None."""
    folded = fold(text)
    opened: list[tuple[str, int]] = []
    for match in _MARKS.finditer(folded):
        mark, at = match[0], match.start()
        if mark in _PAIRS:
            opened.append((mark, at))
        elif not opened or _PAIRS[opened[-1][0]] != mark:
            return (opened[-1][1] if opened else max(0, at - 8)), at + 1
        else:
            opened.pop()
    return (opened[-1][1], min(len(text), opened[-1][1] + 10)) if opened else None


@lru_cache(maxsize=4096)
def canonical(inner: str) -> str:
    """Return what a blank's name is called, whatever its case, `_`, spaces and synonyms."""
    bare = _BARE.sub("", fold(inner))
    same = _same()
    if bare in same:
        return same[bare]
    short = search("blanks", "idle").sub("", bare)
    short = short if len(short) > 1 else bare
    if short in same:
        return same[short]
    near = _nearest(short)
    return same[near] if near else short


def merge_close(names: Iterable[str]) -> dict[str, str]:
    """Map Latin names that differ in a letter or two (oder_id, orderids) to the one that comes first."""
    merged: dict[str, str] = {}
    for name in names:
        close = next((other for other in merged if _are_close(name, other)), name)
        merged[name] = merged.get(close, close)
    return merged


def _name_at(folded: str, match: re.Match[str]) -> str:
    """Return the name of the blank that a match is, or nothing when it is none."""
    found = match[0]
    if found[0] in "%x×" and not found.startswith("%("):
        return _named_beside(folded, match)
    inner = re.sub(r"^[$%({【\[<]+|[)}】\]>sd]*$" if found[0] == "%" else r"^[${【\[<]+|[}】\]>]+$", "", found).strip()
    if not inner or _NO_NAME.search(inner):
        return ""
    if found[0] in "${%":
        return canonical(inner)
    if found[0] == "<" and (inner[0] == "/" or inner.rstrip("/ ").partition(" ")[0] in _html()):
        return ""
    return canonical(inner) if _is_blank(inner, folded, match) else ""


def _is_blank(inner: str, folded: str, match: re.Match[str]) -> bool:
    """Tell a blank in 【】, [] or <> from a heading, a button, a picture or a word made to stand out."""
    if _IDENTIFIER.fullmatch(inner):
        pictures = inner in known("blanks")["pictures"]
        return not pictures and (match[0][0] != "【" or canonical(inner) in _same().values())
    if not (search_end("nouns").search(inner) or _BARE.sub("", inner) in _same()):
        return False
    if search("blanks", "buttons", "inside").search(inner):
        return False
    before, after = folded[: match.start()].rstrip(' "“'), folded[match.end() :].lstrip(' "”')
    if search_end("buttons", "before").search(before[-4:]) or search("blanks", "buttons", "after").match(after):
        return False
    if before and not before.endswith("\n"):
        return True
    return canonical(inner) in known("blanks")["starters"] and not _HEADED.match(after)


def _named_beside(folded: str, match: re.Match[str]) -> str:
    """Name %s or XX by the noun before it, or the title after it."""
    before = _BEFORE_NAMELESS.sub("", folded[: match.start()])
    for length in range(min(6, len(before)), 1, -1):
        if before[-length:] in _same():
            return _same()[before[-length:]]
    after = known("blanks")["after"]
    return str(after.get(folded[match.end() : match.end() + 2], NAMELESS))


@cache
def search_end(*keys: str) -> re.Pattern[str]:
    """Return a search for a word of a list where a text ends."""
    words = known("blanks")
    for key in keys:
        words = words[key]
    return re.compile(f"(?:{any_of(words).pattern})$")


@cache
def _same() -> dict[str, str]:
    return {name: row[0] for row in known("blanks")["same"] for name in reversed(row)}


@cache
def _html() -> frozenset[str]:
    return frozenset(known("blanks")["html"])


def _nearest(name: str) -> str | None:
    return next((other for other in _same() if _are_close(name, other)), None)


def _are_close(name: str, other: str) -> bool:
    """Tell whether two Latin names differ by no more than a slip; 客户 and 客服 are one character apart, and are not."""
    if not (name.isascii() and other.isascii()) or _digits(name) != _digits(other) or min(len(name), len(other)) < 6:
        return name == other
    return fuzz.ratio(name, other, score_cutoff=_LATIN_CLOSE) > 0 and _is_within(name, other)


def _is_within(name: str, other: str) -> bool:
    """Tell whether the letters of the shorter name stand in the longer in this order: a letter was left out or added."""
    short, long = sorted((name, other), key=len)
    rest: Iterator[str] = iter(long)
    return all(char in rest for char in short)


def _digits(name: str) -> str:
    return "".join(char for char in name if char.isdigit())

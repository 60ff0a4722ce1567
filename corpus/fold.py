"""Fold a text for matching: width, case, script and look-alike letters, one code point to one code point.

The map is data in `fold.txt`. `python -m corpus.fold` writes it anew from OpenCC and the Unicode database (14.0, that of
Python 3.11), so that checking a text needs neither.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import islice
from pathlib import Path

_FILE = Path(__file__).with_name("fold.txt")
_ROW = 64  # characters of a row of the file
_HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00))
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)  # lone ones, which UTF-8 cannot carry
_NEGATIVE = re.compile(r"NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER ([A-Z])")
_NEAR = 32  # outside Latin-1 and the main Han block, gaps up to this are searched with the characters around them
# Emoji lie between the two ranges, and only there does a text of today go past the basic plane.
_ASTRAL = re.compile("[\U00010000-\U0001f2ff\U0001fb00-\U0010ffff]")


def fold(text: str) -> str:
    """Return the text in plain characters, of the same length; folding it again changes nothing.

    Full width becomes ASCII, upper case lower, the ideographic space a space, a lone surrogate U+FFFD, a traditional
    character the simplified one (OpenCC `t2s`, single characters), and a circled, parenthesised, mathematical, raised
    or compatibility letter, digit or Han character the plain one (Unicode NFKC). Other punctuation stays.
    """
    if text.isascii():
        return text.lower()
    # The punctuation of every reply: replaced one by one, it does not make the rest be looked up.
    text = (
        text.replace("，", ",")
        .replace("！", "!")
        .replace("？", "?")
        .replace("：", ":")
        .replace("；", ";")
        .replace("（", "(")
        .replace("）", ")")
        .replace("～", "~")
    )
    if _mapped().search(text) is None:
        return text
    text = text.translate(_basic_plane())
    return text.translate(fold_table()) if _ASTRAL.search(text) else text


@cache
def fold_table() -> dict[int, int]:
    """Return code point → folded code point, for those that differ; no value is a key."""
    return traditional_table() | _table(_sections()[2]) | _SURROGATES


@cache
def traditional_table() -> dict[int, int]:
    """Return traditional code point → simplified code point (OpenCC `t2s`), for characters that differ."""
    return _table(_sections()[1])


@cache
def _sections() -> list[str]:
    """Return the file's sections: a note, traditional to simplified, what else is mapped, a class that finds those."""
    return _FILE.read_text(encoding="utf-8").removesuffix("\n").split("\n\n")


def _table(section: str) -> dict[int, int]:
    columns = [row.split("\t") for row in section.split("\n")]
    return str.maketrans("".join(a for a, _ in columns), "".join(b for _, b in columns))


@cache
def _basic_plane() -> list[int]:
    """Return the folded code point of each code point below U+10000; a list is what `str.translate` is fastest with."""
    table = list(range(0x10000))
    for code, folded in fold_table().items():
        if code < 0x10000:
            table[code] = folded
    return table


@cache
def _mapped() -> re.Pattern[str]:
    """Return the search for a character that is mapped; rare ones beside those may be found as well."""
    return re.compile(f"[{_sections()[3]}{_ASTRAL.pattern[1:]}")


def _simplified() -> dict[int, int]:
    """Return OpenCC's single-character map of today."""
    from opencc import OpenCC

    chars = [chr(code) for start, end in _HAN for code in range(start, end)]
    simple = OpenCC("t2s").convert("\n".join(chars)).split("\n")
    return {ord(a): ord(b) for a, b in zip(chars, simple, strict=True) if a != b and len(b) == 1}


def _plain(char: str) -> str:
    """Return the one letter, digit or Han character that Unicode says `char` is a form of, or `char`."""
    forms = unicodedata.normalize("NFKC", char)
    plain = forms.strip("().,〔〕") if len(forms) > 1 else forms
    name = unicodedata.name(char, "")
    if letter := _NEGATIVE.fullmatch(name):
        plain = letter[1]
    elif "CIRCLED" in name and plain == char:
        plain = str(unicodedata.digit(char, char))
    return plain if len(plain) == 1 and (plain.isalpha() or plain.isdecimal()) else char


def _step(char: str, simplified: dict[int, int]) -> str:
    code = ord(char)
    plain = chr(_WIDTH[code]) if code in _WIDTH else _plain(char)
    lower = plain.lower() if len(plain.lower()) == 1 else plain
    return chr(simplified.get(ord(lower), ord(lower)))


def derive() -> tuple[dict[int, int], dict[int, int]]:
    """Return what `fold.txt` should hold, from OpenCC and the Unicode database of the running Python.

    Raises:
        ValueError: Two characters that map to each other.
    """
    simplified = _simplified()
    other: dict[int, int] = {}
    for code in range(0x80, 0x110000):
        if code in _SURROGATES:
            continue
        seen = [chr(code)]
        while (char := _step(seen[-1], simplified)) != seen[-1]:
            if char in seen:
                raise ValueError(f"U+{code:04X} maps in a circle")
            seen.append(char)
        if ord(seen[-1]) != simplified.get(code, code):
            other[code] = ord(seen[-1])
    return simplified, other | {code: code + 0x20 for code in range(0x41, 0x5B)}


def search_class(codes: set[int]) -> str:
    """Return the body of a character class that finds the code points of the basic plane which `fold` looks up."""
    ranges = [[0x41, 0x5A]]
    for code in sorted(code for code in codes if code >= 0x80):
        if code - ranges[-1][1] <= (1 if code < 0x100 or 0x4E00 <= code < 0xA000 else _NEAR):
            ranges[-1][1] = code
        elif code < 0x10000:
            ranges.append([code, code])
    ranges.append([min(_SURROGATES), max(_SURROGATES)])
    # The file is UTF-8, which carries no surrogates: those stay escapes.
    return "".join(_escaped(a) if a == b else f"{_escaped(a)}-{_escaped(b)}" for a, b in ranges)


def _escaped(code: int) -> str:
    return f"\\u{code:04x}" if code in _SURROGATES else chr(code)


def write() -> None:
    """Write `fold.txt` anew: a note, each map as rows of characters, a tab and what they become, and the search class."""
    simplified, other = derive()
    parts = [f"# Written by python -m corpus.fold from OpenCC t2s and Unicode {unicodedata.unidata_version}."]
    for table in (simplified, other):
        pairs = iter(sorted(table.items()))
        rows = []
        while row := list(islice(pairs, _ROW)):
            rows.append("".join(chr(a) for a, _ in row) + "\t" + "".join(chr(b) for _, b in row))
        parts.append("\n".join(rows))
    parts.append(search_class({*simplified, *other}))
    _FILE.write_text("\n\n".join(parts) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()

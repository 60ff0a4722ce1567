"""Views of a text that keep every code point in its place.

`fold` maps width, case and traditional characters one code point to one code point, so an offset in the view is an
offset in the original.
"""

from __future__ import annotations

import sys
from functools import cache

_FULL_WIDTH = range(0xFF01, 0xFF5F)
_HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00))


@cache
def fold_table() -> dict[int, int]:
    """Return the code point map of `fold`: full width to ASCII, upper to lower, traditional to simplified."""
    table = {code: ord(chr(code - 0xFEE0).lower()) for code in _FULL_WIDTH}
    table |= dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)  # lone surrogates, which UTF-8 cannot carry
    table[0x3000] = 0x20
    for code in range(0x41, min(0x2000, sys.maxunicode)):
        lower = chr(code).lower()
        if lower != chr(code) and len(lower) == 1:
            table[code] = ord(lower)
    table.update(traditional_table())
    return table


@cache
def traditional_table() -> dict[int, int]:
    """Return traditional code point → simplified code point, for characters that differ."""
    from opencc import OpenCC

    chars = [chr(code) for start, end in _HAN for code in range(start, end)]
    simple = OpenCC("t2s").convert("\n".join(chars)).split("\n")
    return {ord(a): ord(b) for a, b in zip(chars, simple, strict=True) if a != b and len(b) == 1}


def fold(text: str) -> str:
    """Return the folded view; `len(fold(text)) == len(text)`."""
    return text.translate(fold_table())

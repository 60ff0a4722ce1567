"""What a template holds that is no wording: blanks in any common form, links, tags, line breaks."""

from __future__ import annotations

import re

from assistant.check.entities import URL

Span = tuple[int, int]

_NAME = r"[A-Za-z_一-鿿][\w.一-鿿 -]{0,30}"
_BLANK = re.compile(
    r"\{\{[^{}\n]{1,60}\}\}"  # {{name}}
    r"|[$#]\{[^{}\n]{1,60}\}"  # ${x}, #{x}
    r"|\{%[^{}\n]{1,80}%\}"  # {% if vip %}
    r"|\{[^{}\n]{0,60}\}"  # {order_id}, {0}, {}
    r"|</?[A-Za-z][A-Za-z0-9]{0,10}(?:\s[^<>\n]{0,300})?/?>"  # an HTML tag
    rf"|<{_NAME}>|《\$[^》\n]{{1,30}}》"
    r"|【[^【】\n]{1,30}】|〔[^〔〕\n]{1,30}〕|［[^［］\n]{1,30}］|\[[^\[\]\n]{1,30}\]"
    r"|%(?:\([A-Za-z_]\w{0,30}\))?[-+0-9.]{0,6}[sdfi](?![A-Za-z])"  # %s, %(name)s, %.2f
    r"|(?<![A-Za-z])[Xx]{2,}(?![A-Za-z])|(?<![*])[*＊]{2,12}(?![*])|_{2,}|＿{2,}"  # XX, **, ____
    r"|&[a-z]{2,8};|\\[nrt]"
)
_URL = re.compile(URL, re.IGNORECASE)
_BREAK = re.compile(r"\r\n|[\n\r\t]")


def blank_spans(text: str) -> list[Span]:
    """Return the spans of blanks, tags and links, in text order and apart from each other; line breaks are not among them."""
    spans = [match.span() for match in _BLANK.finditer(text)]
    spans += [match.span() for match in _URL.finditer(text)]
    kept: list[Span] = []
    for start, end in sorted(spans, key=lambda s: (s[0], -s[1])):
        if kept and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    return kept


def breaks(text: str) -> list[str]:
    """Return the line breaks and tabs of a text, in order."""
    return _BREAK.findall(text)

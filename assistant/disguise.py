"""Disguises of words: what people do to a forbidden phrase so that a list of phrases misses it."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.check.findings import Finding

_BETWEEN = {
    "space": " ",
    "wide space": "\u3000",
    "zero width": "\u200b",
    "joiner": "\u2060",
    "star": "*",
    "dot": "·",
    "dash": "-",
    "comma": "、",
    "emoji": "😊",
    "bar": "|",
}


def disguises(text: str, finding: Finding) -> Iterator[tuple[str, str]]:
    """Yield (name, text) with the found words in full width, traditional characters, or taken apart.

    Words that already hold spaces or marks are left alone by what takes words apart: there the marks may matter.
    """
    start, end = finding.start, finding.end
    for name, changed in (("full width", _wide(finding.quote)), ("traditional", _traditional(finding.quote))):
        if changed != finding.quote:
            yield name, text[:start] + changed + text[end:]
    if finding.quote.isalnum() and len(finding.quote) > 1:
        for name, mark in _BETWEEN.items():
            yield name, text[:start] + mark.join(finding.quote) + text[end:]


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)


def _traditional(text: str) -> str:
    from assistant.script import to_traditional

    changed = to_traditional(text)
    return changed if len(changed) == len(text) else text

"""Limits and consistency: lengths, repetition, forms of address, scripts and languages."""

from __future__ import annotations

import re
from functools import cache

from assistant.check.clauses import Clauses
from assistant.check.scan import Cover, Span
from assistant.check.views import traditional_table

_AROUND = " ,、。!?;:~…\n\t"
# A unit of up to 20 characters said four times running, or one character eight times.
_LOOP = re.compile(r"([^\W\d_]{2,20}?[\s,，、。!~…]?)\1{3,}|([^\W\d_])\2{7,}")
_FOREIGN = re.compile(
    r"[a-z]{2,}(?:[ ,.'!?-]{1,3}[a-z']{1,20}){3,40}"  # four Latin words running
    r"|[\u3041-\u30fa\uac00-\ud7a3\u0400-\u04ff\u0600-\u06ff\u0e00-\u0e7f]{2,40}"
)
_LATIN_RUN = re.compile(r"[a-z]{2}[ ,.'!?-]|[\u0400-\u06ff\u0e00-\u0e7f\u3041-\u30fa\uac00-\ud7a3]{2}")
_LINK = re.compile(r"(?:https?://|www\.)[^\s\u3000-\u9fff]+|\$?\{[^{}]*\}|[\w.+-]+@[\w.-]+")


def measure(metric: str, folded: str, clauses: Clauses) -> tuple[int, Span]:
    """Return the value of a limit's metric and the span to show."""
    whole = (0, len(folded))
    if metric == "chars":
        return len(folded), whole
    if metric == "exclamations":
        return _count("!", folded)
    if metric == "question_marks":
        return _count("?", folded)
    if metric == "loop":
        return _loop(folded, clauses)
    return _repeated(folded, clauses)


def _count(mark: str, folded: str) -> tuple[int, Span]:
    number = folded.count(mark)
    return number, (folded.find(mark), folded.rfind(mark) + 1) if number else (0, len(folded))


def _repeated(folded: str, clauses: Clauses) -> tuple[int, Span]:
    """Count how often the most repeated sentence is said, and show its second time."""
    sentences = clauses.sentences()
    seen: dict[str, list[Span]] = {}
    for span in sentences if len(sentences) > 1 else ():
        key = folded[slice(*span)].strip(_AROUND)
        if len(key) > 1:
            seen.setdefault(key, []).append(span)
    most = max(seen.values(), key=len, default=[])
    return (len(most), most[1]) if len(most) > 1 else (1, (0, len(folded)))


def _loop(folded: str, clauses: Clauses) -> tuple[int, Span]:
    """Count how often a unit is said without a break, as a degenerate model does."""
    # A loop leaves few different characters in its clause, or few different clauses; most replies pass here.
    said = [folded[start:end] for start, end in clauses.clauses()]
    if len(set(said)) > len(said) - 3:
        for clause in said:
            if len(clause) > 7 and len(clause) >= 2 * len(set(clause)):
                break
        else:
            return 1, (0, len(folded))
    match = _LOOP.search(folded)
    if match is None:
        return 1, (0, len(folded))
    unit = match[1] or match[2]
    return (match.end() - match.start()) // len(unit), match.span()


def inconsistent(check: str, text: str, folded: str) -> list[Span]:
    """Return the spans that break a consistency rule: 你 in a reply, mixed scripts, or another language."""
    if check == "ni_nin":
        return [m.span() for m in _NI.finditer(folded)] if "你" in folded else []
    if check == "language":
        return _foreign(folded)
    return _mixed_scripts(text)


_NI = re.compile(r"你(?!好)|(?<![\u4e00-\u9fff])你(?=好)")


def _foreign(folded: str) -> list[Span]:
    if not _LATIN_RUN.search(folded):
        return []
    links = Cover(m.span() for m in _LINK.finditer(folded))
    return [m.span() for m in _FOREIGN.finditer(folded) if not links.meets(m.span())]


def _mixed_scripts(text: str) -> list[Span]:
    traditional, simplified = _one_script_only()
    if traditional.search(text) is None or simplified.search(text) is None:
        return []
    found = ([m.span() for m in script.finditer(text)] for script in (traditional, simplified))
    return min(found, key=len)[:5]


@cache
def _one_script_only() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds traditional characters that GB 2312 cannot write, and simplified ones that Big5 cannot."""
    table = traditional_table()
    traditional = "".join(chr(code) for code in table if not chr(code).encode("gb2312", "ignore"))
    simplified = "".join({chr(code) for code in table.values() if not chr(code).encode("big5", "ignore")})
    return re.compile(f"[{traditional}]"), re.compile(f"[{simplified}]")

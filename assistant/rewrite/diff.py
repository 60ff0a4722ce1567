"""What changed between a rough answer and its rewrite, by words: the changes of a text that somebody else wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from assistant.check import Finding
from assistant.rewrite.blanks import blank_spans
from assistant.rewrite.reasons import reason
from assistant.rewrite.script import Span, Why
from assistant.rewrite.values import Change, Op

_WORD = re.compile(r"[A-Za-z0-9_.@-]+|\s+|.", re.DOTALL)
# Fewer equal characters between two changes are an accident.
_SHORT = 2


def changes_between(rough: str, text: str, explained: Sequence[Change], findings: Sequence[Finding]) -> tuple[Change, ...]:
    """Return the changes that make `text` of the rough answer, each with the reason of what it mends.

    `explained` are changes of another rewrite of the same answer, `findings` what was found in it.
    """
    return tuple(
        Change(_op(rough[slice(*old)], new), *old, rough[slice(*old)], new, *_why(old, explained, findings))
        for old, new in _hunks(rough, text)
    )


def _hunks(rough: str, text: str) -> list[tuple[Span, str]]:
    before, after = _words(rough), _words(text)
    starts, ends = _offsets(before), _offsets(after)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    hunks: list[tuple[int, int, int, int]] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        if hunks and starts[a] - starts[hunks[-1][1]] < _SHORT and not _holds_blank(rough[starts[hunks[-1][1]] : starts[a]]):
            a, c = hunks[-1][0], hunks[-1][2]
            hunks.pop()
        hunks.append((a, b, c, d))
    return [((starts[a], starts[b]), text[ends[c] : ends[d]]) for a, b, c, d in hunks]


def _words(text: str) -> list[str]:
    words, at = [], 0
    for start, end in [*blank_spans(text), (len(text), len(text))]:
        words += [*_WORD.findall(text[at:start]), *([text[start:end]] if end > start else [])]
        at = end
    return words


def _offsets(words: Sequence[str]) -> list[int]:
    offsets = [0]
    for word in words:
        offsets.append(offsets[-1] + len(word))
    return offsets


def _holds_blank(text: str) -> bool:
    return bool(blank_spans(text))


def _op(before: str, after: str) -> Op:
    return "replace" if before and after else "insert" if after else "delete"


def _why(span: Span, explained: Sequence[Change], findings: Sequence[Finding]) -> tuple[str, str, str]:
    for change in explained:
        if change.op != "move" and ((change.start < span[1] and span[0] < change.end) or (change.start, change.end) == span):
            return change.rule, change.clause, change.reason
    for finding in findings:
        if finding.start < span[1] and span[0] < finding.end:
            return finding.rule, finding.clause, finding.message
    why: Why = reason("model")
    return why.rule, why.clause, why.reason

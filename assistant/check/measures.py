"""Limits, consistency and personal data: rules that need more than words."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from assistant.check.match import Span
from assistant.check.views import fold, traditional_table

_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]*")
_APOLOGY = re.compile(r"抱歉|对不起|不好意思|致歉|见谅")
_HONORIFIC = re.compile(r"亲爱的|亲亲|亲(?=[，,！!~～ ]|$)|哦|呢(?![？?])|哈(?=[，,。！!~～ ]|$)|啦")
_ENTITY = {
    "mobile": re.compile(r"(?<!\d)1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"),
    "id_card": re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dx](?![\da-z])"),
    "bank_card": re.compile(r"(?<!\d)(?:62|4\d|5[1-5])\d{14,17}(?!\d)"),
    "email": re.compile(r"(?<![a-z0-9._%+-])[a-z0-9._%+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+"),
    "url": re.compile(r"(?:https?://|www\.)[^\s，。！？]+"),
    "wechat_qq": re.compile(r"(?:微信|vx|v信|qq|扣扣)\s*(?:号)?\s*[:：是]?\s*[a-z0-9_-]{5,20}"),
}


def sentences(text: str) -> list[Span]:
    """Return the spans of sentences, their end marks included."""
    return [m.span() for m in _SENTENCE.finditer(text) if m[0].strip()]


def measure(metric: str, text: str) -> tuple[int, Span]:
    """Return the value of a limit's metric and the span to show."""
    whole = (0, len(text))
    if metric == "chars":
        return len(text), whole
    if metric == "exclamations":
        return _count(r"[!！]", text)
    if metric == "question_marks":
        return _count(r"[?？]", text)
    if metric == "apologies":
        return _count(_APOLOGY, text)
    if metric == "honorifics":
        return _count(_HONORIFIC, text)
    seen = Counter(re.sub(r"\W", "", text[a:b]) for a, b in sentences(text))
    repeated = {key: n for key, n in seen.items() if key and n > 1}
    if not repeated:
        return 1, whole
    key = max(repeated, key=lambda k: repeated[k])
    place = [span for span in sentences(text) if re.sub(r"\W", "", text[slice(*span)]) == key][1]
    return repeated[key], place


def _count(pattern: str | re.Pattern[str], text: str) -> tuple[int, Span]:
    hits = [m.span() for m in re.finditer(pattern, text)]
    return len(hits), ((hits[0][0], hits[-1][1]) if hits else (0, len(text)))


def inconsistent(check: str, text: str) -> list[Span]:
    """Return the spans that break a consistency rule: 你 in a reply, or simplified mixed with traditional."""
    if check == "ni_nin":
        return [m.span() for m in re.finditer(r"你(?!好)|(?<!\w)你好", fold(text))]
    traditional = [i for i, c in enumerate(text) if ord(c) in traditional_table() and not c.encode("gb2312", "ignore")]
    simplified = [i for i, c in enumerate(text) if ord(c) in _simplified_only()]
    if not traditional or not simplified:
        return []
    fewer = min(traditional, simplified, key=len)
    return [(i, i + 1) for i in fewer[:5]]


@cache
def _simplified_only() -> frozenset[int]:
    """Return simplified characters that traditional text never uses: those Big5 cannot write."""
    return frozenset(code for code in traditional_table().values() if not chr(code).encode("big5", "ignore"))


def entities(kind: str, text: str) -> list[Span]:
    """Return the spans of a kind of personal data or outside contact."""
    return [m.span() for m in _ENTITY[kind].finditer(fold(text))]

"""Put what representatives type in a hurry the way the book says it: the rewordings of the corpus, clause by clause."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from assistant.check import fold
from assistant.check.clauses import Clauses
from assistant.rewrite.contract import Contract
from assistant.rewrite.script import Script, Span, Why
from corpus import Rewording

# Small words around a clause that say nothing.
_LEAD = r"(?:(?:那(?!个|边|里|就|款|种|么)|反正|其实|哎呀?|哦|嗯+|呃|额|好吧|行吧|那个|唉)[,、 ]?)*"
_TAIL = r"(?:啊|呀|哈|吧|呗|嘛|哦|噢|咯|啦|哟|呐|喽|么|亲)*"
_HAN_OR_DIGIT = re.compile(r"[㐀-鿿0-9a-z]")


@dataclass(frozen=True)
class _Compiled:
    rewording: Rewording
    patterns: tuple[re.Pattern[str], ...]
    why: Why


class Reworder:
    """All rewordings, ready to be applied in file order."""

    def __init__(self, rewordings: Iterable[Rewording]) -> None:
        # Of several clauses that told nothing, the one that says whom we ask is answered.
        self._rewordings = sorted(rewordings, key=lambda r: not (r.hollow and "{" in r.text))

    @cached_property
    def _compiled(self) -> tuple[_Compiled, ...]:
        # On first use: who only asks for a suggestion need not wait for seven hundred patterns.
        return tuple(_Compiled(r, tuple(map(re.compile, _patterns(r))), Why(r.id, r.clause, r.title)) for r in self._rewordings)

    def apply(self, script: Script, contract: Contract, tells: bool = False) -> list[str]:
        """Reword a text; a rewording that would lose a fact is left out. Returns the ids of those that were used, in order.

        Where the answer `tells` enough by itself, what told nothing goes without replacement, unless this names whom we ask.
        """
        used, said = [], False
        cut = _Cut.of(script.text)
        for compiled in self._compiled:
            changed = False
            for span, new in self._hits(compiled, cut):
                before, start, end = script.text, *span
                if compiled.rewording.hollow and (said or (tells and "{" not in compiled.rewording.text)):
                    new = ""  # one sentence about what we do is enough
                if not new and leaves_a_scrap(cut.clauses, span):
                    continue
                after = before[:start] + new + before[end:]
                if after == before or contract.harms(before, after):
                    continue
                script.replace(start, end, new, compiled.why)
                changed, said = True, said or (compiled.rewording.hollow and bool(new))
            if changed:
                used.append(compiled.rewording.id)
                cut = _Cut.of(script.text)
        return used

    def _hits(self, compiled: _Compiled, cut: _Cut) -> list[tuple[Span, str]]:
        """Return what to replace, the last clause first so that offsets stay true."""
        rewording, folded = compiled.rewording, cut.clauses.text
        done: set[int] = set()
        found = []
        for start, end, sentence in cut.spoken:
            hits = _matches(compiled, folded, start, end)
            if not hits or (rewording.once and sentence in done):
                continue
            if rewording.unless and any(word in folded[start:end] for word in rewording.unless):
                continue
            done.add(sentence)
            found += [(_span(rewording, hit, start, end), _filled(rewording.text, hit, cut.text)) for hit in hits]
        return found[::-1]


@dataclass(frozen=True)
class _Cut:
    """A text cut into clauses: what is spoken of each, and the number of its sentence."""

    text: str
    clauses: Clauses
    spoken: tuple[tuple[int, int, int], ...]

    @classmethod
    def of(cls, text: str) -> _Cut:
        clauses = Clauses(fold(text))
        ends = [end for _, end in clauses.sentences()]
        spans = [span for span in clauses.spoken_all() if span[0] < span[1]]
        return cls(text, clauses, tuple((start, end, bisect_right(ends, start)) for start, end in spans))


def leaves_a_scrap(clauses: Clauses, span: Span) -> bool:
    """Tell whether taking out a stretch would leave less of its clause than a word."""
    start, end = clauses.clause(*span)
    rest = _HAN_OR_DIGIT.findall(clauses.text[start : span[0]] + clauses.text[span[1] : end])
    return len(rest) == 1


def _patterns(rewording: Rewording) -> Iterator[str]:
    for pattern in rewording.patterns:
        if rewording.at == "clause":
            yield f"{_LEAD}(?:{pattern}){_TAIL}"
        elif rewording.at == "end":
            yield f"(?:{pattern})$"
        else:
            yield pattern


def _matches(compiled: _Compiled, folded: str, start: int, end: int) -> list[re.Match[str]]:
    at = compiled.rewording.at
    for pattern in compiled.patterns:
        if at == "clause":
            hit = pattern.fullmatch(folded, start, end)
        elif at == "start":
            hit = pattern.match(folded, start, end)
        elif at == "end":
            hit = pattern.search(folded, start, end)
        else:
            hits = list(pattern.finditer(folded, start, end))
            if hits:
                return hits
            continue
        if hit:
            return [hit]
    return []


def _span(rewording: Rewording, hit: re.Match[str], start: int, end: int) -> Span:
    return (start, end) if rewording.at == "clause" else hit.span()


def _filled(text: str, hit: re.Match[str], original: str) -> str:
    for name in hit.re.groupindex:
        value = original[hit.start(name) : hit.end(name)] if hit.start(name) >= 0 else ""
        text = text.replace(f"{{{name}}}", value)
    return text

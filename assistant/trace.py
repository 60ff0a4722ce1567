"""Trace each sentence of a reply to a phrase or clause. Computed here, never asked of the model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz, process

from assistant.check import fold, sentences
from assistant.compose import Piece
from assistant.values import Sentence
from corpus import Clause, Phrase

# Every phrase with one word changed scores above it; of real representatives' sentences fewer than one in a hundred does.
_ADAPTED = 72.0
# A shorter sentence is part of too many clauses to say anything.
_SHORTEST = 8


def trace_pieces(pieces: Sequence[Piece], texts: Sequence[str]) -> tuple[Sentence, ...]:
    """Return one standard sentence a piece; `texts` are the pieces as they stand in the reply."""
    found, start = [], 0
    for piece, text in zip(pieces, texts, strict=True):
        end = start + len(text)
        found.append(Sentence(text, start, end, "standard", piece.phrase.id, (piece.phrase.clause,)))
        start = end
    return tuple(found)


class Sources:
    """Every approved phrase and clause, ready to be compared with free text."""

    def __init__(self, phrases: Sequence[Phrase], clauses: Sequence[Clause]) -> None:
        self._phrases, self._clauses = tuple(phrases), tuple(clauses)
        self._bare_phrases = [_bare(phrase.text) for phrase in phrases]
        self._bare_clauses = [_bare(clause.text) for clause in clauses]

    def trace(self, text: str) -> tuple[Sentence, ...]:
        """Align every sentence with the nearest phrase or clause."""
        return tuple(self._trace(text, start, end) for start, end in sentences(text))

    def _trace(self, text: str, start: int, end: int) -> Sentence:
        sentence = text[start:end]
        bare = _bare(sentence)
        phrase = process.extractOne(bare, self._bare_phrases, scorer=fuzz.ratio, score_cutoff=_ADAPTED)
        if phrase:
            source = self._phrases[phrase[2]]
            kind: Literal["standard", "adapted"] = "standard" if _matches(source, sentence) else "adapted"
            return Sentence(sentence, start, end, kind, source.id, (source.clause,))
        if len(bare) >= _SHORTEST:
            clause = process.extractOne(bare, self._bare_clauses, scorer=fuzz.partial_ratio, score_cutoff=_ADAPTED)
            if clause:
                return Sentence(sentence, start, end, "adapted", None, (self._clauses[clause[2]].id,))
        return Sentence(sentence, start, end, "free", None, ())


def _bare(text: str) -> str:
    return re.sub(r"\W|_", "", re.sub(r"\{[a-z_]+\}", "", fold(text)))


def _matches(phrase: Phrase, sentence: str) -> bool:
    return _as_regex(phrase.text).fullmatch(re.sub(r"\W|_", "", fold(sentence))) is not None


@lru_cache(maxsize=2048)
def _as_regex(text: str) -> re.Pattern[str]:
    parts = re.split(r"\{[a-z_]+\}", text)
    return re.compile(".{1,40}?".join(re.escape(re.sub(r"\W|_", "", fold(part))) for part in parts))

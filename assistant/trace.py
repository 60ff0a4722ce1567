"""Trace each sentence of a reply to a phrase or clause. Computed here, never asked of the model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

from assistant.check import fold, sentences
from assistant.compose import Piece
from assistant.values import Sentence
from corpus import Clause, Phrase

# Measured on composed replies with one word changed (always above) and on unrelated sentences (always below).
_ADAPTED = 72.0


def trace_pieces(pieces: Sequence[Piece], texts: Sequence[str]) -> tuple[Sentence, ...]:
    """Return one standard sentence a piece; `texts` are the pieces as they stand in the reply."""
    found, start = [], 0
    for piece, text in zip(pieces, texts, strict=True):
        end = start + len(text)
        found.append(Sentence(text, start, end, "standard", piece.phrase.id, (piece.phrase.clause,)))
        start = end
    return tuple(found)


def trace_text(text: str, phrases: Sequence[Phrase], clauses: Sequence[Clause]) -> tuple[Sentence, ...]:
    """Align every sentence of free text with the nearest phrase or clause."""
    bare_phrases = [_bare(phrase.text) for phrase in phrases]
    bare_clauses = [_bare(clause.text) for clause in clauses]
    found = []
    for start, end in sentences(text):
        sentence = text[start:end]
        bare = _bare(sentence)
        phrase = process.extractOne(bare, bare_phrases, scorer=fuzz.ratio) if bare_phrases else None
        clause = process.extractOne(bare, bare_clauses, scorer=fuzz.partial_ratio) if bare_clauses else None
        if phrase and phrase[1] >= _ADAPTED:
            source = phrases[phrase[2]]
            kind = "standard" if _matches(source, sentence) else "adapted"
            found.append(Sentence(sentence, start, end, kind, source.id, (source.clause,)))  # type: ignore[arg-type]
        elif clause and clause[1] >= _ADAPTED and len(bare) >= 8:
            found.append(Sentence(sentence, start, end, "adapted", None, (clauses[clause[2]].id,)))
        else:
            found.append(Sentence(sentence, start, end, "free", None, ()))
    return tuple(found)


def _bare(text: str) -> str:
    return re.sub(r"\W|_", "", re.sub(r"\{[a-z_]+\}", "", fold(text)))


def _matches(phrase: Phrase, sentence: str) -> bool:
    return _as_regex(phrase.text).fullmatch(re.sub(r"\W|_", "", fold(sentence))) is not None


@lru_cache(maxsize=2048)
def _as_regex(text: str) -> re.Pattern[str]:
    parts = re.split(r"\{[a-z_]+\}", text)
    return re.compile(".{1,40}?".join(re.escape(re.sub(r"\W|_", "", fold(part))) for part in parts))

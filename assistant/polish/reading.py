"""Read each template once: folded, its facts and blanks masked, and what sets it apart from texts that look alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from assistant.check import fold
from assistant.check.facts import Fact, facts_in
from assistant.polish.blanks import Blank, blanks_in
from assistant.polish.lexicon import any_of, known, search
from assistant.polish.notes import LibraryRow

# What a masked text shows for a value, by its kind, and for a blank: letters that no template holds.
_SHOWN = {"duration": "ж", "amount": "д", "date": "б", "number": "ц"}
_OTHER, _BLANK = "я", "ю"
_MARKS = re.compile(r"[\W_]+")
_LATIN = re.compile(r"[a-z]{2,}")


@dataclass(frozen=True, slots=True)
class Read:
    """One template as the library check sees it.

    `bare` has no marks and spaces, `masked` also no values; `mark` must be equal for two texts to be about the same thing.
    """

    row: LibraryRow
    folded: str
    facts: tuple[Fact, ...]
    blanks: tuple[Blank, ...]
    bare: str
    masked: str
    mark: tuple[object, ...]
    negated: tuple[str, ...]

    @property
    def values(self) -> tuple[str, ...]:
        """The facts as sorted keys."""
        return tuple(sorted(fact.key for fact in self.facts))


def read_row(row: LibraryRow) -> Read:
    """Read one template."""
    folded, blanks = fold(row.text), blanks_in(row.text)
    facts = tuple(f for f in facts_in(row.text) if not any(b.start < f.end and f.start < b.end for b in blanks))
    person = known("blanks")["person"]
    named = tuple(sorted(blank.name for blank in blanks if blank.name not in person))
    cuts = sorted(
        [(b.start, b.end, "" if b.name in person else _BLANK) for b in blanks]
        + [(f.start, f.end, _SHOWN.get(f.kind, _OTHER)) for f in facts]
    )
    masked = _synonyms(_MARKS.sub("", _cut(folded, cuts)))
    words = tuple(sorted(set(search("apart").findall(masked))))
    return Read(
        row=row,
        folded=folded,
        facts=facts,
        blanks=blanks,
        bare=_MARKS.sub("", _cut(folded, [(b.start, b.end, f"({b.name})") for b in blanks if b.name not in person])),
        masked=masked,
        mark=(named, words, tuple(sorted(_LATIN.findall(masked)))),
        negated=tuple(sorted(search("negations").findall(masked))),
    )


def _cut(text: str, cuts: list[tuple[int, int, str]]) -> str:
    """Replace spans, which are in order and apart from each other, by what stands for them."""
    parts, at = [], 0
    for start, end, shown in cuts:
        parts += [text[at:start], shown]
        at = end
    return "".join([*parts, text[at:]])


def _synonyms(text: str) -> str:
    first = _first()
    return _synonym_search().sub(lambda match: first[match[0]], text)


@cache
def _first() -> dict[str, str]:
    return {word: row[0] for row in known("synonyms") for word in row}


@cache
def _synonym_search() -> re.Pattern[str]:
    return any_of(_first())

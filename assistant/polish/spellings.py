"""Notes about blanks: one blank spelled in several ways, and brackets without their partner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from assistant.polish.blanks import NAMELESS, merge_close, unbalanced
from assistant.polish.lexicon import make_note, say
from assistant.polish.notes import LibraryNote, LibraryRow
from assistant.polish.reading import Read

# Spelling → the rows that hold it.
Holders = dict[str, list[LibraryRow]]


def spellings(reads: Sequence[Read]) -> Iterator[LibraryNote]:
    """Yield one note for each blank with several spellings: the rows to change, and the commonest spelling to keep."""
    named: dict[str, Holders] = defaultdict(lambda: defaultdict(list))
    for read in reads:
        for spelling, name in dict.fromkeys((blank.spelling, blank.name) for blank in read.blanks):
            if name != NAMELESS:
                named[name][spelling].append(read.row)
    first = merge_close(named)
    for name in [name for name in named if first[name] != name]:
        for spelling, rows in named.pop(name).items():
            named[first[name]][spelling] += rows
    for name, holders in named.items():
        if len(holders) > 1:
            yield _note(name, holders)


def broken(reads: Sequence[Read]) -> Iterator[LibraryNote]:
    """Yield one note for all rows in which a bracket lacks its partner."""
    found = [(read.row, read.row.text[slice(*span)]) for read in reads if (span := unbalanced(read.row.text))]
    if found:
        yield make_note("placeholder", found, "unbalanced")


def _note(name: str, holders: Holders) -> LibraryNote:
    ordered = sorted(holders.items(), key=lambda item: -len(item[1]))
    keep = ordered[0][0]
    counted = "、".join(say("spelling", spelling=spelling, count=len(rows)) for spelling, rows in ordered)
    changed = ((row, spelling) for spelling, rows in ordered[1:] for row in rows)
    return make_note("placeholder", changed, "placeholder", name=name, count=len(ordered), spellings=counted, keep=keep)

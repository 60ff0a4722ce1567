"""Find templates that say almost the same. Texts are compared only where they share rare pairs of characters."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from assistant.polish.groups import connected
from assistant.polish.lexicon import make_note, search
from assistant.polish.notes import LibraryNote
from assistant.polish.reading import Read

# Per cent of characters that two masked texts share: to be compared at all, and to be duplicates.
ALIKE, SAME = 80.0, 90.0
# Shares of a text's pairs of characters that must hold a rare one of any text so alike.
_RARE = 0.45
# A pair of characters that more texts hold is looked up among the last so many of them, which are nearest in length.
_WINDOW = 40
# A text is compared with so many of those that share the most.
_NEAREST = 24
_TOO_SHORT = 4
# Two words are two things when they share less than this.
_OTHER_WORD = 50.0

Pair = tuple[Read, Read]


def duplicates(reads: Sequence[Read], pairs: Iterable[Pair]) -> Iterator[LibraryNote]:
    """Yield one note for each group of templates that say almost the same."""
    for group in connected(reads, (*_copies(reads), *(pair for pair in pairs if say_the_same(*pair)))):
        yield make_note("near_duplicate", ((read.row, read.row.text) for read in group), "near_duplicate")


def _copies(reads: Iterable[Read]) -> Iterator[Pair]:
    """Pair each template with the first that is the same but for marks, spaces, width and script."""
    first: dict[tuple[object, ...], Read] = {}
    for read in reads:
        if read.bare:
            yield first.setdefault((read.bare, read.values, read.mark[0]), read), read


def alike(reads: Iterable[Read]) -> Iterator[Pair]:
    """Yield the pairs of templates that are much alike once their values are masked; identical ones only once each.

    One template stands for all with the same masked text and the same values, so the cost does not grow with copies.
    """
    blocks: dict[tuple[object, ...], dict[tuple[object, ...], Read]] = defaultdict(dict)
    for read in reads:
        blocks[read.mark].setdefault((read.masked, read.values, read.bare), read)
    for block in blocks.values():
        yield from _alike(sorted(block.values(), key=lambda read: (len(read.masked), read.masked, read.values)))


def say_the_same(a: Read, b: Read) -> bool:
    """Tell whether two templates that are alike state the same values and differ in wording only."""
    if a.values != b.values or a.negated != b.negated:
        return False
    return fuzz.ratio(a.masked, b.masked) >= SAME and not names_others(a.masked, b.masked)


def names_others(a: str, b: str, strict: bool = False) -> bool:
    """Tell whether one text names another thing where the other names one: 洗衣机 and 电饭煲.

    When `strict`, words that only one of them holds count as well.
    """
    for left, right in _differences(a, b):
        if strict and (_bared(left) or _bared(right)):
            return True
        if _bared(left) and _bared(right) and min(len(left), len(right)) > 1 and fuzz.ratio(left, right) < _OTHER_WORD:
            return True
    return False


def _bared(text: str) -> str:
    return search("fillers").sub("", text)


def _differences(a: str, b: str) -> list[tuple[str, str]]:
    """Return what stands differently in two texts; differences one character apart are one."""
    spans: list[list[int]] = []
    for op in Levenshtein.opcodes(a, b):
        if op.tag == "equal":
            continue
        if spans and op.src_start - spans[-1][1] <= 1 and op.dest_start - spans[-1][3] <= 1:
            spans[-1][1], spans[-1][3] = op.src_end, op.dest_end
        else:
            spans.append([op.src_start, op.src_end, op.dest_start, op.dest_end])
    return [(a[i:j], b[k:n]) for i, j, k, n in spans]


def _alike(reads: Sequence[Read]) -> Iterator[Pair]:
    grams = [_grams(read.masked) for read in reads]
    held = Counter(gram for own in grams for gram in own)
    holders: dict[str, list[int]] = defaultdict(list)
    for number, read in enumerate(reads):
        rarest = sorted(grams[number], key=lambda gram: (held[gram], gram))
        rare = rarest[: int(len(rarest) * _RARE) + 1]
        seen = Counter(other for gram in rare for other in holders[gram][-_WINDOW:])
        for other, _ in seen.most_common(_NEAREST):
            if fuzz.ratio(read.masked, reads[other].masked, score_cutoff=ALIKE):
                yield reads[other], read
        for gram in rare:
            holders[gram].append(number)


def _grams(text: str) -> set[str]:
    if len(text) < _TOO_SHORT:
        return set()
    return {text[at : at + 2] for at in range(len(text) - 1)}

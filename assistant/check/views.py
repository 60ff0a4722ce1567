"""Views of a text in which disguised words stand plain, each with the way back to the text as given.

`fold` keeps every code point in its place. `squeeze` drops what is put between the characters of a word, `collapse` what
is repeated, and `Sounds` writes syllables instead of characters. All offsets are code points, half open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from corpus.fold import fold, traditional_table

__all__ = ["Sounds", "View", "collapse", "fold", "squeeze", "traditional_table"]

_ENDS = "。｡!?;\n\r\v\f\x85\u2028\u2029"  # marks that end a sentence or a line
_MARKS = "," + _ENDS
_JOINTS = r".:\-/~、–—"  # kept between two digits, where they part numbers
# Letters and Han strokes that look like a separator or like nothing; `\w` takes them for parts of a word.
_NOISE_LETTERS = "_丨丶丿亅ーǀ\u115f\u1160\u3164\uffa0"
# A character between two marks is a word of its own when it answers, calls, joins or counts.
_ALONE = "[嗯唔哦噢喔啊呀哎唉诶欸呃哈嘿喂好对是行有在能会要亲谢另注即故且但而或若则一二三四五六七八九十甲乙丙丁]"
_HAN = "[㐀-鿿]"
_WORD = "0-9a-z㐀-䶿一-丧丩-丵丷-举乀-亄了-鿿"  # explicit ranges are searched faster than `\w`
_UNUSUAL = re.compile(rf"[^{_WORD}](?:(?<=[^{_MARKS}])|.[{_MARKS}])")
_NOISE = re.compile(rf"[^{_WORD}{_MARKS}](?<=[\W{_NOISE_LETTERS}])(?:(?<![0-9][{_JOINTS}])|(?![0-9]))(?<![0-9]%)")
_MARK_RUN = re.compile(f"[{_MARKS}]+")
_LONE = re.compile(f"[{_MARKS}](?!{_ALONE}){_HAN}[{_MARKS}]")
_REPEAT = re.compile(r"(\D)(\1+)")
_LETTERS = re.compile("[a-z]+")
# Where a run of letters cannot be pinyin: a consonant that neither opens a syllable nor closes one.
_NOT_PINYIN = re.compile(
    r"[bpmfdtlkjqxyw](?![aeiouv])|[zcs](?!h?[aeiouv])|(?<![zcs])h(?![aeiouv])|(?<!n)g(?![aeiouv])|(?<!e)r(?![aeiouv])"
)
_PRIVATE = range(0xE000, 0xF900)  # code points of syllables
_TWO_SOUNDS = re.compile(r"(?s)[\ue000-\uf8ff].*?[\ue000-\uf8ff]")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class View:
    """A text made from another, and where its characters came from.

    Attributes:
        text: The view.
        origin: Offset in the original of each character of the view; None when every character kept its place.
        ends: Offset in the original after each character, where one stands for several; None means `origin` plus one.
    """

    text: str
    origin: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def span(self, start: int, end: int) -> Span:
        """Return the span of the original that a non-empty span of the view covers."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.ends[end - 1] if self.ends else self.origin[end - 1] + 1

    def gapped(self, start: int, end: int) -> bool:
        """Tell whether a non-empty span of the view is shorter than what it covers in the original."""
        first, last = self.span(start, end)
        return last - first != end - start

    def _then(self, text: str, starts: list[int], ends: list[int]) -> View:
        """Return the view of a text whose characters cover these spans of this view."""
        if self.origin is None:
            return View(text, starts, ends)
        origin, last = self.origin, self.ends or [at + 1 for at in self.origin]
        return View(text, [origin[at] for at in starts], [last[at - 1] for at in ends])


def squeeze(folded: str) -> View | None:
    """Return a folded text without what stands between the characters of a clause; None when nothing is dropped.

    Spaces, punctuation, emoji, invisible and combining characters and look-alike separators go; clause marks stay, as do
    the marks inside a number (`3.5`, `18:00`, `1-3`) and a percent sign after one. Clause marks around a single Han
    character that is no word of its own are a disguise and go too, unless the first ends a sentence and the second is a
    comma.
    """
    if _UNUSUAL.search(folded) is None:
        return None
    text, origin = _without(folded, (match.span() for match in _NOISE.finditer(folded)))
    if _LONE.search(text):
        text, kept = _without(text, _disguises(text))
        origin = [origin[at] for at in kept]
    return View(text, origin) if len(text) < len(folded) else None


def collapse(view: View | str) -> View | None:
    """Return the text with each run of one character as one, digits apart; None when there is no run."""
    view = View(view) if isinstance(view, str) else view
    if _REPEAT.search(view.text) is None:
        return None
    text, starts = _without(view.text, (match.span(2) for match in _REPEAT.finditer(view.text)))
    return view._then(text, starts, [*starts[1:], len(view.text)])


def _without(text: str, spans: Iterable[Span]) -> tuple[str, list[int]]:
    """Return the text without the spans, and the offset of each character kept."""
    pieces: list[str] = []
    kept: list[int] = []
    at = 0
    for start, end in spans:
        pieces.append(text[at:start])
        kept.extend(range(at, start))
        at = end
    pieces.append(text[at:])
    kept.extend(range(at, len(text)))
    return "".join(pieces), kept


def _disguises(text: str) -> list[Span]:
    """Return the runs of clause marks that only set single characters apart."""
    runs = [match.span() for match in _MARK_RUN.finditer(text)]
    found: list[Span] = []
    for left, right in pairwise(runs):
        if _LONE.match(text, left[1] - 1) and (text[left[1] - 1] == "," or text[right[0]] != ","):
            found += [run for run in (left, right) if run not in found[-1:]]
    return found


class Sounds:
    """Hears the syllables of a list of phrases in a text, whether written in Han characters or in letters.

    Each syllable, without its tone, is one private-use code point; every Han character of the basic plane whose first
    reading it is becomes that code point, and so do its letters in a run that can be pinyin.
    """

    __slots__ = ("_characters", "_codes", "_signs", "_spelled", "_table")

    def __init__(self, characters: Mapping[str, str]) -> None:
        self._characters = {syllable: characters[syllable] for syllable in sorted(characters)}
        self._codes = {syllable: chr(code) for code, syllable in zip(_PRIVATE, self._characters, strict=False)}
        self._spelled = re.compile("|".join(sorted(self._codes, key=len, reverse=True)) or "(?!)")
        self._signs = re.compile(f"[{''.join(self._characters.values())}a-z]{{2}}")
        self._table = list(range(0x10000))
        for code in _PRIVATE:
            self._table[code] = 0xFFFD  # a text's own are no sounds
        for syllable, written in self._characters.items():
            for char in written:
                self._table[ord(char)] = ord(self._codes[syllable])

    @classmethod
    def of(cls, phrases: Iterable[str]) -> Sounds:
        """Return what hears these phrases; needs `pypinyin`, which `from_json` does not."""
        readings = _readings()
        wanted = {readings[char] for phrase in phrases for char in fold(phrase) if char in readings}
        characters: dict[str, str] = {}
        for char, syllable in readings.items():
            if syllable in wanted:
                characters[syllable] = characters.get(syllable, "") + char
        return cls(characters)

    @classmethod
    def from_json(cls, characters: Mapping[str, str]) -> Sounds:
        """Return the value that `to_json` gave."""
        return cls(characters)

    def to_json(self) -> dict[str, str]:
        """Return syllable → the characters read so, which is all there is to keep."""
        return dict(self._characters)

    def encode(self, phrase: str) -> str:
        """Return a phrase as `view` would show it."""
        folded = fold(phrase)
        return self._heard(squeeze(folded) or View(folded)).text

    def might_hear(self, folded: str) -> bool:
        """Tell, in a microsecond, whether any of the syllables may be in a text: two of their characters or letters running."""
        return self._signs.search(folded) is not None

    def view(self, squeezed: View | str) -> View | None:
        """Return the view in syllables; None when fewer than two of them are heard."""
        heard = self._heard(View(squeezed) if isinstance(squeezed, str) else squeezed)
        return heard if _TWO_SOUNDS.search(heard.text) else None

    def _heard(self, view: View) -> View:
        text = view.text.translate(self._table)
        if _LETTERS.search(text) is None:
            return View(text, view.origin, view.ends)
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for start, end in self._syllables(text):
            pieces += text[at:start], self._codes[text[start:end]]
            starts += range(at, start + 1)
            ends += *range(at + 1, start + 1), end
            at = end
        if at == 0:
            return View(text, view.origin, view.ends)
        starts += range(at, len(text))
        ends += range(at + 1, len(text) + 1)
        return view._then("".join([*pieces, text[at:]]), starts, ends)

    def _syllables(self, text: str) -> Iterable[Span]:
        for run in _LETTERS.finditer(text):
            if _NOT_PINYIN.search(run[0]) is None:
                yield from (match.span() for match in self._spelled.finditer(text, *run.span()))


@cache
def _readings() -> dict[str, str]:
    """Return the first reading, without its tone, of each Han character of the basic plane that `fold` keeps."""
    from pypinyin.pinyin_dict import pinyin_dict

    table = traditional_table()
    readings: dict[str, str] = {}
    for code, marked in pinyin_dict.items():
        letters = unicodedata.normalize("NFD", marked.partition(",")[0]).replace("u\u0308", "v")
        syllable = "".join(char for char in letters if "a" <= char <= "z")
        if code < 0x10000 and code not in table and not set("aeiouv").isdisjoint(syllable):
            readings[chr(code)] = syllable
    return readings

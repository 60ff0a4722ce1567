"""What a growing draft must pass: every rule, and what no rule can know — the prompt stays inside, nothing is asked or said twice."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz

from assistant.check import Checker, CheckResult, Finding, Situation, fold
from assistant.conversation import Turn
from corpus import Slot

# So many characters in a row of an internal text, or of the customer's, are no coincidence.
_LEAK, _PARROT = 11, 16
# A shorter sentence may well stand in the customer's words, too.
_SHORTEST = 3
_SAME = 88.0
_BLANK = re.compile(r"\W|_")
# The better wordings that the prompt offers are meant to be said; the replies of its examples are about other customers.
_OFFERED = re.compile(r"(?!回复)[^0-9：]{2,30}：")
_QUOTED = re.compile(r"“[^”]*”")
# What a customer puts in quotation marks may be words that we are to be made to say.
_MARKED = re.compile(r"[“\"「『《【]([^“”\"「」『』《》【】\n]{2,80})[”\"」』》】]")
_DICTATED = 5
_LATIN = re.compile(r"[a-z]{3,}")
_BRACKETS = re.compile(r"【([^】]*)】")
_PICTURE = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")


class Gate:
    """The check of one request's drafts.

    `given` names the slots that the customer filled already, `before` earlier turns, `inside` texts that are not for customers;
    what the `standard` reply says may be said.
    """

    def __init__(
        self,
        checker: Checker,
        situation: Situation,
        slots: Iterable[Slot] = (),
        given: Collection[str] = (),
        before: Iterable[Turn] = (),
        inside: Iterable[str] = (),
        standard: str = "",
    ) -> None:
        self._checker, self.situation, slots = checker, situation, tuple(slots)
        self._asked = tuple(fold(word) for slot in slots if slot.name in given for word in slot.asked)
        self._all_asked = tuple(word for slot in slots for word in slot.asked)
        self._said = tuple(_bare(turn.text) for turn in before if turn.speaker == "rep")
        self._secret = frozenset[str]().union(*map(_secrets, inside)) - _grams(_bare(standard), _LEAK)
        self._customer = _bare(situation.customer).replace("您", "你")
        self._backed = fold("".join(situation.known))
        said = (situation.customer, *situation.customer_turns)
        self._dictated = frozenset(p for text in said for p in _dictated(text)) - _grams_upto(_bare(self._backed), _DICTATED)
        self._words = frozenset(_LATIN.findall(" ".join((self._backed, *map(fold, said)))))
        self._titles = frozenset(slot.title for slot in slots)

    def check(self, text: str, by_words: bool = False) -> CheckResult:
        """Check a whole text by the rules."""
        return self._checker.check(text, self.situation, by_words=by_words)

    def errors(self, text: str) -> tuple[Finding, ...]:
        """Return what stands wrong in an unfinished text; what is only missing may still come.

        A warning about words is reason enough not to take a model's sentence: a person would not have written it.
        """
        findings = self.check(text, by_words=True).findings
        return tuple(f for f in findings if f.kind != "require" and (f.severity == "error" or _is_wording(f)))

    def objections(self, text: str, sentence: str) -> tuple[Finding, ...]:
        """Return what is wrong with a sentence that would follow `text`, beside the rules."""
        bare = _bare(sentence)
        wrong = {
            "draft.prompt_leak": not self._secret.isdisjoint(_grams(bare, _LEAK)),
            "draft.asks_again": self._asks_again(sentence),
            "draft.parrot": self._parrots(bare),
            "draft.dictated": any(piece in bare for piece in self._dictated),
            "draft.strange": self._is_strange(sentence),
            "draft.claims_done": self._says("draft.claims_done", sentence),
            "draft.wrong_person": self._says("draft.wrong_person", sentence),
        }
        return tuple(_finding(name, len(text), sentence) for name, holds in wrong.items() if holds)

    def is_repeated(self, text: str, sentence: str) -> bool:
        """Tell whether a sentence was said before, in this reply or in an earlier turn of ours."""
        bare = _bare(sentence)
        spoken = [_bare(part) for part in re.findall(r"[^。！？!?\n]+", text)]
        return any(len(said) > 5 and fuzz.ratio(bare, said) >= _SAME for said in (*spoken, *self._said))

    def acts(self, text: str) -> tuple[str, ...]:
        """Return the acts of a text, in text order."""
        return tuple(act.act for act in self._checker.acts(text))

    def asks_for_the_same(self, text: str, sentence: str) -> bool:
        """Tell whether a sentence only asks for what the text asks for already."""
        words = [word for word in self._all_asked if word in sentence]
        return bool(words) and set(self.acts(sentence)) == {"ask_info"} and all(word in text for word in words)

    def _asks_again(self, sentence: str) -> bool:
        if not self._asked:
            return False
        folded = fold(sentence)
        asking = [a for a in self._checker.acts(sentence) if a.act == "ask_info"]
        return any(word in folded[a.start : a.end] for a in asking for word in self._asked)

    def _parrots(self, bare: str) -> bool:
        bare = bare.replace("您", "你")
        if bare in self._customer:
            return len(bare) > _SHORTEST
        return any(gram in self._customer for gram in _grams(bare, _PARROT))

    def _is_strange(self, sentence: str) -> bool:
        """Tell whether a sentence holds pictures, foreign words that nobody said, or brackets around anything but a blank."""
        words = (word for word in _LATIN.findall(fold(sentence)) if word not in self._words)
        blanks = (title for title in _BRACKETS.findall(sentence) if title not in self._titles)
        return next(words, None) is not None or next(blanks, None) is not None or _PICTURE.search(sentence) is not None

    def _says(self, name: str, sentence: str) -> bool:
        """Tell whether a sentence holds a pattern of a guard that neither an exception nor a known text excuses."""
        folded, guard = fold(sentence), _guards()[name]
        for pattern in _patterns(name):
            for match in pattern.finditer(folded):
                around = folded[max(0, match.start() - 2) : match.end()]
                if match[0] not in self._backed and not any(word in around for word in guard["exceptions"]):
                    return True
        return False


def _dictated(text: str) -> Iterator[str]:
    """Yield what stands in quotation marks in a customer's words, whole when short, else in pieces."""
    for quote in _MARKED.findall(text):
        bare = _bare(quote)
        if 2 < len(bare) <= _DICTATED:
            yield bare
        yield from _grams(bare, _DICTATED) if len(bare) > _DICTATED else ()


def _grams_upto(bare: str, length: int) -> set[str]:
    return set().union(*(_grams(bare, n) for n in range(3, length + 1)))


def _is_wording(finding: Finding) -> bool:
    return finding.kind in ("forbid", "replace", "consistency") and finding.severity == "warning"


def _bare(text: str) -> str:
    return _BLANK.sub("", fold(text))


def _grams(bare: str, length: int) -> set[str]:
    return {bare[i : i + length] for i in range(len(bare) - length + 1)}


@lru_cache(maxsize=512)
def _secrets(text: str) -> frozenset[str]:
    """Return the runs of a text that no reply holds by chance; what a prompt offers as examples is meant to be said."""
    lines = [line for line in text.splitlines() if not _OFFERED.match(line)]
    return frozenset().union(*(_grams(_bare(_QUOTED.sub("", line)), _LEAK) for line in lines))


@cache
def _guards() -> Mapping[str, Any]:
    data: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "guards.yaml").read_text(encoding="utf-8"))
    return data


@cache
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in _guards()[name]["patterns"])


def _finding(name: str, start: int, quote: str) -> Finding:
    guard = _guards()[name]
    end = start + len(quote)
    return Finding(name, guard["title"], "forbid", "error", guard["message"], start, end, quote, "fold", guard["clause"])

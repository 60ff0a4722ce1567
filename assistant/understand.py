"""Read a message: scenario, emotion, what it gives, whether it should go to a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from assistant.conversation import Turn, clean
from assistant.emotion import EmotionReader
from assistant.scenario import Guess, ScenarioModel
from assistant.script import is_traditional, to_simplified
from assistant.slots import SlotFinder
from corpus import Corpus, Embedder, EmbedderError, Emotion, Index, Item, Matrix

# For its meaning a longer message is read by beginning and end: no less right on development messages, and much faster.
READ_WHOLE = 64
_LONG = 1000
_LONGEST = 20_000


@dataclass(frozen=True)
class Understanding:
    """What a message means. `guesses` are ordered; `values` maps slot names to what the customer gave."""

    message: str
    simplified: str
    turns: tuple[Turn, ...]
    guesses: tuple[Guess, ...]
    emotion: Emotion
    values: dict[str, str]
    traditional: bool
    language: Literal["zh", "other", "none"]
    vector: Matrix | None = field(default=None, repr=False)
    trouble: str = ""

    @property
    def scenario(self) -> str:
        """The id of the likeliest scenario."""
        return self.guesses[0].id

    @property
    def clipped(self) -> bool:
        """True when the message is too long to be read whole."""
        return len(self.message) > _LONG

    @property
    def first_turn(self) -> bool:
        """True while the representative has not spoken yet."""
        return not any(turn.speaker == "rep" for turn in self.turns)


def shorten(text: str, length: int) -> str:
    """Keep two thirds from the beginning and one third from the end of a long text."""
    return text if len(text) <= length else f"{text[: length * 2 // 3]} {text[-length // 3 :]}"


def language_of(text: str) -> Literal["zh", "other", "none"]:
    """Tell Chinese from other languages, and both from text without words."""
    han = sum("㐀" <= c <= "鿿" for c in text)
    letters = sum(c.isalpha() for c in text) - han
    if not han and not letters:
        return "none"
    kana_or_hangul = sum("぀" <= c <= "ヿ" or "가" <= c <= "힯" for c in text)
    if kana_or_hangul > han or (han == 0 and letters >= 8) or letters > 6 * (han + 1):
        return "other"
    return "zh"


class Understander:
    """Everything needed to read messages, loaded once."""

    def __init__(
        self, corpus: Corpus, items: Sequence[Item], embedder: Embedder | None, index: Index | None, cache: Path | None = None
    ) -> None:
        self._corpus = corpus
        self._embedder = embedder
        self._slots = SlotFinder.of(corpus.slots.values())
        self.emotions = EmotionReader(corpus.emotions)
        labels, texts, vectors = _wordings(items, index)
        self._model = ScenarioModel(corpus.scenarios, corpus.emotions, labels, texts, vectors, cache=cache)

    def embed(self, texts: Sequence[str]) -> tuple[Matrix | None, str]:
        """Return query vectors, or None when working by words alone, and what went wrong if anything did."""
        if self._embedder is None:
            return None, ""
        try:
            return self._embedder.queries(texts), ""
        except EmbedderError as error:
            return None, str(error)

    def understand(self, message: str, turns: tuple[Turn, ...] = ()) -> Understanding:
        """Read one message with its earlier turns."""
        message = clean(message)
        simplified = to_simplified(message[:_LONGEST])
        earlier = [to_simplified(t.text) for t in turns if t.speaker == "customer" and t.text != message]
        texts = [shorten(simplified, READ_WHOLE), *(shorten(text, READ_WHOLE // 2) for text in earlier[-1:])]
        vectors, trouble = self.embed(texts)
        emotion = self.emotions.read(simplified)
        values: dict[str, str] = {}
        for text in (*(t.text for t in turns if t.speaker == "customer"), message):
            values.update(self._slots.find(text))
        return Understanding(
            message=message,
            simplified=simplified,
            turns=turns,
            guesses=tuple(self._model.guess(texts, vectors, emotion)),
            emotion=emotion,
            values=values,
            traditional=is_traditional(message),
            language=language_of(message),
            vector=vectors[0] if vectors is not None else None,
            trouble=trouble,
        )


def _wordings(items: Sequence[Item], index: Index | None) -> tuple[list[str], list[str], Matrix | None]:
    wordings = {item.id: item for item in items if item.kind == "wording"}
    if index is None:
        return [i.scenarios[0] for i in wordings.values()], [i.text for i in wordings.values()], None
    ids, vectors = index.vectors("wording")
    return [wordings[i].scenarios[0] for i in ids], [wordings[i].text for i in ids], vectors

"""Earlier turns of a conversation, given as a list or pasted as a chat log, and what is to be answered."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.chatlog import Said, read_log
from assistant.marks import read_mark, side_of
from corpus.terms import Speaker

_SPEAKER = re.compile(r"\s*[（(]?(客户|顾客|用户|买家|客服|坐席|卖家)[^：:]{0,12}[）)]?[：:]\s*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# Normalising a run of combining marks takes time by its square; a piece ends where a character never combines.
_PIECE = re.compile(r"[\s\S]{1,256}[^\x00-\u02ff\u4e00-\u9fff]{0,512}")
_GAP = "…"


@dataclass(frozen=True)
class Turn:
    """One earlier turn. Of what was read out of `pasted` text nobody vouches that our side really said it."""

    speaker: Speaker
    text: str
    pasted: bool = False


@dataclass(frozen=True)
class Conversation:
    """Earlier turns, oldest first, and what is to be answered: the customer's last words."""

    turns: tuple[Turn, ...]
    message: str


def clean(text: str) -> str:
    """Drop control and zero-width characters, replace lone surrogates, trim; the words stay."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = "".join(unicodedata.normalize("NFC", piece) for piece in _PIECE.findall(text))
    return _CONTROL.sub("", text).strip()


def parse_turns(context: Sequence[str]) -> tuple[Turn, ...]:
    """Read earlier turns written as 客户：… and 客服：…; an unmarked one is the customer's.

    An element that is a whole chat log of several lines becomes its turns. Elements that are the lines of one log, names
    and times on lines of their own, are read together.
    """
    texts = [clean(text) for text in context]
    first = next((read_mark(text) for text in texts if text), None)
    if first and first.header and not any("\n" in text for text in texts) and (log := read_log("\n".join(texts))):
        return _pasted(log)
    return tuple(turn for text in texts for turn in (_pasted(read_log(text)) or _one_turn(text)))


def read_conversation(message: str, context: Sequence[str] = ()) -> Conversation:
    """Take a message apart when it is a pasted chat log; any other message stays whole.

    To be answered are the customer's last words: the lines of his last block, joined by line breaks. When our side
    spoke after them, its turns stay among `turns`, after his earlier ones. A log without a word of the customer is no
    log. A single line 客户：… loses its mark.
    """
    turns, text = parse_turns(context), clean(message)
    log = _pasted(read_log(text))
    end = max((i + 1 for i, turn in enumerate(log) if turn.speaker == "customer"), default=0)
    if not end:
        return Conversation(turns, _unmarked(text))
    start = max((i + 1 for i, turn in enumerate(log[:end]) if turn.speaker == "rep"), default=0)
    return Conversation((*turns, *log[:start], *log[end:]), "\n".join(turn.text for turn in log[start:end]))


def cut(turns: Sequence[Turn], chars: int) -> tuple[Turn, ...]:
    """Return the newest turns that fit into `chars` code points together, whole and in order.

    Of a newest turn that is too long by itself the beginning and the end are kept.
    """
    kept: list[Turn] = []
    left = chars
    for turn in reversed(turns):
        if len(turn.text) > left:
            break
        kept.append(turn)
        left -= len(turn.text)
    if turns and not kept and chars > 0:
        return (replace(turns[-1], text=_ends(turns[-1].text, chars)),)
    return tuple(reversed(kept))


def _ends(text: str, chars: int) -> str:
    """Keep two thirds of `chars` from the beginning and one third from the end."""
    if chars < 3:
        return text[:chars]
    tail = (chars - len(_GAP)) // 3
    return text[: chars - len(_GAP) - tail] + _GAP + (text[-tail:] if tail else "")


def _pasted(said: Sequence[Said]) -> tuple[Turn, ...]:
    return tuple(Turn(speaker, text, pasted=True) for speaker, words in said if (text := clean(words)))


def _one_turn(text: str) -> tuple[Turn, ...]:
    head, _, rest = text.partition("\n")
    mark = read_mark(head)
    speaker: Speaker = "customer"
    if mark and (side := side_of(mark.name)):
        speaker, text = side, f"{mark.text}\n{rest}".strip()
    elif match := _SPEAKER.match(text):
        speaker, text = "rep" if match[1] in ("客服", "坐席", "卖家") else "customer", text[match.end() :]
    return (Turn(speaker, text),) if text.strip() else ()


def _unmarked(text: str) -> str:
    mark = read_mark(text) if "\n" not in text else None
    if mark and mark.text and side_of(mark.name) == "customer" and (mark.strong or not mark.timed):
        return mark.text
    return text

"""Draft with a model: what was understood and retrieved → prompt file → chat model → whole sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.prompt_values import PromptValue
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import Runnable, RunnableLambda

from assistant.check import Finding
from assistant.client import ModelClient
from assistant.conversation import cut
from assistant.mask import Mask
from assistant.prompts import read_prompt, read_tones
from assistant.retrieve import Retrieved
from assistant.slots import usable
from assistant.understand import Understanding, shorten
from corpus import Scenario, Tone

NAME, REPAIR = "draft", "repair"
# Code points of what changes with every request: a short prompt is a fast one, and its stable beginning stays most of it.
_MESSAGE, _TURNS, _CLAUSE = 600, 400, 60
_CLAUSES = 1
_NONE = "无"
_LABEL = re.compile(
    r"^(?:\s|[>*#\-•·]|\d{1,2}[.、)）](?!\d))*(?:(?:标准|最终|修改后的?|正式|建议)?(?:回复|客服|坐席|回答|答复)(?:正文)?[：:]\s*)?"
)
_ECHO = re.compile(r"^\s*(?:客户|顾客|用户|场景|资料|内部规范|语气)[：:]")
_WHOLE = re.compile(r"[^。！？!?\n]*[。！？!?\n]")
_QUOTES = '“”"「」『』`*'
_HAN_END = re.compile(r"[一-龥〕】A-Za-z0-9]$")


@dataclass(frozen=True)
class DraftRequest:
    """What a prompt is made of: among it the `standard` reply to go by; `mask` hides personal data in it."""

    read: Understanding
    scenario: Scenario
    facts: Mapping[str, str]
    found: Retrieved
    standard: str
    tone: Tone
    mask: Mask | None


@dataclass(frozen=True)
class Refused:
    """A draft that cannot be sent, what is wrong with it, and the beginning of the reply that stands."""

    text: str
    findings: tuple[Finding, ...]
    kept: str


class Drafter:
    """Asks one chat model for drafts. The prompt is a LangChain chain; the client calls the model; `clauses` are texts by id."""

    def __init__(self, client: ModelClient, titles: Mapping[str, str], clauses: Mapping[str, str]) -> None:
        prompt = read_prompt(NAME)
        template = ChatPromptTemplate.from_messages([("system", prompt.system), ("human", prompt.human)])

        def fields(request: DraftRequest) -> dict[str, str]:
            return prompt_fields(request, titles)

        self.client, self._clauses = client, clauses
        self._prompt: Runnable[DraftRequest, PromptValue] = RunnableLambda(fields) | template
        self._repair = read_prompt(REPAIR).human

    def messages(self, request: DraftRequest, refused: Refused | None = None) -> list[BaseMessage]:
        """Return the prompt, and after a refused draft what was wrong with it."""
        messages = self._prompt.invoke(request).to_messages()
        if refused is None:
            return messages
        hide = request.mask.hide if request.mask else str
        problems = dict.fromkeys(f"- “{hide(f.quote or f.title)}”：{f.message}{self._ground(f)}" for f in refused.findings)
        kept = f"保留开头“{hide(refused.kept)}”，接着往下写，" if refused.kept else ""
        text = self._repair.format(problems="\n".join(problems), kept=kept)
        return [*messages, AIMessage(hide(refused.text)), HumanMessage(text)]

    def _ground(self, finding: Finding) -> str:
        clause = self._clauses.get(finding.clause)
        return f"（{finding.clause} {shorten(clause, _CLAUSE)}）" if clause else ""

    def sentences(
        self, request: DraftRequest, deadline: float, refused: Refused | None = None, streaming: bool = False
    ) -> Iterator[str]:
        """Yield the sentences of one draft as soon as each is whole, tidied, with personal data put back.

        Raises:
            ModelError: when the model refuses, hangs past the deadline, or answers nothing usable.
            MaskError: when the draft holds a token that stands for nothing.
        """
        messages = self.messages(request, refused)
        pieces = self.client.stream(messages, deadline) if streaming else [self.client.complete(messages, deadline)]
        for sentence in whole_sentences(pieces):
            yield request.mask.restore(sentence) if request.mask else sentence


def prompt_fields(request: DraftRequest, titles: Mapping[str, str]) -> dict[str, str]:
    """Return the value of every placeholder of the draft prompt, personal data hidden."""
    scenario, read = request.scenario, request.read
    hide = request.mask.hide if request.mask else str
    given = {**{k: v for k, v in read.values.items() if usable(v)}, **request.facts}
    promised = {name: c.text for name, c in scenario.commitments.items() if name not in request.facts}
    known = [f"可承诺的{titles.get(n, n)}是{text}" for n, text in promised.items()]
    known += [f"客户已给{titles.get(n, n)}{hide(v)}" for n, v in given.items() if n not in request.facts]
    known += [f"{titles.get(n, n)}是{hide(v)}" for n, v in request.facts.items()]
    clauses = [shorten(clause.text, _CLAUSE) for clause in request.found.clauses[:_CLAUSES]]
    # Hidden before they are cut: half a number would look like no number.
    hidden = [replace(turn, text=hide(turn.text)) for turn in read.turns]
    turns = [f"{'客服' if t.speaker == 'rep' else '客户'}：{t.text}\n" for t in cut(hidden, _TURNS)]
    return {
        "scenario": scenario.title,
        "emotion": titles.get(read.emotion, read.emotion),
        "tone": read_tones()[request.tone],
        "known": "；".join(known) or _NONE,
        "clauses": "".join(clauses) or _NONE,
        "standard": hide(request.standard),
        "turns": "".join(turns),
        "message": shorten(hide(read.message), _MESSAGE),
    }


def stable_share(messages: Sequence[BaseMessage]) -> float:
    """Return how much of a prompt is its stable beginning, 0-1, by code points."""
    lengths = [len(str(message.content)) for message in messages]
    return lengths[0] / sum(lengths)


def whole_sentences(pieces: Iterable[str]) -> Iterator[str]:
    """Yield each sentence of a text that comes in pieces once it is whole; labels, marks and quotes around it are taken off.

    The same text gives the same sentences however it is cut.
    """
    waiting = ""
    for piece in pieces:
        waiting += piece
        while match := _WHOLE.match(waiting):
            waiting = waiting[match.end() :]
            yield from _tidied(match[0])
    yield from _tidied(waiting)


def _tidied(sentence: str) -> Iterator[str]:
    sentence = sentence.strip()
    if _ECHO.match(sentence):
        return
    sentence = _LABEL.sub("", sentence, count=1).replace("**", "").strip()
    for mark in _QUOTES:
        if sentence.count(mark) == 1:  # its other half stands in another sentence
            sentence = sentence.strip(mark)
    if sentence.count("“") > sentence.count("”"):
        sentence += "”"
    sentence = " ".join(sentence.split()).rstrip("，,、：:")
    if any(char.isalnum() for char in sentence):
        yield sentence + "。" if _HAN_END.search(sentence) else sentence

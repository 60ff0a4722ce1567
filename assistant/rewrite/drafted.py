"""Rewrite with a model: facts hidden → prompt → model → facts put back → check → one re-ask → else nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from rapidfuzz import fuzz

from assistant.check import Checker, Situation
from assistant.client import ModelClient
from assistant.draft import stable_share, whole_sentences
from assistant.errors import MaskError, ModelError
from assistant.mask import Mask
from assistant.prompts import read_prompt
from assistant.rewrite.contract import Contract
from assistant.rewrite.intent import Intent, read_intent
from assistant.rewrite.offline import Task
from assistant.rewrite.sentinels import Sentinels
from assistant.understand import shorten
from assistant.values import ModelUse
from assistant.writer import used_since

NAME, REPAIR = "rewrite", "rewrite_repair"
_MESSAGE = 300
# A second call is worth its time only with this much left, seconds.
_MARGIN = 1.5
# How much of the edit by rules a rewrite must share with it, 0-100, and how much longer it may be, code points.
_ALIKE, _LONGER = 45, 40
_SAME = 75
# What a model may not add to an answer: these bind us, or ask the customer for something.
_BINDING = frozenset({"timebound_promise", "vague_promise", "solution", "escalate", "ask_info"})
_LABEL = re.compile(r"^(?:(?:参考)?改写(?:后|稿|为|如下)?|润色后?|修改后|正文)[：:]\s*")
_GREETING, _SORRY = re.compile(r"您好[，,。！!]"), re.compile(r"(?:很|非常|十分)?抱歉[，,。]")
# What only the prompt says.
_ECHO = re.compile(r"(?:原话|参考改写|改写|场景|客户)[：:]")
_HAN = re.compile(r"[㐀-鿿]")


@dataclass
class Drafted:
    """What the model's tries at one answer came to; `text` is empty when none can be used."""

    text: str = ""
    calls: int = 0
    model_s: float = 0.0
    refused: list[str] = field(default_factory=list)
    error: ModelError | MaskError | None = None
    usage: ModelUse | None = None


class ModelRewriter:
    """One chat model that polishes the edit by rules."""

    def __init__(self, client: ModelClient, checker: Checker, masked: bool) -> None:
        self.client, self._checker, self._masked = client, checker, masked

    def rewrite(self, task: Task, edited: str, deadline: float) -> Drafted:
        """Ask for a rewrite, once more where the first breaks something; `edited` is the edit by rules."""
        drafted, asked = Drafted(), _Asked.of(task, edited, self._masked)
        messages, before = asked.messages(), self.client.usage
        self._try(messages, task, edited, asked, deadline, drafted)
        drafted.usage = used_since(before, self.client.usage, stable_share(messages))
        return drafted

    def _try(
        self, messages: list[BaseMessage], task: Task, edited: str, asked: _Asked, deadline: float, drafted: Drafted
    ) -> None:
        while True:
            text = self._ask(messages, deadline, drafted)
            if text is None:
                return
            answer, problems = self._judged(text, task, edited, asked)
            if not problems:
                drafted.text = answer
                return
            drafted.refused.append(answer)
            if drafted.calls > 1 or deadline - time.monotonic() < max(_MARGIN, drafted.model_s):
                return
            repair = read_prompt(REPAIR).human.format(problems="\n".join(map(asked.hide, problems)))
            messages = [*messages, AIMessage(text), HumanMessage(repair)]

    def _ask(self, messages: list[BaseMessage], deadline: float, drafted: Drafted) -> str | None:
        drafted.calls += 1
        start = time.perf_counter()
        try:
            text = _LABEL.sub("", self.client.complete(messages, deadline).strip())
            return _LABEL.sub("", "".join(whole_sentences([text])))
        except ModelError as error:
            drafted.error = error
            return None
        finally:
            drafted.model_s += time.perf_counter() - start

    def _judged(self, text: str, task: Task, edited: str, asked: _Asked) -> tuple[str, list[str]]:
        """Return the answer with its facts put back, and what is wrong with it."""
        try:
            text = asked.mask.restore(text) if asked.mask else text
        except MaskError as error:
            return text, [_said("unknown", what=error)]
        missing, unknown = asked.sentinels.problems(text)
        answer = _polite(asked.sentinels.restore(text).strip(), edited)
        problems = [_said("missing", what="、".join(missing))] if missing else []
        problems += [_said("unknown", what="、".join(unknown))] if unknown else []
        return answer, problems or list(self._problems(answer, task, edited))

    def _problems(self, answer: str, task: Task, edited: str) -> Iterator[str]:
        situation, contract = task.situation, Contract(task.rough)
        if echo := _ECHO.search(answer):
            yield _said("unknown", what=echo[0])
        if lost := contract.lost(answer):
            yield _said("missing", what="、".join(lost))
        known = (task.rough, edited, situation.customer, *situation.customer_turns, *situation.known)
        if added := contract.judge(answer, known).added:
            yield _said("added", what="、".join(added))
        yield from _changed_intent(read_intent(task.rough), answer, edited)
        yield from self._bound(answer, task.rough, edited)
        if fuzz.ratio(_bare(answer), _bare(edited)) < _ALIKE or len(answer) > len(edited) + _LONGER:
            yield _said("far")
        yield from self._findings(answer, edited, situation)

    def _bound(self, answer: str, rough: str, edited: str) -> Iterator[str]:
        """Yield the promises and requests that neither the answer nor its edit holds."""
        known = {act.act for text in (rough, edited) for act in self._checker.acts(text)}
        for act in self._checker.acts(answer):
            # Nearly the same words bind to nothing more, whatever they are taken for.
            said = max(fuzz.partial_ratio(act.quote, text) for text in (rough, edited))
            if act.act in _BINDING - known and said < _SAME:
                yield _said("promise", what=act.quote)

    def _findings(self, answer: str, edited: str, situation: Situation) -> Iterator[str]:
        before = {finding.rule for finding in self._checker.check(edited, situation, by_words=True).findings}
        for finding in self._checker.check(answer, situation).findings:
            if finding.severity == "error" or (finding.severity == "warning" and finding.rule not in before):
                yield _said("rule", what=finding.quote or finding.title, message=finding.message)


@dataclass(frozen=True)
class _Asked:
    """One request as the model sees it."""

    sentinels: Sentinels
    mask: Mask | None
    fields: dict[str, str]

    @classmethod
    def of(cls, task: Task, edited: str, masked: bool) -> _Asked:
        sentinels, brief = Sentinels.of(task.rough), task.brief
        said = task.situation.customer
        mask = Mask.of([said, sentinels.hidden]) if masked else None
        hide = mask.hide if mask else str
        fields = {
            "scenario": brief.scenario.title if brief and said else "无",
            "message": shorten(hide(said), _MESSAGE) or "无",
            "rough": hide(sentinels.hidden),
            "edited": hide(sentinels.hide_again(edited)),
        }
        return cls(sentinels, mask, fields)

    def messages(self) -> list[BaseMessage]:
        prompt = read_prompt(NAME)
        return [SystemMessage(prompt.system), HumanMessage(prompt.human.format(**self.fields))]

    def hide(self, text: str) -> str:
        hidden = self.sentinels.hide_again(text)
        return self.mask.hide(hidden) if self.mask else hidden


def _polite(answer: str, edited: str) -> str:
    """Greet and apologise where the edit by rules does, and nowhere else."""
    greeting = _GREETING.match(edited)
    if not _SORRY.search(edited) and (sorry := _SORRY.match(answer)):
        answer = answer[sorry.end() :]
    return greeting[0] + answer if greeting and not _GREETING.match(answer) else answer


def _changed_intent(intent: Intent, answer: str, edited: str) -> Iterator[str]:
    broken = intent.broken(answer)
    if broken and not intent.broken(edited):
        name = {"no": "intent_no", "condition": "intent_condition"}.get(broken, "intent_granted")
        yield _said(name, what=broken)


def _bare(text: str) -> str:
    return "".join(_HAN.findall(text))


def _said(name: str, **values: object) -> str:
    return _texts()[name].format(**values)


@cache
def _texts() -> dict[str, str]:
    return dict(yaml.safe_load((Path(__file__).parent / "problems.yaml").read_text(encoding="utf-8")))

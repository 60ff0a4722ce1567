"""Draft with a model: retriever → prompt file → chat model → text, as one LangChain chain."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import Runnable, RunnableLambda

from assistant.errors import ModelError
from assistant.prompts import read_prompt
from assistant.retrieve import Retrieved
from assistant.slots import fill, usable
from assistant.understand import Understanding
from corpus import Scenario

NAME = "draft"
_LONGEST = 600
_MESSAGE = 1200
_NONE = "无"
_LABEL = re.compile(r"(?:^|(?<=[\s。？！?!]))(?:回复|客服)[：:]")


@dataclass(frozen=True)
class DraftRequest:
    """What the chain starts from."""

    read: Understanding
    scenario: Scenario
    facts: Mapping[str, str]


class Drafter:
    """The chain of one chat model."""

    def __init__(self, model: BaseChatModel, retrieve: Callable[[DraftRequest], Retrieved], titles: Mapping[str, str]) -> None:
        prompt = read_prompt(NAME)
        template = ChatPromptTemplate.from_messages([("system", prompt.system), ("human", prompt.human)])

        def fields(request: DraftRequest) -> dict[str, str]:
            return prompt_fields(request, retrieve(request), titles)

        self._chain: Runnable[DraftRequest, str] = RunnableLambda(fields) | template | model | StrOutputParser()
        self._pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="huashu-draft")
        self._gate = threading.BoundedSemaphore(4)

    def draft(self, request: DraftRequest, budget_s: float) -> str:
        """Return the model's reply, tidied.

        Raises:
            ModelError: when it refuses, hangs past the budget, or answers nothing usable.
        """
        if not self._gate.acquire(blocking=False):
            raise ModelError("earlier calls to the model still hang")
        future = self._pool.submit(self._run, request)
        try:
            text = future.result(timeout=budget_s)
        except FutureTimeout as error:
            raise ModelError(f"no answer within {budget_s:g} s (HUASHU_BUDGET_S)") from error
        except Exception as error:  # every provider has its own tree of errors
            raise ModelError(reason(error)) from error
        text = tidy(text)
        if not text:
            raise ModelError("an empty answer")
        if len(text) > _LONGEST:
            raise ModelError(f"an answer of {len(text)} characters, longer than {_LONGEST}")
        return text

    def _run(self, request: DraftRequest) -> str:
        try:
            return self._chain.invoke(request)
        finally:
            self._gate.release()


def prompt_fields(request: DraftRequest, found: Retrieved, titles: Mapping[str, str]) -> dict[str, str]:
    """Return the value of every placeholder of the draft prompt."""
    scenario, read = request.scenario, request.read
    given = {**{k: v for k, v in read.values.items() if usable(v)}, **request.facts}
    promised = {name: commitment.text for name, commitment in scenario.commitments.items()}
    return {
        "scenario": scenario.title,
        "emotion": titles.get(read.emotion, read.emotion),
        "required": "、".join(titles.get(act, act) for act in scenario.required) or _NONE,
        "commitments": "；".join(f"{titles.get(n, n)}：{text}" for n, text in promised.items()) or _NONE,
        "given": "；".join(f"{titles.get(n, n)}：{v}" for n, v in given.items()) or _NONE,
        "clauses": "\n".join(f"- {clause.text}" for clause in found.clauses) or _NONE,
        "phrases": "\n".join(f"- {fill(p.text, promised | given, titles)}" for p in found.phrases) or _NONE,
        "turns": "\n".join(f"{'客服' if t.speaker == 'rep' else '客户'}：{t.text[:200]}" for t in read.turns[-6:]) or _NONE,
        "message": read.message[:_MESSAGE],
    }


def tidy(text: Any) -> str:
    """Take labels, quotes and white space off a model's answer; the words stay."""
    if not isinstance(text, str):
        return ""
    text = text.encode("utf-8", "replace").decode("utf-8").strip()
    # Weak models repeat the end of the prompt before they answer it.
    text = _LABEL.split(text)[-1].strip()
    if len(text) > 1 and text[0] in '“"「' and text[-1] in '”"」':
        text = text[1:-1].strip()
    return "".join(line.strip() for line in text.splitlines())


def reason(error: BaseException) -> str:
    """Say in one line what went wrong, without keys or customer text."""
    name, status = type(error).__name__, getattr(error, "status_code", None)
    if status in (401, 403):
        return f"the endpoint refused the key (HTTP {status}); check OPENAI_API_KEY"
    if status == 404:
        return "the endpoint does not know the model or the path (HTTP 404); check HUASHU_MODEL and OPENAI_BASE_URL"
    if status is not None:
        return f"the endpoint answered HTTP {status}"
    if "Timeout" in name:
        return "the endpoint did not answer in time (HUASHU_BUDGET_S)"
    if "Connection" in name:
        return "no connection to the endpoint; check OPENAI_BASE_URL"
    return f"the endpoint's answer could not be read ({name})"


def ask_once(model: BaseChatModel, budget_s: float) -> float:
    """Ask the model one word and return the seconds it took.

    Raises:
        ModelError: when it does not answer.
    """
    start = time.perf_counter()
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        pool.submit(model.invoke, "好").result(timeout=budget_s)
    except FutureTimeout as error:
        raise ModelError(f"no answer within {budget_s:g} s (HUASHU_BUDGET_S)") from error
    except Exception as error:
        raise ModelError(reason(error)) from error
    finally:
        pool.shutdown(wait=False)
    return time.perf_counter() - start

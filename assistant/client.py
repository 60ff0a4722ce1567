"""Call a chat model: the one way in. Deadlines, retries, a circuit breaker and clean text, whatever the endpoint does."""

from __future__ import annotations

import email.utils
import math
import queue
import random
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage

from assistant.errors import ModelError, ModelTimeout, StreamDropped

_TRIES = 3
_BACKOFF_S = 0.2
_OPEN_S = 60.0
_AT_ONCE = 8
_LONGEST = 4000
_LONGEST_WAIT_S = 3600.0
_SENTENCE_ENDS = "。！？…～!?.~”」）)"

_Ask = Callable[[], Iterable[BaseMessage]]
# Pieces of text, then None, or the error that ended them.
_Told = queue.SimpleQueue[str | BaseException | None]


@dataclass(frozen=True)
class Usage:
    """What was spent: requests sent, tokens as the endpoint counts them, and the cost when it reports one."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None

    def plus(self, more: Usage) -> Usage:
        """Return the sum."""
        cost = more.cost if self.cost is None else self.cost + (more.cost or 0.0)
        return Usage(
            self.calls + more.calls,
            self.prompt_tokens + more.prompt_tokens,
            self.completion_tokens + more.completion_tokens,
            cost,
        )


class ModelClient:
    """One chat model, safe to share between threads.

    A deadline is a value of `clock`, in seconds. `pause` waits so many seconds before a retry; `jitter` returns [0, 1).
    """

    def __init__(
        self,
        model: BaseChatModel,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._model, self._clock, self._pause, self._jitter = model, clock, pause, jitter
        self._circuit = _Circuit(clock)
        self._slots = threading.BoundedSemaphore(_AT_ONCE)
        self._usage, self._lock = Usage(), threading.Lock()

    @property
    def usage(self) -> Usage:
        """Return the totals so far."""
        with self._lock:
            return self._usage

    def complete(self, messages: Sequence[BaseMessage], deadline: float) -> str:
        """Return one whole answer, at most 4,000 characters of it.

        Raises:
            ModelTimeout: when there is none before the deadline.
            ModelError: when the model refuses, cannot be reached, or answers nothing that can be read.
        """
        with self._circuit.call():
            return self._whole(_sendable(messages), deadline)

    def stream(self, messages: Sequence[BaseMessage], deadline: float) -> Generator[str, None, None]:
        """Yield the pieces of one answer as they come, at most 4,000 characters; closing it stops the reading.

        Raises:
            ModelTimeout: when the answer does not end before the deadline.
            StreamDropped: when it breaks off after some of it was yielded.
            ModelError: when the model refuses, cannot be reached, or answers nothing that can be read.
        """
        asked = _sendable(messages)
        with self._circuit.call():
            try:
                told = yield from self._tell(lambda: self._model.stream(asked), deadline)
            except _Unreadable:
                told = False
            if not told:  # a server that ignores stream=true answers what is no stream
                yield self._whole(asked, deadline)

    def _whole(self, asked: list[BaseMessage], deadline: float) -> str:
        text = "".join(self._tell(lambda: [self._model.invoke(asked)], deadline))
        if not text:
            raise ModelError("an empty answer")
        return text

    def _tell(self, ask: _Ask, deadline: float) -> Generator[str, None, bool]:
        """Yield clean text, asking again while there is none; return whether there was any."""
        for tried in range(_TRIES):
            text = _Text()
            error = yield from self._once(ask, deadline, text)
            if error is None:
                self._circuit.answered()
                return text.size > 0
            self._pause(self._wait(error, tried, text.size > 0, deadline))
        raise AssertionError("the last try returns or raises")

    def _once(self, ask: _Ask, deadline: float, text: _Text) -> Generator[str, None, BaseException | None]:
        """Yield the text of one request; return the error it ended with."""
        given = deadline - self._clock()
        if given <= 0:
            raise ModelTimeout("no time is left to ask the model (HUASHU_BUDGET_S)")
        told: _Told = queue.SimpleQueue()
        stop = threading.Event()
        self._start(ask, told, stop)
        try:
            while isinstance(item := self._next(told, deadline, given), str):
                self._circuit.answered()
                if piece := text.take(item):
                    yield piece
            return item
        finally:
            stop.set()

    def _next(self, told: _Told, deadline: float, given: float) -> str | BaseException | None:
        left = deadline - self._clock()
        late = f"no whole answer within {given:.3g} s (HUASHU_BUDGET_S)"
        if left <= 0 and not told.empty():
            raise ModelTimeout(late)  # it was the reader who took long, not the endpoint
        try:
            return told.get(timeout=min(max(left, 0.0), _LONGEST_WAIT_S))
        except queue.Empty:
            self._circuit.failed()
            raise ModelTimeout(late) from None

    def _start(self, ask: _Ask, told: _Told, stop: threading.Event) -> None:
        # Nothing ends a request that hangs, so each has a thread of its own, which may be left behind.
        if not self._slots.acquire(blocking=False):
            raise ModelError("earlier calls to the model still hang")
        try:
            threading.Thread(target=self._work, args=(ask, told, stop), name="huashu-model", daemon=True).start()
        except RuntimeError as error:
            self._slots.release()
            raise ModelError(f"no thread could be started for the model: {error}") from error

    def _work(self, ask: _Ask, told: _Told, stop: threading.Event) -> None:
        end: BaseException | None = None
        try:
            self._count(Usage(calls=1))
            self._read(ask(), told, stop)
        except BaseException as error:  # every provider has its own tree of errors
            end = error
        self._slots.release()
        told.put(end)

    def _read(self, answers: Iterable[BaseMessage], told: _Told, stop: threading.Event) -> None:
        size, last, spent, expected, finished = 0, "", Usage(), False, False
        try:
            for message in answers:
                spent, about = _spent(spent, message), message.response_metadata
                expected |= isinstance(message, AIMessageChunk) and about.get("model_provider") == "openai"
                finished |= bool(about.get("finish_reason") or about.get("status"))
                if text := str(message.text):
                    told.put(text)
                size, last = size + len(text), text.rstrip() or last
                if stop.is_set() or size >= _LONGEST:
                    return
            if expected and not finished and last[-1:] not in _SENTENCE_ENDS:
                raise _CutShort
        finally:
            self._count(spent)
            if isinstance(answers, Generator):
                answers.close()  # and the HTTP response with it

    def _count(self, spent: Usage) -> None:
        with self._lock:
            self._usage = self._usage.plus(spent)

    def _wait(self, error: BaseException, tried: int, told: bool, deadline: float) -> float:
        """Return the seconds to wait before the next try, or raise what the caller shall know."""
        fault = _Fault.of(error)
        left = max(deadline - self._clock(), 0.0)
        wait = max(fault.rest_s, self._jitter() * _BACKOFF_S * 2.0**tried)
        if fault.passing and not told and wait < left and tried + 1 < _TRIES:
            return wait
        (self._circuit.failed if fault.silent else self._circuit.answered)()
        said = reason(error)
        if fault.late:
            raise ModelTimeout(said) from error
        if told:
            raise StreamDropped(f"the answer broke off; {said}") from error
        if fault.passing and fault.rest_s and fault.rest_s >= left:
            said += f" and asks to wait {fault.rest_s:g} s, longer than the {left:.3g} s left (HUASHU_BUDGET_S)"
        raise (ModelError if fault.status or fault.dropped else _Unreadable)(said) from error


class _Unreadable(ModelError):
    """The endpoint answered what cannot be read."""


class _CutShort(Exception):
    """A stream ended in good order in the middle of a sentence, without the sign that it was finished."""


class _Circuit:
    """Let no call through for a minute after one that got no answer, then one at a time until one is answered."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._failed_at: float | None = None
        self._trying = False

    @contextmanager
    def call(self) -> Iterator[None]:
        trial = self._enter()
        try:
            yield
        finally:
            if trial:
                with self._lock:
                    self._trying = False

    def _enter(self) -> bool:
        """Return whether this call is the trial of an open circuit."""
        with self._lock:
            if self._failed_at is None:
                return False
            ago = self._clock() - self._failed_at
            if ago >= _OPEN_S and not self._trying:
                self._trying = True
                return True
        again = f"it is asked again in {math.ceil(_OPEN_S - ago)} s" if ago < _OPEN_S else "it is being asked again now"
        raise ModelError(f"the endpoint did not answer {math.floor(ago)} s ago; {again}")

    def failed(self) -> None:
        with self._lock:
            self._failed_at = self._clock()

    def answered(self) -> None:
        with self._lock:
            self._failed_at = None


class _Text:
    """Clean pieces of one answer: no lone surrogates, no white space at the start, never more than `_LONGEST` characters."""

    def __init__(self) -> None:
        self.size = 0
        self._half = ""

    def take(self, raw: str) -> str:
        raw = self._half + raw
        # Servers that count in UTF-16 cut an emoji in two; its other half comes with the next piece.
        self._half = raw[-1] if "\ud800" <= raw[-1] <= "\udbff" else ""
        text = _clean(raw.removesuffix(self._half))
        text = (text if self.size else text.lstrip())[: _LONGEST - self.size]
        self.size += len(text)
        return text


def _clean(text: str) -> str:
    """Join the halves of surrogate pairs and replace those left alone."""
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return joined.encode("utf-8", "replace").decode("utf-8")


def _sendable(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    return [m.model_copy(update={"content": _clean(m.content)}) if isinstance(m.content, str) else m for m in messages]


def _spent(before: Usage, message: BaseMessage) -> Usage:
    """Return what one request has spent after one more message."""
    told: Mapping[str, Any] = getattr(message, "usage_metadata", None) or {}
    raw = message.response_metadata.get("token_usage")
    raw = raw if isinstance(raw, Mapping) else {}
    now = Usage(
        prompt_tokens=int(_amount(told.get("input_tokens", raw.get("prompt_tokens"))) or 0),
        completion_tokens=int(_amount(told.get("output_tokens", raw.get("completion_tokens"))) or 0),
        cost=_amount(raw.get("cost")),
    )
    # A chunk that counts the prompt again counts everything again; one that does not tells what is new.
    return replace(now, cost=before.cost if now.cost is None else now.cost) if now.prompt_tokens else before.plus(now)


def _amount(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e15 else None


@dataclass(frozen=True)
class _Fault:
    """What a provider's error means for the next call."""

    status: int | None
    late: bool
    dropped: bool
    rest_s: float  # what the endpoint asks to be left alone for

    @classmethod
    def of(cls, error: BaseException) -> _Fault:
        names, status = {kind.__name__ for kind in type(error).__mro__}, _status(error)
        late = status is None and any("Timeout" in name for name in names)
        gone = any("Connect" in name or name in {"TransportError", "ProtocolError"} for name in names)
        return cls(status, late, status is None and gone and not late, _rest(error))

    @property
    def passing(self) -> bool:
        """Whether asking again may help."""
        return self.dropped or self.status in (408, 409, 429) or (self.status or 0) >= 500

    @property
    def silent(self) -> bool:
        """Whether the endpoint is as good as dead for now."""
        return self.late or (self.passing and self.status != 409)


def _status(error: BaseException) -> int | None:
    """Return the HTTP status 400-599 of an error, also one that a gateway wrote inside an answer of status 200."""
    inside = error.args[0] if error.args else None
    code = inside.get("code") if isinstance(inside, dict) else getattr(error, "code", None)
    for value in (getattr(error, "status_code", None), code):
        text = str(value)
        if len(text) == 3 and text.isdecimal() and text[0] in "45":
            return int(text)
    return None


def _rest(error: BaseException) -> float:
    """Return the seconds of a Retry-After header, by the endpoint's own clock where it is a date; 0 without one."""
    header = getattr(getattr(getattr(error, "response", None), "headers", None), "get", lambda _: None)
    asked, today = (str(header(name) or header(name.lower()) or "") for name in ("Retry-After", "Date"))
    try:
        seconds = float(asked)
    except ValueError:
        then = _moment(asked)
        seconds = 0.0 if then is None else then - (_moment(today) or time.time())
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0


def _moment(date: str) -> float | None:
    try:
        parsed = email.utils.parsedate_tz(date)
        return None if parsed is None else float(email.utils.mktime_tz(parsed))
    except (ValueError, OverflowError):
        return None


def reason(error: BaseException) -> str:
    """Say in one line what went wrong, without keys or customer text."""
    fault = _Fault.of(error)
    if fault.status in (401, 403):
        return f"the endpoint refused the key (HTTP {fault.status}); check OPENAI_API_KEY"
    if fault.status == 404:
        return "the endpoint does not know the model or the path (HTTP 404); check HUASHU_MODEL and OPENAI_BASE_URL"
    if fault.status is not None:
        return f"the endpoint answered HTTP {fault.status}"
    if fault.late:
        return "the endpoint did not answer in time (HUASHU_BUDGET_S)"
    if fault.dropped:
        return "no connection to the endpoint; check OPENAI_BASE_URL"
    if isinstance(error, _CutShort):
        return "it ended in the middle of a sentence"
    return f"the endpoint's answer could not be read ({type(error).__name__})"

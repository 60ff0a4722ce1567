"""One reply from a model: draft → check → repair → one re-ask → nearest approved sentences."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from assistant.assembly import Assembly
from assistant.check import Finding
from assistant.draft import Drafter, DraftRequest, Refused
from assistant.errors import MaskError, ModelError
from assistant.values import Rejected

# A second call is worth its time only when it may end well before the deadline.
_MARGIN = 1.5
# A draft that goes on and on, or is refused again and again, is not worth the time.
_MOST_READ, _MOST_REFUSALS = 20, 5


@dataclass
class Attempt:
    """What became of one request to the model; complete once `run` is exhausted."""

    drafter: Drafter
    request: DraftRequest
    assembly: Assembly
    deadline: float
    streaming: bool = False
    calls: int = 0
    model_s: float = 0.0
    rejected: list[Rejected] = field(default_factory=list)
    error: ModelError | MaskError | None = None

    def run(self) -> Iterator[str]:
        """Yield the sentences of the reply as soon as each may be sent.

        Until enough of them is the model's own nothing is sent: a composed reply may still answer instead.
        """
        sent = 0
        for _ in self._steps():
            if self.assembly.is_own:
                yield from self.assembly.sentences[sent:]
                sent = len(self.assembly.sentences)
        if self.assembly.is_own:
            self.assembly.finish()
            yield from self.assembly.sentences[sent:]

    def _steps(self) -> Iterator[None]:
        first = _Draft()
        yield from self._take(first, self._ask(None))
        if first.findings:
            yield from self._repair(first)

    def _repair(self, first: _Draft) -> Iterator[None]:
        second = _Draft()
        self.rejected.append(Rejected(first.text, first.findings))
        if self._worth_asking():
            refused = Refused(first.text, first.findings, self.assembly.text)
            yield from self._take(second, self._ask(refused), last=True)
        if second.findings:
            self.rejected.append(Rejected(second.text, second.findings))
        if not second.sentences:  # the first draft is all there is: what can be mended of it goes out
            rest = first.sentences[first.refused_at :]
            yield from self._take(_Draft(), iter(rest), last=True)

    def _take(self, draft: _Draft, sentences: Iterable[str], last: bool = False) -> Iterator[None]:
        """Offer sentence after sentence; after a refusal the first draft is only read on, the last one skips what fails."""
        for sentence in sentences:
            draft.sentences.append(sentence)
            if draft.findings and not last:
                if len(draft.sentences) > _MOST_READ:
                    break
                continue
            findings = self.assembly.offer(sentence, mend=last)
            draft.refusals += bool(findings)
            if findings and not draft.findings:
                draft.refused_at, draft.findings = len(draft.sentences) - 1, findings
            yield
            if self.assembly.full or draft.refusals > _MOST_REFUSALS:
                break

    def _ask(self, refused: Refused | None) -> Iterator[str]:
        self.calls += 1
        source = self.drafter.sentences(self.request, self.deadline, refused, self.streaming)
        while True:
            start = time.perf_counter()
            try:
                sentence = next(source, None)
            except (ModelError, MaskError) as error:
                self.error = error
                return
            finally:
                self.model_s += time.perf_counter() - start
            if sentence is None:
                return
            yield sentence

    def _worth_asking(self) -> bool:
        left = self.deadline - time.monotonic()
        return left > max(_MARGIN, self.model_s / 2)


@dataclass
class _Draft:
    """The sentences of one draft, and from where on they were refused."""

    sentences: list[str] = field(default_factory=list)
    refused_at: int = 0
    findings: tuple[Finding, ...] = ()
    refusals: int = 0

    @property
    def text(self) -> str:
        return "".join(self.sentences)

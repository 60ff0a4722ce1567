"""Write replies with a model: one attempt a tone, several at once, personal data hidden where the model is not here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from langchain_core.language_models import BaseChatModel

from assistant.assembly import Assembly, Spare
from assistant.attempt import Attempt
from assistant.brief import Brief
from assistant.candidates import score
from assistant.check import Checker
from assistant.client import ModelClient, Usage
from assistant.draft import NAME, Drafter, DraftRequest, stable_share
from assistant.gate import Gate
from assistant.mask import Mask
from assistant.mend import Mender
from assistant.prompts import read_prompt
from assistant.replies import drafted_reply
from assistant.script import to_traditional
from assistant.trace import Sources
from assistant.values import ModelUse, Rejected, Written
from corpus import Corpus, Tone


class Writer:
    """One chat model and what its drafts are held against."""

    def __init__(self, model: BaseChatModel, corpus: Corpus, checker: Checker, sources: Sources, masked: bool) -> None:
        self.client = ModelClient(model)
        self._titles: dict[str, str] = {slot.name: slot.title for slot in corpus.slots.values()}
        acts = {act.id: act.title for act in corpus.acts.values()}
        moods: dict[str, str] = {emotion.id: emotion.title for emotion in corpus.emotions.values()}
        self._drafter = Drafter(self.client, self._titles | acts | moods, checker.clauses)
        self._corpus, self._checker, self._sources, self._masked = corpus, checker, sources, masked

    def write(self, brief: Brief, tones: Sequence[Tone], deadline: float, streaming: bool, written: Written) -> Iterator[str]:
        """Write one reply a tone into `written`; with one tone, yield its sentences as soon as each may be sent."""
        before = self.client.usage
        attempts = [self._attempt(brief, tone, deadline, streaming) for tone in tones]
        if len(attempts) == 1:
            yield from attempts[0].run()
        else:
            with ThreadPoolExecutor(max_workers=len(attempts)) as pool:
                list(pool.map(lambda attempt: list(attempt.run()), attempts))
        for attempt in attempts:
            self._keep(attempt, written)
        written.model_s = max(attempt.model_s for attempt in attempts)
        share = stable_share(self._drafter.messages(attempts[0].request))
        written.usage = used_since(before, self.client.usage, share)

    def _attempt(self, brief: Brief, tone: Tone, deadline: float, streaming: bool) -> Attempt:
        written = to_traditional if brief.read.traditional else str
        pieces = [(piece.phrase, written(piece.text)) for piece in brief.composition.pieces]
        standard = "".join(text for _, text in pieces)
        mask = self._mask(brief)
        request = DraftRequest(brief.read, brief.scenario, brief.request.facts, brief.found, standard, tone, mask)
        situation = brief.situation
        if brief.composition.asks_back:
            situation = replace(situation, required=())
        situation = replace(situation, known=(*situation.known, *(piece.text for piece in brief.composition.pieces)))
        given = {*brief.read.values, *brief.request.facts}
        clauses = [clause.text for clause in brief.found.clauses]
        inside = (read_prompt(NAME).system, *clauses)
        gate = Gate(self._checker, situation, self._corpus.slots.values(), given, brief.read.turns, inside, standard)
        promises = {name: c.text for name, c in brief.scenario.commitments.items()} | dict(brief.request.facts)
        spares = [Spare(text, phrase.acts) for phrase, text in pieces if phrase.role != "opening"]
        hello = next((text for phrase, text in pieces if phrase.role == "opening"), "")
        assembly = Assembly(gate, Mender(gate, promises, self._titles), spares, brief.read.traditional, hello)
        return Attempt(self._drafter, request, assembly, deadline, streaming)

    def _mask(self, brief: Brief) -> Mask | None:
        if not self._masked:
            return None
        turns = [turn.text for turn in brief.read.turns]
        return Mask.of([*turns, brief.read.message, *brief.read.values.values(), *brief.request.facts.values()])

    def _keep(self, attempt: Attempt, written: Written) -> None:
        written.rejected += attempt.rejected
        written.error = written.error or attempt.error
        if not attempt.assembly.is_own:
            return
        draft, tone = attempt.assembly, attempt.request.tone
        reply = drafted_reply(draft.text, tone, attempt.calls, self._sources, self._checker, draft.situation)
        if reply.verified:
            written.replies.append(replace(reply, score=score(reply)))
        else:
            written.rejected.append(Rejected(reply.text, reply.findings))


def used_since(before: Usage, now: Usage, share: float) -> ModelUse:
    """Return what was used between two readings; `share` of the prompt is its stable beginning, 0-1."""
    return ModelUse(
        calls=now.calls - before.calls,
        prompt_tokens=now.prompt_tokens - before.prompt_tokens,
        completion_tokens=now.completion_tokens - before.completion_tokens,
        cost=None if now.cost is None else now.cost - (before.cost or 0.0),
        stable_share=round(share, 3),
    )

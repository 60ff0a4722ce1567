"""The assistant: understand → retrieve → draft → check → repair → check → else compose → check → reply."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.brief import Brief, Request, make_brief
from assistant.candidates import best, score
from assistant.clock import Clock
from assistant.compose import CLARIFY_OPEN, Composer
from assistant.conversation import read_conversation
from assistant.errors import AssistantError, UsageError
from assistant.escalate import EscalationFinder
from assistant.packs import load_checker, load_knowledge
from assistant.probe import ProbeFinder
from assistant.prompts import note, read_prompt
from assistant.replies import composed_reply
from assistant.retrieve import Retrieved, Retriever
from assistant.rewrite.rewriter import Rewriter
from assistant.rewrite.service import recheck_answer, rewrite_answer
from assistant.rewrite.values import Change, Rewritten, RoughAnswer
from assistant.semantic import SemanticActs
from assistant.settings import Settings
from assistant.trace import Sources
from assistant.understand import Understander, Understanding
from assistant.values import Candidate, Escalate, Rejected, Reply, ScenarioGuess, Suggestion, Written
from corpus import (
    Clause,
    Corpus,
    Embedder,
    EmbedderError,
    Index,
    IndexUnavailable,
    Scenario,
    Tone,
    UnknownEmbedder,
    ensure_index,
    items_of,
    make_embedder,
    make_store,
)

if TYPE_CHECKING:
    from assistant.writer import Writer

Progress = Callable[[int, int], None]

# Candidates in this order; without a number there is one.
TONES: tuple[Tone, ...] = ("professional", "warm", "concise")
# Nothing in these groups is ours to know; approved phrases say so politely.
_OUT_OF_SCOPE = "wrong_number_or_off_topic"


class Assistant:
    """Everything loaded once; `suggest` answers one message and may be called from several threads."""

    def __init__(
        self,
        corpus: Corpus,
        settings: Settings,
        embedder: Embedder | None = None,
        index: Index | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.corpus = corpus
        self.settings = settings
        self.notes = notes
        meaning = SemanticActs(corpus.act_wordings, embedder, settings.home / "trained") if embedder else None
        self.checker = load_checker(settings.corpus, settings.home, corpus, meaning)
        self.composer = Composer(corpus)
        items = items_of(corpus)
        self.understander = Understander(corpus, items, embedder, index, settings.home / "trained")
        self.escalations = EscalationFinder(corpus.escalations, self.understander.emotions)
        self.probes = ProbeFinder(corpus.probes)
        self.retriever = Retriever(corpus, items, index)
        self.sources = Sources(corpus.approved, tuple(corpus.clauses.values()))
        self.rewriter = Rewriter(corpus, self.checker, self.sources)
        self._writer: Writer | None = None

    @classmethod
    def load(cls, settings: Settings, progress: Progress | None = None) -> Assistant:
        """Read the corpus, open or build the index, get ready to answer; without an index, by words alone and saying so.

        Raises:
            CorpusError: when the knowledge files are wrong.
            UnknownEmbedder: when no embedder has the name that was set.
        """
        corpus = load_knowledge(settings.corpus, settings.home)
        try:
            embedder = make_embedder(settings.embedder, settings.base_url or None, settings.api_key.get_secret_value())
            if embedder is None:
                return cls(corpus, settings, notes=(note("no_embedder"),))
            if settings.mask and settings.embedder.startswith("openai:"):
                from assistant.discreet import DiscreetEmbedder

                embedder = DiscreetEmbedder(embedder)
            store = make_store(settings.index_root, settings.chroma_url or None)
            index, _ = ensure_index(items_of(corpus), embedder, store, progress)
        except UnknownEmbedder:
            raise
        except (IndexUnavailable, EmbedderError) as error:
            return cls(corpus, settings, notes=(note("no_index", why=error),))
        return cls(corpus, settings, embedder, index)

    def with_model(self, settings: Settings) -> Assistant:
        """Return an assistant with the model of other settings; everything that was loaded is shared."""
        other = copy.copy(self)
        other.settings, other._writer = settings, None
        return other

    def suggest(self, request: Request) -> Suggestion:
        """Answer one message.

        Raises:
            UsageError: for an empty message, an unknown scenario, or no candidates asked for.
        """
        *_, found = self._answer(request, streaming=False)
        assert isinstance(found, Suggestion)
        return found

    def stream(self, request: Request) -> Iterator[str | Suggestion]:
        """Yield the sentences of one reply as soon as each may be sent, then the suggestion, which `suggest` would return.

        Raises:
            UsageError: as `suggest`, and when several candidates are asked for.
        """
        if request.count != 1:
            raise UsageError(f"{request.count} candidates cannot be streamed; ask for one")
        return self._answer(request, streaming=True)

    def _answer(self, request: Request, streaming: bool) -> Iterator[str | Suggestion]:
        if not 1 <= request.count <= len(TONES):
            raise UsageError(f"{request.count} candidates are wanted; ask for 1 to {len(TONES)}")
        clock = Clock()
        deadline = time.monotonic() + self.settings.budget_s
        read, scenario, certain = self._read(request)
        escalate = self.escalations.find(read, scenario)
        clock.mark("understand")
        found, lost = self._retrieve(read, scenario)
        clock.mark("retrieve")
        brief = self._brief(request, read, scenario, certain, found, escalate)
        notes, written = [*self.notes, *lost], Written()
        yield from self._write(brief, deadline, streaming, written, notes)
        clock.mark("model")
        replies, rejected = list(written.replies), list(written.rejected)
        if len(replies) < request.count:
            composed = self._compose(brief, rejected)
            if streaming:
                yield from (sentence.text for sentence in composed[0].sentences)
            replies += composed
        clock.mark("check")
        if request.count > 1:
            replies = list(best(replies, request.count))
        yield Suggestion(
            scenario=self.guess(read, scenario, certain),
            emotion=read.emotion,
            escalate=escalate,
            replies=tuple(reply for reply in replies if reply.verified),
            rejected=tuple(rejected),
            clauses=found.clauses,
            notes=tuple(notes + _remarks(brief, replies, escalate)),
            timing_ms=clock.times(written.model_s * 1000),
            digests=self._digests(),
            usage=written.usage,
            id=request.id,
        )

    def rewrite(self, answer: RoughAnswer) -> Rewritten:
        """Rewrite one rough answer into the standard phrasing.

        Raises:
            UsageError: for an empty answer or an unknown scenario.
        """
        return rewrite_answer(self, answer)

    def recheck(self, answer: RoughAnswer, changes: Sequence[Change]) -> Rewritten:
        """Return what is left of a rewrite when a person has refused some of its changes, checked again.

        Raises:
            UsageError: as `rewrite`, and when the changes are of another answer.
        """
        return recheck_answer(self, answer, changes)

    def scenarios(self) -> dict[str, str]:
        """Map each scenario's id to its title, in the order of the files."""
        return {scenario.id: scenario.title for scenario in self.corpus.scenarios.values()}

    def clause(self, clause_id: str) -> Clause | None:
        """Return a clause by its id."""
        return self.corpus.clauses.get(clause_id)

    def brief(self, request: Request) -> Brief:
        """Return what is known about a request before anything is written."""
        read, scenario, certain = self._read(request)
        found, _ = self._retrieve(read, scenario)
        return self._brief(request, read, scenario, certain, found, self.escalations.find(read, scenario))

    def _brief(
        self,
        request: Request,
        read: Understanding,
        scenario: Scenario,
        certain: bool,
        found: Retrieved,
        escalate: Escalate | None,
    ) -> Brief:
        reason = self.escalations.reason(escalate)
        return make_brief(request, read, scenario, certain, found, reason, self.corpus, self.checker, self.composer)

    def _read(self, request: Request) -> tuple[Understanding, Scenario, bool]:
        """Return what the message means, its scenario, and whether the scenario is beyond doubt."""
        conversation = read_conversation(request.message, request.context)
        read = self.understander.understand(conversation.message, conversation.turns)
        if not read.message:
            raise UsageError("the message is empty; give the customer's words as an argument, a file or on standard input")
        if request.scenario is None:
            return read, self.corpus.scenarios[read.scenario], False
        if request.scenario not in self.corpus.scenarios:
            raise UsageError(
                f"unknown scenario {request.scenario!r}; `huashu corpus scenarios` lists them, e.g. "
                + ", ".join(list(self.corpus.scenarios)[:5])
            )
        return read, self.corpus.scenarios[request.scenario], True

    def _retrieve(self, read: Understanding, scenario: Scenario) -> tuple[Retrieved, list[str]]:
        """Return what a reply may rest on; an index lost in mid-session costs the search by meaning, not the reply."""
        likely = [scenario.id, *(g.id for g in read.guesses[:2] if g.id != scenario.id)]
        lost = [note("index_lost", why=read.trouble)] if read.trouble else []
        try:
            return self.retriever.retrieve(read.simplified, read.vector, likely), lost
        except IndexUnavailable as error:
            return self.retriever.retrieve(read.simplified, None, likely), [note("index_lost", why=error)]

    def _write(self, brief: Brief, deadline: float, streaming: bool, written: Written, notes: list[str]) -> Iterator[str]:
        """Draft with the model where there is one and the message may reach it; yield what may be sent already."""
        if not self.settings.model:
            return
        why = self._kept_from_model(brief)
        if why:
            notes.append(note(why))
            return
        try:
            writer = self.writer()
        except AssistantError as error:
            notes.append(note("model_failed", why=error))
            return
        yield from writer.write(brief, TONES[: brief.request.count], deadline, streaming, written)
        if not written.replies and written.error is not None:
            notes.append(note("model_failed", why=written.error))
        elif not written.replies:
            notes.append(note("model_rejected"))

    def _kept_from_model(self, brief: Brief) -> str | None:
        """Return the note that says why a message is answered from approved phrases alone, or None."""
        if brief.reason is not None:
            return "phrase_escalates"
        if brief.scenario.group == _OUT_OF_SCOPE and not brief.certain:
            return "phrase_out_of_scope"
        said = [turn.text for turn in brief.read.turns if turn.speaker == "customer"]
        return "phrase_probe" if self.probes.find([brief.read.message, brief.request.message, *said]) else None

    def writer(self) -> Writer:
        """Return what writes with the model, made on first use.

        Raises:
            AssistantError: the model of the settings cannot be used.
        """
        if self._writer is None:
            from assistant.model import make_chat_model
            from assistant.writer import Writer

            self._writer = Writer(make_chat_model(self.settings), self.corpus, self.checker, self.sources, self.settings.masked)
        return self._writer

    def _compose(self, brief: Brief, rejected: list[Rejected]) -> list[Reply]:
        """Compose and check; if even that fails, ask back in the plainest approved words."""
        replies: list[Reply] = []
        for tone in (None, *TONES[1:])[: brief.request.count]:
            composition = brief.composition if tone is None else brief.compose(tone)
            reply = composed_reply(composition, brief.read, self.composer.title, self.checker, brief.situation)
            if not reply.verified:
                rejected.append(Rejected(reply.text, reply.findings))
                plain = self.composer.single(brief.read, CLARIFY_OPEN)
                reply = composed_reply(plain, brief.read, self.composer.title, self.checker, brief.situation)
            replies.append(replace(reply, score=score(reply)))
        return replies

    def guess(self, read: Understanding, scenario: Scenario, certain: bool) -> ScenarioGuess:
        """Return the chosen scenario and the likeliest ones of other groups."""
        confidence = {guess.id: guess.confidence for guess in read.guesses}
        others: dict[str, Candidate] = {}
        for guess in read.guesses:
            other = self.corpus.scenarios[guess.id]
            if other.group != scenario.group and other.group not in others:
                others[other.group] = Candidate(other.id, other.group, other.title, round(guess.confidence, 4))
        return ScenarioGuess(
            id=scenario.id,
            group=scenario.group,
            title=scenario.title,
            confidence=1.0 if certain else round(confidence[scenario.id], 4),
            alternatives=tuple(others.values())[:2],
        )

    def _digests(self) -> dict[str, str]:
        return {
            "corpus": self.corpus.digest,
            "rules": self.corpus.rules_digest,
            "prompt": read_prompt("draft").digest,
            "model": self.settings.model,
        }


def _remarks(brief: Brief, replies: list[Reply], escalate: Escalate | None) -> list[str]:
    read, remarks = brief.read, list[str]()
    if read.clipped:
        remarks.append(note("clipped", length=len(read.message)))
    if read.language == "other":
        remarks.append(note("other_language"))
    if read.language == "none":
        remarks.append(note("no_words"))
    asks = any(s.phrase and s.phrase.startswith("clarify.") for reply in replies for s in reply.sentences)
    if asks or any(piece.phrase.id.startswith("clarify.") for piece in brief.composition.pieces):
        remarks.append(note("unsure"))
    missing = dict.fromkeys(slot.title for reply in replies for slot in reply.slots if slot.value is None)
    if missing:
        remarks.append(note("unfilled", names="、".join(missing)))
    if escalate:
        remarks.append(note("escalate", title=escalate.title))
    return remarks

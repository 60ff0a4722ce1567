"""The assistant: understand → retrieve → draft → check → else compose → check → reply."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assistant.check import Situation
from assistant.compose import CLARIFY_OPEN, Composer
from assistant.errors import AssistantError, UsageError
from assistant.escalate import EscalationFinder
from assistant.packs import is_compiled, load_checker
from assistant.prompts import note, read_prompt
from assistant.replies import composed_reply, drafted_reply
from assistant.retrieve import Retrieved, Retriever
from assistant.rewrite import Rewritten, rewrite
from assistant.semantic import SemanticActs
from assistant.settings import Settings
from assistant.trace import Sources
from assistant.understand import Understander, Understanding, parse_turns
from assistant.values import Candidate, Escalate, Rejected, Reply, ScenarioGuess, Suggestion
from corpus import (
    Clause,
    Corpus,
    Embedder,
    EmbedderError,
    Index,
    IndexUnavailable,
    Scenario,
    UnknownEmbedder,
    ensure_index,
    items_of,
    load_corpus,
    make_embedder,
    make_store,
)

if TYPE_CHECKING:
    from assistant.draft import Drafter


Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Request:
    """One customer message to answer. `context` holds earlier turns, oldest first; `facts` are slot values to rely on."""

    message: str
    context: tuple[str, ...] = ()
    scenario: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    id: str | int | None = None


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
        self.retriever = Retriever(corpus, items, index)
        self.sources = Sources(corpus.approved, tuple(corpus.clauses.values()))
        self._drafter: Drafter | None = None

    @classmethod
    def load(cls, settings: Settings, progress: Progress | None = None) -> Assistant:
        """Read the corpus, open or build the index, get ready to answer; without an index, by words alone and saying so.

        Raises:
            CorpusError: when the knowledge files are wrong.
            UnknownEmbedder: when no embedder has the name that was set.
        """
        corpus = load_corpus(settings.corpus, vetted=is_compiled(settings.corpus, settings.home))
        try:
            embedder = make_embedder(settings.embedder, settings.base_url or None, settings.api_key.get_secret_value())
            if embedder is None:
                return cls(corpus, settings, notes=(note("no_embedder"),))
            store = make_store(settings.index_root, settings.chroma_url or None)
            index, _ = ensure_index(items_of(corpus), embedder, store, progress)
        except UnknownEmbedder:
            raise
        except (IndexUnavailable, EmbedderError) as error:
            return cls(corpus, settings, notes=(note("no_index", why=error),))
        return cls(corpus, settings, embedder, index)

    def suggest(self, request: Request) -> Suggestion:
        """Answer one message.

        Raises:
            UsageError: for an empty message or an unknown scenario.
        """
        clock = _Clock()
        read, scenario, certain = self._read(request)
        clock.mark("understand")
        found, lost = self._retrieve(read, scenario)
        clock.mark("retrieve")
        notes, rejected = [*self.notes, *lost], list[Rejected]()
        reply = self._draft(read, scenario, request.facts, found, notes, rejected)
        clock.mark("model")
        reply = reply or self._compose(read, scenario, request.facts, certain, found, rejected)
        clock.mark("check")
        escalate = self.escalations.find(read, scenario)
        return Suggestion(
            scenario=self._guess(read, scenario, certain),
            emotion=read.emotion,
            escalate=escalate,
            replies=(reply,) if reply.verified else (),
            rejected=tuple(rejected),
            clauses=found.clauses,
            notes=tuple(notes + _remarks(read, reply, escalate)),
            timing_ms=clock.times(),
            digests=self._digests(),
            id=request.id,
        )

    def check(self, text: str, message: str = "", scenario: str | None = None) -> Rewritten:
        """Check a rough answer and rewrite it as far as rules go; `message` is what the customer said.

        Raises:
            UsageError: for an unknown scenario or an empty answer.
        """
        if not text.strip():
            raise UsageError("the answer is empty")
        read, chosen, certain = self._read(Request(message.strip() or text, scenario=scenario))
        found, _ = self._retrieve(read, chosen)
        situation = self.situation(read, chosen, {}, found)
        if not message.strip():
            situation = replace(situation, customer="", emotion="calm")
        if not (certain or message.strip()):
            situation = replace(situation, scenario=None, group=None, required=())
        # A representative knows things that we do not, so facts typed by a person need no support.
        return rewrite(text.strip(), chosen, replace(situation, task="rewrite", facts_matter=False), self.corpus, self.checker)

    def scenarios(self) -> dict[str, str]:
        """Map each scenario's id to its title, in the order of the files."""
        return {scenario.id: scenario.title for scenario in self.corpus.scenarios.values()}

    def clause(self, clause_id: str) -> Clause | None:
        """Return a clause by its id."""
        return self.corpus.clauses.get(clause_id)

    def situation(self, read: Understanding, scenario: Scenario, facts: Mapping[str, str], found: Retrieved) -> Situation:
        """Return what a reply to this message is checked against."""
        clauses = (*found.clauses, *self.corpus.clauses_of[scenario.id])
        known = (
            *(turn.text for turn in read.turns),
            *(clause.text for clause in clauses),
            *(phrase.text for phrase in found.phrases),
            *(commitment.text for commitment in scenario.commitments.values()),
            *facts.values(),
        )
        return Situation(
            scenario=scenario.id,
            group=scenario.group,
            emotion=read.emotion,
            required=scenario.required,
            customer=read.simplified,
            known=known,
            customer_turns=tuple(turn.text for turn in read.turns if turn.speaker == "customer"),
        )

    def _read(self, request: Request) -> tuple[Understanding, Scenario, bool]:
        """Return what the message means, its scenario, and whether the scenario is beyond doubt."""
        read = self.understander.understand(request.message, parse_turns(request.context))
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

    def _draft(
        self,
        read: Understanding,
        scenario: Scenario,
        facts: Mapping[str, str],
        found: Retrieved,
        notes: list[str],
        rejected: list[Rejected],
    ) -> Reply | None:
        """Draft with the model; None when there is none, it failed, or its draft did not pass the check."""
        if not self.settings.model:
            return None
        from assistant.draft import DraftRequest

        try:
            text = self._drafting().draft(DraftRequest(read, scenario, facts), self.settings.budget_s)
        except AssistantError as error:
            notes.append(note("model_failed", why=error))
            return None
        reply = drafted_reply(text, read, self.sources, self.checker, self.situation(read, scenario, facts, found))
        if reply.verified:
            return reply
        rejected.append(Rejected(reply.text, reply.findings))
        notes.append(note("model_rejected"))
        return None

    def _drafting(self) -> Drafter:
        if self._drafter is None:
            from assistant.draft import Drafter
            from assistant.model import make_chat_model

            titles = {slot.name: slot.title for slot in self.corpus.slots.values()}
            acts = {act.id: act.title for act in self.corpus.acts.values()}
            moods: dict[str, str] = {emotion.id: emotion.title for emotion in self.corpus.emotions.values()}
            self._drafter = Drafter(
                make_chat_model(self.settings),
                lambda request: self._retrieve(request.read, request.scenario)[0],
                titles | acts | moods,
            )
        return self._drafter

    def _compose(
        self,
        read: Understanding,
        scenario: Scenario,
        facts: Mapping[str, str],
        certain: bool,
        found: Retrieved,
        rejected: list[Rejected],
    ) -> Reply:
        """Compose and check; if even that fails, ask back in the plainest approved words."""
        situation = self.situation(read, scenario, facts, found)
        composition = self.composer.compose(read, scenario, facts, certain)
        reply = composed_reply(composition, read, self.composer.title, self.checker, situation)
        if reply.verified:
            return reply
        rejected.append(Rejected(reply.text, reply.findings))
        plain = self.composer.single(read, CLARIFY_OPEN)
        return composed_reply(plain, read, self.composer.title, self.checker, situation)

    def _guess(self, read: Understanding, scenario: Scenario, certain: bool) -> ScenarioGuess:
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


def _remarks(read: Understanding, reply: Reply, escalate: Escalate | None) -> list[str]:
    remarks = []
    if read.clipped:
        remarks.append(note("clipped", length=len(read.message)))
    if read.language == "other":
        remarks.append(note("other_language"))
    if read.language == "none":
        remarks.append(note("no_words"))
    if any(sentence.phrase and sentence.phrase.startswith("clarify.") for sentence in reply.sentences):
        remarks.append(note("unsure"))
    missing = [slot.title for slot in reply.slots if slot.value is None]
    if missing:
        remarks.append(note("unfilled", names="、".join(missing)))
    if escalate:
        remarks.append(note("escalate", title=escalate.title))
    return remarks


class _Clock:
    """Milliseconds between marks."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._times: dict[str, float] = {}

    def mark(self, name: str) -> None:
        now = time.perf_counter()
        self._times[name] = round((now - self._last) * 1000, 2)
        self._last = now

    def times(self) -> dict[str, float]:
        return self._times | {"total": round((time.perf_counter() - self._start) * 1000, 2)}

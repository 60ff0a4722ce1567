"""What goes into the index: clauses, phrases and scenario wordings as searchable items."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from corpus.load import Corpus
from corpus.schema import Scenario

ItemKind = Literal["clause", "phrase", "wording"]


@dataclass(frozen=True)
class Item:
    """One searchable text. `id` is ASCII; `title` may be Chinese and travels as metadata.

    With a `basis`, the vector is the mean over the wordings with those ids instead of the item's own text: what calls
    for a phrase is what customers say, and asking finds asking better than it finds answers.
    """

    id: str
    kind: ItemKind
    text: str
    title: str
    scenarios: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()

    @property
    def is_query(self) -> bool:
        """True for customers' words, which e5 embeds with its query prefix."""
        return self.kind == "wording"

    def digest(self, embedder_id: str) -> str:
        """Name the vector of this text under this embedder."""
        prefix = "query" if self.is_query else "passage"
        return hashlib.sha256(f"{embedder_id}\0{prefix}\0{self.text}".encode("utf-8", "replace")).hexdigest()[:32]

    def mark(self, embedder_id: str) -> str:
        """Name everything that is written about this item, so that a change of any part is noticed."""
        row = (self.digest(embedder_id), self.kind, self.text, self.title, self.scenarios, self.basis)
        return hashlib.sha256(repr(row).encode("utf-8", "replace")).hexdigest()[:24]


def items_of(corpus: Corpus) -> tuple[Item, ...]:
    """List every clause, approved phrase and customer wording, in a stable order."""
    wordings = {s.id: [_wording(s, says) for says in dict.fromkeys(s.says)] for s in corpus.scenarios.values()}
    phrases = []
    for phrase in corpus.approved:
        asked = [item for scenario in phrase.scenarios for item in wordings.get(scenario, ())]
        cued = [item for item in asked if any(cue in item.text for cue in phrase.when.cues)]
        text = " ".join((*phrase.says, phrase.text))
        basis = tuple(item.id for item in cued or asked)
        phrases.append(Item(f"phrase:{phrase.id}", "phrase", text, phrase.text, phrase.scenarios, basis))
    return (*_clauses(corpus), *phrases, *(item for items in wordings.values() for item in items))


def _clauses(corpus: Corpus) -> list[Item]:
    governs: dict[str, list[str]] = {}
    for scenario in corpus.scenarios.values():
        for clause_id in scenario.clauses:
            governs.setdefault(clause_id, []).append(scenario.id)
    return [
        Item(
            f"clause:{clause.id}",
            "clause",
            clause.text,
            " / ".join(clause.heading),
            tuple(dict.fromkeys((*governs.get(clause.id, ()), *clause.scenarios))),
        )
        for clause in corpus.clauses.values()
    ]


def _wording(scenario: Scenario, says: str) -> Item:
    mark = hashlib.sha256(says.encode()).hexdigest()[:10]
    return Item(f"wording:{scenario.id}:{mark}", "wording", says, scenario.title, (scenario.id,))


def digest_of(items: Iterable[Item], embedder_id: str, form: int) -> str:
    """Name an index by its whole content, so that a stale one can never be mistaken for a fresh one."""
    rows = [(i.id, i.kind, i.text, i.title, i.scenarios, i.basis) for i in items]
    content = json.dumps([form, embedder_id, sorted(rows)], ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:24]

"""Read every knowledge file into one Corpus, or say everything that is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from corpus.chunk import chunk_guideline, describe
from corpus.errors import CorpusError, Problem
from corpus.home import HOME
from corpus.rulecheck import rule_problems
from corpus.schema import (
    Act,
    ActWordings,
    Clause,
    Context,
    CoverageItem,
    EmotionCues,
    Escalation,
    Phrase,
    Probe,
    Rewording,
    Rule,
    Scenario,
    Slot,
    Unruled,
    Value,
)
from corpus.source import read_text, read_yaml

V = TypeVar("V", bound=Value)
Places = dict[str, tuple[Path, int]]


@dataclass(frozen=True)
class Corpus:
    """All knowledge, by id. `digest` changes when any file changes."""

    path: Path
    clauses: dict[str, Clause]
    phrases: dict[str, Phrase]
    scenarios: dict[str, Scenario]
    acts: dict[str, Act]
    act_wordings: dict[str, tuple[str, ...]]
    contexts: dict[str, Context]
    rules: dict[str, Rule]
    slots: dict[str, Slot]
    emotions: dict[str, EmotionCues]
    escalations: dict[str, Escalation]
    probes: dict[str, Probe]
    rewordings: dict[str, Rewording]
    unruled: dict[str, Unruled]
    coverage: dict[str, CoverageItem]
    digest: str
    rules_digest: str
    places: Places = field(repr=False)

    @cached_property
    def clauses_of(self) -> dict[str, tuple[Clause, ...]]:
        """Map each scenario id to its clauses, most relevant first."""
        return {s.id: tuple(self.clauses[c] for c in s.clauses) for s in self.scenarios.values()}

    @cached_property
    def approved(self) -> tuple[Phrase, ...]:
        """Approved phrases in file order."""
        return tuple(p for p in self.phrases.values() if p.status == "approved")


class _Reader:
    """Collects values, their places and all problems while files are read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.places: Places = {}
        self.digests: dict[str, str] = {}

    def bytes_of(self, path: Path) -> None:
        self.digests[str(path.relative_to(self.path))] = hashlib.sha256(path.read_bytes()).hexdigest()

    def add(self, found: dict[str, Any], key: str, value: Value, path: Path, line: int, what: str) -> None:
        place = f"{what} {key}"
        if key in found:
            first = self.places[place]
            self.problems.append(Problem(path, line, f"{what} {key!r} is also in {first[0].name}:{first[1]}; rename one"))
            return
        found[key] = value
        self.places[place] = (path, line)

    def yaml_list(self, paths: Iterable[Path], model: type[V], what: str, key: str = "id") -> dict[str, V]:
        found: dict[str, V] = {}
        for path in paths:
            located = read_yaml(path)
            if isinstance(located, Problem):
                self.problems.append(located)
                continue
            self.bytes_of(path)
            if not isinstance(located.data, list):
                self.problems.append(Problem(path, 1, f"a list of {what}s is wanted; start each entry with `- `"))
                continue
            for i, entry in enumerate(located.data):
                try:
                    value = model.model_validate(entry)
                except ValidationError as error:
                    self.problems.extend(describe(error, located, (i,)))
                    continue
                self.add(found, getattr(value, key), value, path, located.line((i,)), what)
        return found

    def act_wordings(self, paths: Iterable[Path]) -> dict[str, tuple[str, ...]]:
        """Join the wordings of each act over all files."""
        found: dict[str, tuple[str, ...]] = {}
        for path in paths:
            for act, entry in self.yaml_list([path], ActWordings, f"{path.stem} wordings of act").items():
                found[act] = found.get(act, ()) + entry.wordings
        return found

    def guidelines(self, paths: Iterable[Path]) -> dict[str, Clause]:
        found: dict[str, Clause] = {}
        for path in paths:
            text = read_text(path)
            if isinstance(text, Problem):
                self.problems.append(text)
                continue
            self.bytes_of(path)
            clauses, problems = chunk_guideline(text, path)
            self.problems.extend(problems)
            for clause in clauses:
                number = clause.id.rsplit("-", 1)[1]
                line = next((n for n, row in enumerate(text.splitlines(), 1) if row.startswith(number)), 1)
                self.add(found, clause.id, clause, path, line, "clause")
        return found

    def digest(self, parts: str | tuple[str, ...] = "") -> str:
        chosen = sorted((name, value) for name, value in self.digests.items() if name.startswith(parts))
        return hashlib.sha256(repr(chosen).encode()).hexdigest()[:16]


def load_corpus(path: Path = HOME, vetted: bool = False) -> Corpus:
    """Read the knowledge under `path`; `vetted` rules were checked when these very files were compiled.

    Raises:
        CorpusError: with every problem of every file, each with file, line and what to write instead.
    """
    if not (path / "scenarios").is_dir():
        raise CorpusError(f"no corpus at {str(path)!r}: a folder with scenarios/, phrases/, rules/, guidelines/ is wanted")
    reader = _Reader(path)
    corpus = Corpus(
        path=path,
        clauses=reader.guidelines(sorted((path / "guidelines").glob("*.md"))),
        slots=reader.yaml_list([path / "slots.yaml"], Slot, "slot", key="name"),
        emotions=reader.yaml_list([path / "emotions.yaml"], EmotionCues, "emotion"),
        escalations=reader.yaml_list([path / "escalations.yaml"], Escalation, "escalation"),
        acts=reader.yaml_list([path / "acts.yaml"], Act, "act"),
        act_wordings=reader.act_wordings(sorted((path / "act_wordings").glob("*.yaml"))),
        probes=reader.yaml_list(path.glob("probes.yaml"), Probe, "probe"),
        rewordings=reader.yaml_list(sorted((path / "rewordings").glob("*.yaml")), Rewording, "rewording"),
        contexts=reader.yaml_list(path.glob("contexts.yaml"), Context, "context"),
        scenarios=reader.yaml_list(sorted((path / "scenarios").glob("*.yaml")), Scenario, "scenario"),
        phrases=reader.yaml_list(sorted((path / "phrases").glob("*.yaml")), Phrase, "phrase"),
        rules=reader.yaml_list(sorted((path / "rules").glob("*.yaml")), Rule, "rule"),
        unruled=reader.yaml_list(path.glob("unruled.yaml"), Unruled, "reason"),
        coverage=reader.yaml_list([path / "coverage.yaml"], CoverageItem, "coverage item"),
        digest=reader.digest(),
        rules_digest=reader.digest(("rules", "act", "contexts.yaml")),
        places=reader.places,
    )
    if not vetted and all(problem.path.parent.name == "rules" for problem in reader.problems):  # else references would mislead
        found = rule_problems(corpus.rules, corpus.acts, corpus.contexts, corpus.scenarios, corpus.clauses)
        reader.problems.extend(Problem(*reader.places[place], message) for place, message in found)
    if reader.problems:
        raise CorpusError(f"{len(reader.problems)} problem(s) in the corpus at {str(path)!r}:", tuple(reader.problems))
    return corpus

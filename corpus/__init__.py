"""KNOWLEDGE: what the service guidelines say. Knows nothing of models or replies."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpus.embed import Embedder, Matrix, make_embedder
    from corpus.errors import CorpusError, EmbedderError, IndexUnavailable, Problem, UnknownEmbedder
    from corpus.home import HOME
    from corpus.index import BuildReport, Index, LocalStore, ServerStore, ensure_index, make_store
    from corpus.items import Item, items_of
    from corpus.lint import LintReport, lint_corpus
    from corpus.load import Corpus, load_corpus
    from corpus.schema import (
        Act,
        Clause,
        Context,
        EmotionCues,
        Escalation,
        Example,
        Phrase,
        Probe,
        Rewording,
        Rule,
        Scenario,
        Slot,
        Step,
        When,
    )
    from corpus.terms import Emotion, Group, Role, Severity, Tone

# Loaded on first use: reading the rules alone must not cost a second of imports.
_HOMES = {
    "HOME": "corpus.home",
    "Act": "corpus.schema",
    "BuildReport": "corpus.index",
    "Clause": "corpus.schema",
    "Context": "corpus.schema",
    "Corpus": "corpus.load",
    "CorpusError": "corpus.errors",
    "Embedder": "corpus.embed",
    "EmbedderError": "corpus.errors",
    "Emotion": "corpus.terms",
    "EmotionCues": "corpus.schema",
    "Escalation": "corpus.schema",
    "Example": "corpus.schema",
    "Group": "corpus.terms",
    "Index": "corpus.index",
    "IndexUnavailable": "corpus.errors",
    "Item": "corpus.items",
    "LintReport": "corpus.lint",
    "LocalStore": "corpus.index",
    "Matrix": "corpus.embed",
    "Phrase": "corpus.schema",
    "Probe": "corpus.schema",
    "Rewording": "corpus.schema",
    "Problem": "corpus.errors",
    "Role": "corpus.terms",
    "Rule": "corpus.schema",
    "Scenario": "corpus.schema",
    "ServerStore": "corpus.index",
    "Severity": "corpus.terms",
    "Slot": "corpus.schema",
    "Step": "corpus.schema",
    "Tone": "corpus.terms",
    "UnknownEmbedder": "corpus.errors",
    "When": "corpus.schema",
    "ensure_index": "corpus.index",
    "items_of": "corpus.items",
    "lint_corpus": "corpus.lint",
    "load_corpus": "corpus.load",
    "make_embedder": "corpus.embed",
    "make_store": "corpus.index",
}

__all__ = [
    "HOME",
    "Act",
    "BuildReport",
    "Clause",
    "Context",
    "Corpus",
    "CorpusError",
    "Embedder",
    "EmbedderError",
    "Emotion",
    "EmotionCues",
    "Escalation",
    "Example",
    "Group",
    "Index",
    "IndexUnavailable",
    "Item",
    "LintReport",
    "LocalStore",
    "Matrix",
    "Phrase",
    "Probe",
    "Problem",
    "Rewording",
    "Role",
    "Rule",
    "Scenario",
    "ServerStore",
    "Severity",
    "Slot",
    "Step",
    "Tone",
    "UnknownEmbedder",
    "When",
    "ensure_index",
    "items_of",
    "lint_corpus",
    "load_corpus",
    "make_embedder",
    "make_store",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)

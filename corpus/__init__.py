"""KNOWLEDGE: what the service guidelines say. Knows nothing of models or replies."""

from corpus.embed import Embedder, Matrix, make_embedder
from corpus.errors import CorpusError, EmbedderError, IndexUnavailable, Problem, UnknownEmbedder
from corpus.index import BuildReport, Index, LocalStore, ServerStore, ensure_index, make_store
from corpus.items import Item, items_of
from corpus.lint import LintReport, lint
from corpus.load import HOME, Corpus, load_corpus
from corpus.schema import (
    Act,
    Clause,
    Emotion,
    EmotionCues,
    Escalation,
    Group,
    Phrase,
    Role,
    Rule,
    Scenario,
    Severity,
    Slot,
    Step,
    Tone,
    When,
)

__all__ = [
    "HOME",
    "Act",
    "BuildReport",
    "Clause",
    "Corpus",
    "CorpusError",
    "Embedder",
    "EmbedderError",
    "Emotion",
    "EmotionCues",
    "Escalation",
    "Group",
    "Index",
    "IndexUnavailable",
    "Item",
    "LintReport",
    "LocalStore",
    "Matrix",
    "Phrase",
    "Problem",
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
    "lint",
    "load_corpus",
    "make_embedder",
    "make_store",
]

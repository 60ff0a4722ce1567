"""Errors of the knowledge package.

CorpusError            the files cannot be used; carries every problem found
├── IndexUnavailable   no usable index and none could be built
└── EmbedderError      the embedder is missing or did not answer
    └── UnknownEmbedder    no embedder has this name
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a knowledge file: where, what, and what to write instead."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class CorpusError(Exception):
    """The knowledge files cannot be used."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        self.problems = problems
        listing = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"{message}{listing}")


class IndexUnavailable(CorpusError):
    """There is no usable index and none could be built."""


class EmbedderError(CorpusError):
    """The embedder is missing, misconfigured or did not answer."""


class UnknownEmbedder(EmbedderError):
    """No embedder has this name."""

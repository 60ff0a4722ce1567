"""Errors of the evaluation package. All are wrong use, so the command line ends with exit code 2.

EvalError           base
├── SuiteError      a suite is unknown or malformed; carries every problem found
└── BaselineError   a baseline file cannot be read
"""

from __future__ import annotations

from assistant import UsageError
from corpus import Problem


class EvalError(UsageError):
    """Base of everything the evaluation raises on purpose."""


class SuiteError(EvalError):
    """A suite is unknown or malformed."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        self.problems = problems
        super().__init__(message + "".join(f"\n  {problem}" for problem in problems))


class BaselineError(EvalError):
    """A baseline file is not one of ours."""

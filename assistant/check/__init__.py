"""The rule engine. Pure: texts and rules in, findings out."""

from assistant.check.clauses import sentences
from assistant.check.engine import Checker
from assistant.check.findings import ActSpan, CheckResult, Element, Finding, FixEdit, Situation
from assistant.check.views import fold, traditional_table

__all__ = [
    "ActSpan",
    "CheckResult",
    "Checker",
    "Element",
    "Finding",
    "FixEdit",
    "Situation",
    "fold",
    "sentences",
    "traditional_table",
]

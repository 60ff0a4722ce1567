"""Find templates that an older set of rules passed and today's does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.check import Checker, Finding
from assistant.errors import UsageError
from assistant.packs import load_checker
from assistant.polish.lexicon import make_note
from assistant.polish.notes import LibraryNote, LibraryRow

if TYPE_CHECKING:
    from assistant.pipeline import Assistant

_PARTS = ("acts.yaml", "guidelines", "phrases", "rules", "scenarios", "slots.yaml")


def check_since(old: Path, rows: Iterable[LibraryRow], assistant: Assistant) -> tuple[LibraryNote, ...]:
    """Return one note for each rule by which rows fail that passed the corpus in the folder `old`.

    Raises:
        UsageError: when `old` is not a folder with a corpus, saying what is missing.
        CorpusError: with every problem of its knowledge files, when one cannot be used.
    """
    require_corpus(old)
    before = load_checker(old, assistant.settings.home)
    failing: dict[str, list[tuple[LibraryRow, str]]] = defaultdict(list)
    for row in rows:
        errors = errors_of(assistant.checker, row.text)
        if errors and not errors_of(before, row.text):
            for finding in errors:
                failing[finding.rule].append((row, finding.quote))
    return tuple(_note(assistant, rule, found) for rule, found in sorted(failing.items()))


def errors_of(checker: Checker, text: str) -> list[Finding]:
    """Return what error-level rules find in a template: it answers nobody yet, and what it states itself needs no support."""
    situation = checker.situation(task="rewrite", facts={"": text})
    return [finding for finding in checker.check(text, situation).findings if finding.severity == "error"]


def require_corpus(folder: Path) -> None:
    """Make sure that a folder holds the parts of a corpus.

    Raises:
        UsageError: saying what is missing.
    """
    if not folder.is_dir():
        raise UsageError(f"{str(folder)!r} is no folder; name one with a corpus: {', '.join(_PARTS)}")
    missing = [part for part in _PARTS if not (folder / part).exists()]
    if missing:
        raise UsageError(f"{str(folder)!r} is no corpus: {', '.join(missing)} missing; name a folder laid out as corpus/ is")


def _note(assistant: Assistant, rule: str, found: list[tuple[LibraryRow, str]]) -> LibraryNote:
    broken = assistant.checker.rules[rule]
    count = len({(row.sheet, row.number) for row, _ in found})
    return make_note("newly_failing", found, "newly_failing", title=broken.title, count=count, message=broken.message)

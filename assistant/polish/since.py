"""Find templates that an older set of rules passed and today's does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

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
    before, now = load_checker(old, assistant.settings.home), assistant.checker
    then_situation, situation = before.situation(task="rewrite"), now.situation(task="rewrite")
    failing: dict[str, list[tuple[LibraryRow, str]]] = defaultdict(list)
    for row in rows:
        errors = [f for f in now.check(row.text, situation).findings if f.severity == "error"]
        if errors and before.check(row.text, then_situation).passed:
            for finding in errors:
                failing[finding.rule].append((row, finding.quote))
    return tuple(_note(assistant, rule, found) for rule, found in sorted(failing.items()))


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

"""The real tools of a run: the assistant's polisher, and the checks of the library as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.polish.job import Tools
from assistant.polish.messages import say
from assistant.prompts import HOME
from assistant.rewrite import __file__ as assistant_rewrite

if TYPE_CHECKING:
    from assistant.pipeline import Assistant
    from assistant.polish.job import Checked, LibraryRows
    from assistant.polish.library import LibraryNote


# What misleads a customer stands before what only wastes room.
_FIRST = ("contradiction", "newly_failing", "expired", "placeholder", "near_duplicate")


def make_tools(assistant: Assistant, check_only: bool, since: Path | None) -> Tools:
    """Return what polishes a file with this assistant; `since` is a folder with an older corpus to compare with."""
    from assistant.polish.one import make_polisher
    from assistant.rewrite.reasons import own_titles

    def library(rows: LibraryRows) -> Checked:
        return _checked(assistant, rows, since)

    titles = {rule: one.title for rule, one in assistant.checker.rules.items()}
    titles |= {id_: one.title for id_, one in assistant.corpus.rewordings.items()} | own_titles()
    return Tools(make_polisher(assistant, check_only), _digest(assistant), titles, library)


def _checked(assistant: Assistant, rows: LibraryRows, since: Path | None) -> Checked:
    """Check the library; what cannot be checked is said, for the polished rows are worth more."""
    from assistant.polish.library import check_library, check_since

    found = _tried("library_failed", lambda: check_library(rows(), date.today()))
    newly: Checked = ((), ())
    if since is not None:
        newly = _tried("since_failed", lambda: check_since(since, rows(), assistant))
    notes = sorted((*found[0], *newly[0]), key=lambda note: _FIRST.index(note.kind))
    return tuple(notes), (*found[1], *newly[1])


def _tried(name: str, check: Callable[[], tuple[LibraryNote, ...]]) -> Checked:
    try:
        return check(), ()
    except Exception as error:
        return (), (say(name, kind=type(error).__name__, message=error),)


def _digest(assistant: Assistant) -> str:
    """Return a digest of everything that decides how a text is polished."""
    settings = assistant.settings
    parts = (version("huashu"), assistant.corpus.digest, assistant.corpus.rules_digest, settings.model, settings.embedder)
    digest = hashlib.sha256("\0".join((*parts, settings.base_url, str(settings.mask))).encode())
    for path in sorted((*HOME.iterdir(), *Path(assistant_rewrite).parent.iterdir())):
        if path.suffix in (".md", ".yaml", ".py"):
            digest.update(path.read_bytes())
    return digest.hexdigest()

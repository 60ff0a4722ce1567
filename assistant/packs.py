"""Load the rules as a ready checker; compiled packs are cached by what they were compiled from."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.check.engine import Checker, Meaning
from assistant.check.pack import Pack
from corpus.errors import CorpusError
from corpus.home import HOME

_KEPT = 4
# No rule is compiled from these.
_APART = ("rewordings",)
_STALE_S = 3600

if TYPE_CHECKING:
    from corpus import Corpus


def load_checker(
    corpus: Path, cache: Path | None = None, loaded: Corpus | None = None, meaning: Meaning | None = None
) -> Checker:
    """Return the checker of the knowledge under `corpus`, from the cache folder when nothing changed since.

    `loaded` spares a second reading of the knowledge when it has to be compiled.

    Raises:
        CorpusError: with every problem of the knowledge files, when one cannot be used.
    """
    file = _file(corpus, cache) if cache else None
    pack = _cached(file) if file else None
    if pack is None:
        from assistant.check.compile import compile_pack
        from corpus import load_corpus

        pack = compile_pack(loaded or load_corpus(corpus))
        if file:
            _keep(file, pack)
    return Checker(pack, meaning)


def is_compiled(corpus: Path, cache: Path) -> bool:
    """Tell whether the cache holds the rules of these very files, so that they need no second vetting."""
    return _file(corpus, cache).exists()


def load_knowledge(corpus: Path, cache: Path) -> Corpus:
    """Return the knowledge under `corpus`; rules that were compiled from these very files are not vetted a second time.

    Raises:
        CorpusError: with every problem of the knowledge files, when one cannot be used.
    """
    from corpus import load_corpus

    return load_corpus(corpus, vetted=is_compiled(corpus, cache))


def _file(corpus: Path, cache: Path) -> Path:
    return cache / "packs" / f"{_digest(corpus)}.json"


def _digest(corpus: Path) -> str:
    """Return a digest of the knowledge files and of the code that compiles them."""
    here = Path(__file__).parent
    code = (*(here / "check").glob("*.py"), *HOME.glob("*.py"), HOME / "fold.txt")
    files = (path for path in corpus.rglob("*") if path.suffix in (".yaml", ".md"))
    knowledge = (path for path in files if path.parent.name not in _APART)
    named = [(path.relative_to(corpus).as_posix(), path) for path in knowledge] + [(path.name, path) for path in code]
    digest = hashlib.sha256()
    for name, path in sorted(named):
        digest.update(name.encode() + b"\0")
        with contextlib.suppress(OSError):  # what cannot be read is reported when it is loaded
            digest.update(path.read_bytes())
    return digest.hexdigest()[:24]


def _cached(file: Path) -> Pack | None:
    try:
        return Pack.parse(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, CorpusError):
        return None


def _keep(file: Path, pack: Pack) -> None:
    """Write the pack in one step and drop the oldest ones; a cache that cannot be written costs time, not the check."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                out.write(pack.dump())
            Path(name).replace(file)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        _sweep(file.parent)


def _sweep(folder: Path) -> None:
    """Drop all but the newest packs, and what writers that were killed left long before."""
    packs = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    newest = packs[0].stat().st_mtime
    left = [path for path in folder.glob("*.tmp") if path.stat().st_mtime < newest - _STALE_S]
    for path in (*packs[_KEPT:], *left):
        path.unlink(missing_ok=True)

"""The template files that a command line names."""

from __future__ import annotations

from collections.abc import Iterable
from glob import has_magic
from pathlib import Path

from assistant.reports.lines import Problem

_SUFFIXES = (".txt", ".md", ".markdown", ".csv", ".tsv", ".jsonl")


def template_files(given: Iterable[str], problems: list[Problem]) -> list[Path]:
    """Return the files named, each once: a folder stands for the templates in it, a pattern for what matches it."""
    found: dict[Path, Path] = {}
    for name in given:
        try:
            paths = _expand(name)
        except (OSError, ValueError) as error:
            problems.append(Problem(name, 0, f"cannot be read: {getattr(error, 'strerror', None) or error}"))
            continue
        if isinstance(paths, str):
            problems.append(Problem(name, 0, paths))
            continue
        for path in paths:
            found.setdefault(path.absolute(), path)
    return list(found.values())


def _expand(name: str) -> list[Path] | str:
    """Return the files that a name stands for, or what is wrong with it."""
    path = Path(name)
    if path.is_file():
        return [path]
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix.lower() in _SUFFIXES and file.is_file())
        return [f for f in files if not any(part.startswith(".") for part in f.relative_to(path).parts)] or (
            f"a folder without templates ({', '.join(_SUFFIXES)})"
        )
    if path.exists():
        return "not a file"
    if not has_magic(name):
        return "there is no such file"
    anchor = Path(path.anchor)
    matches = anchor.glob(str(path.relative_to(anchor)) if path.anchor else name)
    return sorted(match for match in matches if match.is_file()) or "no file matches this pattern"

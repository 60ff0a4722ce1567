"""Findings that are known and accepted for now: they stay marked, and only new ones fail.

A fingerprint is made of what was found and the text it was found in, never of a line number, so moving lines changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import UsageError
from assistant.reports.answers import dumps

if TYPE_CHECKING:
    from assistant.check.findings import Finding
    from assistant.reports.lines import Line

VERSION = 1
_FIELDS = ("path", "rule", "quote", "text", "fingerprint")
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Marked:
    """A finding, where it is, and whether the baseline has it."""

    line: Line
    finding: Finding
    fingerprint: str
    known: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted finding; the path is relative to the folder of the baseline."""

    path: str
    rule: str
    quote: str
    text: str
    fingerprint: str


def mark(found: Iterable[tuple[Line, Finding]]) -> list[Marked]:
    """Give every finding its fingerprint; equal ones in a file are counted apart."""
    seen: Counter[tuple[str, ...]] = Counter()
    marked = []
    current, text = None, ""
    for line, finding in found:
        if line is not current:
            current, text = line, _digest(_fold(line.text))
        key = (line.path, finding.rule, _fold(finding.quote), text)
        marked.append(Marked(line, finding, _digest(*key[1:], str(seen[key]))))
        seen[key] += 1
    return marked


def load(path: Path) -> tuple[Entry, ...]:
    """Read a baseline.

    Raises:
        UsageError: it is missing, damaged or of another version; the message says what to do.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise UsageError(f"there is no baseline {str(path)!r}; make one with --update-baseline") from error
    except OSError as error:
        raise UsageError(f"the baseline {str(path)!r} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"the baseline {str(path)!r} is damaged ({error}); restore it or delete it and make it anew"
        ) from error
    version = data.get("version") if isinstance(data, dict) else None
    if version != VERSION:
        raise UsageError(f"the baseline {str(path)!r} has version {version!r}, not {VERSION}; delete it and make it anew")
    entries = data.get("findings")
    if not isinstance(entries, list) or not all(_is_entry(entry) for entry in entries):
        raise UsageError(f"the baseline {str(path)!r} is damaged (`findings`); restore it or delete it and make it anew")
    return tuple(Entry(**{name: entry[name] for name in _FIELDS}) for entry in entries)


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, dict) and all(isinstance(entry.get(name), str) for name in _FIELDS)


def save(path: Path, entries: Iterable[Entry]) -> int:
    """Write a baseline, one entry a line and sorted, and return how many it holds."""
    ordered = sorted(entries, key=lambda e: (e.path, e.rule, e.text, e.quote, e.fingerprint))
    lines = ",\n".join("    " + dumps(asdict(entry)) for entry in ordered)
    body = f'{{\n  "version": {VERSION},\n  "findings": [{chr(10) + lines + chr(10) + "  " if lines else ""}]\n}}\n'
    draft = path.with_name(path.name + ".new")
    try:
        draft.write_text(body, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise UsageError(f"the baseline {str(path)!r} cannot be written: {error.strerror or error}") from error
    return len(ordered)


def compare(
    entries: Iterable[Entry], marked: Iterable[Marked], checked: Iterable[str], folder: Path
) -> tuple[list[Marked], list[Entry]]:
    """Mark the known findings and return those of the baseline that are gone.

    An entry excuses one finding of its own file, or of any file once its own is gone (renamed). Entries of files that
    were not checked this time are left alone.
    """
    in_baseline = relative_to(folder)
    left = list(entries)
    here = Counter((entry.fingerprint, entry.path) for entry in left)
    result = [_excuse(one, (one.fingerprint, in_baseline(one.line.path)), here) for one in marked]
    lost = {path for path in {path for _, path in here} if not (folder / path).exists()}
    moved = Counter({fingerprint: 0 for fingerprint, _ in here})
    for (fingerprint, path), count in here.items():
        moved[fingerprint] += count if path in lost else 0
    for index, one in enumerate(result):
        if not one.known and moved[one.fingerprint] > 0:
            moved[one.fingerprint] -= 1
            result[index] = replace(one, known=True)
    present = {in_baseline(path) for path in checked}
    gone = []
    for entry in left:
        if entry.path in lost:
            fixed = moved[entry.fingerprint] > 0
            moved[entry.fingerprint] -= fixed
        else:
            fixed = entry.path in present and here[entry.fingerprint, entry.path] > 0
            here[entry.fingerprint, entry.path] -= fixed
        if fixed:
            gone.append(entry)
    return result, gone


def _excuse(one: Marked, key: tuple[str, str], left: Counter[tuple[str, str]]) -> Marked:
    if left[key] <= 0:
        return one
    left[key] -= 1
    return replace(one, known=True)


def renewed(entries: Iterable[Entry], marked: Iterable[Marked], checked: Iterable[str], folder: Path) -> list[Entry]:
    """Return the entries of a new baseline: what was found now, and what is known of files that were not checked."""
    in_baseline = relative_to(folder)
    present = {in_baseline(path) for path in checked}
    kept = [entry for entry in entries if entry.path not in present and (folder / entry.path).exists()]
    return kept + [
        Entry(in_baseline(one.line.path), one.finding.rule, one.finding.quote, _short(one.line.text), one.fingerprint)
        for one in marked
    ]


def relative_to(folder: Path) -> Callable[[str], str]:
    """Return what writes a path relative to a folder, with `/`."""

    def relative(path: str) -> str:
        try:
            return Path(os.path.relpath(path, folder)).as_posix()
        except ValueError:  # another drive
            return Path(path).absolute().as_posix()

    return relative


def _fold(text: str) -> str:
    """Fold width, case and spacing; apart from the engine's own views, whose changes must not make old findings new."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if not char.isspace() and unicodedata.category(char) != "Cf")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

"""Annotations on a pull request, as GitHub's workflow commands.

Source: docs.github.com, Workflow commands for GitHub Actions; the escapes are those of actions/toolkit `command.ts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.reports.baseline import Marked
from assistant.reports.labels import KNOWN

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def commands(marked: Iterable[Marked]) -> Iterator[str]:
    """Yield one command a finding; known ones are notices, so that they stay in sight and block nothing."""
    for one in marked:
        finding, source = one.finding, one.line.source
        start, end = one.line.place(finding.start), one.line.place(finding.end)
        (line, column), (end_line, end_column) = source.spot(start), source.spot(end)
        place = {"file": source.path, "line": str(line), "endLine": str(end_line)}
        if line == end_line:  # GitHub refuses columns over several lines
            place |= {"col": str(column), "endColumn": str(end_column)}
        title = f"{finding.title} {finding.rule}" + (f" ({KNOWN})" if one.known else "")
        quote = f"“{finding.quote}” " if finding.quote else ""
        level = "notice" if one.known else _LEVELS[finding.severity]
        properties = ",".join(f"{name}={_property(value)}" for name, value in (place | {"title": title}).items())
        yield f"::{level} {properties}::{_data(quote + finding.message)}"


def _data(value: str) -> str:
    clean = value.encode("utf-8", "replace").decode("utf-8")
    return clean.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")

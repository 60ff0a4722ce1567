"""A check as JSON, written by hand: `dataclasses.asdict` costs more than the check itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assistant.check.findings import CheckResult, Finding

SCHEMA = 1
_RANK = {"info": 0, "warning": 1, "error": 2}
_plain = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def shown(findings: Iterable[Finding], least: str) -> tuple[Finding, ...]:
    """Return the findings of at least this severity."""
    if least == "info":
        return tuple(findings)
    return tuple(finding for finding in findings if _RANK[finding.severity] >= _RANK[least])


def fails(finding: Finding, strict: bool) -> bool:
    """Tell whether a finding alone fails a check: errors do, warnings only when strict."""
    return finding.severity == "error" or (strict and finding.severity == "warning")


def answer(
    result: CheckResult, findings: tuple[Finding, ...], strict: bool = False, request_id: str | int | None = None
) -> dict[str, Any]:
    """Return the public JSON shape of a check; `id` only when the request had one."""
    body: dict[str, Any] = {"schema": SCHEMA}
    if request_id is not None:
        body["id"] = request_id
    body["verdict"] = "fail" if any(fails(finding, strict) for finding in findings) else "pass"
    body["findings"] = [_finding(finding) for finding in findings]
    body["acts"] = [{"act": a.act, "start": a.start, "end": a.end, "quote": a.quote} for a in result.acts]
    body["elements"] = [
        {"act": e.act, "title": e.title, "status": e.status, "start": e.start, "end": e.end} for e in result.elements
    ]
    body["notes"] = remarks(result)
    return body


def remarks(result: CheckResult) -> list[str]:
    """Return the notes of a check in words."""
    if not result.notes:
        return []
    from assistant.prompts import note

    return [note(name) for name in result.notes]


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "title": finding.title,
        "kind": finding.kind,
        "severity": finding.severity,
        "message": finding.message,
        "start": finding.start,
        "end": finding.end,
        "quote": finding.quote,
        "view": finding.view,
        "clause": finding.clause,
        "fixes": [{"start": f.start, "end": f.end, "text": f.text, "safety": f.safety} for f in finding.fixes],
    }


def dumps(data: Any, indent: int | None = None) -> str:
    """Write JSON in readable Chinese; text with lone surrogates, which UTF-8 cannot carry, is escaped whole."""
    text = json.dumps(data, ensure_ascii=False, indent=indent) if indent else _plain(data)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(data, indent=indent)
    return text

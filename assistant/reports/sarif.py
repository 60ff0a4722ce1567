"""Findings as SARIF 2.1.0 (OASIS standard), the format of code scanning and of most result viewers."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from assistant.reports.baseline import Marked
from assistant.reports.labels import GUIDELINES
from assistant.reports.lines import Line, Problem

if TYPE_CHECKING:
    from assistant.check.findings import Finding, FixEdit

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_TAXONOMY = "guidelines"


class Described(Protocol):
    """What a rule says of itself."""

    @property
    def id(self) -> str:
        """The rule's id."""

    @property
    def title(self) -> str:
        """Its short name."""

    @property
    def severity(self) -> str:
        """How bad a finding is."""

    @property
    def kind(self) -> str:
        """What sort of rule it is."""

    @property
    def clause(self) -> str:
        """The clause it enforces, or an empty string."""

    @property
    def message(self) -> str:
        """What to do about a finding."""


def sarif(
    marked: Sequence[Marked],
    rules: Mapping[str, Described],
    clauses: Mapping[str, str],
    *,
    version: str,
    digest: str,
    problems: Iterable[Problem] = (),
    baseline: bool = False,
) -> dict[str, Any]:
    """Return a SARIF log of one run. With a baseline every result says whether it is new."""
    found = {one.finding.rule: _of_finding(one.finding) for one in marked}
    described = sorted((found | {rule.id: _of_rule(rule) for rule in rules.values()}).values(), key=lambda rule: rule["id"])
    cited = sorted({rule["clause"] for rule in described} & clauses.keys())
    rule_at = {rule["id"]: index for index, rule in enumerate(described)}
    clause_at = {clause: index for index, clause in enumerate(cited)}
    failed = [_notification(problem) for problem in problems]
    taxonomy = {"name": _TAXONOMY, "index": 0}
    driver = {
        "name": "huashu",
        "version": version,
        "supportedTaxonomies": [taxonomy],
        "rules": [_descriptor(rule, clauses, clause_at) for rule in described],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n"],
        "invocations": [{"executionSuccessful": not failed, "toolExecutionNotifications": failed}],
        "taxonomies": [
            {
                "name": _TAXONOMY,
                "shortDescription": {"text": GUIDELINES},
                "taxa": [{"id": clause, "shortDescription": {"text": clauses[clause]}} for clause in cited],
            }
        ],
        "results": [_result(one, rule_at, clause_at, baseline) for one in marked],
        "properties": {"rulesDigest": digest},
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _of_rule(rule: Described) -> dict[str, str]:
    return {name: getattr(rule, name) for name in ("id", "title", "severity", "kind", "clause", "message")}


def _of_finding(finding: Finding) -> dict[str, str]:
    """Describe a rule that the engine makes by itself, such as a missing element of a scenario."""
    return {"id": finding.rule} | {name: getattr(finding, name) for name in ("title", "severity", "kind", "clause", "message")}


def _descriptor(rule: dict[str, str], clauses: Mapping[str, str], clause_at: Mapping[str, int]) -> dict[str, Any]:
    clause = rule["clause"]
    basis = f"\n\n{clause}: {clauses[clause]}" if clause in clause_at else ""
    body: dict[str, Any] = {
        "id": rule["id"],
        "shortDescription": {"text": rule["title"]},
        "fullDescription": {"text": rule["message"]},
        "help": {"text": rule["message"] + basis},
        "defaultConfiguration": {"level": _LEVELS[rule["severity"]]},
        "properties": {"tags": [rule["kind"]]},
    }
    if clause in clause_at:
        body["relationships"] = [{"target": _taxon(clause, clause_at), "kinds": ["relevant"]}]
    return body


def _taxon(clause: str, clause_at: Mapping[str, int]) -> dict[str, Any]:
    return {"id": clause, "index": clause_at[clause], "toolComponent": {"name": _TAXONOMY, "index": 0}}


def _result(one: Marked, rule_at: Mapping[str, int], clause_at: Mapping[str, int], baseline: bool) -> dict[str, Any]:
    finding, line = one.finding, one.line
    body: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_at[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.title}: {finding.message}"},
        "locations": [{"physicalLocation": {"artifactLocation": location(line.path), "region": _region(line, finding)}}],
        "partialFingerprints": {"huashu/v1": one.fingerprint},
    }
    if finding.clause in clause_at:
        body["taxa"] = [_taxon(finding.clause, clause_at)]
    if fixes := [fix for edit in finding.fixes if (fix := _fix(line, edit))]:
        body["fixes"] = fixes
    if baseline:
        body["baselineState"] = "unchanged" if one.known else "new"
    if one.known:
        body["suppressions"] = [{"kind": "external", "status": "accepted", "justification": "in the baseline"}]
    return body


def _region(line: Line, span: Finding | FixEdit) -> dict[str, Any]:
    start, end = line.place(span.start), line.place(span.end)
    (start_line, start_column), (end_line, end_column) = line.source.spot(start), line.source.spot(end)
    body: dict[str, Any] = {
        "startLine": start_line,
        "startColumn": start_column,
        "endLine": end_line,
        "endColumn": end_column,
        "charOffset": start,
        "charLength": end - start,
    }
    if end > start:
        body["snippet"] = {"text": line.source.content[start:end]}
    return body


def _fix(line: Line, fix: FixEdit) -> dict[str, Any] | None:
    inserted = line.written(fix.text)
    if inserted is None:
        return None
    return {
        "description": {"text": fix.safety},
        "artifactChanges": [
            {
                "artifactLocation": location(line.path),
                "replacements": [{"deletedRegion": _region(line, fix), "insertedContent": {"text": inserted}}],
            }
        ],
    }


def _notification(problem: Problem) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": location(problem.path)}
    if problem.number:
        place["region"] = {"startLine": problem.number}
    return {"level": "error", "message": {"text": problem.message}, "locations": [{"physicalLocation": place}]}


def location(path: str) -> dict[str, str]:
    """Return a file's place: relative to the working folder when it is below it."""
    try:
        near = Path(os.path.relpath(path))
    except ValueError:  # another drive
        near = Path(path).absolute()
    if near.is_absolute() or near.parts[:1] == ("..",):
        return {"uri": Path(path).absolute().as_uri()}
    return {"uri": quote(os.fsencode(near.as_posix())), "uriBaseId": "%SRCROOT%"}

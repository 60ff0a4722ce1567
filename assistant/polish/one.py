"""Polish one template: what `polish` does with each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.check import Finding
from assistant.polish.values import Polished, PolishOne, Template, Verdict
from assistant.prompts import note
from assistant.rewrite.values import RoughAnswer

if TYPE_CHECKING:
    from assistant.pipeline import Assistant


def make_polisher(assistant: Assistant, check_only: bool) -> PolishOne:
    """Return what polishes, or only checks, one template with everything that the assistant has loaded."""

    def polish(template: Template) -> Polished:
        scenario = _scenario(assistant, template.scenario)
        found = assistant.rewrite(RoughAnswer(template.text, template.message, scenario=scenario))
        why = "" if found.reply.verified else _why(found.reply.findings, found.facts.missing)
        return Polished(
            text=found.reply.text,
            before=verdict(found.original.findings),
            after=verdict(found.reply.findings),
            changes=found.changes,
            findings=found.reply.findings,
            kept=found.facts.kept,
            missing=found.facts.missing,
            added=found.facts.added,
            why=why,
        )

    def check(template: Template) -> Polished:
        situation = assistant.checker.situation(
            template.message, scenario=_scenario(assistant, template.scenario), task="rewrite", facts={"": template.text}
        )
        findings = assistant.checker.check(template.text, situation).findings
        judged = verdict(findings)
        why = _why(findings, ()) if judged == "fail" else ""
        return Polished(template.text, judged, judged, (), findings, (), (), (), why)

    return check if check_only else polish


def verdict(findings: Sequence[Finding]) -> Verdict:
    """Return what findings come to; those that only inform count for nothing."""
    if any(finding.severity == "error" for finding in findings):
        return "fail"
    return "advice" if any(finding.severity == "warning" for finding in findings) else "pass"


def _scenario(assistant: Assistant, given: str) -> str | None:
    """Return the id of a scenario that a row names by id or title; a name of the writer's own says nothing."""
    given = given.strip()
    if given in assistant.corpus.scenarios:
        return given
    return next((id_ for id_, title in assistant.scenarios().items() if title == given), None) if given else None


def _why(findings: Sequence[Finding], missing: Sequence[str]) -> str:
    if missing:
        return note("facts_lost", facts="、".join(missing))
    errors = dict.fromkeys(f.title for f in findings if f.severity == "error")
    return note("left_over", titles="、".join(errors)) if errors else note("needs_person")

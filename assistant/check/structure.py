"""Required elements and their order: rules over speech acts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from assistant.check.clauses import Clauses
from assistant.check.findings import ActSpan, Element, Finding, FixEdit, Situation
from assistant.check.pack import PackRule

_AT_START = ("greeting", "apology", "empathy", "acknowledge")
_AT_END = ("offer_more_help", "thanks", "farewell")
_GREETING = re.compile(r"[^,。!?;\n]{0,6}[您你]好[,。!]?\s{0,2}|[早上中下午晚]{1,2}好[,。!]?\s{0,2}")


def required_findings(rules: Sequence[PackRule], text: str, acts: Sequence[ActSpan], folded: str) -> Iterator[Finding]:
    """Yield a finding for each require rule none of whose acts is there; it stands where the element belongs."""
    for rule in rules:
        if not any(act.act in rule.acts for act in acts):
            place = insert_at(rule.acts[0], folded, acts)
            fixes = (FixEdit(place, place, rule.fix_text, rule.fix_safety),) if rule.fix_op else ()
            yield _finding(rule, text, (place, place), fixes)


def order_findings(rules: Sequence[PackRule], text: str, acts: Sequence[ActSpan], clauses: Clauses) -> Iterator[Finding]:
    """Yield a finding for each act that stands before what must precede it, not first, or not last."""
    firsts: dict[str, ActSpan] = {}
    for act in acts:
        firsts.setdefault(act.act, act)
    for rule in rules:
        wrong = _misplaced(rule, acts, firsts, clauses)
        if wrong:
            yield _finding(rule, text, (wrong.start, wrong.end), ())


def elements(required: Sequence[str], titles: Mapping[str, str], acts: Sequence[ActSpan], folded: str) -> tuple[Element, ...]:
    """Return each required act as present, with its first span, or missing, with the place to insert it."""
    found = []
    for act_id in dict.fromkeys(required):
        seen = next((act for act in acts if act.act == act_id), None)
        if seen:
            found.append(Element(act_id, titles[act_id], "present", seen.start, seen.end))
        else:
            place = insert_at(act_id, folded, acts)
            found.append(Element(act_id, titles[act_id], "missing", place, place))
    return tuple(found)


def missing_of_scenario(found: Sequence[Element], situation: Situation, clause: str) -> Iterator[Finding]:
    """Yield a finding for each act that the scenario requires and the text lacks."""
    for element in found:
        if element.status == "missing" and element.act in situation.required:
            yield Finding(
                rule=f"require.scenario.{element.act}",
                title=f"缺少{element.title}",
                kind="require",
                severity="error",
                message=f"请补上{element.title}。",
                start=element.start,
                end=element.end,
                quote="",
                view="acts",
                clause=clause,
            )


def insert_at(act: str, folded: str, acts: Sequence[ActSpan]) -> int:
    """Return where an act belongs: soothing after the greeting, a goodbye at the end, the rest before offers and goodbyes."""
    if act == "greeting":
        return 0
    if act in _AT_START:
        greeting = _GREETING.match(folded)
        return greeting.end() if greeting else 0
    if act in _AT_END:
        return len(folded)
    closing = len(folded)
    for span in reversed(acts):
        if span.act not in _AT_END or folded[span.end : closing].strip(" ,。!?;~\n"):
            break
        closing = span.start
    # A reply that is nothing but a closing takes the element first; one cut inside a sentence takes it at the end.
    return closing if closing == 0 or folded[closing - 1] in "。!?;~\n" else len(folded)


def _misplaced(rule: PackRule, acts: Sequence[ActSpan], firsts: Mapping[str, ActSpan], clauses: Clauses) -> ActSpan | None:
    if rule.last:
        if rule.last not in firsts:
            return None
        final = next(a for a in reversed(acts) if a.act == rule.last)
        return final if any(a.start >= final.end and a.act not in (rule.last, *_AT_END) for a in acts) else None
    first = firsts.get(rule.first or "")
    if first is None:
        return None
    if rule.then is None:  # must open: a name may stand before it
        return first if clauses.number(first.start) > 1 else None
    then = firsts.get(rule.then)
    return then if then and then.start < first.start else None


def _finding(rule: PackRule, text: str, span: tuple[int, int], fixes: tuple[FixEdit, ...]) -> Finding:
    return Finding(
        rule.id, rule.title, rule.kind, rule.severity, rule.message, *span, text[slice(*span)], "acts", rule.clause, fixes
    )

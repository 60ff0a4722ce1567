"""A rough answer in; findings, a rewrite and what is left to mend out."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import streamlit as st

from assistant import Assistant, AssistantError
from assistant.check import FixEdit
from assistant.rewrite import Change, Rewritten, RoughAnswer
from ui import labels, markup
from ui.panels import finding_row, heading, scenario_box, show_error, show_findings, show_text

ROUGH, MESSAGE, SCENARIO, ASKED, TAKEN, FOUND = (
    f"check.{name}" for name in ("rough", "message", "scenario", "asked", "taken", "found")
)
KEEP = "check.keep"


@dataclass(frozen=True)
class Asked:
    """What is to be checked."""

    rough: str
    message: str = ""
    scenario: str | None = None


def show(ready: Assistant) -> None:
    """Draw the page."""
    heading(labels.CHECK_TITLE, labels.CHECK_HINT)
    _take_query()
    left, right = st.columns([5, 7], gap="large")
    with left:
        _form(ready)
    with right:
        _result(ready)


def _take_query() -> None:
    """Check `?rough=…&message=…` once; later edits of the boxes win."""
    rough, message = st.query_params.get("rough", ""), st.query_params.get("message", "")
    if rough.strip() and st.session_state.get(TAKEN) != (rough, message):
        st.session_state[TAKEN] = (rough, message)
        st.session_state[ROUGH], st.session_state[MESSAGE] = rough, message
        st.session_state[ASKED] = Asked(rough, message)


def _form(ready: Assistant) -> None:
    asked: Asked | None = st.session_state.get(ASKED)
    if ROUGH not in st.session_state and asked is not None:  # widgets forget their text while another page is open
        st.session_state[ROUGH], st.session_state[MESSAGE] = asked.rough, asked.message
        st.session_state[SCENARIO] = asked.scenario or ""
    with st.form("check.form", border=False):
        st.text_area(labels.ROUGH, key=ROUGH, placeholder=labels.ROUGH_HINT, height=150)
        st.text_area(labels.CUSTOMER_OPTIONAL, key=MESSAGE, placeholder=labels.CUSTOMER_HINT, height=90)
        scenario_box(ready, SCENARIO)
        send, clear = st.columns([3, 1])
        send.form_submit_button(labels.CHECK, type="primary", on_click=_submit, width="stretch")
        clear.form_submit_button(labels.CLEAR, on_click=_clear, width="stretch")


def _submit() -> None:
    state = st.session_state
    state[ASKED] = Asked(state[ROUGH], state[MESSAGE], state[SCENARIO] or None)


def _clear() -> None:
    for key in (ROUGH, MESSAGE, SCENARIO):
        st.session_state[key] = ""
    st.session_state.pop(ASKED, None)


def _result(ready: Assistant) -> None:
    asked: Asked | None = st.session_state.get(ASKED)
    if asked is None:
        st.info(labels.WAITING_CHECK)
        return
    if not asked.rough.strip():
        st.warning(labels.EMPTY_ROUGH)
        return
    try:
        with st.spinner(labels.CHECKING):
            found = _rewrite(ready, asked)
            result = _chosen(ready, asked, found)
    except AssistantError as error:
        show_error(error)
        return
    _verdict(result)
    _rewritten(result)
    _left(asked, result)
    _changes(found)
    _found(asked, result)


def _rewrite(ready: Assistant, asked: Asked) -> Rewritten:
    """Rewrite once; clicking about on the page asks nobody again."""
    kept: tuple[Asked, Rewritten] | None = st.session_state.get(FOUND)
    if kept is None or kept[0] != asked:
        kept = (asked, ready.rewrite(_answer(asked)))
        st.session_state[FOUND] = kept
        for number in range(len(kept[1].changes)):
            st.session_state[f"{KEEP}.{number}"] = True
    return kept[1]


def _chosen(ready: Assistant, asked: Asked, found: Rewritten) -> Rewritten:
    """Return the rewrite without the changes that were refused, checked again."""
    left = [c for number, c in enumerate(found.changes) if st.session_state.get(f"{KEEP}.{number}", True)]
    return found if len(left) == len(found.changes) else ready.recheck(_answer(asked), left)


def _answer(asked: Asked) -> RoughAnswer:
    return RoughAnswer(asked.rough.strip(), asked.message, scenario=asked.scenario)


def _verdict(result: Rewritten) -> None:
    reply = result.reply
    errors = sum(finding.severity == "error" for finding in reply.findings)
    if result.facts.missing or result.facts.added:
        st.error(labels.FACTS.format(facts="、".join((*result.facts.missing, *result.facts.added))), icon=":material/block:")
    elif not reply.verified:
        st.error(labels.FAIL.format(count=errors), icon=":material/block:")
    elif reply.findings:
        st.success(labels.PASS_ADVICE.format(count=len(reply.findings)), icon=":material/check_circle:")
    else:
        st.success(labels.PASS_MENDED if result.changes else labels.PASS_CLEAN, icon=":material/check_circle:")


def _rewritten(result: Rewritten) -> None:
    """Show the rewrite; it can be copied only when it passes."""
    st.markdown(f"**{labels.RESULT if result.changes else labels.RESULT_SAME}**")
    if result.reply.verified:
        show_text(result.reply.text)
    else:
        st.html(markup.marked(result.reply.text, result.reply.findings))


def _left(asked: Asked, result: Rewritten) -> None:
    """List what rules alone cannot mend, each with its suggestion."""
    if not result.reply.findings:
        return
    st.markdown(f"**{labels.ADVICE if result.reply.verified else labels.BY_HAND}**")
    if result.reply.verified:
        st.html(markup.marked(result.reply.text, result.reply.findings))
    for number, finding in enumerate(result.reply.findings):
        fix = next(iter(finding.fixes), None)
        with st.container(border=True):
            words, button = st.columns([6, 1], vertical_alignment="center")
            words.html(finding_row(finding, _suggested(fix)) if fix else finding_row(finding))
            if fix:
                mended = result.reply.text[: fix.start] + fix.text + result.reply.text[fix.end :]
                button.button(labels.ADOPT, key=f"check.adopt.{number}", on_click=_adopt, args=(asked, mended))


def _suggested(fix: FixEdit) -> str:
    words = markup.span(fix.text, "new") if fix.text else markup.span(labels.OPS["delete"], "dim")
    return f"<br>{markup.span(labels.SUGGESTED, 'dim')} {words}"


def _adopt(asked: Asked, text: str) -> None:
    st.session_state[ROUGH] = text
    st.session_state[ASKED] = Asked(text, asked.message, asked.scenario)


def _changes(found: Rewritten) -> None:
    """List every change; without its tick a change is left out and the rest is checked again."""
    if not found.changes:
        return
    with st.expander(labels.CHANGES.format(count=len(found.changes)), expanded=True):
        for number, change in enumerate(found.changes):
            tick, words = st.columns([1, 11], vertical_alignment="center")
            tick.checkbox(labels.ADOPT, key=f"{KEEP}.{number}", label_visibility="collapsed")
            words.html(_change_row(change))


def _change_row(change: Change) -> str:
    after = "" if change.op == "move" else change.after
    arrow = "→" if change.before and after else ""
    return markup.row(
        markup.chip(labels.OPS.get(change.op, change.op)),
        markup.span(change.before, "old") if change.before else "",
        arrow,
        markup.span(after, "new") if after else "",
        f"<br>{escape(change.reason)}",
        markup.span(f"{labels.CLAUSE} {change.clause}" if change.clause else change.rule, "ref"),
    )


def _found(asked: Asked, result: Rewritten) -> None:
    """Show the rough answer with everything that was found in it."""
    if not result.changes:
        if not result.original.findings:
            st.caption(labels.NOTHING_FOUND)
        return
    with st.expander(labels.FOUND.format(count=len(result.original.findings))):
        st.html(markup.marked(asked.rough.strip(), result.original.findings))
        show_findings(result.original.findings)

"""A rough answer in; findings, a rewrite and what is left to mend out."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import streamlit as st

from assistant import Assistant, AssistantError
from assistant.check import FixEdit
from assistant.rewrite import Change, Rewritten
from ui import labels, markup
from ui.panels import finding_row, heading, scenario_box, show_error, show_findings, show_text

ROUGH, MESSAGE, SCENARIO, ASKED, TAKEN = (f"check.{name}" for name in ("rough", "message", "scenario", "asked", "taken"))


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
            result = ready.check(asked.rough, asked.message, asked.scenario)
    except AssistantError as error:
        show_error(error)
        return
    _verdict(result)
    _rewritten(result)
    _left(asked, result)
    _changes(result)
    _found(asked, result)


def _verdict(result: Rewritten) -> None:
    errors = sum(finding.severity == "error" for finding in result.after.findings)
    if not result.after.passed:
        st.error(labels.FAIL.format(count=errors), icon=":material/block:")
    elif result.after.findings:
        st.success(labels.PASS_ADVICE.format(count=len(result.after.findings)), icon=":material/check_circle:")
    else:
        st.success(labels.PASS_MENDED if result.changes else labels.PASS_CLEAN, icon=":material/check_circle:")


def _rewritten(result: Rewritten) -> None:
    """Show the rewrite; it can be copied only when it passes."""
    st.markdown(f"**{labels.RESULT if result.changes else labels.RESULT_SAME}**")
    if result.after.passed:
        show_text(result.text)
    else:
        st.html(markup.marked(result.text, result.after.findings))


def _left(asked: Asked, result: Rewritten) -> None:
    """List what rules alone cannot mend, each with its suggestion."""
    if not result.after.findings:
        return
    st.markdown(f"**{labels.ADVICE if result.after.passed else labels.BY_HAND}**")
    if result.after.passed:
        st.html(markup.marked(result.text, result.after.findings))
    for number, finding in enumerate(result.after.findings):
        fix = next(iter(finding.fixes), None)
        with st.container(border=True):
            words, button = st.columns([6, 1], vertical_alignment="center")
            words.html(finding_row(finding, _suggested(fix)) if fix else finding_row(finding))
            if fix:
                mended = result.text[: fix.start] + fix.text + result.text[fix.end :]
                button.button(labels.ADOPT, key=f"check.adopt.{number}", on_click=_adopt, args=(asked, mended))


def _suggested(fix: FixEdit) -> str:
    words = markup.span(fix.text, "new") if fix.text else markup.span(labels.OPS["delete"], "dim")
    return f"<br>{markup.span(labels.SUGGESTED, 'dim')} {words}"


def _adopt(asked: Asked, text: str) -> None:
    st.session_state[ROUGH] = text
    st.session_state[ASKED] = Asked(text, asked.message, asked.scenario)


def _changes(result: Rewritten) -> None:
    if result.changes:
        with st.expander(labels.CHANGES.format(count=len(result.changes)), expanded=True):
            st.html("".join(_change_row(change) for change in result.changes))


def _change_row(change: Change) -> str:
    reason = change.reason if change.before else labels.ADDED.format(reason=change.reason)
    arrow = "→" if change.before and change.after else ""
    return markup.row(
        markup.chip(labels.OPS.get(change.op, change.op)),
        markup.span(change.before, "old") if change.before else "",
        arrow,
        markup.span(change.after, "new") if change.after else "",
        f"<br>{escape(reason)}",
        markup.span(f"{labels.CLAUSE} {change.clause}" if change.clause else change.rule, "ref"),
    )


def _found(asked: Asked, result: Rewritten) -> None:
    """Show the rough answer with everything that was found in it."""
    if not result.changes:
        if not result.before.findings:
            st.caption(labels.NOTHING_FOUND)
        return
    with st.expander(labels.FOUND.format(count=len(result.before.findings))):
        st.html(markup.marked(asked.rough.strip(), result.before.findings))
        show_findings(result.before.findings)

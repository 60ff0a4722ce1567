"""A customer's message in, a verified reply out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from assistant import Assistant, AssistantError, Request, Suggestion
from ui import labels, reply_panels
from ui.panels import heading, scenario_box, show_error

MESSAGE, CONTEXT, SCENARIO, ASKED, FOUND, TAKEN = (
    f"reply.{name}" for name in ("message", "context", "scenario", "asked", "found", "taken")
)


def show(ready: Assistant) -> None:
    """Draw the page."""
    heading(labels.REPLY_TITLE, labels.REPLY_HINT)
    _take_query()
    left, right = st.columns([5, 7], gap="large")
    with left:
        _form(ready)
    with right:
        _answer(ready)


def ask(request: Request) -> None:
    """Ask anew; the answer is worked out when the page is drawn."""
    st.session_state[ASKED] = request
    st.session_state.pop(FOUND, None)


def _take_query() -> None:
    """Answer `?message=…` once; later edits of the box win."""
    message = st.query_params.get("message", "")
    if message.strip() and st.session_state.get(TAKEN) != message:
        st.session_state[TAKEN] = st.session_state[MESSAGE] = message
        ask(Request(message))


def _form(ready: Assistant) -> None:
    asked: Request | None = st.session_state.get(ASKED)
    if MESSAGE not in st.session_state and asked is not None:  # widgets forget their text while another page is open
        st.session_state[MESSAGE] = asked.message
        st.session_state[CONTEXT] = "\n".join(asked.context)
        st.session_state[SCENARIO] = asked.scenario or ""
    with st.form("reply.form", border=False):
        st.text_area(labels.MESSAGE, key=MESSAGE, placeholder=labels.MESSAGE_HINT, height=150)
        with st.expander(labels.MORE):
            st.text_area(labels.CONTEXT, key=CONTEXT, placeholder=labels.CONTEXT_HINT, help=labels.CONTEXT_HELP, height=110)
            scenario_box(ready, SCENARIO)
        send, clear = st.columns([3, 1])
        send.form_submit_button(labels.ASK, type="primary", on_click=_submit, width="stretch")
        clear.form_submit_button(labels.CLEAR, on_click=_clear, width="stretch")


def _submit() -> None:
    state = st.session_state
    turns = (state[CONTEXT],) if state[CONTEXT].strip() else ()
    ask(Request(state[MESSAGE], turns, state[SCENARIO] or None))


def _clear() -> None:
    for key, empty in {MESSAGE: "", CONTEXT: "", SCENARIO: ""}.items():
        st.session_state[key] = empty
    for key in (ASKED, FOUND):
        st.session_state.pop(key, None)


def _answer(ready: Assistant) -> None:
    asked: Request | None = st.session_state.get(ASKED)
    if asked is None:
        st.info(labels.WAITING_REPLY)
        return
    if not asked.message.strip():
        st.warning(labels.EMPTY_MESSAGE)
        return
    found = _found(ready, asked)
    if found is not None:
        _show(ready, asked, found)


def _found(ready: Assistant, asked: Request) -> Suggestion | None:
    if FOUND not in st.session_state:
        try:
            with st.spinner(labels.WORKING):
                st.session_state[FOUND] = ready.suggest(asked)
        except AssistantError as error:
            show_error(error)
            return None
    found: Suggestion = st.session_state[FOUND]
    return found


def _show(ready: Assistant, asked: Request, found: Suggestion) -> None:
    reply_panels.show_understanding(found, chosen=asked.scenario is not None)
    _alternatives(asked, found)
    if found.escalate:
        st.warning(labels.ESCALATE.format(title=found.escalate.title), icon=":material/warning:")
    if not found.replies:
        st.error(labels.NO_REPLY)
    for reply in found.replies:
        reply_panels.show_reply(reply)
        _slots(asked, found)
        reply_panels.show_sources(ready, reply)
    reply_panels.show_notes(found)
    reply_panels.show_rejected(found.rejected)
    reply_panels.show_timing(found.timing_ms)


def _alternatives(asked: Request, found: Suggestion) -> None:
    """Offer other scenarios; a choice holds for this message alone, so the box in the form keeps its value."""
    others: list[tuple[str, str | None, Any]] = [
        (reply_panels.option(other), other.id, "secondary") for other in found.scenario.alternatives
    ]
    if asked.scenario is not None:
        others.append((labels.BACK_TO_AUTO, None, "tertiary"))
    if not others:
        return
    st.caption(labels.OTHERS)
    with st.container(horizontal=True, gap="small"):
        for title, scenario, kind in others:
            request = replace(asked, scenario=scenario)
            st.button(title, key=f"reply.other.{scenario}", type=kind, on_click=ask, args=(request,))


def _slots(asked: Request, found: Suggestion) -> None:
    """Show a box for each blank, and for what was filled before so that it can be mended."""
    open_slots = {slot.name: slot.title for reply in found.replies for slot in reply.slots if slot.value is None}
    filled = {slot.name: slot.title for reply in found.replies for slot in reply.slots if slot.name in asked.facts}
    boxes = open_slots | filled | {name: name for name in asked.facts if name not in filled and name not in open_slots}
    if not boxes:
        return
    with st.form("reply.slots"):
        st.markdown(f"**{labels.SLOTS if open_slots else labels.SLOTS_DONE}**")
        values = {
            name: st.text_input(title, value=asked.facts.get(name, ""), key=f"reply.slot.{name}")
            for name, title in boxes.items()
        }
        if set(asked.facts) - set(filled):
            st.caption(f":orange[{labels.NOT_FILLED}]")
        if st.form_submit_button(labels.FILL, help=labels.SLOTS_HINT):
            ask(replace(asked, facts={name: value.strip() for name, value in values.items() if value.strip()}))
            st.rerun()

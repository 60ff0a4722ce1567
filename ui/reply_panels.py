"""The parts of an answer on the reply page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from assistant import Assistant, Reply, Suggestion
from assistant.prompts import note
from assistant.values import Candidate, Rejected
from ui import labels, markup
from ui.panels import show_clauses, show_findings, show_text


def show_understanding(found: Suggestion, chosen: bool) -> None:
    """Show the scenario, how sure we are, and the customer's emotion."""
    guess = found.scenario
    sure = labels.CHOSEN if chosen else f"{labels.SURE} {guess.confidence:.0%}"
    st.html(
        f'<div style="font-size:1.05rem">{markup.span(labels.SCENARIO, "dim")} <b>{escape(guess.title)}</b> '
        f"{markup.chip(sure)}{markup.chip(f'{labels.EMOTION} {labels.EMOTIONS[found.emotion]}', _mood(found.emotion))}</div>"
    )


def option(candidate: Candidate) -> str:
    """Return a scenario's title with its confidence, where that says anything."""
    return candidate.title if candidate.confidence < 0.01 else f"{candidate.title} {candidate.confidence:.0%}"


def show_reply(reply: Reply) -> None:
    """Show the reply, coloured by sentence, and offer the copy once no blank is left."""
    state = (labels.READY, "standard") if reply.ready else (labels.BLANKS, "warning")
    kinds = dict.fromkeys(sentence.kind for sentence in reply.sentences)
    head = (
        markup.chip(labels.VERIFIED, "standard"),
        markup.chip(*state),
        markup.chip(labels.ORIGINS[reply.origin]),
        markup.chip(labels.TONES[reply.tone]),
    )
    legend = (markup.chip(f"{labels.KINDS[kind]} · {labels.KIND_HELP[kind]}", kind) for kind in kinds)
    st.html(markup.line(*head) + markup.sentences(reply.sentences) + markup.line(*legend) + _elements(reply))
    if reply.ready:
        st.caption(labels.COPY)
        show_text(reply.text)
    else:
        with st.expander(labels.COPY_WITH_BLANKS):
            show_text(reply.text)


def show_sources(ready: Assistant, reply: Reply) -> None:
    """List each sentence with its source, then the clauses in full."""
    with st.expander(labels.SENTENCES):
        st.html(
            "".join(
                markup.row(
                    markup.chip(labels.KINDS[s.kind], s.kind),
                    escape(s.text),
                    f"<br>{markup.span(markup.source(s).partition(' · ')[2], 'dim')}",
                )
                for s in reply.sentences
            )
        )
        clauses = [clause for sentence in reply.sentences for clause in sentence.clauses]
        if clauses:
            st.caption(labels.SOURCES)
            show_clauses(ready, clauses)


def show_notes(found: Suggestion) -> None:
    """Show the notes that the page does not show in another way already."""
    shown = {note("escalate", title=found.escalate.title)} if found.escalate else set()
    blanks = [slot.title for reply in found.replies for slot in reply.slots if slot.value is None]
    shown.add(note("unfilled", names=labels.JOIN.join(blanks)))
    own_words = {note("unsure"): labels.UNSURE}
    texts = [own_words.get(text, text) for text in found.notes if text not in shown]
    if texts:
        st.html("".join(markup.row(markup.chip(labels.NOTES, "info"), escape(text)) for text in texts))


def show_rejected(rejected: Sequence[Rejected]) -> None:
    """Show drafts that did not pass and what was wrong with them."""
    if not rejected:
        return
    with st.expander(labels.REJECTED.format(count=len(rejected))):
        for draft in rejected:
            st.html(markup.marked(draft.text, draft.findings))
            show_findings(draft.findings)


def show_timing(times: Mapping[str, float]) -> None:
    """Show where the time went."""
    st.caption(labels.TIMING.format(**{name: f"{value:.0f}" for name, value in times.items()}))


def _elements(reply: Reply) -> str:
    chips = (
        markup.chip(
            f"{'✓' if element.status == 'present' else '✗'} {element.title}",
            "plain" if element.status == "present" else "warning",
            labels.PRESENT if element.status == "present" else labels.MISSING,
        )
        for element in reply.elements
    )
    return markup.line(f"{markup.span(labels.ELEMENTS, 'dim')} ", *chips) if reply.elements else ""


def _mood(emotion: str) -> str:
    return {"anxious": "warning", "upset": "warning", "abusive": "error"}.get(emotion, "plain")

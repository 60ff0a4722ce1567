"""What both pages share: the loaded assistant, the scenario box, lists of findings and clauses.

Text goes through `st.html`, never through Markdown: escaped there, it cannot become a link, a picture or a formula.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from html import escape

import streamlit as st

from assistant import Assistant, read_settings
from assistant.check import Finding
from ui import labels, markup


def load() -> Assistant:
    """Return the one assistant of this server."""
    return Assistant.load(read_settings())


_loaded: Callable[[], Assistant] = st.cache_resource(load, show_spinner=labels.LOADING)


def assistant() -> Assistant:
    """Return the loaded assistant, or say what is wrong and end this run of the page."""
    try:
        return _loaded()
    except Exception as error:  # whatever is wrong with knowledge, index or settings, the person here must read it
        logging.getLogger(__name__).exception("the assistant could not be loaded")
        st.error(labels.LOAD_FAILED)
        show_text(str(error))
        st.stop()
        raise


def heading(title: str, hint: str) -> None:
    """Show the head of a page and load the style of the marked texts."""
    st.html(markup.STYLE)
    st.subheader(title, anchor=False)
    st.caption(hint)


def scenario_box(ready: Assistant, key: str) -> str | None:
    """Show the choice of a scenario; None means that the assistant decides."""
    titles = ready.scenarios()
    chosen: str = st.selectbox(
        labels.SCENARIO,
        ["", *titles],
        format_func=lambda name: titles.get(name, labels.AUTO),
        help=labels.SCENARIO_HELP,
        key=key,
    )
    return chosen or None


def show_text(text: str) -> None:
    """Show a text exactly as it is, with a copy button."""
    st.code(text, language=None, wrap_lines=True)


def show_error(error: Exception) -> None:
    """Say that a request failed, and why."""
    st.error(labels.FAILED)
    show_text(str(error))


def finding_row(finding: Finding, *more: str) -> str:
    """Return one finding as a line: severity, quoted words, message, clause; `more` is HTML to add."""
    quote = labels.QUOTED.format(text=finding.quote) if finding.quote else finding.title
    clause = f"{labels.CLAUSE} {finding.clause}" if finding.clause else ""
    return markup.row(
        markup.chip(labels.SEVERITIES[finding.severity], finding.severity),
        markup.span(quote, "quote"),
        escape(finding.message),
        markup.span(clause, "ref"),
        *more,
    )


def show_findings(findings: Sequence[Finding]) -> None:
    """List findings."""
    st.html("".join(finding_row(finding) for finding in findings))


def show_clauses(ready: Assistant, ids: Iterable[str]) -> None:
    """List the texts of clauses, once each."""
    rows = []
    for clause_id in dict.fromkeys(ids):
        clause = ready.clause(clause_id)
        if clause is not None:
            path = " › ".join(clause.heading)
            rows.append(markup.row(markup.chip(clause.id), escape(clause.text), markup.span(path, "dim")))
    if rows:
        st.html("".join(rows))

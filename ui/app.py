"""The pages in the browser. Start them with `huashu ui`."""

from __future__ import annotations

import streamlit as st

from ui import check_page, labels, reply_page
from ui.panels import assistant


def main() -> None:
    """Set up the pages and run the one that is open."""
    st.set_page_config(page_title=labels.TITLE, page_icon=labels.ICON, layout="wide", initial_sidebar_state="collapsed")
    page = st.navigation(
        [
            st.Page(lambda: reply_page.show(assistant()), title=labels.REPLY_PAGE, url_path="reply", default=True),
            st.Page(lambda: check_page.show(assistant()), title=labels.CHECK_PAGE, url_path="check"),
        ],
        position="top",
    )
    page.run()


if __name__ == "__main__":
    main()

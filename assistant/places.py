"""The folders that the environment names. Apart from the other settings, which cost more to read than a check."""

from __future__ import annotations

import os
from pathlib import Path

from corpus.home import HOME


def cache_home() -> Path:
    """Return the folder for everything that can be built again."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "huashu"


def home() -> Path:
    """Return `HUASHU_HOME`, or the cache folder."""
    named = os.environ.get("HUASHU_HOME")
    return Path(named) if named else cache_home()


def knowledge() -> Path:
    """Return `HUASHU_CORPUS`, or the knowledge that comes with the package."""
    named = os.environ.get("HUASHU_CORPUS")
    return Path(named) if named else HOME

"""Sentences for people, in `messages.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml


@cache
def _messages() -> dict[str, str]:
    return dict(yaml.safe_load(Path(__file__).with_name("messages.yaml").read_text(encoding="utf-8")))


def say(name: str, /, **values: object) -> str:
    """Return one sentence, its placeholders filled."""
    return _messages()[name].format(**values)

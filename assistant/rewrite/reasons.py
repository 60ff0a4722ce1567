"""Reasons that are ours, not a rule's."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from assistant.rewrite.script import Why


@cache
def reason(name: str) -> Why:
    """Return one of the reasons in reasons.yaml."""
    data = yaml.safe_load((Path(__file__).parent / "reasons.yaml").read_text(encoding="utf-8"))
    return Why(**data[name])

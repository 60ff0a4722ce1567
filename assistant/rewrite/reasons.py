"""Reasons that are ours, not a rule's."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from assistant.rewrite.script import Why


@cache
def reason(name: str) -> Why:
    """Return one of the reasons in reasons.yaml."""
    data = {key: value for key, value in _reasons()[name].items() if key != "text"}
    return Why(**data)


def reason_text(name: str) -> str:
    """Return what is said where this reason puts a sentence of its own."""
    return _reasons()[name]["text"]


def own_titles() -> dict[str, str]:
    """Return what people see for each rule that is ours, by its id."""
    return {one["rule"]: one["reason"] for one in _reasons().values()}


@cache
def _reasons() -> dict[str, dict[str, str]]:
    return dict(yaml.safe_load((Path(__file__).parent / "reasons.yaml").read_text(encoding="utf-8")))

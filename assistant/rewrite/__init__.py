"""Rewrite a rough answer into the standard phrasing: every fact kept, every change explained."""

from __future__ import annotations

from assistant.rewrite.script import apply
from assistant.rewrite.values import Change, Facts, Original, Rewritten, RoughAnswer

__all__ = ["Change", "Facts", "Original", "Rewritten", "RoughAnswer", "apply"]

"""WORK: drafting and checking replies. The only package that talks to a chat model."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.brief import Request
    from assistant.errors import AssistantError, ModelError, SettingsError, UsageError
    from assistant.packs import load_checker
    from assistant.pipeline import Assistant
    from assistant.rewrite.values import Rewritten, RoughAnswer
    from assistant.settings import Settings, read_settings
    from assistant.values import Reply, Suggestion

# Loaded on first use: reading the rules alone must not cost a second of imports.
_HOMES = {
    "Assistant": "assistant.pipeline",
    "AssistantError": "assistant.errors",
    "ModelError": "assistant.errors",
    "Reply": "assistant.values",
    "Request": "assistant.brief",
    "Rewritten": "assistant.rewrite.values",
    "RoughAnswer": "assistant.rewrite.values",
    "Settings": "assistant.settings",
    "SettingsError": "assistant.errors",
    "Suggestion": "assistant.values",
    "UsageError": "assistant.errors",
    "load_checker": "assistant.packs",
    "read_settings": "assistant.settings",
}

__all__ = [
    "Assistant",
    "AssistantError",
    "ModelError",
    "Reply",
    "Request",
    "Rewritten",
    "RoughAnswer",
    "Settings",
    "SettingsError",
    "Suggestion",
    "UsageError",
    "load_checker",
    "read_settings",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)

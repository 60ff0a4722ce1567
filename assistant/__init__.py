"""WORK: drafting and checking replies. The only package that talks to a chat model."""

from assistant.errors import AssistantError, ModelError, SettingsError, UsageError
from assistant.pipeline import Assistant, Request
from assistant.settings import Settings, read_settings
from assistant.values import Reply, Suggestion

__all__ = [
    "Assistant",
    "AssistantError",
    "ModelError",
    "Reply",
    "Request",
    "Settings",
    "SettingsError",
    "Suggestion",
    "UsageError",
    "read_settings",
]

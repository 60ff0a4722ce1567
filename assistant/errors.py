"""Errors of the assistant.

AssistantError          something the person at the keyboard can mend; the message says how
├── UsageError          a wrong argument, file or request (exit code 2)
├── SettingsError       a wrong setting (exit code 2)
└── ModelError          the chat model refused, hung or answered garbage
"""

from __future__ import annotations


class AssistantError(Exception):
    """Base of everything the assistant raises on purpose."""


class UsageError(AssistantError):
    """The request itself is wrong."""


class SettingsError(AssistantError):
    """A setting is wrong or missing."""


class ModelError(AssistantError):
    """The chat model could not be used; composed text answers instead."""

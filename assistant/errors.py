"""Errors of the assistant.

AssistantError          something the person at the keyboard can mend; the message says how
├── UsageError          a wrong argument, file or request (exit code 2)
├── SettingsError       a wrong setting (exit code 2)
├── ModelError          the chat model refused, hung or answered garbage
│   ├── ModelTimeout    it did not answer, or not to the end, in time
│   └── StreamDropped   its answer broke off after some of it was told
└── MaskError           a token for personal data that stands for nothing
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


class ModelTimeout(ModelError):
    """The chat model did not answer, or not to the end, before the deadline."""


class StreamDropped(ModelError):
    """A streamed answer broke off after some of it was told; what was told is no whole answer."""


class MaskError(AssistantError):
    """A text holds a token that stands for no value, so it cannot be shown."""

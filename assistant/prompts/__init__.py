"""Prompt text, in files. A `---` line parts the stable beginning from the part that changes with every request."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from assistant.errors import AssistantError

HOME = Path(__file__).parent
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Prompt:
    """A prompt: the stable `system` text, the changing `human` template, and a digest of both."""

    system: str
    human: str
    digest: str

    @property
    def placeholders(self) -> frozenset[str]:
        """The names that the template wants filled."""
        return frozenset(_PLACEHOLDER.findall(self.human))


@cache
def read_prompt(name: str) -> Prompt:
    """Read `<name>.md`.

    Raises:
        AssistantError: when the file lacks its `---` line.
    """
    text = (HOME / f"{name}.md").read_text(encoding="utf-8")
    system, mark, human = text.partition("\n---\n")
    if not mark:
        raise AssistantError(f"prompt {name!r} has no `---` line between its stable and its changing part")
    return Prompt(system.strip(), human.strip(), hashlib.sha256(text.encode()).hexdigest()[:16])


@cache
def read_tones() -> dict[str, str]:
    """Return how the prompt names each tone."""
    return dict(yaml.safe_load((HOME / "tones.yaml").read_text(encoding="utf-8")))


@cache
def _notes() -> dict[str, str]:
    return dict(yaml.safe_load((HOME / "notes.yaml").read_text(encoding="utf-8")))


def note(name: str, **values: object) -> str:
    """Return one note for people, its placeholders filled."""
    return _notes()[name].format(**values)

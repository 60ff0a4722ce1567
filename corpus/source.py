"""Read YAML and front matter, remembering the line of every value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from corpus.errors import Problem

Loc = tuple[str | int, ...]

# YAML 1.2 core schema: `no`, `on`, `1:30` stay strings, unlike libyaml's own 1.1 rules.
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Located:
    """Parsed data with the line (1-based) of each path in it."""

    path: Path
    data: Any
    lines: dict[Loc, int]

    def line(self, loc: Loc) -> int:
        """Return the line of the nearest known ancestor of `loc`."""
        for end in range(len(loc), -1, -1):
            if loc[:end] in self.lines:
                return self.lines[loc[:end]]
        return 1


def read_text(path: Path) -> str | Problem:
    """Return the text of a file, without the byte order mark that Windows editors write."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        return Problem(path, 1, f"not UTF-8 (byte {error.start}); save the file as UTF-8")
    except OSError as error:
        return Problem(path, 1, f"cannot be read: {error.strerror or error}")


def read_yaml(path: Path) -> Located | Problem:
    """Parse one YAML file; a syntax or encoding error comes back as a Problem."""
    text = read_text(path)
    return text if isinstance(text, Problem) else parse_yaml(text, path)


def parse_yaml(text: str, path: Path, first_line: int = 1) -> Located | Problem:
    """Parse YAML text; `first_line` is where it starts in its file."""
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.reader.ReaderError as error:
        line = first_line + text.count("\n", 0, text.find(chr(error.character)))
        return Problem(path, line, f"not valid YAML: the character U+{error.character:04X} is not allowed; delete it")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + (mark.line if mark else 0)
        return Problem(path, line, f"not valid YAML: {getattr(error, 'problem', None) or error}")
    lines: dict[Loc, int] = {}
    wrong: list[Problem] = []

    def build(node: Any, loc: Loc) -> Any:
        lines[loc] = first_line + node.start_mark.line
        if isinstance(node, yaml.SequenceNode):
            return [build(child, (*loc, i)) for i, child in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            result: dict[str, Any] = {}
            for key, value in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    advice = "a text that starts with { or [ must stand in quotes"
                    wrong.append(Problem(path, first_line + key.start_mark.line, advice))
                    continue
                if key.value in result:
                    wrong.append(Problem(path, first_line + key.start_mark.line, f"key {key.value!r} given twice"))
                result[key.value] = build(value, (*loc, key.value))
            return result
        return _scalar(node)

    try:
        data = build(node, ()) if node is not None else None
    except RecursionError:
        return Problem(path, first_line, "an anchor (&) contains itself through an alias (*); write the values out")
    return wrong[0] if wrong else Located(path, data, lines)


def _scalar(node: Any) -> Any:
    if node.style:  # quoted or block text; a plain scalar has None or ""
        return node.value
    if node.value.lower() in _CONSTANTS:
        return _CONSTANTS[node.value.lower()]
    if _INT.fullmatch(node.value):
        return int(node.value)
    if _FLOAT.fullmatch(node.value):
        return float(node.value)
    return node.value


def split_front_matter(text: str) -> tuple[str, str, int] | None:
    """Return (front matter, body, first body line), or None without a `---` block."""
    match = re.match(r"---\r?\n(.*?)\r?\n---\r?\n", text, re.DOTALL)
    if not match:
        return None
    return match.group(1), text[match.end() :], text[: match.end()].count("\n") + 1

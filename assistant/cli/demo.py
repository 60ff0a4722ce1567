"""`huashu demo`: a handful of very different customers, answered and explained."""

from __future__ import annotations

from pathlib import Path

import yaml

from assistant.brief import Request
from assistant.cli.show import load_assistant, out, show_suggestion

_CASES = Path(__file__).with_name("demo.yaml")


def demo() -> None:
    """Answer a few very different customer messages and show what each sentence rests on."""
    assistant = load_assistant()
    for case in yaml.safe_load(_CASES.read_text(encoding="utf-8")):
        out.rule(f"[bold]{case['title']}[/]", align="left")
        context = tuple(case.get("context", ()))
        for turn in context:
            out.print(f"[dim]      {turn}[/]")
        show_suggestion(case["message"], assistant.suggest(Request(case["message"], context)))
        out.print()

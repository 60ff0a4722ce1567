"""Rewrite labelled rough answers through a real small model; called by `tests.model_smoke`."""

from __future__ import annotations

import json
import time
from pathlib import Path

from assistant import Assistant, RoughAnswer, Settings
from assistant.rewrite import apply

LABELLED = Path(__file__).parent.parent / "evals" / "labelled" / "rewrite_dev.jsonl"


def rewrite_all(url: str, budget_s: float, count: int) -> list[str]:
    """Rewrite some answers, print what became of them, and return the promises that were broken."""
    assistant = Assistant.load(Settings(model="local", base_url=url, api_key="none", budget_s=budget_s))  # type: ignore[arg-type]
    cases = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]
    broken, asked, own, calls, seconds = [], 0, 0, 0, 0.0
    for case in cases[1 :: max(1, len(cases) // count)]:
        start = time.perf_counter()
        found = assistant.rewrite(RoughAnswer(case["rough"], case["message"]))
        seconds += time.perf_counter() - start
        broken += [f"{case['id']}: {problem}" for problem in _broken(case, found)]
        asked += found.usage is not None
        own += found.reply.origin == "model"
        calls += found.usage.calls if found.usage else 0
        print(f"{case['id']} {found.reply.origin:9} {found.reply.attempts} {found.reply.text!r}")
    print(
        f"\nrewrites: the model was asked in {asked}, {own} are its own, {calls / max(1, asked):.2f} calls each, {seconds:.0f} s"
    )
    return broken


def _broken(case: dict, found) -> list[str]:
    text = found.reply.text
    problems = [f"lost {fact}" for fact in found.facts.missing] + [f"added {fact}" for fact in found.facts.added]
    if apply(case["rough"], found.changes) != text:
        problems.append("the changes do not replay")
    if found.reply.verified:
        problems += [f.rule for f in found.reply.findings if f.severity == "error"]
        problems += [f"invented {words}" for words in case["never"] if words in text]
    return problems

"""Small rule packs for tests of the engine: rules and acts in a few words, with the contexts that ship."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from assistant.check import Checker
from assistant.check.compile import build_pack
from assistant.check.pack import Pack, Pattern
from assistant.check.scan import Scanner, Span
from corpus import HOME, Act, Context, Rule
from corpus.source import Located, read_yaml
from tests.test_load import FILES

NEEDED = {
    "title": "标题",
    "kind": "forbid",
    "severity": "error",
    "clause": "tone-1.1",
    "message": "换个说法。",
    "examples": {"bad": ["甲", "乙", "丙"], "good": ["丁", "戊", "己"]},
}


def rule(id: str = "word", **keys: Any) -> Rule:
    """Return a rule; what a rule needs besides these keys is filled in."""
    return Rule.model_validate(NEEDED | {"id": id} | keys)


def forbid(*phrases: str, id: str = "word", **keys: Any) -> Rule:
    """Return a rule that forbids these phrases."""
    return rule(id, phrases=list(phrases), **keys)


def act(id: str, *cues: str, **keys: Any) -> Act:
    """Return a speech act with these cues."""
    needed = {"title": id, "definition": "定义。", "must_hit": ["甲", "乙", "丙"], "must_miss": ["丁", "戊", "己"]}
    return Act.model_validate(needed | {"id": id, "cues": list(cues)} | keys)


PROMISE = act(
    "timebound_promise",
    grammar={
        "time": "bounded",
        "actions": ["给您回复", "回复您", "核实", "提交", "寄出"],
        "customer": ["请您", "麻烦您", "您需要"],
    },
)
VAGUE = act("vague_promise", grammar={"time": "vague", "actions": ["回复", "核实", "处理"], "customer": ["请您"]})
ACTS = (
    act("greeting", "您好", "早上好", exceptions=["祝您好"]),
    act("apology", "抱歉", "对不起", exceptions=["不用抱歉"], patterns=["给您带来[^，。]{0,6}不便"]),
    act("empathy", "理解您"),
    act("ask_info", "请提供"),
    act("explanation", "原因是"),
    act("solution", "为您补发", "为您核实"),
    act("thanks", "感谢", "谢谢"),
    act("farewell", "再见"),
    PROMISE,
    VAGUE,
)


@cache
def contexts() -> tuple[Context, ...]:
    """Return the contexts that ship."""
    located = read_yaml(HOME / "contexts.yaml")
    assert isinstance(located, Located), located
    return tuple(Context.model_validate(row) for row in located.data)


def pack_of(*rules: Rule, acts: tuple[Act, ...] = ACTS) -> Pack:
    """Compile a few rules with the acts of this module."""
    return build_pack(rules, acts, contexts())


def checker(*rules: Rule, acts: tuple[Act, ...] = ACTS) -> Checker:
    """Return the checker of a few rules."""
    return Checker(pack_of(*rules, acts=acts))


def pattern(regex: str) -> Pattern:
    """Return a vetted pattern as the engine takes it."""
    return pack_of(forbid(patterns=[regex]), acts=()).rules[0].patterns[0]


def hits(checker: Checker, text: str, situation: Any = None) -> list[str]:
    """Return the quotes of all findings."""
    return [finding.quote for finding in checker.check(text, situation).findings]


def every_place(text: str, word: str) -> list[Span]:
    """Return every place of a word, overlapping ones too: the oracle of the automaton."""
    return [(i, i + len(word)) for i in range(len(text) - len(word) + 1) if text.startswith(word, i)]


def found_by(words: list[tuple[int, str]], text: str) -> dict[int, set[Span]]:
    """Return what a scanner finds, as sets."""
    return {owner: set(spans) for owner, spans in Scanner(words, ()).scan(text).items()}


def write_small(folder: Path) -> Path:
    """Write a small knowledge folder with one context and return it."""
    for name, text in (FILES | {"contexts.yaml": "- {id: negated, title: 否定, before: ['不']}\n"}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder

"""Wrong knowledge files: everything that is wrong at once, with file, line and what to write instead, and nothing half-loaded."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from corpus import HOME, CorpusError, load_corpus
from tests.packs import write_small
from tests.test_load import FILES

HUASHU = str(Path(sys.executable).with_name("huashu"))
GOOD = FILES["rules/attitude.yaml"]
HEAD = "- id: {id}\n  title: 标题\n  kind: forbid\n  severity: error\n  clause: delivery-1.1\n  message: 换个说法。\n"
EXAMPLES = "  examples:\n    bad: [甲, 乙, 丙]\n    good: [丁, 戊, 己]\n"


@pytest.fixture
def small(tmp_path):
    """A small knowledge folder on disk."""
    return write_small(tmp_path / "small")


@pytest.fixture
def load(small):
    """Load the small knowledge with this rule file; return the problems as `line: message`."""

    def load(rules):
        path = small / "rules/attitude.yaml"
        path.write_text(rules, encoding="utf-8")
        try:
            load_corpus(small)
        except CorpusError as error:
            problems = error.problems
        else:
            problems = ()
        assert {problem.path for problem in problems} <= {path}
        return [f"{problem.line}: {problem.message}" for problem in problems]

    return load


def a_rule(more, id="bad_one", examples=EXAMPLES):
    return HEAD.format(id=id) + "".join(f"  {row}\n" for row in more.split("\n")) + examples


def test_a_right_rule_has_no_problem(load):
    assert load(GOOD + a_rule("phrases: [不知道]\nunless: [negated]")) == []


WRONG = {
    "unknown key": ("phrase: [不知道]\nphrases: [不知道]", 7, "unknown key 'phrase'"),
    "Chinese commas instead of a list": ("phrases: 不知道，不清楚、没办法", 7, r"write \[不知道, 不清楚, 没办法\]"),
    "Chinese commas in a list": ("phrases: [这个我不知道，那个我也不清楚，不归我管]", 1, r"ASCII commas: \[这个我不知道, 那个我也不清楚, 不归我管\]"),
    "nothing to look for": ("exceptions: [不]", 1, "needs phrases or patterns"),
    "bad regex": ("patterns: ['不(知道']", 1, "no regular expression: missing \\), unterminated"),
    "unbounded regex": ("patterns: ['不.*知道']", 1, r"may go on without end; write \.\{0,8\}"),
    "bomb": ("patterns: ['(?:甲{0,9}){0,9}乙']", 1, "holds another repeat; write one of the two out"),
    "slow regex": ("patterns: ['[^,]{0,40}[^。]{0,40}[^!]{0,40}甲乙']", 1, "ways at each character.* shorten the gaps"),
    "word bound beside Chinese": ("patterns: ['\\b不知道\\b']", 1, r"finds nothing beside Chinese; remove it or write"),
    "word class": ("patterns: ['不知道\\w{1,3}']", 1, r"takes in Chinese characters as well; write \[a-z0-9\]"),
    "capital letters": ("patterns: ['加VX']", 1, "write it in lower case"),
    "no fixed word": ("patterns: ['[^，]{1,4}']", 1, "no word is in every match; give it a fixed part"),
    "nothing at all": ("patterns: ['(?:不知道)?']", 1, "matches nothing at all; make at least one part of it required"),
    "bad context pattern": ("phrases: [不知道]\nbefore: ['不(']", 1, "has the context '不\\('"),
    "unknown context": ("phrases: [不知道]\nunless: [negatd]", 1, "names context 'negatd'.*did you mean 'negated'"),
    "unknown act": ("phrases: [不知道]\nrescue: {acts: [apology, solutoin]}", 8, "rescue.acts.1: Input should be 'greeting'"),
    "act that is not defined": ("phrases: [不知道]\nrescue: {acts: [solution]}", 1, "names act 'solution', which acts.yaml does not define"),
    "unknown scenario": ("phrases: [不知道]\nwhen: {scenarios: [lat]}", 1, "names scenario 'lat', which does not exist; did you mean 'late'"),
    "unknown emotion": ("phrases: [不知道]\nwhen: {emotion: [furious]}", 8, "when.emotion.0: Input should be 'calm'"),
    "unknown group": ("phrases: [不知道]\nwhen: {groups: [refunds]}", 8, "when.groups.0: Input should be"),
    "unknown view": ("phrases: [不知道]\nviews: [sound]", 8, "views.0: Input should be 'collapse' or 'pinyin'"),
    "unknown fix": ("phrases: [不知道]\nfix: {op: change}", 8, "fix.op: Input should be"),
    "an empty word": ("phrases: ['', 不知道]", 7, "phrases.0: String should have at least 1 character"),
    "a number": ("phrases: [12315]", 7, "phrases.0: Input should be a valid string"),
}  # fmt: skip


@pytest.mark.parametrize(("more", "line", "advice"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_in_a_rule_is_told_with_its_line_and_what_to_write(load, more, line, advice):
    (problem,) = load(GOOD + a_rule(more))
    first = GOOD.count("\n")
    assert re.search(advice, problem), problem
    assert problem.startswith(f"{first + line}: "), problem


KINDS = {
    "replace": ("replace", "phrases: [甲]", "needs swap"),
    "require": ("require", "phrases: [甲]", "needs acts"),
    "order": ("order", "acts: [apology]", "needs first or last"),
    "then without first": ("order", "then: apology\nlast: apology\nacts: [apology]", None),
    "limit": ("limit", "max: 3", "needs metric"),
    "limit without max": ("limit", "metric: chars", "needs `max`"),
    "count without words": ("limit", "metric: count\nmax: 2", "lists none; add phrases or patterns"),
    "consistency": ("consistency", "phrases: [甲]", "needs check"),
    "entity": ("entity", "phrases: [甲]", "needs entity"),
    "fact": ("fact", "phrases: [甲]", "needs facts"),
    "words of a require rule": ("require", "acts: [apology]\nexceptions: [甲]", "cannot use `exceptions`"),
}


@pytest.mark.parametrize(("kind", "more", "advice"), KINDS.values(), ids=KINDS)
def test_each_kind_says_what_it_needs(load, kind, more, advice):
    problems = load(a_rule(more).replace("kind: forbid", f"kind: {kind}"))
    assert problems == [] if advice is None else any(advice in problem for problem in problems), problems


@pytest.mark.parametrize("missing", ["title", "kind", "severity", "clause", "message", "examples"])
def test_a_key_that_every_rule_needs_is_named(load, missing):
    text = re.sub(rf"  {missing}:.*\n(?:    .*\n)*", "", a_rule("phrases: [甲]"))
    assert load(text) == [f"1: {missing}: Field required"]


def test_a_duplicate_id_names_both_places(load):
    assert load(GOOD + "\n" + GOOD) == [f"{GOOD.count(chr(10)) + 2}: rule 'rude' is also in attitude.yaml:1; rename one"]


def test_an_unknown_clause_names_the_nearest(load):
    text = a_rule("phrases: [甲]").replace("delivery-1.1", "delivry-1.1")
    assert load(text) == ["1: rule 'bad_one' names clause 'delivry-1.1', which no guideline has; did you mean 'delivery-1.1'?"]


def test_an_unknown_scenario_of_an_example_is_named(load):
    text = a_rule("phrases: [甲]", examples=EXAMPLES.replace("[甲,", "[{text: 甲, scenario: latte},"))
    assert load(text) == ["1: rule 'bad_one' names scenario 'latte', which does not exist; did you mean 'late'?"]


def test_all_that_is_wrong_is_told_at_once_each_where_it_stands(load):
    rules = [a_rule(more, id=f"bad_{number}") for number, (more, _, _) in enumerate(WRONG.values())]
    problems = load(GOOD + "".join(rules) + GOOD)
    assert len(problems) == len(WRONG) + 1
    starts = [GOOD.count("\n") + sum(text.count("\n") for text in rules[:number]) for number in range(len(rules))]
    wanted = sorted(start + line for start, (_, line, _) in zip(starts, WRONG.values(), strict=True))
    told = sorted(int(problem.partition(":")[0]) for problem in problems)
    assert told == sorted([*wanted, GOOD.count("\n") + sum(text.count("\n") for text in rules) + 1])


# --- as a command

BAD = a_rule("phrases: [快滚]\nunles: [negated]") + a_rule("patterns: ['\\b滚']", id="bad_two").replace("delivery", "deliv")
TOLD = (
    "rules/zzz.yaml:8:",
    "unknownkey'unles'",
    "rules/zzz.yaml:12:",
    r"\bfindsnothingbesideChinese",
    "namesclause'deliv-1.1'",
)


def huashu(knowledge, *args):
    env = os.environ | {"HUASHU_CORPUS": str(knowledge), "HUASHU_HOME": str(knowledge.parent / "home")}
    return subprocess.run([HUASHU, *args], capture_output=True, text=True, env=env, check=False)


def refused(knowledge, *args):
    done = huashu(knowledge, *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert not list((knowledge.parent / "home").rglob("*.json")), "a pack was kept"
    return done.stderr, "".join(done.stderr.split())


@pytest.mark.parametrize(
    "args",
    [("check", "您好，快滚！"), ("check", "您好", "--json"), ("rules", "test"), ("rules", "list"), ("rules", "coverage")],
)
def test_with_a_wrong_rule_nothing_is_checked_and_everything_wrong_is_told(small, args):
    (small / "rules/zzz.yaml").write_text(BAD, encoding="utf-8")
    shown, told = refused(small, *args)
    assert [words for words in TOLD if words not in told] == [], shown


def test_one_wrong_rule_stops_the_real_rules_too(tmp_path):
    real = tmp_path / "knowledge"
    shutil.copytree(HOME, real, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (real / "rules/zzz.yaml").write_text(BAD, encoding="utf-8")
    shown, told = refused(real, "check", "您好，这个我不知道。")
    assert [words for words in TOLD if words not in told] == [], shown


def test_mending_the_rule_is_enough_and_an_old_pack_never_stands_in(small):
    (small / "rules/zzz.yaml").write_text(BAD, encoding="utf-8")
    assert huashu(small, "check", "您好").returncode == 2
    (small / "rules/zzz.yaml").unlink()
    assert huashu(small, "check", "您好").returncode == 0
    (small / "rules/zzz.yaml").write_text(BAD, encoding="utf-8")
    assert huashu(small, "check", "您好").returncode == 2

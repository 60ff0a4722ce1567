"""`huashu rules`: rules proved on their examples and disguises, listed, explained, and what the rule set leaves open."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from assistant import rules as proofs
from assistant.check import Checker
from assistant.cli.rules import app
from assistant.disguise import disguises
from assistant.errors import UsageError
from assistant.rules import Gap, coverage, prove_rules, situation_of
from corpus import load_corpus
from corpus.schema import Example
from tests.packs import checker, forbid
from tests.test_load import FILES

HUASHU = str(Path(sys.executable).with_name("huashu"))
KNOW = {
    "id": "dont_know",
    "title": "说不知道",
    "kind": "forbid",
    "severity": "error",
    "clause": "delivery-1.1",
    "message": "改说去核实。",
    "phrases": ["不知道", "不清楚"],
    "exceptions": ["看不清楚"],
    "unless": ["negated"],
    "fix": {"op": "replace", "text": "我来核实"},
    "examples": {"bad": ["我不知道。", "这个不清楚。", "这事我们不知道呢"], "good": ["图看不清楚。", "我来核实。", "您好。"]},
}


@pytest.fixture
def knowledge(tmp_path, monkeypatch):
    """A small knowledge folder that the command uses; call it with rules to add."""
    folder = tmp_path / "knowledge"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "contexts.yaml").write_text("- {id: negated, title: 前有否定, before: ['不']}\n", encoding="utf-8")
    monkeypatch.setenv("HUASHU_CORPUS", str(folder))
    monkeypatch.setenv("HUASHU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")

    def add(*rules):
        (folder / "rules/more.yaml").write_text(yaml.safe_dump(list(rules), allow_unicode=True), encoding="utf-8")
        corpus = load_corpus(folder)
        return corpus, Checker.of(corpus)

    return add


def run(*args):
    done = CliRunner().invoke(app, list(args))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout


def changed(**keys):
    return KNOW | keys


def with_examples(bad=(), good=(), **keys):
    examples = {"bad": [*KNOW["examples"]["bad"], *bad], "good": [*KNOW["examples"]["good"], *good]}
    return changed(examples=examples, **keys)


# --- proof


def test_right_rules_pass_with_all_their_disguises(knowledge):
    tested = prove_rules(*knowledge(KNOW))
    assert (tested.examples, tested.failures) == (12, ())
    assert tested.disguises >= 3 * 10


def test_a_miss_a_false_alarm_and_a_disguise_that_works_are_told_apart(knowledge):
    tested = prove_rules(*knowledge(with_examples(bad=["我不晓得。"], good=["他不清楚。"])))
    assert [(f.rule, f.kind, f.text, f.why) for f in tested.failures] == [
        ("dont_know", "false alarm", "他不清楚。", "不清楚"),
        ("dont_know", "miss", "我不晓得。", ""),
    ]


def test_only_the_chosen_rules_are_proved(knowledge):
    corpus, checker = knowledge(with_examples(bad=["我不晓得。"]))
    assert prove_rules(corpus, checker, ["rude"]).failures == ()
    assert [f.rule for f in prove_rules(corpus, checker, ["dont_know"]).failures] == ["dont_know"]


def test_a_disguise_that_works_is_named(knowledge, monkeypatch):
    monkeypatch.setattr(proofs, "disguises", lambda text, finding: [("invented", "您好。")])
    (failure, *_) = prove_rules(*knowledge(KNOW), ["dont_know"]).failures
    assert (failure.kind, failure.why, failure.text) == ("disguise", "invented", "您好。")


def test_a_softened_hit_proves_nothing(knowledge):
    soft = with_examples(bad=["我不知道，抱歉。"], rescue={"acts": ["apology"]})
    assert [(f.kind, f.text) for f in prove_rules(*knowledge(soft)).failures] == [("miss", "我不知道，抱歉。")]
    softened_good = with_examples(good=["我不知道，抱歉。"], rescue={"acts": ["apology"]})
    assert prove_rules(*knowledge(softened_good)).failures == ()


def test_an_example_describes_its_situation(knowledge):
    corpus, _ = knowledge(KNOW)
    example = Example(text="您好", scenario="late", emotion="upset", channel="sms", message="在吗", known="订单1")
    rule = next(iter(corpus.rules.values()))
    found = situation_of(rule, example, corpus)
    assert (found.task, found.scenario, found.group, found.emotion) == ("check", "late", "delivery_delay", "upset")
    assert (found.channel, found.customer, found.known, found.facts_matter) == ("sms", "在吗", ("订单1",), True)
    assert situation_of(rule, Example(text="您好", group="invoice"), corpus).group == "invoice"


def test_disguises_keep_the_rest_of_the_text_and_cover_width_script_and_marks():
    text = "您好，别加VX，谢谢"
    (finding,) = checker(forbid("加vx")).check(text).findings
    made = dict(disguises(text, finding))
    assert {"full width", "space", "zero width", "star", "emoji"} <= made.keys()
    assert made["full width"] == "您好，别加ＶＸ，谢谢"
    assert made["dash"] == "您好，别加-V-X，谢谢"
    assert all(t.startswith("您好，别") and t.endswith("，谢谢") for t in made.values())


def test_words_with_marks_of_their_own_are_not_taken_apart():
    text = "爱买不买，随便"
    (finding,) = checker(forbid("爱买不买，随便")).check(text).findings
    assert {name for name, _ in disguises(text, finding)} == {"traditional"}


# --- coverage


def gaps(corpus, checker, kind):
    return [(gap.id, gap.what) for gap in coverage(corpus, checker) if gap.kind == kind]


def test_a_word_that_is_its_own_exception_is_dead(knowledge):
    dead = gaps(*knowledge(changed(phrases=["不知道", "不清楚"], exceptions=["不清楚"])), "dead")
    assert dead == [("dont_know", "不清楚 is also an exception, so it never hits")]


def test_a_phrase_that_holds_another_is_dead(knowledge):
    assert gaps(*knowledge(changed(phrases=["不知道", "我不知道", "不清楚"])), "dead") == [
        ("dont_know", "我不知道 holds 不知道, which hits alone")
    ]


def test_a_rule_whose_every_phrase_another_rule_holds_is_shadowed(knowledge):
    narrow = changed(id="narrow", phrases=["我不知道", "他不清楚"])
    wide = changed(exceptions=[], unless=[])
    assert gaps(*knowledge(wide, narrow), "shadowed") == [("narrow", "every phrase also hits dont_know")]
    assert gaps(*knowledge(KNOW, narrow), "shadowed") == [], "the other rule has excuses of its own"
    assert gaps(*knowledge(wide, changed(id="narrow", phrases=["我不知道"], when={"channels": ["sms"]})), "shadowed") == []


def test_a_good_example_or_a_fix_that_another_rule_forbids_is_a_contradiction(knowledge):
    found = gaps(*knowledge(with_examples(good=["快滚吧。"])), "contradiction")
    assert found == [("dont_know", "good example '快滚吧。' breaks rude")]
    found = gaps(*knowledge(changed(fix={"op": "replace", "text": "滚"})), "contradiction")
    assert found == [("dont_know", "its fix '滚' breaks rude")]
    swaps = {"id": "swap", "kind": "replace", "swap": {"没货": "滚"}, "phrases": [], "fix": None}
    found = gaps(*knowledge(changed(**swaps, exceptions=[], unless=[])), "contradiction")
    assert found == [("swap", "its fix '滚' breaks rude")]


def test_a_clause_that_nothing_carries_is_open_until_a_reason_is_declared(knowledge, tmp_path):
    corpus, checker = knowledge(KNOW)
    assert coverage(corpus, checker) == (Gap("clause", "delivery-1.2", corpus.clauses["delivery-1.2"].text),)
    reason = "- {id: time, reason: 由系统计量, clauses: [delivery-1.2]}\n"
    (tmp_path / "knowledge/unruled.yaml").write_text(reason, encoding="utf-8")
    assert coverage(load_corpus(tmp_path / "knowledge"), checker) == ()


# --- the command


def test_list_shows_every_rule_the_gravest_first(knowledge):
    knowledge(changed(severity="warning"))
    code, out = run("list")
    assert code == 0
    assert out.index("rude") < out.index("dont_know")
    code, out = run("list", "--json")
    body = json.loads(out)
    assert (code, body["schema"]) == (0, 1)
    assert body["rules"][1] == {
        "id": "dont_know", "title": "说不知道", "kind": "forbid", "severity": "warning", "clause": "delivery-1.1",
    }  # fmt: skip


def test_test_exits_0_when_all_is_proved_and_1_when_not(knowledge):
    knowledge(KNOW)
    code, out = run("test")
    assert (code, "0 failed" in out) == (0, True)
    knowledge(with_examples(good=["我不清楚。"]))
    code, out = run("test")
    assert (code, "false alarm" in out, "1 failed" in out) == (1, True, True)
    assert run("test", "rude")[0] == 0
    code, out = run("test", "--json", "dont_know")
    assert code == 1
    assert json.loads(out)["failures"] == [{"rule": "dont_know", "kind": "false alarm", "text": "我不清楚。", "why": "不清楚"}]


@pytest.mark.parametrize("command", ["test", "explain"])
def test_an_unknown_rule_names_the_nearest(knowledge, command):
    knowledge(KNOW)
    with pytest.raises(UsageError, match=r"no rule 'dont_knw'; write e\.g\. dont_know"):
        run(command, "dont_knw")


def test_explain_shows_everything_a_person_needs(knowledge):
    knowledge(KNOW)
    code, out = run("explain", "dont_know")
    assert code == 0
    wanted = (
        "说不知道",
        "delivery-1.1",
        "先致歉",
        "改说去核实",
        "不清楚",
        "看不清楚",
        "前有否定",
        "我来核实",
        "这个不清楚。",
        "more.yaml:1",
    )
    assert [words for words in wanted if words not in out] == []


def test_coverage_exits_1_while_something_is_open(knowledge, tmp_path):
    knowledge(changed(phrases=["不知道", "我不知道", "不清楚"]))
    code, out = run("coverage")
    assert (code, "delivery-1.2" in out, "我不知道 holds 不知道" in out) == (1, True, True)
    code, out = run("coverage", "--json")
    assert code == 1
    assert [(g["kind"], g["id"]) for g in json.loads(out)["gaps"]] == [("dead", "dont_know"), ("clause", "delivery-1.2")]
    knowledge(KNOW)
    (tmp_path / "knowledge/unruled.yaml").write_text("- {id: time, reason: 无, clauses: [delivery-1.2]}\n", encoding="utf-8")
    assert run("coverage")[0] == 0
    assert json.loads(run("coverage", "--json")[1]) == {"schema": 1, "gaps": []}


def test_the_command_line_carries_the_exit_codes(knowledge, tmp_path):
    knowledge(with_examples(good=["我不清楚。"]))

    def huashu(*args):
        done = subprocess.run([HUASHU, "rules", *args], capture_output=True, text=True, env=dict(os.environ), check=False)
        assert "Traceback" not in done.stderr
        return done.returncode

    assert (huashu("list"), huashu("test"), huashu("test", "rude"), huashu("explain", "gone")) == (0, 1, 0, 2)

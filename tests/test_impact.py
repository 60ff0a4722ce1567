"""`huashu corpus impact`: two versions of the knowledge side by side, and the texts that the newer one fails."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from assistant import Assistant, Settings
from assistant.impact import Text, compare_clauses, compare_rules, newly_failing, word_diff
from assistant.packs import load_checker
from assistant.polish.one import make_polisher
from assistant.polish.values import Template
from corpus import HOME, load_corpus

HUASHU = str(Path(sys.executable).with_name("huashu"))
NO_ANGER = {
    "id": "wording.received_anger",
    "title": "说客户受气",
    "kind": "forbid",
    "severity": "error",
    "clause": "complaint-1.1",
    "phrases": ["让您受气"],
    "message": "不要说客户受气；改说服务没有做好。",
    "fix": {"op": "replace", "text": "让您不满意", "safety": "review"},
    "examples": {
        "bad": ["让您受气了。", "真的让您受气了，抱歉。", "这次让您受气了。"],
        "good": ["您好。", "让您久等了。", "服务没有做好，抱歉。"],
    },
}


def changed_corpus(folder):
    """Copy the real knowledge and change it: a clause's deadline, a clause less, one more, a rule less, one more, one changed."""
    shutil.copytree(HOME, folder, ignore=shutil.ignore_patterns("*.py", "*.txt", "__pycache__"))
    edit(folder / "guidelines/refund.md", "退款一般2到3个工作日到账", "退款一般5个工作日到账")
    closing = folder / "guidelines/closing.md"
    lines = [line for line in closing.read_text(encoding="utf-8").splitlines() if not line.startswith("3.4 ")]
    closing.write_text("\n".join([*lines, "", "3.9 结束之前问一问客户还有没有别的事，再道再见。", ""]), encoding="utf-8")
    promises = folder / "rules/promise.yaml"
    rules = [rule for rule in yaml.safe_load(promises.read_text(encoding="utf-8")) if rule["id"] != "promise.guarantee"]
    absolute = next(rule for rule in rules if rule["id"] == "promise.absolute")
    absolute["phrases"] = [*(p for p in absolute["phrases"] if p != "铁定"), "百分百没跑"]
    absolute["severity"] = "warning"
    promises.write_text(yaml.safe_dump([*rules, NO_ANGER], allow_unicode=True), encoding="utf-8")
    return folder


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def new(tmp_path_factory):
    return changed_corpus(tmp_path_factory.mktemp("changed") / "corpus")


@pytest.fixture(scope="module")
def corpora(new):
    return load_corpus(HOME, vetted=True), load_corpus(new)


@pytest.fixture(scope="module")
def checkers(home, new, corpora):
    return load_checker(HOME, home, corpora[0]), load_checker(new, home, corpora[1])


@pytest.fixture(scope="module")
def polish(home, new, checkers):
    polisher = make_polisher(Assistant.load(Settings(home=home, corpus=new, embedder="none", model="")), check_only=False)
    return lambda text: polisher(Template(text))


@pytest.fixture
def huashu(home, checkers):
    def run(*args):
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("HUASHU_", "OPENAI_"))}
        done = subprocess.run(
            [HUASHU, "corpus", "impact", *map(str, args)],
            env={**clean, "HUASHU_HOME": str(home), "COLUMNS": "160"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=200,
        )
        assert "Traceback" not in done.stderr
        return done

    return run


# --- clauses


def test_a_changed_clause_names_the_phrases_and_scenarios_bound_to_it(corpora):
    (clause,) = compare_clauses(*corpora).changed
    assert (clause.id, "2到3个工作日" in clause.before, "5个工作日" in clause.after) == ("refund-1.2", True, True)
    assert "refund_progress.solution.days" in clause.phrases
    assert "refund_progress" in clause.scenarios


def test_a_phrase_that_still_states_the_old_deadline_is_outdated(corpora):
    (clause,) = compare_clauses(*corpora).changed
    assert set(clause.outdated) <= set(clause.phrases) | set(clause.commitments)
    assert "refund_progress.solution.days" in clause.outdated


def test_clauses_that_came_and_went_are_listed(corpora):
    clauses = compare_clauses(*corpora)
    assert [(c.id, c.after) for c in clauses.removed] == [("closing-3.4", None)]
    assert [(c.id, c.before) for c in clauses.added] == [("closing-3.9", None)]


def test_commitments_that_a_removed_clause_allowed_are_named(corpora):
    old, _ = corpora
    scenario = next(s for s in old.scenarios.values() if s.commitments)
    slot, promise = next(iter(scenario.commitments.items()))
    less = {name: clause for name, clause in old.clauses.items() if name != promise.clause}
    (removed,) = compare_clauses(old, replace(old, clauses=less)).removed
    assert f"{scenario.id}.{slot}" in removed.commitments
    assert scenario.id in removed.scenarios


# --- rules


def test_rules_that_came_and_went_are_listed(corpora):
    rules = compare_rules(*corpora)
    assert [r.id for r in rules.added] == ["wording.received_anger"]
    assert [r.id for r in rules.removed] == ["promise.guarantee"]


def test_a_changed_rule_tells_which_fields_changed_and_how(corpora):
    (rule,) = compare_rules(*corpora).changed
    assert rule.id == "promise.absolute"
    assert rule.changes == {
        "severity": {"before": "error", "after": "warning"},
        "phrases": {"added": ["百分百没跑"], "removed": ["铁定"]},
    }


def test_the_same_knowledge_differs_in_nothing(corpora):
    old, _ = corpora
    for changes in (compare_clauses(old, old), compare_rules(old, old)):
        assert (changes.added, changes.removed, changes.changed) == ((), (), ())


# --- texts


def test_an_approved_phrase_with_a_newly_forbidden_word_fails_and_is_polished(corpora, checkers, polish):
    texts = [Text("phrases", phrase.id, phrase.text) for phrase in corpora[1].approved]
    failing = newly_failing(texts, *checkers, polish)
    assert failing
    assert all("让您受气" in text.text and text.rules == ("wording.received_anger",) for text in failing)
    assert all("让您受气" not in text.polished and text.verdict != "fail" for text in failing)


def test_a_text_that_failed_before_fails_not_newly(checkers, polish):
    old, new = checkers
    texts = [Text("a", "1", "我们保证让您受气的事不再有。"), Text("a", "2", "让您受气了，我来处理。"), Text("a", "3", "您好。")]
    assert [text.id for text in newly_failing(texts, old, new, polish)] == ["2"]
    assert [text.id for text in newly_failing([Text("a", "1", "退款的事包在我身上。")], new, old, polish)] == ["1"]


def test_a_word_diff_is_short_and_keeps_numbers_whole():
    before, after = "一" * 30 + "一般2到3个工作日到账", "一" * 30 + "一般15个工作日到账"
    pieces = word_diff(before, after)
    assert [text for what, text in pieces if what != "same"] == ["2到3", "15"]
    assert pieces[0] == ("same", "…一一一一一一一般")
    assert word_diff("", "新的") == (("in", "新的"),)
    assert word_diff("旧的", "") == (("out", "旧的"),)


# --- the command


def test_json_holds_the_changes_and_the_texts_with_their_drafts(huashu, new, tmp_path):
    file = tmp_path / "mine.jsonl"
    file.write_text(
        json.dumps({"text": "亲，让您受气了，马上处理。"}, ensure_ascii=False)
        + "\n"
        + json.dumps({"text": "您好。"}, ensure_ascii=False)
        + "\n",
        encoding="utf-8",
    )
    done = huashu(HOME, new, "--json", "--templates", file)
    body = json.loads(done.stdout)
    assert (done.returncode, body["schema"]) == (1, 1)
    assert list(body) == ["schema", "clauses", "rules", "newly_failing"]
    (clause,) = body["clauses"]["changed"]
    assert {"id", "before", "after", "rules", "phrases", "scenarios"} <= clause.keys()
    (own,) = (text for text in body["newly_failing"] if text["source"] != "phrases")
    assert own["source"] == str(file)
    assert (own["rules"], own["quotes"]) == (["wording.received_anger"], ["让您受气"])
    assert set(own) == {"source", "id", "text", "rules", "quotes", "polished", "verdict"}


def test_a_person_sees_the_diff_the_bound_phrases_and_the_failing_texts(huashu, new):
    done = huashu(HOME, new)
    assert done.returncode == 1
    wanted = (
        "refund-1.2",
        "[-2到3-]{+5+}",
        "refund_progress.solution.days",
        "closing-3.4",
        "promise.guarantee",
        "铁定",
        "改成",
    )
    assert [words for words in wanted if words not in done.stdout] == []


def test_nothing_that_newly_fails_exits_0(huashu):
    done = huashu(HOME, HOME)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_folder_that_is_no_corpus_exits_2_and_says_what_is_missing(huashu, new, tmp_path):
    for pair in ((HOME, tmp_path), (tmp_path, new), (tmp_path / "gone", new)):
        done = huashu(*pair)
        assert done.returncode == 2
        assert "acts.yaml" in done.stderr


def test_a_template_file_that_is_not_there_exits_2(huashu, new, tmp_path):
    done = huashu(HOME, new, "--templates", tmp_path / "gone.jsonl")
    assert done.returncode == 2
    assert "gone.jsonl" in done.stderr

"""Scores on labelled texts."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from corpus import CorpusError, load_corpus
from evals.labelled import Score, load_labelled, score_acts, score_rules
from tests.packs import checker, forbid

SPLITS = [(kind, split) for kind in ("forbid", "acts") for split in ("dev", "held")]


@pytest.fixture
def write(tmp_path):
    def write(name, *rows):
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return tmp_path

    return write


ENGINE = checker(
    forbid("不知道", id="know"),
    forbid("一定到", id="promise", severity="warning"),
    forbid("不清楚", id="soft", rescue={"acts": ["solution"]}),
)


def test_labels_are_found_in_their_texts(write):
    home = write(
        "forbid_x_dev.jsonl", {"id": "a", "text": "我不知道。", "message": "在吗", "bad": [{"rule": "know", "quote": "不知道"}]}
    )
    (item,) = load_labelled("forbid", "dev", home)
    assert (item.marks, item.situation.customer, item.situation.task) == ((("know", 1, 4),), "在吗", "check")
    assert load_labelled("forbid", "held", home) == []
    assert load_labelled("acts", "dev", home) == []


def test_a_label_that_is_not_in_its_text_names_file_and_line(write):
    good = {"id": "a", "text": "我不知道。", "bad": []}
    home = write("forbid_x_dev.jsonl", good, good | {"bad": [{"rule": "know", "quote": "不清楚"}]})
    with pytest.raises(CorpusError, match=r"forbid_x_dev\.jsonl:2: '不清楚' does not stand in the text"):
        load_labelled("forbid", "dev", home)


def scored(write, rows, same_rule=True):
    texts = load_labelled("forbid", "dev", write("forbid_dev.jsonl", *rows))
    return score_rules(ENGINE, texts, same_rule)


def row(text, *bad):
    return {"id": text[:4], "text": text, "bad": [{"rule": rule, "quote": quote} for rule, quote in bad]}


def test_hits_misses_and_false_alarms_are_counted_by_rule(write):
    scores = scored(
        write,
        [row("我不知道。", ("know", "我不知道")), row("明天一定到。"), row("我不晓得。", ("know", "不晓得")), row("您好。")],
    )
    assert {name: (s.right, s.wrong, s.found, s.missed) for name, s in scores.items()} == {
        "all": (1, 1, 1, 1),
        "know": (1, 0, 1, 1),
        "promise": (0, 1, 0, 0),
    }
    assert (scores["all"].precision, scores["all"].recall, scores["all"].f1) == (0.5, 0.5, 0.5)
    assert [example.split(" | ")[0] for example in scores["all"].examples] == [
        "明天一定 + promise “一定到”",
        "我不晓得 - know “不晓得”",
    ]


def test_a_neighbouring_rule_counts_unless_the_same_is_wanted(write):
    rows = [row("我不知道。", ("other", "不知道"))]
    assert scored(write, rows, same_rule=False)["all"].f1 == 1
    strict = scored(write, rows, same_rule=True)
    assert (strict["all"].f1, strict["know"].wrong, strict["other"].missed) == (0, 1, 1)


def test_words_elsewhere_in_the_text_do_not_count_as_found(write):
    scores = scored(write, [row("我不知道，一定到。", ("know", "一定到"))], same_rule=False)
    assert (scores["all"].right, scores["all"].wrong, scores["all"].found) == (1, 1, 1)


def test_a_softened_hit_is_no_claim(write):
    scores = scored(write, [row("我不清楚，为您核实。")])
    assert (scores["all"].right, scores["all"].wrong) == (0, 0)


def test_acts_are_scored_by_the_clause_that_performs_them(write):
    rows = [
        {"id": "a", "text": "您好，抱歉。", "acts": [{"act": "greeting", "quote": "您好"}, {"act": "thanks", "quote": "抱歉"}]},
        {"id": "b", "text": "感谢。", "acts": []},
    ]
    scores = score_acts(ENGINE, load_labelled("acts", "dev", write("acts_dev.jsonl", *rows)))
    assert {name: (s.right, s.wrong, s.found, s.missed) for name, s in scores.items()} == {
        "all": (1, 2, 1, 1), "greeting": (1, 0, 1, 0), "apology": (0, 1, 0, 0), "thanks": (0, 1, 0, 1),
    }  # fmt: skip


def test_a_score_of_nothing_is_no_number():
    assert (Score().precision, Score().recall, Score().f1) == (None, None, 0.0)
    assert (Score(wrong=1).precision, Score(missed=2).recall) == (0.0, 0.0)


@pytest.mark.parametrize(("kind", "split"), SPLITS)
def test_the_labelled_texts_load_and_differ(kind, split):
    texts = load_labelled(kind, split)
    assert len(texts) >= 100
    assert [t for t, n in Counter(item.text for item in texts).items() if n > 1] == []
    assert [t for t, n in Counter(item.id for item in texts).items() if n > 1] == []
    assert all(item.text[start:end].strip() for item in texts for _, start, end in item.marks)


@pytest.mark.parametrize("kind", ["forbid", "acts"])
def test_no_text_is_in_both_splits(kind):
    dev, held = ({item.text for item in load_labelled(kind, split)} for split in ("dev", "held"))
    assert dev & held == set()


def test_labels_name_rules_and_acts_that_exist():
    corpus = load_corpus()
    for kind, split in SPLITS:
        known = corpus.rules if kind == "forbid" else corpus.acts
        assert {name for item in load_labelled(kind, split) for name, _, _ in item.marks} <= known.keys()

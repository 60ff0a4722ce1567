"""Speech acts: which clauses perform them, and promises that words alone do not make."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.packs import act, checker

ENGINE = checker()
PIECES = [
    "您好", "祝您好", "抱歉", "不用抱歉", "给您带来不便", "理解您", "24小时内给您回复", "请您7天内寄出", "尽快回复", "为您核实", "感谢",
    "，", "。", "！", "\n", "~", "  ", "…", "😀", "👨\u200d👩", "１８点前", "\u0301", "\ud800", "\u202e", "\x00", "1,000元", "ABC",
]  # fmt: skip
TEXTS = st.lists(
    st.one_of(st.sampled_from(PIECES), st.text(st.characters(exclude_categories=()), max_size=3)), max_size=25
).map("".join)


def found(text, engine=ENGINE):
    return [(a.act, a.quote) for a in engine.acts(text)]


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("您好，让您久等。", [("greeting", "您好")]),
        ("　您好！！我在。", [("greeting", "您好")]),
        ("张先生您好～在的", [("greeting", "张先生您好")]),
        ("真的很抱歉给您添麻烦了。", [("apology", "真的很抱歉给您添麻烦了")]),
        ("“对不起”，是我的错", [("apology", "对不起")]),
        ("退款1,000元抱歉", [("apology", "退款1,000元抱歉")]),
        ("您好\n感谢", [("greeting", "您好"), ("thanks", "感谢")]),
        ("您好  感谢", [("greeting", "您好"), ("thanks", "感谢")]),
        ("您好 感谢", [("greeting", "您好 感谢"), ("thanks", "您好 感谢")]),
        ("ＡＢ您好", [("greeting", "ＡＢ您好")]),
        ("好的。", []),
    ],
)
def test_the_span_of_an_act_is_the_clause_that_performs_it_without_its_marks(text, acts):
    assert found(text) == acts


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("不用抱歉", []),
        ("祝您好运", []),
        ("不用抱歉，是我们抱歉", [("apology", "是我们抱歉")]),
        ("不用抱歉抱歉", [("apology", "不用抱歉抱歉")]),
    ],
)
def test_a_cue_inside_an_exception_does_not_count_and_others_do(text, acts):
    assert found(text) == acts


def test_a_pattern_shows_an_act_too():
    assert found("这次给您带来很多不便，在处理") == [("apology", "这次给您带来很多不便")]


def test_a_pattern_that_runs_over_a_mark_shows_all_its_clauses():
    engine = checker(acts=(act("confirm_understanding", patterns=["您的意思是[^。]{0,10}对吗"]),))
    assert found("好的，您的意思是要退货，对吗？马上办", engine) == [
        ("confirm_understanding", "您的意思是要退货"),
        ("confirm_understanding", "对吗"),
    ]


def test_one_clause_shows_an_act_once_and_two_clauses_twice():
    assert found("抱歉抱歉对不起，对不起") == [("apology", "抱歉抱歉对不起"), ("apology", "对不起")]


def test_one_clause_may_perform_several_acts():
    assert found("抱歉感谢理解您") == [
        ("apology", "抱歉感谢理解您"),
        ("empathy", "抱歉感谢理解您"),
        ("thanks", "抱歉感谢理解您"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "24小时内给您回复",
        "２４小时内给您回复",
        "二十四小时内给您回复",
        "今天18点前回复您",
        "我们明天上午核实",
        "核实需要2个工作日",
        "3个工作日内为您核实完毕",
        "{deadline}给您回复",
        "我们1-3天内回复您",
        "请您放心，24小时内给您回复",
        "给您回复，最晚今天18点前",
    ],
)
def test_our_action_with_a_bounded_time_is_a_promise_with_a_time(text):
    assert "timebound_promise" in {name for name, _ in found(text)}


@pytest.mark.parametrize(
    "text",
    [
        "尽快给您回复",
        "稍后回复您",
        "请您7天内寄出",
        "麻烦您今天18点前提交",
        "您需要在24小时内寄出",
        "2小时前已提交",
        "昨天已经核实",
        "24小时内会到的。",
        "24小时。给您回复",
        "24小时内" + "的" * 40 + "给您回复",
        "给您回复",
        "24小时内",
        "第3页的记录已核实",
    ],
)
def test_a_vague_a_past_a_distant_or_the_customers_time_is_none(text):
    assert "timebound_promise" not in {name for name, _ in found(text)}


def test_a_vague_time_is_a_vague_promise_unless_a_bounded_one_stands_in_its_sentence():
    assert ("vague_promise", "我们会尽快回复") in found("您好，我们会尽快回复。")
    assert [name for name, _ in found("我们会尽快核实，24小时内给您回复。")] == ["timebound_promise"]
    assert [name for name, _ in found("我们会尽快核实。24小时内给您回复。")] == ["vague_promise", "timebound_promise"]


def test_a_promise_is_seen_where_its_time_stands_and_where_its_action_does():
    assert found("您放心，24小时内，我们一定核实，再见") == [
        ("timebound_promise", "24小时内"),
        ("timebound_promise", "我们一定核实"),
        ("farewell", "再见"),
    ]
    assert found("2小时前已提交，明天18点前给您回复。") == [("timebound_promise", "明天18点前给您回复")]


def test_a_duty_of_the_customer_ends_with_its_clause():
    assert [name for name, _ in found("请您7天内寄出，收到后2天内给您回复")] == ["timebound_promise"]
    assert found("请您7天内寄出，收到后2天内给您回复")[0][1] == "收到后2天内给您回复"


def overlaps(acts):
    return [(a, b) for i, a in enumerate(acts) for b in acts[i + 1 :] if a.act == b.act and a.start < b.end and b.start < a.end]


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_acts_are_sorted_true_and_never_overlap_themselves(text):
    acts = ENGINE.acts(text)
    assert [(a.start, a.end) for a in acts] == sorted((a.start, a.end) for a in acts)
    assert overlaps(acts) == []
    assert all(text[a.start : a.end] == a.quote != "" for a in acts)


def test_acts_of_many_random_texts_are_the_same_alone_and_in_a_check():
    rng = random.Random(3)
    for _ in range(300):
        text = "".join(rng.choices(PIECES, k=20))
        assert ENGINE.acts(text) == ENGINE.check(text).acts

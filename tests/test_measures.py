"""Limits and consistency: lengths, marks, repetition, loops, forms of address, scripts and languages."""

from __future__ import annotations

import pytest

from tests.packs import checker, hits, rule


def limit(metric, most, **keys):
    return checker(rule("limit", kind="limit", metric=metric, max=most, **keys))


def consistent(check, **keys):
    return checker(rule("same", kind="consistency", check=check, **keys))


def test_characters_are_code_points():
    assert hits(limit("chars", 4), "您好😀。") == []
    assert hits(limit("chars", 4), "您好😀。\u0301") == ["您好😀。\u0301"]


@pytest.mark.parametrize(("metric", "wide", "narrow"), [("exclamations", "！", "!"), ("question_marks", "？", "?")])
def test_marks_are_counted_in_either_width_and_shown_from_the_first_to_the_last(metric, wide, narrow):
    text = f"好{wide}的{narrow}呀{wide}嗯"
    assert hits(limit(metric, 3), text) == []
    assert hits(limit(metric, 2), text) == [f"{wide}的{narrow}呀{wide}"]
    assert hits(limit(metric, 0), "好的") == []


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("请您稍等。请您稍等。", "请您稍等。"),
        ("请您稍等！我看看。请您稍等。", "请您稍等。"),
        ("请您稍等。\n请您稍等", "请您稍等"),
        ("請您稍等。请您稍等。", "请您稍等。"),
        ("请您稍等，请您稍等。", None),
        ("好。好。", None),
        ("请您稍等。请您等等。", None),
        ("", None),
    ],
)
def test_a_sentence_said_again_is_shown_where_it_is_said_again(text, second):
    assert hits(limit("repeated_sentence", 1), text) == ([second] if second else [])


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("好的" * 4, 4),
        ("好的" * 3, 0),
        ("好的，" * 5, 5),
        ("请您稍等 " * 6, 6),
        ("哈" * 8, 8),
        ("哈" * 7, 0),
        ("我们会尽快核实并回复您的" * 4, 4),
        ("8" * 30, 0),
        ("-" * 30, 0),
        ("123456" * 6, 0),
        ("您好，这边帮您看一下，请您稍等片刻，马上回来。", 0),
        ("前面一句正常的话。" + "不好意思" * 5 + "。后面还有一句正常的话。", 5),
    ],
)
def test_a_unit_said_without_a_break_is_a_loop(text, times):
    assert bool(hits(limit("loop", 3), text)) is (times > 3)
    if times:
        assert not hits(limit("loop", times + 1), text)


def test_counted_words_are_limited_together_and_exceptions_do_not_count():
    engine = limit("count", 2, phrases=["亲", "亲亲", "宝"], exceptions=["宝贝"])
    assert hits(engine, "亲，宝，宝贝") == []
    assert hits(engine, "亲亲，好的宝，亲") == ["亲亲，好的宝，亲"]


def test_each_consistency_and_limit_finding_shows_the_text_as_given():
    text = "妳好！！！ＯＫ，你要的亲亲亲"
    engine = checker(
        rule("a", kind="limit", metric="exclamations", max=1),
        rule("b", kind="consistency", check="ni_nin"),
        rule("c", kind="limit", metric="count", phrases=["亲"], max=1),
    )
    found = engine.check(text).findings
    assert {f.rule for f in found} == {"a", "b", "c"}
    assert all(text[f.start : f.end] == f.quote for f in found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("你的订单在路上", ["你"]),
        ("您的订单在路上", []),
        ("你好，在的", ["你"]),
        ("您说你好，我也说", []),
        ("你看你的", ["你", "你"]),
        ("迷你款有货", []),
    ],
)
def test_you_is_polite(text, found):
    assert hits(consistent("ni_nin", exceptions=["迷你"]), text) == found


def test_the_customers_own_words_may_be_quoted_as_they_are():
    engine = consistent("ni_nin")
    text = "您写的“你们不管”，我来看。"
    assert hits(engine, text, engine.situation("你们不管是吗")) == []
    assert hits(engine, text, engine.situation("钱呢")) == ["你"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("您的訂單还在路上", ["訂", "單", "还"]),
        ("您的订单还在路上，請稍等", ["請"]),
        ("您的訂單還在路上", []),
        ("您的订单还在路上", []),
        ("里面有什么", []),
        ("", []),
    ],
)
def test_two_scripts_in_one_reply_show_the_rarer(text, found):
    shown = hits(consistent("script"), text)
    assert shown == (found if len(found) < 2 else shown)
    assert bool(shown) is bool(found)
    assert set(shown) <= set(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hello, how are you today", True),
        ("请在 Settings 里打开 Bluetooth", False),
        ("型号 iPhone 15 Pro Max 有货", False),
        ("please wait a moment, 我看看", True),
        ("ありがとうございます", True),
        ("안녕하세요", True),
        ("Здравствуйте", True),
        ("の", False),
        ("见 https://a.example/how/are/you/today?x=the-best-of-all 谢谢", False),
        ("写到 the.best.of.us@a.example 就行", False),
        ("{order id and so on} 已发出", False),
    ],
)
def test_another_language_is_a_sentence_of_it_not_a_name(text, found):
    assert bool(hits(consistent("language"), text)) is found

"""Texts that nobody should send: answered, with true offsets, in time that grows with their length alone."""

from __future__ import annotations

import gc
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.check import Situation
from tests.packs import checker, forbid, rule

ENGINE = checker(
    forbid(
        "不知道", "不清楚", "傻子", id="word", exceptions=["看不清楚"], patterns=["保证[^，]{0,8}到账"], views=["collapse", "pinyin"],
        unless=["negated"], rescue={"acts": ["solution"]},
    ),
    rule("swap", kind="replace", swap={"没货": "暂时缺货", "ok": "可以"}),
    rule("loop", kind="limit", metric="loop", max=3),
    rule("again", kind="limit", metric="repeated_sentence", max=1),
    rule("loud", kind="limit", metric="exclamations", max=3),
    rule("asks", kind="limit", metric="question_marks", max=3),
    rule("dear", kind="limit", metric="count", max=3, phrases=["亲"], exceptions=["亲爱"]),
    rule("polite", kind="consistency", check="ni_nin", exceptions=["迷你"]),
    rule("script", kind="consistency", check="script"),
    rule("language", kind="consistency", check="language"),
    rule("phone", kind="entity", entity="mobile"),
    rule("fact", kind="fact", facts=["amount", "duration", "date", "number", "id", "url"]),
    rule("sorry", kind="require", acts=["apology"], fix={"op": "insert", "text": "抱歉。"}),
    rule("order", kind="order", first="apology", then="explanation"),
    rule("closing", kind="order", last="farewell"),
)  # fmt: skip
SITUATION = Situation(customer="退我58元，“不清楚”", emotion="upset", required=("empathy", "farewell"), task="check")

SPARKS = [
    "不知道", "我不清楚", "看不清楚", "傻子", "sha zi", "保证到账", "没貨", "OK", "你", "“不清楚”", "“", "”", "{ok}", "亲", "您好", "抱歉",
    "24小时内给您回复", "原因是", "再见", "13812345678", "59元", "這個", "hello how are you now ", "！！！！！", "？", "，", "。", "\n", "\r\n",
    "👨\u200d👩\u200d👧", "👍\U0001f3fd", "🇨🇳", "e\u0301", "不\u0301知\u0301道", "𠮷", "𝐨𝐤", "\U0010ffff", "\ud83d", "\udc00", "\u202e", "\u200f",
    "\u2067", "\x00", "\u2028", "\ufeff", "不\x00知\x00道", "不\u202e知道", "不\ud83d知道", "不👨\u200d👩知道", "不 不 知 道",
]  # fmt: skip
TEXTS = st.lists(
    st.one_of(st.sampled_from(SPARKS), st.text(st.characters(exclude_categories=()), max_size=4)), max_size=30
).map("".join)


def true_offsets(text, result):
    for found in (*result.findings, *result.acts):
        assert 0 <= found.start <= found.end <= len(text)
        assert text[found.start : found.end] == found.quote
    for finding in result.findings:
        assert finding.view in {"fold", "squeeze", "collapse", "pinyin", "acts"}
        assert all(0 <= fix.start <= fix.end <= len(text) for fix in finding.fixes)
    assert all(0 <= element.start <= element.end <= len(text) for element in result.elements)
    assert list(result.findings) == sorted(result.findings, key=lambda f: (f.start, f.end, f.rule))


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_every_quote_is_the_text_as_given(text):
    true_offsets(text, ENGINE.check(text, SITUATION))


@given(TEXTS, TEXTS)
@settings(max_examples=150, deadline=None)
def test_what_the_customer_said_may_be_anything(text, message):
    result = ENGINE.check(text, ENGINE.situation(message, [f"客户：{message}", "客服：好的"], facts={"x": message}))
    true_offsets(text, result)


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_the_same_text_gives_the_same_answer_again(text):
    assert ENGINE.check(text, SITUATION) == ENGINE.check(text, SITUATION)


@pytest.mark.parametrize(
    ("mark", "name"),
    [
        ("\ud83d", "lone surrogate"),
        ("\x00", "null"),
        ("\u202e", "right to left"),
        ("\u200f", "right-to-left mark"),
        ("\u200b", "zero width"),
        ("\u0301", "combining"),
        ("👨\u200d👩\u200d👧", "family"),
        ("🇨🇳", "flag"),
        ("\U000e0061", "tag"),
    ],
)
def test_a_mark_inside_a_word_hides_nothing_and_beside_it_is_not_quoted(mark, name):
    text = f"{mark}您好{mark}我不{mark}知{mark}道{mark}。"
    quotes = [f.quote for f in ENGINE.check(text, Situation()).findings if f.rule == "word"]
    assert quotes == [f"不{mark}知{mark}道"], name


LONG = {
    "one letter": "a",
    "one character": "好",
    "a unit with a mark": "好的，",
    "marks": "！",
    "digits": "12",
    "spaces": " ",
    "Latin words": "ab cd ",
    "open quotation": "“好",
    "open bracket": "{a",
    "separators": "不 ",
    "emoji": "😀好",
    "surrogates": "\ud83d不知",
    "nulls": "\x00",
    "right to left": "\u202e的",
    "dates": "明天",
}
DENSE = {
    "hits": "不知道，",
    "hits in one clause": "不知道呀",
    "hits in quotations": "“不知道”，",
    "exceptions": "看不清楚不清楚，",
    "spaced hits": "不 知 道，",
    "spelled hits": "bu zhi dao，",
    "softened hits": "不清楚，为您核实，",
    "negated hits": "不能保证到账，",
    "slots": "{a}不知道，",
    "promises": "24小时内给您回复，",
    "promises in one clause": "明天18点前给您回复",
    "vague promises": "尽快回复明天",
    "acts": "抱歉。",
    "excepted acts": "不用抱歉抱歉，",
    "the customer's duties": "请您7天内寄出，",
    "phones": "13812345678，",
    "amounts": "退您59元，",
    "you": "迷你你，“你”",
    "counted words": "亲爱亲，",
    "links": "https://a.b hello how are you now，",
    "goodbyes": "再见，抱歉，",
}


def cpu_seconds(text):
    """Return the best time of two; the rubbish of earlier tests is not ours."""
    times = []
    gc.collect()
    for _ in range(2):
        start = time.process_time()
        ENGINE.check(text, SITUATION)
        times.append(time.process_time() - start)
    return min(times)


MEGABYTES = ("a unit with a mark", "Latin words", "open quotation", "separators", "surrogates", "nulls", "right to left")


@pytest.mark.parametrize("unit", [LONG[name] for name in MEGABYTES], ids=MEGABYTES)
def test_a_megabyte_is_answered_with_true_offsets(unit):
    text = (unit * 1_000_000)[:1_000_000]
    true_offsets(text, ENGINE.check(text, SITUATION))


@pytest.mark.parametrize("unit", [*LONG.values(), *DENSE.values()], ids=[*LONG, *DENSE])
def test_four_times_the_text_takes_about_four_times_as_long(unit):
    short, long = ((unit * size)[:size] for size in (5_000, 20_000))
    quick, slow = cpu_seconds(short), cpu_seconds(long)
    # Something quadratic takes sixteen times as long; the rest is for noise on texts that take next to nothing.
    assert slow <= 9 * quick + 0.02, f"{slow / quick:.1f} times as long"

"""What excuses a hit, what softens it, and where a rule applies."""

from __future__ import annotations

import pytest

from assistant.check import Checker, Situation
from assistant.disguise import disguises
from corpus.terms import Channel, Emotion, Task
from tests.packs import checker, forbid, hits, rule

DONT_KNOW = forbid("不知道", "不清楚", id="dont_know")


def known(words):
    return Situation(customer=words, task="check")


# --- containing words and patterns beside the hit


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("这张图看不清楚。", []),
        ("我不清楚。", ["不清楚"]),
        ("图看不清楚，原因我不清楚。", ["不清楚"]),
        ("看不清楚看不清楚", []),
        ("不清楚看不清楚不清楚", ["不清楚", "不清楚"]),
    ],
)
def test_a_hit_inside_an_exception_does_not_count_and_others_do(text, found):
    assert hits(checker(forbid("不清楚", exceptions=["看不清楚"])), text) == found


def test_an_exception_that_only_overlaps_excuses_nothing():
    assert hits(checker(forbid("不清楚", exceptions=["清楚了"])), "我不清楚了") == ["不清楚"]


def test_an_exception_leaves_a_shorter_phrase_beside_it_open():
    assert hits(checker(forbid("保证", "我保证", exceptions=["保证金"])), "我保证金退您，我保证") == ["我保证", "我保证"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("客户不知道", False),
        ("客户，不知道", True),
        ("客户一二三四五六七八九十不知道", False),
        ("客户" + "一" * 20 + "不知道", True),
        ("不知道也没关系", False),
        ("不知道，没关系", True),
    ],
)
def test_before_and_after_look_at_the_clause_beside_the_hit(text, found):
    guarded = forbid("不知道", before=["客户[^，]{0,12}"], after=["[^，]{0,3}没关系"])
    assert bool(hits(checker(guarded), text)) is found


def test_before_ends_where_the_hit_starts():
    guarded = checker(forbid("保证", before=["不能|无法"]))
    assert hits(guarded, "不能保证") == []
    assert hits(guarded, "不能马上保证") == ["保证"]


@pytest.mark.parametrize(
    ("name", "text", "excused"),
    [
        ("negated", "我们不会再说保证到账。", True),
        ("negated", "我们不会再说，保证到账。", False),
        ("negated", "不是的，保证到账。", False),
        ("negated", "保证到账，不能再快了。", False),
        ("negated", "不敢给您保证到账", True),
        ("conditional", "如果有人保证到账，请告诉我", True),
        ("conditional", "如果您着急，我保证到账", False),
        ("conditional", "保证到账的话，会写在通知里", True),
        ("asking", "保证到账是否写在单子上", True),
        ("asking", "保证到账您看可以吗", True),
        ("asking", "保证到账，您看可以吗", False),
        ("purpose", "为了保证到账，请核对卡号", True),
        ("purpose", "请您保证到账", True),
        ("purpose", "为了您，保证到账", False),
    ],
)
def test_a_named_context_excuses_within_the_clause(name, text, excused):
    named = forbid("保证到账", unless=[name])
    plain = forbid("保证到账")
    assert hits(checker(named), text) == ([] if excused else ["保证到账"])
    assert hits(checker(plain), text) == ["保证到账"], "only a rule that names the context is excused"


def test_a_disguised_hit_is_excused_by_what_stands_before_it():
    guarded = checker(forbid("保证", unless=["negated"]))
    assert hits(guarded, "不能保·证") == []
    assert hits(guarded, "不 能 保 证") == []
    assert hits(guarded, "我们保·证") == ["保·证"]


# --- quotations, labels and slots


@pytest.mark.parametrize("quote", ["“保证到账”", "「保证到账」", "『保证到账』", "‘保证到账’", '"保证到账"'])
def test_words_that_the_customer_said_may_be_quoted(quote):
    text = f"关于{quote}这句，我来核实。"
    assert hits(checker(forbid("保证到账")), text, known("他说保证到账的，钱呢")) == []
    assert hits(checker(forbid("保证到账")), text, known("钱呢")) == ["保证到账"]
    assert hits(checker(forbid("保证到账")), text, known("")) == ["保证到账"]


def test_an_attributed_quotation_is_believed_only_while_the_customers_words_are_unknown():
    text = "您刚才说的“保证到账”，我来核实。"
    assert hits(checker(forbid("保证到账")), text) == []
    assert hits(checker(forbid("保证到账")), text, known("客服说保证到账")) == []
    assert hits(checker(forbid("保证到账")), text, known("钱什么时候退")) == ["保证到账"]


def test_a_quotation_without_anybody_who_said_it_is_our_own_word():
    assert hits(checker(forbid("保证到账")), "我们“保证到账”。") == ["保证到账"]


def test_the_customers_earlier_turns_count_and_ours_do_not():
    engine, text = checker(forbid("保证到账")), "“保证到账”这句，我来核实。"
    assert hits(engine, text, engine.situation("钱呢", ["客户：你们保证到账的"])) == []
    assert hits(engine, text, engine.situation("钱呢", ["客服：保证到账"])) == ["保证到账"]


@pytest.mark.parametrize("said", ["保 证 到 账 呢", "保證到賬呢", "保证，到账呢"])
def test_the_customer_may_have_said_it_with_other_marks_or_characters(said):
    quiet = hits(checker(forbid("保证到账")), "“保证到账”这句，我来核实。", known(said))
    assert quiet == ([] if "，" not in said else ["保证到账"])


def test_only_the_words_inside_the_quotation_are_excused():
    text = "您说“保证到账”，我也保证到账。"
    found = checker(forbid("保证到账")).check(text, known("保证到账")).findings
    assert [f.start for f in found] == [text.rindex("保证到账")]


@pytest.mark.parametrize(
    "text", ["请点击“保证到账”查看。", "“保证到账”按钮在右上角。", "我们不能说“保证到账”。", "进入『保证到账』页面"]
)
def test_a_label_or_a_disowned_quotation_is_nobodys_promise(text):
    assert hits(checker(forbid("保证到账")), text, known("在哪里看")) == []


@pytest.mark.parametrize(
    ("text", "found"), [("{不知道}", 1), ("{dont_know}", 0), ("${dont_know}不要", 0), ("{{dont_know}}", 0), ("dont_know", 1)]
)
def test_the_name_of_a_slot_is_no_word_of_the_reply(text, found):
    assert len(hits(checker(forbid("dont_know", "不知道")), text)) == found


# --- softening


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("我不清楚，马上为您核实。", "info"),
        ("我不清楚，请稍等，为您核实。", "info"),
        ("我不清楚，请稍等，别着急，为您核实。", "error"),
        ("为您核实过，我不清楚。", "error"),
        ("为您核实，我不清楚，请稍等，为您核实。", "info"),
        ("我不清楚为您核实", "error"),
        ("我不清楚。", "error"),
    ],
)
def test_an_act_that_follows_within_two_clauses_softens_a_hit(text, severity):
    soft = forbid("不清楚", rescue={"acts": ["solution"]})
    (finding,) = checker(soft).check(text).findings
    assert finding.severity == severity
    assert checker(soft).check(text).passed is (severity == "info")


def test_a_rescue_may_leave_a_warning():
    soft = forbid("不清楚", rescue={"acts": ["timebound_promise"], "severity": "warning"})
    (finding,) = checker(soft).check("我不清楚，今天18点前给您回复。").findings
    assert finding.severity == "warning"


# --- where a rule applies


@pytest.mark.parametrize(
    ("when", "fits", "misses"),
    [
        ({"tasks": ["suggest"]}, {"task": "suggest"}, {"task": "check"}),
        ({"scenarios": ["refund_progress"]}, {"scenario": "refund_progress"}, {"scenario": "invoice_reissue"}),
        ({"groups": ["invoice"]}, {"group": "invoice"}, {"group": None}),
        ({"emotion": ["upset", "abusive"]}, {"emotion": "abusive"}, {"emotion": "calm"}),
        ({"channels": ["phone"]}, {"channel": "phone"}, {"channel": "chat"}),
        ({"speakers": ["customer"]}, {"speaker": "customer"}, {"speaker": "rep"}),
        ({}, {"speaker": "rep"}, {"speaker": "customer"}),
        ({"groups": ["invoice"], "emotion": ["calm"]}, {"group": "invoice"}, {"group": "invoice", "emotion": "upset"}),
    ],
)
def test_a_rule_applies_where_every_condition_matches(when, fits, misses):
    engine = checker(forbid("不知道", when=when))
    assert hits(engine, "不知道", Situation(**fits)) == ["不知道"]
    assert hits(engine, "不知道", Situation(**misses)) == []
    assert hits(engine, "不知道", Situation(**fits)) == ["不知道"], "one situation must not stick"


def test_every_kind_of_rule_heeds_where_it_applies():
    upset = {"emotion": ["upset"]}
    rules = (
        rule("short", kind="limit", metric="chars", max=1, when=upset),
        rule("few", kind="limit", metric="count", max=1, phrases=["好"], when=upset),
        rule("polite", kind="consistency", check="ni_nin", when=upset),
        rule("sorry", kind="require", acts=["apology"], when=upset),
        rule("opens", kind="order", first="apology", then="explanation", when=upset),
        rule("phone", kind="entity", entity="mobile", when=upset),
        rule("money", kind="fact", facts=["amount"], when=upset),
        rule("swap", kind="replace", swap={"亲": "您"}, when=upset),
    )
    engine = checker(*rules)
    text = "亲，你好好好，原因是缺货，退你59元，打13812345678。"
    assert engine.check(text, Situation(emotion="calm")).findings == ()
    found = {f.rule for f in engine.check(text, Situation(emotion="upset")).findings}
    assert found == {"short", "few", "polite", "sorry", "phone", "money", "swap"}


def test_facts_need_support_only_where_something_is_known():
    engine = checker(rule("money", kind="fact", facts=["amount"]))
    assert engine.situation().facts_matter is False
    assert hits(engine, "退您59元", engine.situation("退我59块钱")) == []
    assert hits(engine, "退您60元", engine.situation("退我59块钱")) == ["60元"]
    assert hits(engine, "退您60元", engine.situation()) == []


# --- mending


def test_a_swap_offers_the_text_for_the_word_that_was_found():
    engine = checker(
        rule("words", kind="replace", swap={"没货": "暂时缺货", "ＯＫ": "可以"}, fix={"op": "replace", "safety": "safe"})
    )
    found = engine.check("没貨，OK").findings
    assert [(f.quote, f.fixes[0].text, f.fixes[0].safety) for f in found] == [
        ("没貨", "暂时缺货", "safe"),
        ("OK", "可以", "safe"),
    ]
    assert all((f.fixes[0].start, f.fixes[0].end) == (f.start, f.end) for f in found)


def test_a_deletion_puts_nothing_in_the_place():
    engine = checker(forbid("呵呵", fix={"op": "delete", "safety": "safe"}))
    (found,) = engine.check("好的呵呵").findings
    assert (found.fixes[0].start, found.fixes[0].end, found.fixes[0].text) == (2, 4, "")


# --- disguises


PLAIN = "您好，这件事我们不知道，您问别人吧。"


def disguised(engine: Checker) -> list[tuple[str, str]]:
    (finding,) = engine.check(PLAIN).findings
    return list(disguises(PLAIN, finding))


def test_every_disguise_is_found_under_exactly_the_disguised_words():
    engine = checker(DONT_KNOW)
    tried = disguised(engine)
    assert len(tried) >= 10
    for name, text in tried:
        (finding,) = engine.check(text).findings
        before, after = PLAIN.split("不知道")
        assert (text[: finding.start], text[finding.end :]) == (before, after), name
        assert finding.quote == text[finding.start : finding.end]


@pytest.mark.parametrize(
    ("text", "quote", "view"),
    [
        ("我知道，你是骗子", "骗子", "fold"),
        ("你是騙子", "騙子", "fold"),
        ("你是骗 子", "骗 子", "squeeze"),
        ("你是骗👨\u200d👩\u200d👧子", "骗👨\u200d👩\u200d👧子", "squeeze"),
        ("你是大大坏坏坏蛋", "大大坏坏坏蛋", "collapse"),
        ("你是片紫", "片紫", "pinyin"),
        ("你是pianzi", "pianzi", "pinyin"),
        ("你是pian zi", "pian zi", "pinyin"),
    ],
)
def test_each_view_quotes_the_disguised_words(text, quote, view):
    engine = checker(forbid("骗子", views=["pinyin"]), forbid("大坏蛋", views=["collapse"], id="other"))
    assert [(f.quote, f.view) for f in engine.check(text).findings] == [(quote, view)]


def test_repeats_and_sounds_count_only_for_rules_that_ask():
    engine = checker(forbid("骗子"))
    assert hits(engine, "骗骗子，片紫，pianzi") == ["骗子"]
    assert hits(engine, "骗子子") == ["骗子"]


def test_one_place_is_told_once_though_several_views_see_it():
    assert hits(checker(forbid("骗子", views=["collapse", "pinyin"])), "骗子，骗-子") == ["骗子", "骗-子"]


def test_the_choices_of_a_situation_are_those_of_the_terms():
    for choice, name in ((Emotion, "emotion"), (Channel, "channel"), (Task, "task")):
        assert Situation.__dataclass_fields__[name].default in choice.__args__

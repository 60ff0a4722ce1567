"""The rule engine on the real rules."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.check import Checker, Situation, fold, sentences, traditional_table
from assistant.check.facts import facts_in, unsupported
from assistant.check.pack import Pack
from assistant.rules import prove_rules, situation_of
from corpus import load_corpus

CORPUS = load_corpus()
CHECKER = Checker.of(CORPUS)
TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("您好抱歉不知道一定保证尽快退款這個我们你，。！？“”😀👨‍👩‍👧 ＡＢ１２ab3天24小时"),
        st.characters(exclude_categories=()),
    ),
    max_size=60,
)


@pytest.mark.parametrize("rule", CORPUS.rules.values(), ids=lambda rule: rule.id)
def test_every_rule_flags_its_bad_examples_and_no_good_one(rule):
    def found(example):
        findings = CHECKER.check(example.text, situation_of(rule, example, CORPUS)).findings
        return {f.rule for f in findings if f.severity != "info" or rule.severity == "info"}

    assert [example.text for example in rule.examples.bad if rule.id not in found(example)] == []
    assert [example.text for example in rule.examples.good if rule.id in found(example)] == []


@pytest.mark.parametrize("act", CORPUS.acts.values(), ids=lambda act: act.id)
def test_every_act_is_found_where_it_is_and_not_where_it_is_not(act):
    def found(text):
        return {found.act for found in CHECKER.acts(text)}

    assert [text for text in act.must_hit if act.id not in found(text)] == []
    assert [text for text in act.must_miss if act.id in found(text)] == []


def test_every_approved_phrase_breaks_no_rule_about_words():
    kinds = ("forbid", "replace", "consistency", "entity", "limit")
    broken = {
        phrase.id: [(f.rule, f.quote) for f in CHECKER.check(phrase.text).findings if f.kind in kinds and f.severity != "info"]
        for phrase in CORPUS.approved
    }
    assert {key: value for key, value in broken.items() if value} == {}


def test_every_approved_phrase_performs_the_acts_it_declares():
    missing = {p.id: set(p.acts) - {found.act for found in CHECKER.acts(p.text)} for p in CORPUS.approved}
    assert {key: value for key, value in missing.items() if value} == {}


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_a_finding_quotes_the_text_as_given(text):
    result = CHECKER.check(text, Situation(emotion="upset", customer="不知道"))
    for finding in result.findings:
        assert text[finding.start : finding.end] == finding.quote
    for act in result.acts:
        assert text[act.start : act.end] == act.quote


@given(st.text(max_size=200))
@settings(deadline=None)
def test_folding_never_changes_length(text):
    assert len(fold(text)) == len(text)


def test_folding_maps_width_case_and_traditional_characters():
    assert fold("ＡＢｃ１２，ＶＸ　這個請") == "abc12,vx 这个请"
    assert all(len(chr(b)) == 1 for b in traditional_table().values())


@pytest.mark.parametrize("text", ["這個我不知道", "这个我不知道", "这个我 不知道"])
def test_a_forbidden_phrase_is_found_in_either_script(text):
    assert not CHECKER.check(text).passed


def test_quoted_customer_words_are_not_flagged():
    text = "您好，关于“你要的全网最低价”，这件事我来核实。"
    assert CHECKER.check(text, Situation(customer="你要的全网最低价，哪里低了")).findings == ()
    assert {f.rule for f in CHECKER.check(text, Situation(customer="别的话")).findings} == {"ad.lowest_price", "wording.ni_nin"}


def test_a_number_inside_a_longer_one_is_another_number():
    from assistant.check.match import Literals

    literals = Literals([("legal", "12315"), ("abuse", "sb")])
    assert set(literals.find("我打12315，你个sb")) == {"legal", "abuse"}
    assert literals.find("单号sf123151234，usb线") == {}


def test_a_required_element_that_is_missing_says_where_it_belongs():
    text = "您好，我帮您查一下。"
    result = CHECKER.check(text, Situation(required=("apology",)))
    missing = next(e for e in result.elements if e.act == "apology")
    assert (missing.status, missing.start, missing.end) == ("missing", 3, 3)
    finding = next(f for f in result.findings if f.rule == "require.scenario.apology")
    assert (finding.start, finding.quote) == (3, "")


@pytest.mark.parametrize(
    ("text", "known", "invented"),
    [
        ("3天内答复您", ["三天内"], []),
        ("三个工作日到账", ["退款3个工作日到账"], []),
        ("24小时内答复", ["48小时内"], ["24小时"]),
        ("退您59元", ["我付了59块钱"], []),
        ("退您100元", ["我付了59元"], ["100元"]),
        ("订单20261120123456", ["单号20261120123456"], []),
        ("请拨打13812345678", [], ["13812345678"]),
        ("请稍等一下，我一起核对，第一时间联系您", [], []),
        ("请看 https://a.example/x", [], ["https://a.example/x"]),
        ("【订单号】收到后{deadline}回复", [], []),
    ],
)
def test_facts_need_support_and_numerals_equal_digits(text, known, invented):
    assert [text[f.start : f.end] for f in unsupported(text, known)] == invented


def test_chinese_numerals_are_read():
    assert [f.key for f in facts_in("二十四小时、一百二十元、两天")] == ["24小时", "120元", "2天"]


def test_sentences_cover_the_text():
    text = "您好，请讲。好的！收到？！还有"
    assert "".join(text[a:b] for a, b in sentences(text)) == text


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud800", "\u202e反向\u202c", "a" * 200_000, "1" * 200_000, "。" * 5000])
def test_hostile_text_is_answered_by_the_real_rules(text):
    result = CHECKER.check(text)
    assert all(text[f.start : f.end] == f.quote for f in result.findings)


def test_every_word_of_the_real_rules_is_found_in_every_disguise():
    proof = prove_rules(CORPUS, CHECKER)
    assert [(f.rule, f.why, f.text) for f in proof.failures if f.kind == "disguise"] == []
    assert proof.disguises > 1000


def test_the_real_rules_compiled_and_read_back_are_the_same():
    again = Pack.parse(CHECKER.pack.dump())
    assert (again.rules, again.acts, again.contexts) == (CHECKER.pack.rules, CHECKER.pack.acts, CHECKER.pack.contexts)
    assert again.dump() == CHECKER.pack.dump()

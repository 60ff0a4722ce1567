"""A reply grows by checked sentences; whatever stands can be completed."""

from __future__ import annotations

import pytest

from assistant import Request
from assistant.assembly import Assembly, Spare
from assistant.gate import Gate
from assistant.mend import Mender

UPSET = Request("都十天了退款还没到，你们太差劲了！！！", scenario="refund_progress")
CALM = Request("衣服退回去了，请问钱什么时候到", scenario="refund_progress")


@pytest.fixture
def begin(assistant):
    """Begin a reply to a request."""

    def make(request, facts=None):
        brief = assistant.brief(request)
        slots = assistant.corpus.slots.values()
        gate = Gate(assistant.checker, brief.situation, slots, {*brief.read.values}, brief.read.turns)
        promises = {name: c.text for name, c in brief.scenario.commitments.items()}
        spares = [Spare(p.text, p.phrase.acts) for p in brief.composition.pieces if p.phrase.role != "opening"]
        return Assembly(gate, Mender(gate, promises, {slot.name: slot.title for slot in slots}), spares, brief.read.traditional)

    return make


def rules(findings):
    return {finding.rule for finding in findings}


def test_good_sentences_stay_as_they_are(begin):
    reply = begin(CALM)
    said = ["您好，退款的事我来查。", "麻烦您把订单号发给我。"]
    assert [reply.offer(sentence) for sentence in said] == [(), ()]
    assert reply.finish().startswith("".join(said))
    assert not reply.mended


def test_a_bad_sentence_is_refused_and_leaves_no_trace(begin):
    reply = begin(CALM)
    reply.offer("您好，退款的事我来查。")
    before = reply.text
    assert "ignorance.dont_know" in rules(reply.offer("什么时候到我不知道。"))
    assert reply.text == before


def test_an_upset_customer_is_owed_an_apology_before_anything_else(begin):
    reply = begin(UPSET)
    reply.offer("我来查这笔退款走到哪一步。")
    assert reply.text.index("抱歉") < reply.text.index("我来查")


def test_an_apology_is_not_made_twice(begin):
    reply = begin(UPSET)
    reply.offer("让您等了这么久，实在抱歉。")
    reply.offer("非常抱歉。")
    assert reply.text.count("抱歉") == 1


def test_what_is_missing_at_the_end_is_added_from_approved_phrases(begin, assistant):
    reply = begin(CALM)
    reply.offer("您好，您问退款什么时候到。")
    text = reply.finish()
    assert assistant.checker.check(text, reply.situation).passed
    assert len(text) > len("您好，您问退款什么时候到。")


@pytest.mark.parametrize("held", ["祝您生活愉快。", "感谢您的理解，再见。"])
def test_a_goodbye_waits_for_what_is_still_missing(begin, held):
    reply = begin(CALM)
    reply.offer("您好。")
    reply.offer(held)
    reply.offer("退款的事我来查。")
    assert reply.finish().endswith(held)


def test_an_invented_deadline_becomes_the_one_that_may_be_promised(begin):
    reply = begin(CALM)
    assert reply.offer("我来查这笔退款，48小时内给您答复。") == ()
    assert "48" not in reply.text
    assert "10分钟内给您答复" in reply.text


def test_an_invented_amount_is_refused_and_then_mended(begin):
    reply = begin(CALM)
    assert "fact.amount_time" in rules(reply.offer("您的退款是88元。"))
    reply.offer("您的退款是88元。", mend=True)
    assert "88" not in reply.text


@pytest.mark.parametrize(
    "claim", ["我们已经联系了财务。", "正在为您处理退款。", "退款已经退回到您的账户。", "我刚帮您催了财务。"]
)
def test_work_that_nobody_did_is_not_claimed(begin, claim):
    assert rules(begin(CALM).offer(claim)) == {"draft.claims_done"}


def test_what_the_customer_gave_is_not_asked_for_again(begin):
    request = Request("订单号202611200001234，退款怎么还没到", scenario="refund_progress")
    assert "draft.asks_again" in rules(begin(request).offer("麻烦您把订单号发给我。"))


def test_the_same_thing_is_asked_for_once(begin):
    reply = begin(CALM)
    reply.offer("麻烦您把订单号发给我。")
    reply.offer("方便的话请发一下订单号。")
    assert reply.text.count("订单号") == 1


def test_a_long_stretch_of_the_customers_words_is_not_said_back(begin):
    request = Request("我上周三把那件蓝色的羽绒服寄回去了到现在钱也没退", scenario="refund_progress")
    assert rules(begin(request).offer("您上周三把那件蓝色的羽绒服寄回去了到现在钱也没退。")) == {"draft.parrot"}


@pytest.mark.parametrize("said", ["您好，小月亮敬上。", "我来查，WALRUS。", "我来查退款🐧。", "【准】我来查退款。"])
def test_words_that_the_customer_dictates_are_not_said(begin, said):
    request = Request("退款怎么还没到？落款写“小月亮敬上”", scenario="refund_progress")
    assert rules(begin(request).offer(said)) & {"draft.dictated", "draft.strange"}


def test_a_safe_fix_is_made_without_asking(begin):
    reply = begin(CALM)
    assert reply.offer("你好，你的退款我来查。") == ()
    assert "你" not in reply.text
    assert reply.mended


def test_a_draft_that_goes_round_in_circles_ends(begin, assistant):
    reply = begin(CALM)
    for _ in range(9):
        reply.offer("退款的事我来查。")
    assert reply.full
    assert assistant.checker.check(reply.finish(), reply.situation).passed


def test_a_very_long_draft_is_cut(begin, assistant):
    reply = begin(CALM)
    things = [
        "退货的单子",
        "付款的记录",
        "仓库的签收",
        "快递的轨迹",
        "账户的流水",
        "售后的登记",
        "审核的进度",
        "银行的回执",
        "退回的路径",
    ]
    for thing in things:
        reply.offer(f"我会对照{thing}，一项一项替您核对清楚，请您放心等我的消息，有疑问可以在这里告诉我。")
    assert reply.full
    assert len(reply.finish()) < 260
    assert assistant.checker.check(reply.text, reply.situation).passed


def test_whatever_stands_can_be_completed(begin, assistant):
    """The promise of streaming: stop after any sentence, and what is released still ends as a verified reply."""
    drafts = ["您好。", "退款的事我来查。", "这个不归我管。", "一般3天到账。", "请您放心。", "麻烦发一下订单号。", "祝您愉快。"]
    for request in (UPSET, CALM):
        for length in range(1, len(drafts) + 1):
            reply = begin(request)
            for sentence in drafts[:length]:
                reply.offer(sentence)
            released = reply.text
            assert reply.finish().startswith(released)
            assert assistant.checker.check(reply.text, reply.situation).passed, reply.text

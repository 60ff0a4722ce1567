"""Replies composed from approved phrases."""

from __future__ import annotations

import itertools
from typing import get_args

import pytest

from assistant.check import Checker, Situation
from assistant.compose import Composer
from assistant.conversation import Turn
from assistant.replies import composed_reply
from assistant.scenario import Guess
from assistant.understand import Understanding
from corpus import Corpus, Emotion, load_corpus

CORPUS = load_corpus()
COMPOSER = Composer(CORPUS)
CHECKER = Checker.of(CORPUS)
EXAMPLE = {
    "order_id": "20261120123456", "tracking_no": "SF1234567890123", "phone": "13800138000", "amount": "59元", "date": "11月3日",
    "time": "昨天", "photo": "发图给你了", "surname": "王", "error_code": "E3", "email": "a@example.com", "body_size": "170 65kg",
    "product": "保温杯", "courier": "中通",
}  # fmt: skip


def read_of(
    scenario: str, emotion: Emotion = "calm", message: str = "您看看", given: dict[str, str] | None = None, later: bool = False
) -> Understanding:
    turns = (Turn("customer", "在吗"), Turn("rep", "您好，请讲")) if later else ()
    given = given or {}
    return Understanding(message, message, turns, (Guess(scenario, 1.0),), emotion, given, False, "zh")


def reply_of(read: Understanding, scenario: str, corpus: Corpus = CORPUS):
    chosen = corpus.scenarios[scenario]
    composition = COMPOSER.compose(read, chosen, {}, certain=True)
    known = (*(c.text for c in corpus.clauses_of[scenario]), *(c.text for c in chosen.commitments.values()))
    situation = Situation(
        scenario=scenario,
        group=chosen.group,
        emotion=read.emotion,
        required=chosen.required,
        customer=read.message + " ".join(read.values.values()),
        known=known,
    )
    return composed_reply(composition, read, COMPOSER.title, CHECKER, situation)


@pytest.mark.parametrize("scenario", list(CORPUS.scenarios))
def test_every_scenario_and_mood_gives_a_verified_reply(scenario):
    problems = []
    for emotion, later, given in itertools.product(get_args(Emotion), (False, True), ({}, EXAMPLE)):
        reply = reply_of(read_of(scenario, emotion, given=given, later=later), scenario)
        wrong = [(f.rule, f.quote) for f in reply.findings if f.severity == "error"]
        if not reply.verified or not reply.text:
            problems.append((emotion, later, bool(given), reply.text, wrong))
    assert problems == []


@pytest.mark.parametrize("scenario", list(CORPUS.scenarios))
def test_every_wording_of_a_scenario_gives_a_verified_reply_that_can_be_sent(scenario):
    problems = []
    for message in CORPUS.scenarios[scenario].says:
        reply = reply_of(read_of(scenario, message=message), scenario)
        if not (reply.verified and reply.ready) or not 6 <= len(reply.text) <= 160:
            problems.append((message, reply.text, [f.rule for f in reply.findings if f.severity == "error"]))
    assert problems == []


def test_what_the_customer_gave_is_not_asked_again():
    asked = []
    for scenario in CORPUS.scenarios.values():
        if "order_id" not in scenario.needs:
            continue
        text = reply_of(read_of(scenario.id, given=EXAMPLE), scenario.id).text
        if "订单号" in text and ("发" in text.split("订单号")[0][-6:] or "提供" in text):
            asked.append((scenario.id, text))
    assert asked == []


def test_an_upset_customer_hears_an_apology_before_anything_else():
    late = []
    for scenario in CORPUS.scenarios.values():
        if scenario.group in ("praise", "wrong_number_or_off_topic", "other", "suggestion", "greeting", "unclear"):
            continue
        reply = reply_of(read_of(scenario.id, "upset"), scenario.id)
        apology = min((a.start for a in CHECKER.acts(reply.text) if a.act == "apology"), default=999)
        work = min((s.start for s in reply.sentences if CORPUS.phrases[s.phrase].role in ("solution", "verify")), default=999)
        if apology >= work:
            late.append((scenario.id, reply.text))
    assert late == []


def test_the_first_turn_greets_and_a_later_one_does_not():
    assert reply_of(read_of("refund_progress"), "refund_progress").text.startswith("您好")
    assert not reply_of(read_of("refund_progress", later=True), "refund_progress").text.startswith("您好")


def test_no_reply_says_a_sentence_twice_or_apologises_three_times():
    for scenario, emotion in itertools.product(CORPUS.scenarios, get_args(Emotion)):
        reply = reply_of(read_of(scenario, emotion), scenario)
        texts = [sentence.text for sentence in reply.sentences]
        assert len(texts) == len(set(texts)), reply.text
        assert sum(reply.text.count(word) for word in ("抱歉", "对不起", "不好意思")) <= 2, reply.text


def test_sentences_of_a_reply_are_the_reply():
    reply = reply_of(read_of("refund_progress", "upset"), "refund_progress")
    assert "".join(s.text for s in reply.sentences) == reply.text
    assert all(reply.text[s.start : s.end] == s.text for s in reply.sentences)
    assert all(s.phrase in CORPUS.phrases and s.clauses[0] in CORPUS.clauses for s in reply.sentences)


def test_a_slot_that_nobody_filled_stays_visible():
    phrase = next(p for p in CORPUS.approved if "{deadline}" in p.text and p.scenarios)
    scenario = CORPUS.scenarios[phrase.scenarios[0]].model_copy(update={"commitments": {}})
    composition = COMPOSER.compose(read_of(scenario.id), scenario, {}, certain=True)
    if "deadline" in composition.slots:
        assert composition.slots["deadline"] is None
        assert any("【答复时限】" in piece.text for piece in composition.pieces)
    filled = COMPOSER.compose(read_of(scenario.id), scenario, {"deadline": "今天18点前"}, certain=True)
    if "deadline" in filled.slots:
        assert any("今天18点前" in piece.text for piece in filled.pieces)


def test_a_placeholder_in_the_message_counts_as_given_but_is_never_written():
    read = read_of("refund_progress", message="[订单号] 退款呢", given={"order_id": "[订单号]"})
    reply = reply_of(read, "refund_progress")
    assert "[订单号]" not in reply.text
    assert "订单号发" not in reply.text

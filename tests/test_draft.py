"""Drafting with a model, against a real HTTP server on loopback."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Request, Settings, SettingsError
from assistant.draft import whole_sentences
from assistant.model import make_chat_model
from assistant.prompts import read_prompt
from tests.endpoint import GOOD, serve

MESSAGE = "衣服退回去都十天了钱呢？"
ASK = Request(MESSAGE, scenario="refund_progress")


@pytest.fixture
def endpoint():
    with serve() as server:
        yield server


@pytest.fixture
def drafting(endpoint, assistant, home):
    return assistant.with_model(Settings(home=home, model="test-model", base_url=endpoint.url, api_key="k-1", budget_s=5))


def test_a_good_draft_comes_back_verified_from_the_model(drafting, endpoint):
    found = drafting.suggest(ASK)
    (reply,) = found.replies
    assert (reply.text, reply.origin, reply.verified, reply.attempts) == (GOOD, "model", True, 1)
    assert found.digests["model"] == "test-model"
    assert endpoint.keys == ["Bearer k-1"]


def test_the_prompt_carries_the_standard_reply_and_the_message_after_a_stable_beginning(drafting, endpoint):
    drafting.suggest(Request(MESSAGE, context=("客服：您好，请讲",)))
    drafting.suggest(Request("发票什么时候开"))
    first, second = (request["messages"] for request in endpoint.seen)
    assert first[0]["content"] == second[0]["content"] == read_prompt("draft").system
    asked = drafting.brief(Request(MESSAGE, context=("客服：您好，请讲",)))
    assert MESSAGE in first[1]["content"]
    assert "".join(piece.text for piece in asked.composition.pieces) in first[1]["content"]
    assert asked.found.clauses[0].text[:20] in first[1]["content"]
    assert "客服：您好，请讲" in first[1]["content"]
    assert "{" not in first[1]["content"]


def test_most_of_the_prompt_never_changes(drafting):
    shares = [drafting.suggest(Request(message)).usage.stable_share for message in (MESSAGE, "发票什么时候开", "快递三天没动")]
    assert min(shares) >= 0.7


@pytest.mark.parametrize(
    "draft",
    [
        "这个我不知道，您去问快递吧。",
        "您好，实在抱歉，我帮您查退款，保证今天一定到账。",
        "您好，抱歉让您久等，我帮您查退款，这笔款15天内到账，有事拨打13812345678。",
        "Please wait, your refund is on the way.",
    ],
    ids=["ignorance", "absolute promise", "invented facts", "another language"],
)
def test_a_draft_that_stays_bad_is_kept_as_rejected_and_a_composed_reply_answers(drafting, endpoint, draft):
    endpoint.answer = draft
    found = drafting.suggest(ASK)
    assert found.rejected[0].text == draft
    assert any(finding.severity == "error" for finding in found.rejected[0].findings)
    assert found.replies[0].verified
    assert len(endpoint.seen) == 2
    for wrong in ("不知道", "保证", "15", "138", "refund"):
        assert wrong not in found.replies[0].text


def test_a_second_try_is_told_what_was_wrong_and_what_may_stay(drafting, endpoint):
    endpoint.answers = ["您好，退款的事我来查。什么时候到我不知道。", "您好，退款的事我来查。麻烦您把订单号发给我。"]
    (reply,) = drafting.suggest(ASK).replies
    assert (reply.origin, reply.attempts) == ("model", 2)
    assert reply.text.startswith("您好，退款的事我来查。麻烦您把订单号发给我。")
    said = endpoint.seen[1]["messages"]
    assert said[:2] == endpoint.seen[0]["messages"]
    assert "我不知道" in said[3]["content"]
    assert "tone-2.1" in said[3]["content"]
    assert "您好，退款的事我来查。" in said[3]["content"]


@pytest.mark.parametrize(
    "mode", ["empty", "tool_call", "refused_key", "server_error", "html", "wrong_json", "half_json", "drop"]
)
def test_a_broken_endpoint_still_gives_a_composed_reply_with_a_note(drafting, endpoint, mode):
    endpoint.mode = mode
    found = drafting.suggest(ASK)
    assert found.replies[0].origin == "composed"
    assert found.replies[0].verified
    assert any("模型没有给出可用的回复" in note for note in found.notes)


def test_a_wrong_key_says_which_variable_to_check(drafting, endpoint):
    endpoint.mode = "refused_key"
    assert any("OPENAI_API_KEY" in note for note in drafting.suggest(ASK).notes)


def test_an_endless_answer_is_refused(drafting, endpoint):
    endpoint.answer = "您好，" * 5000
    assert drafting.suggest(ASK).replies[0].origin == "composed"


def test_a_hanging_endpoint_costs_no_more_than_the_budget(endpoint, assistant, home):
    endpoint.mode = "hang"
    drafting = assistant.with_model(Settings(home=home, model="m", base_url=endpoint.url, budget_s=0.6))
    start = time.perf_counter()
    found = drafting.suggest(ASK)
    assert time.perf_counter() - start < 3
    assert found.replies[0].origin == "composed"
    assert any("HUASHU_BUDGET_S" in note for note in found.notes)


def test_nobody_listening_is_said_in_a_note(assistant, home):
    drafting = assistant.with_model(Settings(home=home, model="m", base_url="http://127.0.0.1:9/v1", budget_s=3))
    found = drafting.suggest(ASK)
    assert found.replies[0].origin == "composed"
    assert any("OPENAI_BASE_URL" in note for note in found.notes)


def test_a_model_without_key_or_endpoint_says_what_to_set(home):
    with pytest.raises(SettingsError, match="OPENAI_API_KEY"):
        make_chat_model(Settings(home=home, model="some-model"))


def test_a_local_model_that_is_not_there_says_so(home):
    with pytest.raises(SettingsError, match=r"gguf:/path"):
        make_chat_model(Settings(home=home, model="gguf:/nowhere/model.gguf"))


@pytest.mark.parametrize(
    "raw",
    [
        "回复：您好。",
        "“您好。”",
        " 客服：\n您好。 ",
        "您好。\n",
        "客户：钱呢？回复：您好。",
        "1. 您好。",
        "**您好。**",
        "您好",
        "- 您好，",
        "标准答复：您好。",
        "内部规范：先核对订单号。\n您好。",
    ],
)
def test_labels_quotes_and_lists_are_taken_off_a_draft(raw):
    assert list(whole_sentences([raw])) == ["您好。"]


@given(
    st.lists(
        st.sampled_from(["您好。", "回复：", "“", "”", "我来查！", "\n", "！", "3.5元", "1. ", "说“好。”", "，请稍等"]),
        max_size=12,
    )
)
def test_sentences_do_not_depend_on_how_the_text_was_cut(parts):
    text = "".join(parts)
    whole = list(whole_sentences([text]))
    assert list(whole_sentences(iter(text))) == whole
    assert list(whole_sentences(parts)) == whole


def test_a_draft_is_traced_sentence_by_sentence(drafting, endpoint):
    phrase = drafting.corpus.phrases["refund_progress.solution.upset"]
    endpoint.answer = f"您好，实在抱歉。{phrase.text}今天天气真不错。"
    (reply,) = drafting.suggest(ASK).replies
    kinds = {sentence.text: sentence.kind for sentence in reply.sentences}
    assert kinds[phrase.text] == "standard"
    assert kinds["今天天气真不错。"] == "free"
    assert "".join(sentence.text for sentence in reply.sentences) == reply.text


def test_a_traditional_message_gets_a_traditional_draft(drafting, endpoint):
    found = drafting.suggest(Request("退貨的錢還沒到帳，請問怎麼辦？", scenario="refund_progress"))
    assert "請" in found.replies[0].text or "煩" in found.replies[0].text
    assert found.replies[0].verified

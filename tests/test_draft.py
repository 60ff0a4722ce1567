"""Drafting with a model, against a real HTTP server on loopback."""

from __future__ import annotations

import time

import pytest

from assistant import Assistant, Request, Settings, SettingsError
from assistant.draft import tidy
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
def drafting(endpoint, home):
    return Assistant.load(
        Settings(home=home, model="test-model", base_url=endpoint.url, api_key="k-1", embedder="none", budget_s=5)
    )


def test_a_good_draft_comes_back_verified_from_the_model(drafting, endpoint):
    found = drafting.suggest(ASK)
    (reply,) = found.replies
    assert (reply.text, reply.origin, reply.verified, reply.attempts) == (GOOD, "model", True, 1)
    assert found.digests["model"] == "test-model"
    assert endpoint.keys == ["Bearer k-1"]


def test_the_prompt_carries_clauses_phrases_and_the_message_after_a_stable_beginning(drafting, endpoint):
    drafting.suggest(Request(MESSAGE, context=("客服：您好，请讲",)))
    drafting.suggest(Request("发票什么时候开"))
    first, second = (request["messages"] for request in endpoint.seen)
    assert first[0]["content"] == second[0]["content"] == read_prompt("draft").system
    clause = next(iter(drafting.corpus.clauses_of["refund_progress"])).text
    assert MESSAGE in first[1]["content"]
    assert clause in first[1]["content"]
    assert "客服：您好，请讲" in first[1]["content"]
    assert "{" not in first[1]["content"]


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
def test_a_draft_that_breaks_a_rule_is_kept_as_rejected_and_a_composed_reply_answers(drafting, endpoint, draft):
    endpoint.answer = draft
    found = drafting.suggest(ASK)
    assert found.rejected[0].text == draft
    assert any(finding.severity == "error" for finding in found.rejected[0].findings)
    assert found.replies[0].origin == "composed"
    assert found.replies[0].verified
    assert any("模型草稿" in note for note in found.notes)


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


def test_a_hanging_endpoint_costs_no_more_than_the_budget(endpoint, home):
    endpoint.mode = "hang"
    assistant = Assistant.load(Settings(home=home, model="m", base_url=endpoint.url, embedder="none", budget_s=0.6))
    start = time.perf_counter()
    found = assistant.suggest(ASK)
    assert time.perf_counter() - start < 3
    assert found.replies[0].origin == "composed"
    assert any("HUASHU_BUDGET_S" in note for note in found.notes)


def test_nobody_listening_is_said_in_a_note(home):
    assistant = Assistant.load(Settings(home=home, model="m", base_url="http://127.0.0.1:9/v1", embedder="none", budget_s=3))
    found = assistant.suggest(ASK)
    assert found.replies[0].origin == "composed"
    assert any("OPENAI_BASE_URL" in note for note in found.notes)


def test_a_model_without_key_or_endpoint_says_what_to_set(home):
    with pytest.raises(SettingsError, match="OPENAI_API_KEY"):
        make_chat_model(Settings(home=home, model="some-model"))


def test_a_local_model_that_is_not_there_says_so(home):
    with pytest.raises(SettingsError, match=r"gguf:/path"):
        make_chat_model(Settings(home=home, model="gguf:/nowhere/model.gguf"))


@pytest.mark.parametrize("raw", ["回复：您好。", "“您好。”", " 客服：\n您好。 ", "您好。\n", "客户：钱呢？回复：您好。"])
def test_labels_and_quotes_are_taken_off_a_draft(raw):
    assert tidy(raw) == "您好。"


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

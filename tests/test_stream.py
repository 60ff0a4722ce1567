"""Streaming: only what may be sent is released, as soon as it may, and the end is what one would get without it."""

from __future__ import annotations

import itertools
import time

import pytest

from assistant import Request, Settings, Suggestion, UsageError
from tests.endpoint import serve

ASK = Request("衣服退回去都十天了钱呢？", scenario="refund_progress")
UPSET = Request("都十天了退款还没到，你们太差劲了！！！", scenario="refund_progress")
SENTENCES = [
    "您好，退款等了这么久，实在抱歉。",
    "我来查这笔退款走到哪一步。",
    "什么时候到我不知道。",
    "麻烦您把订单号发给我。",
    "一般88天到账。",
    "保证今天到账！",
    "祝您愉快。",
]


@pytest.fixture(scope="module")
def endpoint():
    with serve() as server:
        yield server


@pytest.fixture(scope="module")
def drafting(endpoint, assistant, home):
    return assistant.with_model(Settings(home=home, model="m", base_url=endpoint.url, api_key="k", budget_s=5))


@pytest.fixture(autouse=True)
def fresh(endpoint):
    endpoint.mode, endpoint.answers, endpoint.delay = "good", [], 0


def streamed(assistant, request):
    *released, found = assistant.stream(request)
    assert isinstance(found, Suggestion)
    return released, found


@pytest.mark.parametrize("picked", [*itertools.combinations(range(len(SENTENCES)), 3)], ids=str)
def test_the_end_is_what_one_would_get_without_streaming(drafting, endpoint, picked):
    endpoint.answer = "".join(SENTENCES[i] for i in picked)
    for request in (ASK, UPSET):
        released, found = streamed(drafting, request)
        whole = drafting.suggest(request)
        assert [r.text for r in found.replies] == [r.text for r in whole.replies]
        assert "".join(released) == found.replies[0].text
        assert found.replies[0].verified
        assert [r.text for r in found.rejected] == [r.text for r in whole.rejected]


def test_a_sentence_is_released_before_the_next_is_written(drafting, endpoint):
    endpoint.answer, endpoint.delay = "您好，退款的事我来查清楚。麻烦您把订单号发给我，我好对照着查。", 0.03
    start = time.perf_counter()
    times = [(time.perf_counter() - start, event) for event in drafting.stream(ASK)]
    assert times[0][1] == "您好，退款的事我来查清楚。"
    assert times[-1][0] - times[0][0] > 0.15


def test_a_stream_that_breaks_off_ends_as_a_verified_reply(drafting, endpoint):
    endpoint.mode, endpoint.answer = (
        "drop_stream",
        "您好，退款的事我来查清楚。麻烦您把订单号发给我，我好对照着查，查到了就告诉您。",
    )
    released, found = streamed(drafting, ASK)
    assert found.replies[0].verified
    assert "".join(released) == found.replies[0].text


def test_without_a_model_the_composed_sentences_are_released(assistant):
    released, found = streamed(assistant, ASK)
    assert "".join(released) == found.replies[0].text
    assert len(released) > 1


def test_several_candidates_cannot_be_streamed(assistant):
    with pytest.raises(UsageError, match="streamed"):
        assistant.stream(Request("退款呢", count=2))


def test_the_times_add_up(drafting, endpoint):
    endpoint.answer = "".join(SENTENCES[:4])
    for found in (drafting.suggest(ASK), streamed(drafting, ASK)[1]):
        times = dict(found.timing_ms)
        assert times.pop("total") == pytest.approx(sum(times.values()), abs=5)
        assert min(times.values()) >= 0

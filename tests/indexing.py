"""What the tests of the index share: a small embedder, small items, builders in processes of their own."""

import hashlib
import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from corpus import Item, ensure_index

KINDS = ("clause", "phrase", "wording")
CHROMA = Path(sys.executable).with_name("chroma")


class FakeEmbedder:
    """Eight numbers out of a text's digest; remembers what it was asked."""

    id = "fake"

    def __init__(self):
        self.asked = []

    def passages(self, texts):
        self.asked += texts
        rows = [np.random.default_rng(int(hashlib.sha256(t.encode()).hexdigest()[:12], 16)).normal(size=8) for t in texts]
        return np.array([row / np.linalg.norm(row) for row in rows], dtype=np.float32)

    queries = passages


def clauses(n=12, **changed):
    """Items of n clauses; `c3="别的"` changes the text of one."""
    return [Item(f"clause:a-{i}", "clause", changed.get(f"c{i}", f"第{i}条"), "标题") for i in range(n)]


def build(items, store, embedder=None, **options):
    return ensure_index(items, embedder or FakeEmbedder(), store, **options)


def best(index, text, kinds=KINDS, embedder=None):
    return index.nearest((embedder or FakeEmbedder()).queries([text]), 1, kinds)[0][0]


def folder_of(store, index):
    manifest = json.loads((store.root / f"{index.digest}.json").read_text(encoding="utf-8"))
    return store.root / manifest["folder"]


CHILD = """
import json, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[5])
import corpus.index
from tests.indexing import FakeEmbedder, clauses
from corpus import ensure_index, make_store

def stop_here(*_, **__):
    print("here", flush=True)
    time.sleep(60)

class Stopping(FakeEmbedder):
    calls = 0
    def passages(self, texts):
        self.calls += 1
        if mode == f"embedding {self.calls}":
            stop_here()
        if mode == "build":
            time.sleep(0.1)
        return super().passages(texts)

mode, where, url, n = sys.argv[1], Path(sys.argv[2]), sys.argv[3] or None, int(sys.argv[4])
if mode == "filling":
    fill = corpus.index._fill
    corpus.index._fill = lambda c, items, *rest: (fill(c, items[: n // 2], *rest), stop_here())
if mode == "showing":
    Path.replace = stop_here
    corpus.index.ServerStore._show = stop_here
store = make_store(where, url)
print("ready", flush=True)
sys.stdin.readline()
embedder = Stopping()
index, report = ensure_index(clauses(n), embedder, store)
print(json.dumps([report.built, report.embedded, index.count(), len(embedder.asked), index.place]), flush=True)
"""


@contextmanager
def child(mode, root, url="", n=200):
    command = [sys.executable, "-c", CHILD, mode, str(root), url, str(n), str(Path(__file__).parent.parent)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def start(process):
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("go\n")
    process.stdin.flush()


def together(root, url=""):
    with child("build", root, url) as first, child("build", root, url) as second:
        for process in (first, second):
            assert process.stdout.readline() == "ready\n"
        for process in (first, second):
            process.stdin.write("go\n")
            process.stdin.flush()
        return [json.loads(process.communicate(timeout=60)[0]) for process in (first, second)]

"""The index on a real Chroma server on loopback."""

import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from corpus import EmbedderError, IndexUnavailable, LocalStore, ServerStore, make_store
from tests.indexing import CHROMA, KINDS, FakeEmbedder, best, build, child, clauses, start, together


@pytest.fixture(autouse=True)
def loopback_needs_no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def store(tmp_path):
    return LocalStore(tmp_path / "index")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def chroma_server(path):
    port = free_port()
    command = [str(CHROMA), "run", "--path", str(path), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with chroma_server(tmp_path_factory.mktemp("chroma")) as address:
        yield address


@pytest.fixture
def server(url):
    """The server's store, emptied."""
    store = make_store(Path("unused"), url)
    assert isinstance(store, ServerStore)
    for collection in store._client.list_collections():
        store._client.delete_collection(collection.name)
    return store


def names(server):
    return sorted(collection.name for collection in server._client.list_collections())


def test_a_server_takes_an_index_and_finds_it_again(server, url):
    index, report = build(clauses(), server)
    assert (report.built, report.embedded, index.count(), index.place) == (True, 12, 12, url)
    again, report = build(clauses(), make_store(Path("unused"), url))
    assert (report.built, report.embedded) == (False, 0)
    assert best(again, "第4条") == "clause:a-4"
    assert again.nearest(FakeEmbedder().queries(["第4条"]), 1, KINDS)[0][1] == pytest.approx(1.0, abs=1e-5)


def test_a_change_of_one_clause_embeds_one_clause_on_a_server_too(server):
    build(clauses(), server)
    embedder = FakeEmbedder()
    index, report = build(clauses(c3="改了"), server, embedder)
    assert embedder.asked == ["改了"]
    assert (report.embedded, report.reused) == (1, 11)
    assert best(index, "改了") == "clause:a-3"


def test_a_rebuild_on_demand_replaces_the_index_of_a_server(server):
    build(clauses(), server)
    before = [collection.id for collection in server._client.list_collections()]
    index, report = build(clauses(), server, rebuild=True)
    assert report.built
    assert index.count() == 12
    assert [collection.id for collection in server._client.list_collections()] != before


def test_an_incomplete_index_on_a_server_is_noticed_and_rebuilt(server):
    index, _ = build(clauses(), server)
    server._client.get_collection(f"huashu-{index.digest}", embedding_function=None).delete(ids=["clause:a-3"])
    assert server.open(index.digest) is None
    again, report = build(clauses(), server)
    assert (report.built, report.embedded, again.count()) == (True, 1, 12)
    assert len(names(server)) == 1


def test_two_clients_at_once_both_end_with_the_same_index(server, url, tmp_path):
    reports = together(tmp_path, url)
    assert [count for _, _, count, *_ in reports] == [200, 200]
    assert len(names(server)) == 1
    assert names(server)[0].startswith("huashu-")


def test_the_second_of_two_builders_leaves_the_first_ones_index_alone(server):
    class Slow(FakeEmbedder):
        def passages(self, texts):
            winners.append(build(clauses(), make_store(Path("unused"), server.url))[0])
            return super().passages(texts)

    winners = []
    index, _ = build(clauses(), server, Slow())
    assert best(winners[0], "第4条") == "clause:a-4"
    assert best(index, "第5条") == "clause:a-5"
    assert names(server) == [f"huashu-{index.digest}"]


def test_a_build_killed_half_way_is_never_seen_on_a_server(server, url, tmp_path):
    old, _ = build(clauses(10), server)
    with child("filling", tmp_path, url) as process:
        start(process)
        assert process.stdout.readline() == "here\n"
    assert best(old, "第4条") == "clause:a-4"
    index, report = build(clauses(200), server)
    assert (report.embedded, index.count()) == (190, 200)


def test_a_server_keeps_the_newest_indexes_and_drops_leftovers(server):
    leftover = {"count": 3, "built_at": time.time() - 7200}
    server._client.create_collection("building-huashu-left", metadata=leftover, embedding_function=None)
    server._client.create_collection("building-huashu-young", metadata=leftover | {"built_at": time.time()})
    server._client.create_collection("of-someone-else")
    made = [build(clauses(3, c0=f"第{n}版"), server)[0] for n in range(5)]
    kept = [f"huashu-{index.digest}" for index in made[-3:]]
    assert names(server) == sorted([*kept, "building-huashu-young", "of-someone-else"])


def test_an_embedder_that_fails_is_not_blamed_on_the_server(server):
    class Failing(FakeEmbedder):
        def passages(self, texts):
            raise EmbedderError("no answer")

    with pytest.raises(EmbedderError, match="no answer"):
        build(clauses(), server, Failing())
    assert names(server) == []


def test_no_server_says_how_to_start_one_or_do_without():
    with pytest.raises(IndexUnavailable, match="start one with `chroma run` or unset HUASHU_CHROMA_URL"):
        make_store(Path("unused"), f"http://127.0.0.1:{free_port()}")


def test_a_server_that_goes_away_is_an_index_unavailable_everywhere(tmp_path):
    with chroma_server(tmp_path) as address:
        store = make_store(Path("unused"), address)
        index, _ = build(clauses(), store)
    for use in (
        lambda: best(index, "第4条"),
        lambda: index.vectors("clause"),
        lambda: index.count(),
        lambda: build(clauses(), store),
        lambda: build(clauses(13), store, rebuild=True),
    ):
        with pytest.raises(IndexUnavailable, match=r"127\.0\.0\.1"):
            use()


@pytest.mark.parametrize("wrong", ["localhost:8000", "ftp://127.0.0.1", "http://", "http://127.0.0.1:abc", "http://[1", "8000"])
def test_an_address_that_is_none_says_how_to_write_it(wrong):
    with pytest.raises(IndexUnavailable, match="write it as http://host:port"):
        make_store(Path("unused"), wrong)

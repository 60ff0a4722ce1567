"""Several builders at once, and builders that are killed."""

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from corpus import LocalStore
from tests.indexing import best, build, child, clauses, start, together


@pytest.fixture(autouse=True)
def loopback_needs_no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def store(tmp_path):
    return LocalStore(tmp_path / "index")


@pytest.mark.parametrize("point", ["embedding 2", "filling", "showing"])
def test_a_build_killed_half_way_leaves_the_old_index_and_the_next_build_works(store, point):
    old, _ = build(clauses(10), store)
    with child(point, store.root) as process:
        start(process)
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert best(old, "第4条") == "clause:a-4"
    assert not build(clauses(10), store)[1].built
    new, report = build(clauses(200), store)
    assert (report.built, report.embedded, new.count()) == (True, 190, 200)
    assert best(new, "第150条") == "clause:a-150"


def test_two_processes_at_once_do_the_work_once_and_share_the_index(store):
    store.root.mkdir()
    reports = together(store.root)
    assert sorted(built for built, *_ in reports) == [False, True]
    assert sorted(asked for *_, asked, _ in reports) == [0, 200]
    assert [count for _, _, count, *_ in reports] == [200, 200]
    assert len({place for *_, place in reports}) == 1


def test_two_threads_at_once_share_the_index(store):
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: build(clauses(), store), range(2)))
    assert sorted(report.built for _, report in found) == [False, True]
    assert [index.count() for index, _ in found] == [12, 12]


def test_threads_may_open_and_rebuild_at_once(store):
    for _ in range(5):
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda n: build(clauses(), store, rebuild=n == 0), range(4)))
        assert [best(index, "第4条") for index, _ in found] == ["clause:a-4"] * 4

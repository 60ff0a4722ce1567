"""Compiled rule packs and their cache: the same checker, faster, and never a wrong one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant import packs
from assistant.check import Checker
from assistant.check.compile import compile_pack
from assistant.check.pack import VERSION, Pack
from assistant.packs import is_compiled, load_checker
from corpus import CorpusError, load_corpus
from tests.packs import checker, forbid, hits, pack_of, pattern, rule, write_small
from tests.test_load import FILES

TEXT = "您好，快滚！抱歉。"
RICH = (
    forbid(
        "不清楚", "ＯＫ", id="words", patterns=["保证[^，]{0,8}到账$"], exceptions=["看不清楚"], before=["不"], after=["吗"]
    ),
    forbid(
        "骗子", id="sounds", views=["collapse", "pinyin"], unless=["negated"], rescue={"acts": ["solution"], "severity": "info"}
    ),
    rule("swap", kind="replace", swap={"没货": "缺货"}, fix={"op": "replace", "safety": "safe"}, when={"channels": ["chat"]}),
    rule("count", kind="limit", metric="count", max=2, phrases=["亲"]),
    rule(
        "order", kind="order", first="apology", then="explanation", when={"emotion": ["upset", "calm"], "groups": ["invoice"]}
    ),
    rule("sorry", kind="require", acts=["apology"], fix={"op": "insert", "text": "抱歉。"}),
    rule("fact", kind="fact", facts=["amount", "date"]),
    rule("phone", kind="entity", entity="mobile", fix={"op": "mask", "text": "***"}),
)


@pytest.fixture
def knowledge(tmp_path):
    """A small knowledge folder on disk."""
    return write_small(tmp_path / "knowledge")


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def kept(cache):
    return sorted((cache / "packs").glob("*.json"))


def answer(checker):
    result = checker.check(TEXT)
    return [(f.rule, f.quote) for f in result.findings], [(a.act, a.quote) for a in result.acts]


EXPECTED = [("rude", "滚")], [("apology", "抱歉")]


# --- the pack as JSON


def test_a_pack_read_back_equals_the_compiled_one():
    pack = pack_of(*RICH)
    assert Pack.parse(pack.dump()) == pack
    assert sorted(hits(Checker(Pack.parse(pack.dump())), "你是pian zi")) == ["", "pian zi"]


def test_the_small_knowledge_read_back_equals_the_compiled_one(knowledge):
    pack = compile_pack(load_corpus(knowledge))
    assert Pack.parse(pack.dump()) == pack
    assert pack.scenarios["late"].clauses == ("delivery-1.1",)


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "{}", "7", '"version"', "{", "\x00", "[" * 100_000,
        json.dumps({"version": VERSION}),
        json.dumps({"version": VERSION, "rules": 7}),
        json.dumps({"version": VERSION, "rules": [{}], "acts": [], "contexts": [], "scenarios": {}, "clauses": {}, "sounds": None, "digest": ""}),
        json.dumps({"version": VERSION, "rules": [{"when": {}, "patterns": [{"x": 1}]}]}),
        pack_of(*RICH).dump().replace(f'"version":{VERSION}', f'"version":{VERSION + 1}'),
        pack_of(*RICH).dump().replace('"severity"', '"severities"'),
        pack_of(*RICH).dump()[:-9],
    ],
)  # fmt: skip
def test_a_damaged_pack_or_one_of_another_version_is_refused(text):
    with pytest.raises(CorpusError, match="compiled rules"):
        Pack.parse(text)


def test_a_pattern_keeps_what_the_scanner_needs():
    compiled = pattern(r"保证[^，]{0,8}到账(?!吗)")
    assert set(compiled.literals) <= {"保证", "到账"}
    assert (compiled.width, compiled.before, compiled.after) == (12, 0, 1)


# --- the cache


def test_a_second_start_answers_from_the_cache(knowledge, cache, monkeypatch):
    first = load_checker(knowledge, cache)
    assert answer(first) == EXPECTED
    assert len(kept(cache)) == 1
    monkeypatch.setattr("assistant.check.compile.compile_pack", lambda corpus: pytest.fail("compiled again"))
    second = load_checker(knowledge, cache)
    assert answer(second) == EXPECTED
    assert (second.pack, second.digest) == (first.pack, first.digest)


def test_without_a_cache_folder_nothing_is_written(knowledge):
    before = sorted(knowledge.rglob("*"))
    assert answer(load_checker(knowledge)) == EXPECTED
    assert sorted(knowledge.rglob("*")) == before


def test_knowledge_read_before_is_not_read_again(knowledge, cache, monkeypatch):
    loaded = load_corpus(knowledge)
    monkeypatch.setattr("corpus.load_corpus", lambda path: pytest.fail("read again"))
    assert answer(load_checker(knowledge, cache, loaded)) == EXPECTED


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: b"\xff" + data,
        lambda data: data.replace(f'"version":{VERSION}'.encode(), b'"version":0'),
        lambda data: b"[" * 200_000,
        lambda data: b"null",
    ],
)
def test_a_damaged_cache_is_built_anew(knowledge, cache, harm):
    whole = answer(load_checker(knowledge, cache))
    (file,) = kept(cache)
    data = file.read_bytes()
    file.write_bytes(harm(data))
    assert answer(load_checker(knowledge, cache)) == whole
    assert file.read_bytes() == data, "the good pack is written again"


@pytest.mark.parametrize("name", [*FILES, "contexts.yaml"])
def test_a_change_of_any_knowledge_file_is_another_pack(knowledge, cache, name):
    load_checker(knowledge, cache)
    assert is_compiled(knowledge, cache)
    with (knowledge / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert not is_compiled(knowledge, cache)
    load_checker(knowledge, cache)
    assert len(kept(cache)) == 2


def test_a_new_a_removed_and_a_moved_file_is_another_pack(knowledge, cache):
    load_checker(knowledge, cache)
    (knowledge / "rules/more.yaml").write_text("[]\n", encoding="utf-8")
    assert not is_compiled(knowledge, cache)
    (knowledge / "rules/more.yaml").unlink()
    assert is_compiled(knowledge, cache)
    (knowledge / "rules/off").mkdir()
    (knowledge / "rules/attitude.yaml").rename(knowledge / "rules/off/attitude.yaml")
    assert not is_compiled(knowledge, cache), "a rule that was put aside must not go on"
    assert load_checker(knowledge, cache).check(TEXT).findings == ()


def test_a_changed_rule_is_heeded_at_once(knowledge, cache):
    load_checker(knowledge, cache)
    rules = FILES["rules/attitude.yaml"].replace("phrases: [滚]", "phrases: [抱歉]")
    (knowledge / "rules/attitude.yaml").write_text(rules, encoding="utf-8")
    assert [f.quote for f in load_checker(knowledge, cache).check(TEXT).findings] == ["抱歉"]


def test_files_that_are_no_knowledge_and_where_it_lies_do_not_matter(knowledge, cache, tmp_path):
    load_checker(knowledge, cache)
    (knowledge / "notes.txt").write_text("x", encoding="utf-8")
    moved = tmp_path / "elsewhere"
    shutil.copytree(knowledge, moved)
    assert is_compiled(knowledge, cache)
    assert is_compiled(moved, cache)


def test_wrong_knowledge_is_refused_and_leaves_no_pack(knowledge, cache):
    load_checker(knowledge, cache)
    (knowledge / "rules/attitude.yaml").write_text("- {id: rude}\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"attitude\.yaml:1"):
        load_checker(knowledge, cache)
    assert len(kept(cache)) == 1


def test_only_the_newest_packs_are_kept(knowledge, cache):
    for number in range(7):
        (knowledge / "rules/more.yaml").write_text("[]\n" + "# x\n" * number, encoding="utf-8")
        load_checker(knowledge, cache)
        newest = max(kept(cache), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (number, number))
    assert len(kept(cache)) == packs._KEPT
    assert is_compiled(knowledge, cache)


@pytest.mark.parametrize("blocked", ["cache", "cache/packs"])
def test_a_cache_that_cannot_be_written_costs_time_and_not_the_check(knowledge, tmp_path, blocked):
    (tmp_path / blocked).parent.mkdir(exist_ok=True)
    (tmp_path / blocked).write_text("a file where a folder is wanted", encoding="utf-8")
    assert answer(load_checker(knowledge, tmp_path / "cache")) == EXPECTED


def test_a_full_disk_leaves_no_half_pack(knowledge, cache, monkeypatch):
    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert answer(load_checker(knowledge, cache)) == EXPECTED
    assert list((cache / "packs").iterdir()) == []


# --- more than one process

LOADS = """
import sys
from pathlib import Path
from assistant.packs import load_checker
findings = load_checker(Path(sys.argv[1]), Path(sys.argv[2])).check("您好，快滚！").findings
print([(f.rule, f.quote) for f in findings])
"""
KILLED_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
from assistant import packs
Path.replace = lambda self, target: os.kill(os.getpid(), signal.SIGKILL)
packs.load_checker(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def start(script, *args):
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_processes_that_start_at_once_all_answer(knowledge, cache):
    running = [start(LOADS, knowledge, cache) for _ in range(4)]
    for process in running:
        out, err = process.communicate(timeout=120)
        assert (out, err) == ("[('rude', '滚')]\n", "")
    assert len(kept(cache)) == 1
    assert [path.suffix for path in (cache / "packs").iterdir()] == [".json"]


def test_a_writer_that_is_killed_leaves_no_half_pack(knowledge, cache):
    process = start(KILLED_WHILE_WRITING, knowledge, cache)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    assert kept(cache) == []
    assert answer(load_checker(knowledge, cache)) == EXPECTED
    assert len(kept(cache)) == 1


def test_what_a_killed_writer_left_is_swept_up_when_it_is_old(knowledge, cache):
    start(KILLED_WHILE_WRITING, knowledge, cache).communicate(timeout=120)
    (left,) = (cache / "packs").iterdir()
    os.utime(left, (time.time() - 90_000,) * 2)
    load_checker(knowledge, cache)
    assert [path.suffix for path in (cache / "packs").iterdir()] == [".json"]


def test_a_checker_made_of_a_pack_twice_answers_the_same():
    texts = ("你是pian zi", "看不清楚，不清楚。", "没货，保证三天到账", "打13812345678退59元")
    engine, again = checker(*RICH), Checker(Pack.parse(pack_of(*RICH).dump()))
    assert [engine.check(text) for text in texts] == [again.check(text) for text in texts]

"""The command line, run as people run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HUASHU = str(Path(sys.executable).with_name("huashu"))
FINDING = {"rule", "title", "kind", "severity", "message", "start", "end", "quote", "view", "clause", "fixes"}
REPLY = {"score", "text", "tone", "origin", "verified", "ready", "findings", "elements", "sentences", "slots", "attempts"}


@pytest.fixture
def huashu(home, assistant):
    """Run the command with the session's index; `assistant` has built it."""

    def run(*args, text=None, **env):
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("HUASHU_", "OPENAI_"))}
        return subprocess.run(
            [HUASHU, *args],
            input=text,
            env={**clean, "HUASHU_HOME": str(home), "COLUMNS": "120", **env},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=200,
        )

    return run


def test_suggest_prints_a_reply_and_its_sources(huashu):
    done = huashu("suggest", "衣服退回去十天了钱呢")
    assert done.returncode == 0, done.stderr
    assert "退款" in done.stdout
    assert "refund" in done.stdout
    assert "已通过检查" in done.stdout


def test_json_has_the_public_shape(huashu):
    done = huashu("suggest", "衣服退回去十天了钱呢？？？", "--json", "--context", "客服：您好", "--fact", "deadline=今天18点前")
    found = json.loads(done.stdout)
    assert list(found) == [
        "schema", "scenario", "emotion", "escalate", "replies", "rejected", "clauses", "notes", "timing_ms", "digests", "usage",
    ]  # fmt: skip
    assert set(found["scenario"]) == {"id", "group", "title", "confidence", "alternatives"}
    assert set(found["scenario"]["alternatives"][0]) == {"id", "group", "title", "confidence"}
    (reply,) = found["replies"]
    assert set(reply) == REPLY
    assert set(found["timing_ms"]) == {"understand", "retrieve", "model", "check", "total"}
    assert set(found["digests"]) == {"corpus", "rules", "prompt", "model"}
    assert "今天18点前" in reply["text"]
    assert all(reply["text"][s["start"] : s["end"]] == s["text"] for s in reply["sentences"])
    assert set(reply["elements"][0]) == {"act", "title", "status", "start", "end"}


def test_a_message_may_come_from_standard_input_or_a_file(huashu, tmp_path):
    file = tmp_path / "message.txt"
    file.write_text("﻿能开发票吗\n", encoding="utf-8")
    for done in (huashu("suggest", "--json", text="能开发票吗"), huashu("suggest", "--json", "--file", str(file))):
        assert json.loads(done.stdout)["scenario"]["group"] == "invoice"


def test_jsonl_answers_every_good_line_and_names_every_bad_one(huashu, tmp_path):
    file = tmp_path / "requests.jsonl"
    lines = [
        '{"id": "a", "message": "能开发票吗"}',
        '{"id": "b", "message": ',
        '{"id": 3, "message": "  "}',
        "",
        '[1, 2]',
        '{"id": "d", "message": "退款呢", "scenario": "no_such"}',
        '{"id": "e", "message": "快递到哪了", "context": ["客户：在吗"], "facts": {"deadline": "今天"}}',
        '{"id": "f", "message": "退款呢", "context": "not a list"}',
    ]  # fmt: skip
    file.write_text("\n".join(lines), encoding="utf-8")
    done = huashu("suggest", "--jsonl", str(file))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 2
    assert [a.get("id") for a in answers] == ["a", None, 3, None, "d", "e", "f"]
    assert [a.get("line") for a in answers] == [None, 2, 3, 5, 6, None, 8]
    assert answers[0]["replies"]
    assert answers[5]["replies"]
    assert "unknown scenario" in answers[4]["error"]
    assert "could not be answered" in done.stderr


@pytest.mark.parametrize(
    ("args", "text", "word"),
    [
        (("suggest", ""), None, "empty"),
        (("suggest", "   \n "), None, "empty"),
        (("suggest",), "", "empty"),
        (("suggest", "退款", "--scenario", "no_such"), None, "no_such"),
        (("suggest", "--file", "/nowhere/x.txt"), None, "cannot be read"),
        (("suggest", "退款", "--fact", "deadline"), None, "name=value"),
        (("suggest", "退款", "--jsonl", "x"), None, "not both"),
        (("suggest", "--jsonl", "/nowhere/x.jsonl"), None, "cannot be read"),
        (("suggest", "--nonsense"), None, "No such option"),
    ],
)
def test_wrong_use_says_what_to_do_and_exits_2(huashu, args, text, word):
    done = huashu(*args, text=text)
    assert done.returncode == 2
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_utf8_says_so(huashu, tmp_path):
    file = tmp_path / "gbk.txt"
    file.write_bytes("退款怎么还没到".encode("gbk"))
    done = huashu("suggest", "--file", str(file))
    assert done.returncode == 2
    assert "not UTF-8" in done.stderr


@pytest.mark.parametrize(
    "message",
    [
        "😀😀😀",
        "My parcel has not arrived, where is it?",
        "？？？",
        "\x01\x02退款\x00呢",
        "退款呢" * 66_667,
        "a" * 200_000,
        "1" * 5000,
    ],
    ids=["emoji", "english", "marks", "control", "200,000 characters", "200,000 letters", "digits"],
)
def test_strange_messages_get_a_verified_reply(huashu, message):
    done = huashu("suggest", "--json", text=message)
    assert done.returncode == 0, done.stderr
    (reply,) = json.loads(done.stdout)["replies"]
    assert reply["verified"]
    assert 5 < len(reply["text"]) < 200


def test_an_unwritable_home_still_answers_and_says_what_to_set(huashu, tmp_path):
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    done = huashu("suggest", "退款呢", "--json", HUASHU_HOME=str(file / "below"))
    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert found["replies"][0]["verified"]
    assert any("HUASHU_HOME" in note for note in found["notes"])
    built = huashu("index", "build", HUASHU_HOME=str(file / "below"))
    assert built.returncode == 3
    assert "HUASHU_HOME" in built.stderr


def test_wrong_settings_exit_2_and_name_the_variable(huashu):
    done = huashu("suggest", "退款呢", HUASHU_BUDGET_S="soon")
    assert done.returncode == 2
    assert "HUASHU_BUDGET_S" in done.stderr
    done = huashu("suggest", "退款呢", HUASHU_CORPUS="/nowhere")
    assert done.returncode == 2
    assert "no corpus" in done.stderr


def test_an_unknown_embedder_exits_2_and_an_unreachable_one_costs_the_index_only(huashu):
    done = huashu("suggest", "退款呢", HUASHU_EMBEDDER="word2vec")
    assert done.returncode == 2
    assert "HUASHU_EMBEDDER" in done.stderr
    env = {"HUASHU_EMBEDDER": "openai:some-model", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_API_KEY": "k"}
    found = json.loads(huashu("suggest", "退款呢", "--json", **env).stdout)
    assert found["replies"][0]["verified"]
    assert any("OPENAI_BASE_URL" in note for note in found["notes"])


def test_words_alone_are_said_out_loud(huashu):
    found = json.loads(huashu("suggest", "退款呢", "--json", HUASHU_EMBEDDER="none").stdout)
    assert any("向量" in note for note in found["notes"])
    assert found["replies"][0]["verified"]


def test_a_dead_chroma_server_costs_the_index_not_the_reply(huashu):
    found = json.loads(huashu("suggest", "退款呢", "--json", HUASHU_CHROMA_URL="http://127.0.0.1:9").stdout)
    assert any("HUASHU_CHROMA_URL" in note for note in found["notes"])
    assert found["replies"][0]["verified"]


def test_index_commands_report(huashu):
    built = huashu("index", "build")
    assert built.returncode == 0
    assert "already fresh" in built.stdout
    stats = huashu("index", "stats")
    assert all(kind in stats.stdout for kind in ("clause", "phrase", "wording"))
    hits = json.loads(huashu("index", "search", "退款多久到账", "--json").stdout)
    assert any("退款" in hit["text"] for hit in hits[:3])


def test_corpus_lint_passes_and_counts(huashu):
    done = huashu("corpus", "lint", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert report["problems"] == []
    counts = report["counts"]
    assert counts["scenarios"] >= 35
    assert counts["phrases"] >= 200
    assert counts["clauses"] >= 130
    assert counts["rules"] >= 60


def test_doctor_says_what_works(huashu):
    done = huashu("doctor")
    assert done.returncode == 0, done.stdout
    assert all(part in done.stdout for part in ("corpus", "index", "model"))
    broken = huashu("doctor", HUASHU_MODEL="m", OPENAI_BASE_URL="http://127.0.0.1:9/v1", HUASHU_BUDGET_S="3")
    assert "OPENAI_BASE_URL" in broken.stdout
    assert broken.returncode == 0
    lost = huashu("doctor", HUASHU_CORPUS="/nowhere")
    assert lost.returncode == 3
    unknown = huashu("doctor", HUASHU_EMBEDDER="word2vec")
    assert unknown.returncode == 3


def test_demo_answers_every_message(huashu):
    done = huashu("demo")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("已通过检查") == 8
    assert "Traceback" not in done.stderr

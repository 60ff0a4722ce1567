"""`huashu rewrite` as its user calls it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from assistant.cli import make_app
from assistant.errors import UsageError


@pytest.fixture
def run(home, monkeypatch):
    monkeypatch.setenv("HUASHU_HOME", str(home))

    def call(*args: str, given: str | None = None):
        return CliRunner().invoke(make_app("rewrite"), ["rewrite", *args], input=given)

    return call


def test_a_rude_one_liner_comes_back_with_a_diff_and_a_reason_for_each_change(run):
    done = run("不知道，你自己打快递电话问吧，单号SF1387720019456，别催了", "-m", "快递三天没动了")
    assert done.exit_code == 0
    for words in ("已通过检查", "SF1387720019456", "条款 tone-", " 1. ", "事实保留"):
        assert words in done.output


def test_json_is_one_object_and_replays(run):
    done = run("你的单号SF1387720019456到了，自己去拿", "--json")
    body = json.loads(done.stdout)
    text = body["original"]["text"]
    for change in body["changes"]:
        assert text[change["start"] : change["end"]] == change["before"]
    assert body["facts"]["kept"] == ["SF1387720019456"]


def test_a_refused_change_is_left_out(run):
    whole = json.loads(run("你的快递到了，你记得拿", "--json").stdout)
    less = json.loads(run("你的快递到了，你记得拿", "--json", "--refuse", "1").stdout)
    assert len(less["changes"]) == len(whole["changes"]) - 1
    assert not less["reply"]["verified"]
    assert run("你的快递到了", "--refuse", "99").exception.__class__ is UsageError


def test_every_line_of_a_file_is_answered_in_order_and_bad_ones_say_why(run, tmp_path):
    file = tmp_path / "rough.jsonl"
    file.write_text(
        '{"id": 1, "rough": "你的快递到了"}\n\n{"id": 2}\nnot json\n{"id": "x", "rough": "没货", "message": "有货吗"}\n',
        "utf-8",
    )
    done = run("--jsonl", str(file))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row.get("id") for row in rows] == [1, 2, None, "x"]
    assert "no `rough`" in rows[1]["error"]
    assert "line 4 is not JSON" in rows[2]["error"]
    assert done.exit_code == 2


@pytest.mark.parametrize(("args", "given"), [((), " \n"), (("-",), "")])
def test_an_empty_answer_is_asked_for(run, args, given):
    assert isinstance(run(*args, given=given).exception, UsageError)


def test_an_answer_from_standard_input_keeps_its_line_breaks(run):
    body = json.loads(run("-", "--json", given="{name}\n你的快递到了\n").stdout)
    assert body["reply"]["text"].startswith("{name}\n您的快递到了")

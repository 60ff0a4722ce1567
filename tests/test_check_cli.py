"""`huashu check`, with the real rules."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from assistant.cli.check import check
from assistant.errors import UsageError

GOOD = "您好，我马上帮您核实，今天18点前给您回复。"
BAD = "您好，这个我不知道。"
SOFT = "您好，我们会尽快处理。"
app = typer.Typer()
app.command()(check)


@pytest.fixture(scope="module")
def packs(tmp_path_factory):
    return tmp_path_factory.mktemp("packs")


@pytest.fixture
def run(packs, tmp_path, monkeypatch):
    """Run the command in an empty folder; wrong use is exit code 2, as `main` makes it."""
    monkeypatch.setenv("HUASHU_HOME", str(packs))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)

    def invoke(*args, text=None):
        done = CliRunner().invoke(app, list(map(str, args)), input=text)
        if isinstance(done.exception, UsageError):
            return 2, done.stdout, done.stderr + str(done.exception)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout, done.stderr

    return invoke


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        data = content if isinstance(content, bytes) else content.encode("utf-8")
        (tmp_path / name).write_bytes(data)
        return name

    return write


def verdicts(out):
    return [json.loads(line).get("verdict") for line in out.splitlines()]


def test_a_good_reply_passes(run):
    code, out, _ = run(GOOD)
    assert code == 0
    assert "✓ 通过" in out


def test_a_bad_reply_fails_and_says_what_to_do_and_why(run):
    code, out, _ = run(BAD)
    assert code == 1
    assert set(out.splitlines()[1]) <= set("0123456789 ^~")
    assert all(word in out for word in ("必须改", "不知道”", "怎么改：", "依据：", "tone-2.1", "✗ 不能发送"))


def test_json_has_the_public_shape_and_true_offsets(run):
    code, out, _ = run(BAD, "--json", "-m", "退款呢", "-c", "客户：在吗", "--emotion", "upset")
    found = json.loads(out)
    assert code == 1
    assert list(found) == ["schema", "verdict", "findings", "acts", "elements", "notes"]
    assert found["verdict"] == "fail"
    assert all(BAD[f["start"] : f["end"]] == f["quote"] for f in found["findings"])
    assert all(BAD[a["start"] : a["end"]] == a["quote"] for a in found["acts"])


def test_a_text_may_come_from_a_file_or_standard_input(run, write):
    file = write("reply.txt", "\ufeff您好，\r\n这个我不知道。\r\n")
    for args, text in ((("--file", file), None), ((), "您好，\r\n这个我不知道。\r\n"), (("-",), "您好，\r\n这个我不知道。\n")):
        code, out, _ = run(*args, "--json", text=text)
        hit = next(f for f in json.loads(out)["findings"] if f["rule"] == "ignorance.dont_know")
        assert (code, "您好，\r\n这个我不知道。"[hit["start"] : hit["end"]]) == (1, hit["quote"])
        assert hit["end"] == 11


def test_a_scenario_says_what_is_missing_and_where_it_belongs(run):
    code, out, _ = run("谢谢您的来信。", "--scenario", "refund_progress", "--json")
    found = json.loads(out)
    assert code == 1
    assert any(e["status"] == "missing" and e["start"] == e["end"] for e in found["elements"])
    assert "要有的内容" in run("谢谢您的来信。", "--scenario", "refund_progress")[1]


def test_warnings_fail_only_when_strict_and_can_be_left_out(run):
    code, out, _ = run(SOFT)
    assert code == 0
    assert "建议改" in out
    assert run(SOFT, "--strict")[0] == 1
    code, out, _ = run(SOFT, "--min-severity", "error", "--json")
    assert (code, json.loads(out)["findings"]) == (0, [])


@pytest.mark.parametrize(
    ("args", "text", "word"),
    [
        (("",), None, "empty"),
        ((), " \n", "empty"),
        (("您好", "在吗"), None, "quotation"),
        (("您好", "--file", "x.txt"), None, "one of"),
        (("您好", "--jsonl", "x.jsonl"), None, "one of"),
        (("--file", "gone.txt"), None, "cannot be read"),
        (("--file", "."), None, "cannot be read"),
        (("--jsonl", "gone.jsonl"), None, "cannot be read"),
        (("--files",), None, "paths"),
        (("--files", "--file", "x.txt"), None, "arguments"),
        (("您好", "--json", "--format", "sarif"), None, "--json"),
        (("--jsonl", "-", "--format", "sarif"), "", "--format"),
        (("您好", "--baseline", "b.json"), None, "--files"),
        (("--files", "x.txt", "--update-baseline"), None, "--baseline FILE"),
        (("--files", "x.txt", "--baseline", "gone.json"), None, "--update-baseline"),
        (("您好", "--scenario", "no_such"), None, "no_such"),
        (("您好", "--fact", "deadline"), None, "name=value"),
        (("您好", "--emotion", "cross"), None, "cross"),
    ],
)
def test_wrong_use_says_what_to_do_and_exits_2(run, args, text, word):
    code, _, err = run(*args, text=text)
    assert code == 2
    assert word in err


def test_a_file_that_is_not_utf8_says_so(run, write):
    code, _, err = run("--file", write("gbk.txt", "您好".encode("gbk")))
    assert code == 2
    assert "not UTF-8" in err


@pytest.mark.parametrize(
    "text",
    [
        "\u202e您好\u200f，不\u200b知道",
        "您\x00好\t，不知道",
        "😀" * 50 + "不知道",
        "好" * 1_000_000 + "不知道",
        "不知道\r\n" * 3,
        "\x1b[31m不知道",
    ],
    ids=["direction", "control", "emoji", "a million", "lines", "escape"],
)
def test_hostile_texts_are_answered_with_true_offsets(run, write, text):
    file = write("reply.txt", text)
    given = text.removesuffix("\n").removesuffix("\r")
    code, out, _ = run("--file", file, "--json")
    findings = json.loads(out)["findings"]
    assert code == 1
    assert all(given[f["start"] : f["end"]] == f["quote"] for f in findings)
    code, out, _ = run("--file", file)
    assert "不能发送" in out
    assert not any(sign in out for sign in "\x00\x1b\u202e\u200f")


def test_lone_surrogates_in_an_argument_are_answered(run):
    code, out, _ = run("不知道\udce9", "--json")
    assert code == 1
    assert json.loads(out)["findings"]
    assert run("不知道\udce9")[0] == 1


def test_jsonl_answers_every_line_in_order_and_names_every_bad_one(run, write):
    lines = [
        '\ufeff{"id": "a", "text": "您好，这个我不知道。"}',
        "",
        '{"id": "b", "text": ',
        '{"id": 3, "text": "  "}',
        "[1, 2]",
        '{"id": "d", "text": "您好", "scenario": "no_such"}',
        f'{{"id": "e", "text": "{GOOD}", "message": "退款呢", "context": ["客户：在吗"], "facts": {{"deadline": "今天18点前"}}}}',
        '{"id": "f", "text": "您好", "context": "no list"}',
        '{"id": "g", "text": "您好", "emotion": "cross"}',
        '{"id": "h", "text": "您好", "facts": []}',
        '{"id": "i", "text": "您好", "message": 3}',
        '{"id": "j"}',
        "[" * 100_000,
    ]
    data = "\r\n".join(lines).encode() + "\r\n您好".encode("gbk") + b'\r\n{"id": "z", "text": "\\ud800\\u0000"}'
    code, out, err = run("--jsonl", write("requests.jsonl", data))
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 2
    assert [a.get("id") for a in answers] == ["a", None, 3, None, "d", "e", "f", "g", "h", "i", "j", None, None, "z"]
    assert [a.get("line") for a in answers] == [None, 3, 4, 5, 6, None, 8, 9, 10, 11, 12, 13, 14, None]
    assert "unknown scenario" in answers[4]["error"]
    assert [a["verdict"] for a in (answers[0], answers[5], answers[-1])] == ["fail", "pass", "pass"]
    assert "11 of 14 lines" in err


def test_jsonl_from_standard_input_takes_what_lines_leave_out_from_the_options(run):
    lines = '{"text": "我查一下。"}\n{"text": "我查一下。", "scenario": "refund_progress"}\n'
    missing = [
        [bool(json.loads(line)["elements"]) for line in run("--jsonl", "-", *args, text=lines)[1].splitlines()]
        for args in ((), ("--scenario", "refund_progress"))
    ]
    assert missing == [[False, True], [True, True]]


def test_the_exit_code_of_jsonl_tells_whether_a_line_failed(run):
    good, bad = json.dumps({"text": GOOD}), json.dumps({"text": BAD})
    assert run("--jsonl", "-", text=good)[0] == 0
    code, out, _ = run("--jsonl", "-", text=f"{good}\n{bad}\n")
    assert (code, verdicts(out)) == (1, ["pass", "fail"])
    assert run("--jsonl", "-", text="") == (0, "", "")
    soft = json.dumps({"text": SOFT})
    assert [run("--jsonl", "-", *args, text=soft)[0] for args in ((), ("--strict",))] == [0, 1]


def test_one_line_of_jsonl_answers_as_the_single_check_does(run):
    _, alone, _ = run(BAD, "--json")
    _, many, _ = run("--jsonl", "-", text=json.dumps({"text": BAD}))
    assert json.loads(alone) == json.loads(many)


def test_a_long_run_of_jsonl_is_whole(run, write):
    file = write("many.jsonl", "".join(f'{{"id": {n}, "text": "您好，订单{n}在路上。"}}\n' for n in range(3000)))
    _, out, _ = run("--jsonl", file)
    assert [json.loads(line)["id"] for line in out.splitlines()] == list(range(3000))


def test_template_files_are_checked_text_by_text(run, write):
    write("a.md", f"# 话术\n\n- {GOOD}\n- {BAD}\n")
    write("b.csv", f"id,text\n1,{BAD}\n")
    write("c.jsonl", json.dumps({"text": BAD}) + "\n")
    code, out, _ = run("--files", "a.md", "b.csv", "c.jsonl")
    assert code == 1
    assert all(place in out for place in ("a.md:4:3", "b.csv:2:3", "c.jsonl:1:11"))
    assert "3 个文件" in out


def test_clean_template_files_pass_and_empty_ones_too(run, write):
    write("a.txt", GOOD)
    write("empty.txt", "")
    code, out, _ = run("--files", "a.txt", "empty.txt")
    assert code == 0
    assert "没有新问题" in out


def test_files_that_cannot_be_read_exit_2_and_the_others_are_reported(run, write, tmp_path):
    write("a.txt", BAD)
    write("gbk.txt", "您好".encode("gbk"))
    (tmp_path / "empty").mkdir()
    code, out, err = run("--files", "a.txt", "gbk.txt", "gone.txt", "*.none", "empty")
    assert code == 2
    assert "a.txt:1:1" in out
    assert all(word in err for word in ("not UTF-8", "no such file", "no file matches", "without templates"))


def test_a_folder_is_checked_whole(run, write):
    write("a.txt", BAD)
    code, out, _ = run("--files", ".")
    assert code == 1
    assert "a.txt:1:1" in out


def test_github_annotations_point_into_the_file(run, write):
    write("a.txt", f"您好\n{BAD}\n")
    code, out, _ = run("--files", "a.txt", "--format", "github")
    assert code == 1
    assert re.match(r"::error file=a\.txt,line=2,endLine=2,col=\d,endColumn=10,title=.*::“我?不知道”", out)
    assert run(BAD, "--format", "github")[1].startswith("::error file=text,line=1,")


def test_sarif_points_into_the_file_and_lists_the_rules(run, write):
    write("a.txt", f"您好\n{BAD}\n")
    code, out, _ = run("--files", "a.txt", "gone.txt", "--format", "sarif")
    (sarif_run,) = json.loads(out)["runs"]
    hit = next(r for r in sarif_run["results"] if r["ruleId"] == "ignorance.dont_know")
    region = hit["locations"][0]["physicalLocation"]["region"]
    assert code == 2
    assert (region["startLine"], region["endColumn"], region["snippet"]["text"][-3:]) == (2, 10, "不知道")
    assert len(sarif_run["tool"]["driver"]["rules"]) > 60
    assert sarif_run["invocations"][0]["executionSuccessful"] is False


def test_a_baseline_lets_known_findings_pass_and_new_ones_fail(run, write):
    write("a.txt", f"{BAD}\n")
    assert run("--files", "a.txt", "--baseline", "known.json", "--update-baseline")[0] == 0
    code, out, _ = run("--files", "a.txt", "--baseline", "known.json")
    assert code == 0
    assert "基线里已有的" in out
    write("a.txt", f"您好\n{BAD}\n这个我们保证能到。\n")
    code, out, _ = run("--files", "a.txt", "--baseline", "known.json")
    assert code == 1
    assert "a.txt:3:1" in out
    assert "a.txt:2:1" not in out
    _, out, _ = run("--files", "a.txt", "--baseline", "known.json", "--format", "sarif")
    states = {r["baselineState"] for r in json.loads(out)["runs"][0]["results"]}
    assert states == {"new", "unchanged"}


def test_findings_put_right_are_reported_until_the_baseline_is_renewed(run, write):
    write("a.txt", f"{BAD}\n")
    run("--files", "a.txt", "--baseline", "known.json", "--update-baseline")
    write("a.txt", f"{GOOD}\n")
    code, out, _ = run("--files", "a.txt", "--baseline", "known.json")
    assert code == 0
    assert "--update-baseline" in out
    run("--files", "a.txt", "--baseline", "known.json", "--update-baseline")
    assert "--update-baseline" not in run("--files", "a.txt", "--baseline", "known.json")[1]


def test_a_damaged_baseline_exits_2(run, write):
    write("a.txt", BAD)
    write("known.json", "{")
    code, _, err = run("--files", "a.txt", "--baseline", "known.json")
    assert code == 2
    assert "damaged" in err


def test_a_check_loads_no_heavy_library(run, write):
    run(GOOD)  # makes the compiled rules
    script = "import sys; from assistant.cli import main\ntry: main()\nfinally: print(*sorted(sys.modules))"
    for args in (["check", GOOD, "--json"], ["check", "--files", write("a.txt", GOOD)]):
        done = subprocess.run([sys.executable, "-c", script, *args], capture_output=True, text=True, encoding="utf-8")
        loaded = set(done.stdout.splitlines()[-1].split())
        assert "assistant.check.engine" in loaded, done.stderr
        assert not loaded & {"chromadb", "langchain_core", "numpy", "openai", "pydantic_settings", "scipy", "streamlit", "yaml"}

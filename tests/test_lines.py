"""Texts of template files keep their exact place."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reports.lines import read_lines
from assistant.reports.paths import template_files

WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


def read(tmp_path, name, content, problems=None):
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return read_lines(file, [] if problems is None else problems)


def spots(lines):
    return [(line.number, line.column, line.text) for line in lines]


def test_each_line_of_a_text_file_is_a_text(tmp_path):
    lines = read(tmp_path, "a.txt", "您好\n\n  在的，请讲  \r\n\t好的\n最后")
    assert spots(lines) == [(1, 1, "您好"), (3, 3, "在的，请讲"), (4, 2, "好的"), (5, 1, "最后")]


def test_only_a_newline_ends_a_line_as_in_editors(tmp_path):
    lines = read(tmp_path, "a.txt", "一\u2028二\x0c三\r四\n五")
    assert [line.number for line in lines] == [1, 2]
    assert lines[0].text == "一\u2028二\x0c三\r四"


def test_a_byte_order_mark_does_not_shift_columns(tmp_path):
    (line,) = read(tmp_path, "a.txt", b"\xef\xbb\xbf" + "您好".encode())
    assert (line.column, line.start, line.text) == (1, 0, "您好")


def test_headings_code_and_front_matter_of_markdown_are_no_texts(tmp_path):
    content = """---
title: 话术
---
# 标题一
标题二
======
- 您好，请讲
  1. 第二条
> 引用的话
```text
代码里的话
```
~~~~
~~~
还在代码里
~~~~
| --- | --- |
<!-- 备注 -->
***
正文一行
#不是标题
"""
    assert [line.text for line in read(tmp_path, "a.md", content)] == [
        "您好，请讲", "第二条", "引用的话", "正文一行", "#不是标题",
    ]  # fmt: skip


def test_markdown_columns_point_behind_the_list_mark(tmp_path):
    content = "> - 您好\n"
    (line,) = read(tmp_path, "a.md", content)
    assert (line.column, content[line.start : line.start + 2]) == (5, "您好")


def test_an_open_front_matter_or_fence_is_answered(tmp_path):
    assert [line.text for line in read(tmp_path, "a.md", "---\n您好\n")] == ["您好"]
    assert read(tmp_path, "b.md", "```\n您好\n") == []


def test_every_cell_with_chinese_is_a_text(tmp_path):
    lines = read(tmp_path, "a.csv", 'id,reply\r\n1,"您好，""亲""\r\n请讲"\r\n2, 好的 ,ok\r\n3,"没关的\n引号')
    assert spots(lines) == [(2, 4, '您好，"亲"\r\n请讲'), (4, 4, "好的"), (5, 4, "没关的\n引号")]


@given(st.lists(st.lists(st.one_of(WORDS, st.just('说"好"，\n行')), min_size=1, max_size=3), max_size=4))
def test_cells_are_those_of_the_csv_module_and_in_place(tmp_path_factory, rows):
    rows = [[cell.replace("\x00", "") for cell in row] for row in rows]
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    lines = read(tmp_path_factory.getbasetemp(), "a.csv", out.getvalue())
    wanted = [cell.strip() for row in rows for cell in row if any("\u4e00" <= c <= "\u9fff" for c in cell)]
    assert [line.text for line in lines if any("\u4e00" <= c <= "\u9fff" for c in line.text)] == wanted
    for line in lines:
        for index, char in enumerate(line.text):
            assert line.source.content[line.place(index)] == char


def test_the_text_field_of_json_lines_is_found_in_place_behind_escapes(tmp_path):
    raw = '{"id": "text", "text" : "\\u60a8好\\"\\ud83d\\ude00不知道\\n吧", "more": {"text": "别的"}}'
    (line,) = read(tmp_path, "a.jsonl", "\n" + raw + "\n")
    assert line.text == '您好"😀不知道\n吧'
    start, end = line.place(line.text.index("不")), line.place(line.text.index("\n"))
    assert line.source.content[start:end] == "不知道"
    assert line.source.spot(start) == (2, raw.index("不") + 1)


@given(WORDS.filter(str.strip), st.booleans(), st.dictionaries(WORDS, WORDS, max_size=2))
def test_every_character_of_a_json_text_is_in_place(tmp_path_factory, text, ascii_only, more):
    raw = json.dumps(more | {"text": text} | {"z": [1, {"text": "x"}]}, ensure_ascii=ascii_only)
    (line,) = read(tmp_path_factory.getbasetemp(), "a.jsonl", raw)
    assert line.text == text.strip()
    for index, char in enumerate(line.text):
        written = line.source.content[line.place(index) : line.place(index + 1)]
        assert json.loads(f'"{written}"') == char


def test_a_bad_json_line_is_named_and_the_others_are_read(tmp_path):
    problems = []
    lines = read(tmp_path, "a.jsonl", '{"text": "您好"}\n{"text": \n[1]\n{"reply": "好"}\n' + "[" * 100_000 + "\n", problems)
    assert [line.text for line in lines] == ["您好"]
    assert [problem.number for problem in problems] == [2, 3, 4, 5]
    assert "a.jsonl:2: not JSON" in str(problems[0])


def test_a_file_that_is_not_utf8_is_named(tmp_path):
    problems = []
    assert read(tmp_path, "a.txt", "您好".encode("gbk"), problems) == []
    assert "not UTF-8" in str(problems[0])


def test_a_replacement_is_written_as_the_file_writes_text(tmp_path):
    (jsonl,) = read(tmp_path, "a.jsonl", '{"text": "您好"}')
    plain, quoted = read(tmp_path, "a.csv", '您好,"您好"')
    assert jsonl.written('说"好"\n') == '说\\"好\\"\\n'
    assert quoted.written('说"好"') == '说""好""'
    assert plain.written("好的") == "好的"
    assert plain.written("好,的") is None


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.csv", "a.jsonl"])
def test_empty_files_have_no_texts(tmp_path, name):
    problems = []
    assert read(tmp_path, name, b"", problems) == []
    assert problems == []


def test_a_line_of_a_million_characters_is_one_text(tmp_path):
    for name in ("a.txt", "a.md", "a.csv"):
        (line,) = read(tmp_path, name, "好" * 1_000_000)
        assert len(line.text) == 1_000_000


def test_a_folder_stands_for_its_templates_and_a_pattern_for_its_matches(tmp_path):
    for name in ("b.md", "a.txt", ".git/x.txt", "sub/c.jsonl", "no.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    problems = []
    found = template_files([str(tmp_path), str(tmp_path / "a.txt"), str(tmp_path / "**" / "*.jsonl")], problems)
    assert [path.name for path in found] == ["a.txt", "b.md", "c.jsonl"]
    assert problems == []


def test_what_is_no_file_is_named(tmp_path):
    (tmp_path / "empty").mkdir()
    problems = []
    names = [str(tmp_path / name) for name in ("gone.txt", "*.none", "empty", "x" * 5000)]
    assert template_files([*names, "nul\0.txt"], problems) == []
    words = ["no such file", "no file matches", "without templates", "cannot be read", "no such file"]
    assert all(word in str(problem) for word, problem in zip(words, problems, strict=True)), problems

"""Known findings stay marked and do not fail; new ones do."""

from __future__ import annotations

import json

import pytest

from assistant.errors import UsageError
from assistant.reports.baseline import Entry, compare, load, mark, relative_to, renewed, save
from tests.findings import finding, line


def found(*texts, path="a.txt", quote="不知道"):
    """Return the marked findings of a file whose lines each hold the quote."""
    content = "\n".join(texts)
    return mark((one, finding(one.text, quote)) for one in (line(content, text, path) for text in texts))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    return tmp_path


def entries(folder, marked, checked=("a.txt",), before=()):
    return renewed(before, marked, checked, folder)


def test_what_is_in_the_baseline_is_known_and_the_rest_is_new(folder):
    known = entries(folder, found("我不知道"))
    marked, fixed = compare(known, found("我不知道", "真不知道"), ["a.txt"], folder)
    assert [one.known for one in marked] == [True, False]
    assert fixed == []


def test_moving_a_line_spaces_and_width_change_nothing(folder):
    known = entries(folder, found("我不知道ＡＢ。"))
    marked, _ = compare(known, found("别的不知道", "我不知道 AB。"), ["a.txt"], folder)
    assert [one.known for one in marked] == [False, True]


def test_another_text_another_quote_or_another_rule_is_new(folder):
    known = entries(folder, found("我不知道"))
    text = line("我不知道")
    others = [
        *found("我真不知道"),
        *found("我不知道", quote="我不知道"),
        *mark([(text, finding("我不知道", "不知道", rule="x"))]),
    ]
    marked, fixed = compare(known, others, ["a.txt"], folder)
    assert not any(one.known for one in marked)
    assert len(fixed) == 1


def test_the_same_sentence_twice_counts_twice(folder):
    text = line("我不知道\n我不知道", "我不知道")
    twice = mark([(text, finding("我不知道", "不知道")), (text, finding("我不知道", "不知道"))])
    assert twice[0].fingerprint != twice[1].fingerprint
    marked, _ = compare(entries(folder, twice[:1]), twice, ["a.txt"], folder)
    assert [one.known for one in marked] == [True, False]


def test_what_was_put_right_is_reported(folder):
    known = entries(folder, found("我不知道", "真不知道"))
    _, fixed = compare(known, found("我不知道"), ["a.txt"], folder)
    assert [entry.text for entry in fixed] == ["真不知道"]


def test_files_that_were_not_checked_are_left_alone(folder):
    known = entries(folder, [*found("我不知道"), *found("我不知道", path="b.txt")], ("a.txt", "b.txt"))
    marked, fixed = compare(known, found("我不知道", path="b.txt"), ["b.txt"], folder)
    assert marked[0].known
    assert fixed == []
    assert {entry.path for entry in renewed(known, [], ["b.txt"], folder)} == {"a.txt"}


def test_a_renamed_file_keeps_its_baseline_and_a_copy_does_not(folder):
    known = entries(folder, found("我不知道"))
    copied, _ = compare(known, found("我不知道", path="b.txt"), ["b.txt"], folder)
    assert not copied[0].known
    (folder / "a.txt").unlink()
    moved, fixed = compare(known, found("我不知道", path="b.txt"), ["b.txt"], folder)
    assert moved[0].known
    assert fixed == []


def test_entries_of_a_deleted_file_are_reported_and_dropped(folder):
    known = entries(folder, found("我不知道"))
    (folder / "a.txt").unlink()
    _, fixed = compare(known, [], ["b.txt"], folder)
    assert len(fixed) == 1
    assert renewed(known, [], ["b.txt"], folder) == []


def test_the_file_is_sorted_readable_and_comes_back_the_same(folder):
    marked = [*found("乙不知道\ud800" + "很长" * 50, "甲不知道"), *found("丙不知道", path="b.txt")]
    made = entries(folder, marked, ("a.txt", "b.txt"))
    path = folder / "baseline.json"
    assert save(path, made) == 3
    assert set(load(path)) == set(made)
    rows = path.read_text(encoding="utf-8").splitlines()
    assert rows[:3] == ["{", '  "version": 1,', '  "findings": [']
    assert [json.loads(row.strip().rstrip(","))["path"] for row in rows[3:6]] == ["a.txt", "a.txt", "b.txt"]
    assert '"text": "丙不知道"' in rows[5]
    save(folder / "again.json", reversed(made))
    assert (folder / "again.json").read_bytes() == path.read_bytes()


def test_an_empty_baseline_is_valid(folder):
    path = folder / "baseline.json"
    assert save(path, []) == 0
    assert load(path) == ()


def test_paths_are_relative_to_the_folder_of_the_baseline(folder, monkeypatch):
    (folder / "sub").mkdir()
    monkeypatch.chdir(folder / "sub")
    assert relative_to(folder)("../a.txt") == "a.txt"
    marked = found("我不知道", path="../a.txt")
    assert [entry.path for entry in renewed([], marked, ["../a.txt"], folder)] == ["a.txt"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (None, "--update-baseline"),
        ("", "damaged"),
        ("{", "damaged"),
        ("[" * 100_000, "damaged"),
        ("[]", "version None"),
        ('{"version": 2, "findings": []}', "version 2"),
        ('{"version": 1}', "damaged"),
        ('{"version": 1, "findings": [{"path": 3}]}', "damaged"),
        (b"\xff\xfe", "damaged"),
    ],
    ids=["missing", "empty", "cut off", "deep", "list", "newer", "no findings", "wrong types", "not UTF-8"],
)
def test_a_baseline_that_cannot_be_used_says_what_to_do(tmp_path, content, word):
    path = tmp_path / "baseline.json"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    with pytest.raises(UsageError, match=word):
        load(path)


def test_unknown_extra_fields_are_ignored(tmp_path):
    path = tmp_path / "baseline.json"
    entry = {"path": "a", "rule": "r", "quote": "q", "text": "t", "fingerprint": "f", "reason": "老话术"}
    path.write_text(json.dumps({"version": 1, "findings": [entry]}), encoding="utf-8")
    assert load(path) == (Entry("a", "r", "q", "t", "f"),)


def test_an_unwritable_baseline_says_so(tmp_path):
    with pytest.raises(UsageError, match="cannot be written"):
        save(tmp_path / "gone" / "baseline.json", [])

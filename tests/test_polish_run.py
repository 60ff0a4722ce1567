import errno
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import xlsxwriter
from filelock import FileLock
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

import assistant.cli.polish as command
from assistant.cli import make_app
from assistant.errors import UsageError
from assistant.polish import toolbox
from assistant.polish.job import Tools, Watch, polish_file
from assistant.polish.journal import Journal, key_of
from assistant.polish.library import LibraryNote, LibraryRow
from assistant.polish.paths import check_paths
from assistant.polish.run import polish_rows
from assistant.polish.summary import Summary
from assistant.polish.tables import Asked, NotFinished, Row
from assistant.polish.values import Polished, Template
from assistant.rewrite.values import Change

ROOT = Path(__file__).parent.parent
EVERY = ("a.xlsx", "a.csv", "a.jsonl", "a.md")


class Fake:
    """Put 您好 before every text, and keep in mind what was asked for."""

    def __init__(self, stop_at=None, error=KeyboardInterrupt):
        self.calls, self.stop_at, self.error, self.lock = [], stop_at, error, threading.Lock()

    def __call__(self, template):
        with self.lock:
            self.calls.append(template.text)
        if template.text == self.stop_at:
            raise self.error("坏了")
        change = Change("insert", 0, 0, "", "您好，", "greet", "tone-1.1", "先问好")
        return Polished("您好，" + template.text, "advice", "pass", (change,), (), (), (), ())


def texts(count):
    return [f"第{number}条" for number in range(count)]


def table(path, rows):
    path.write_text("话术\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def source_of(tmp_path, name, rows):
    path = tmp_path / name
    if name.endswith("csv"):
        return table(path, rows)
    if name.endswith("xlsx"):
        book = xlsxwriter.Workbook(str(path))
        book.add_worksheet().write_column(0, 0, ["话术", *rows])
        book.close()
    else:
        form = '{"text": "%s"}' if name.endswith("jsonl") else "- %s"
        path.write_text("".join(form % row + "\n" for row in rows), encoding="utf-8")
    return path


def run(source, out, polish, concurrency=2, digest="", watch=None, force=False, library=None, **asked):
    files = check_paths(source, out, force)
    return polish_file(files, Asked(**asked), concurrency, lambda: Tools(polish, digest, {}, library), watch or Watch())


def left(tmp_path):
    return sorted(path.name for path in tmp_path.iterdir())


@pytest.mark.parametrize("name", EVERY)
def test_a_run_leaves_the_output_and_nothing_else(tmp_path, name):
    source = source_of(tmp_path, name, texts(3))
    before = source.read_bytes()
    out = tmp_path / ("b" + name[1:])
    summary = run(source, out, Fake())
    assert (summary.rows, summary.polished) == (3, 3)
    assert left(tmp_path) == [name, out.name]
    assert source.read_bytes() == before


@pytest.mark.parametrize("concurrency", [1, 8, 32])
def test_rows_keep_their_order_whatever_is_finished_first(tmp_path, concurrency):
    def slow(template):
        time.sleep(0.02 if template.text.endswith("0条") else 0)
        return Fake()(template)

    run(table(tmp_path / "a.csv", texts(60)), tmp_path / "b.csv", slow, concurrency)
    lines = (tmp_path / "b.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [line.split(",")[:2] for line in lines] == [[text, f"您好，{text}"] for text in texts(60)]


def test_equal_texts_are_polished_once(tmp_path):
    fake = Fake()
    summary = run(table(tmp_path / "a.csv", ["再见", "您好", "再见", "再见"]), tmp_path / "b.csv", fake)
    assert sorted(fake.calls) == ["再见", "您好"]
    assert summary.polished == 4


def test_the_same_text_to_another_customer_is_another_row(tmp_path):
    (tmp_path / "a.csv").write_text("话术,客户问题\n好,钱呢\n好,货呢\n好,钱呢\n", encoding="utf-8")
    fake = Fake()
    run(tmp_path / "a.csv", tmp_path / "b.csv", fake)
    assert fake.calls == ["好", "好"]


def test_rows_are_read_no_further_than_the_window(tmp_path):
    read, gate = [], threading.Event()

    def rows():
        for number in range(500):
            read.append(number)
            yield Row("", number, "", Template(str(number)))

    def polish(template):
        gate.wait(5)
        return Fake()(template)

    journal = Journal(tmp_path / "j", "d")
    thread = threading.Thread(target=polish_rows, args=(rows(), polish, journal, 2, lambda more: None))
    thread.start()
    time.sleep(0.2)
    assert len(read) == 8
    gate.set()
    thread.join()
    journal.close()
    assert len((tmp_path / "j").read_text().splitlines()) == 501


def test_a_row_that_fails_is_left_to_a_person_and_the_others_go_on(tmp_path):
    fake = Fake("第1条", ValueError)
    summary = run(table(tmp_path / "a.csv", texts(3)), tmp_path / "b.csv", fake)
    lines = (tmp_path / "b.csv").read_text(encoding="utf-8").splitlines()
    assert lines[2] == "第1条,,,,,,是：没有润色成：ValueError：坏了"
    assert (summary.polished, summary.skipped, summary.people, summary.exit_code) == (2, 1, 1, 1)
    assert summary.notes == ("第 3 行：没有润色成：ValueError：坏了",)


# Stopping and going on


def test_after_ctrl_c_only_what_is_not_finished_is_polished(tmp_path):
    source, out = table(tmp_path / "a.csv", texts(40)), tmp_path / "b.csv"
    with pytest.raises(KeyboardInterrupt):
        run(source, out, Fake("第20条"), concurrency=1)
    assert left(tmp_path) == ["a.csv", "b.csv.partial.jsonl"]
    heard, fake = [], Fake()
    summary = run(source, out, fake, watch=Watch(resumed=heard.append))
    assert heard == [len(texts(40)) - len(fake.calls)]
    assert heard[0] >= 20
    assert set(fake.calls).isdisjoint(texts(20))
    assert summary.polished == 40
    assert left(tmp_path) == ["a.csv", "b.csv"]


def test_what_failed_before_is_tried_again(tmp_path):
    source, out = table(tmp_path / "a.csv", texts(3)), tmp_path / "b.csv"
    first = Journal(tmp_path / "j", "d")
    first.fail(key_of(Template("甲")), "不行")
    first.add(key_of(Template("乙")), Fake()(Template("乙")))
    first.close()
    again = Journal(tmp_path / "j", "d")
    assert (again.resumed, key_of(Template("甲")) in again, key_of(Template("乙")) in again) == (1, False, True)
    assert again.get(key_of(Template("乙"))).polished == Fake()(Template("乙"))
    again.close()
    assert run(source, out, Fake()).polished == 3


def test_a_line_that_is_not_whole_is_dropped(tmp_path):
    first = Journal(tmp_path / "j", "d")
    first.add(key_of(Template("甲")), Fake()(Template("甲")))
    first.close()
    whole = (tmp_path / "j").read_bytes()
    (tmp_path / "j").write_bytes(whole + whole.splitlines()[1][:50])
    again = Journal(tmp_path / "j", "d")
    again.add(key_of(Template("乙")), Fake()(Template("乙")))
    again.close()
    lines = (tmp_path / "j").read_text().splitlines()
    assert [json.loads(line).get("key") for line in lines[1:]] == [key_of(Template("甲")), key_of(Template("乙"))]


@pytest.mark.parametrize("change", ["file", "option", "knowledge"])
def test_a_journal_of_another_run_is_not_used(tmp_path, change):
    source, out = table(tmp_path / "a.csv", texts(5)), tmp_path / "b.csv"
    with pytest.raises(KeyboardInterrupt):
        run(source, out, Fake("第3条"), concurrency=1)
    if change == "file":
        table(source, [*texts(5), "又一条"])
    fake, heard = Fake(), []
    options = {"option": {"check_only": True}, "knowledge": {"digest": "new"}}.get(change, {})
    run(source, out, fake, watch=Watch(replaced=lambda: heard.append(1)), **options)
    assert heard == [1]
    assert len(fake.calls) == (6 if change == "file" else 5)


def test_a_file_that_is_no_journal_is_not_overwritten(tmp_path):
    (tmp_path / "b.csv.partial.jsonl").write_text("mine\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"no journal .* move it away"):
        run(table(tmp_path / "a.csv", texts(1)), tmp_path / "b.csv", Fake())
    assert (tmp_path / "b.csv.partial.jsonl").read_text(encoding="utf-8") == "mine\n"


SLOW = """
import sys, time
from pathlib import Path
from assistant.polish import toolbox
from assistant.polish.job import Tools, Watch, polish_file
from assistant.polish.paths import check_paths
from assistant.polish.tables import Asked
from assistant.polish.values import Polished
source, out, calls, wait = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4])
def polish(template):
    with calls.open("a", encoding="utf-8") as file:
        file.write(template.text + "\\n")
    time.sleep(wait)
    return Polished("您好，" + template.text, "pass", "pass", (), (), (), (), ())
polish_file(check_paths(source, out, False), Asked(), 1, lambda: Tools(polish), Watch())
"""


def slow_run(tmp_path, wait):
    arguments = [tmp_path / "a.xlsx", tmp_path / "b.xlsx", tmp_path / "calls", wait]
    return subprocess.Popen([sys.executable, "-c", SLOW, *map(str, arguments)], cwd=ROOT)


def wait_for(path, lines):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if path.exists() and path.read_bytes().count(b"\n") >= lines:
            return
        time.sleep(0.01)
    raise AssertionError(f"{path} has no {lines} lines")


def test_after_kill_9_only_what_is_not_finished_is_polished(tmp_path):
    source_of(tmp_path, "a.xlsx", texts(30))
    journal = tmp_path / "b.xlsx.partial.jsonl"
    process = slow_run(tmp_path, 0.02)
    wait_for(journal, 8)
    process.kill()
    process.wait()
    assert not (tmp_path / "b.xlsx").exists()
    finished = journal.read_bytes().count(b"\n") - 1
    assert slow_run(tmp_path, 0).wait() == 0
    calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert set(calls) == set(texts(30))
    # The row at work when the process died is polished twice, nothing else.
    assert 30 <= len(calls) <= 31
    assert finished >= 7
    rows = CalamineWorkbook.from_path(str(tmp_path / "b.xlsx")).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[1:]] == [f"您好，{text}" for text in texts(30)]
    assert left(tmp_path) == ["a.xlsx", "b.xlsx", "calls"]


def test_a_second_run_of_the_same_output_is_refused(tmp_path):
    source = table(tmp_path / "a.csv", texts(2))
    with FileLock(str(tmp_path / "b.csv.lock")), pytest.raises(UsageError, match=r"b\.csv' is being written by another run"):
        run(source, tmp_path / "b.csv", Fake())
    run(source, tmp_path / "b.csv", Fake())
    assert left(tmp_path) == ["a.csv", "b.csv"]


def full(*_, **__):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_disk_that_fills_while_polishing_keeps_what_is_finished(tmp_path, monkeypatch):
    source, out = table(tmp_path / "a.csv", texts(10)), tmp_path / "b.csv"
    append, count = Journal._append, []

    def some(self, key, entry):
        count.append(1)
        full() if len(count) > 4 else append(self, key, entry)

    monkeypatch.setattr(Journal, "_append", some)
    with pytest.raises(NotFinished, match=r"No space left on device; what is finished is kept in .*b\.csv\.partial\.jsonl"):
        run(source, out, Fake(), concurrency=1)
    monkeypatch.undo()
    assert left(tmp_path) == ["a.csv", "b.csv.partial.jsonl"]
    fake = Fake()
    run(source, out, fake)
    assert len(fake.calls) == 6


@pytest.mark.parametrize("name", EVERY)
def test_a_disk_that_fills_while_the_output_is_written_keeps_the_journal(tmp_path, monkeypatch, name):
    source, out = source_of(tmp_path, name, texts(4)), tmp_path / ("b" + name[1:])
    monkeypatch.setattr("assistant.polish.job.os", type("Full", (), {"fsync": staticmethod(full)}))
    with pytest.raises(NotFinished, match="No space left"):
        run(source, out, Fake())
    monkeypatch.undo()
    assert left(tmp_path) == [name, f"{out.name}.partial.jsonl"]
    fake = Fake()
    run(source, out, fake)
    assert fake.calls == []


def test_a_workbook_that_cannot_be_stored_is_no_success(tmp_path, monkeypatch):
    source, out = source_of(tmp_path, "a.xlsx", texts(4)), tmp_path / "b.xlsx"
    monkeypatch.setattr("xlsxwriter.workbook.ZipFile", full)
    with pytest.raises(NotFinished, match="No space left"):
        run(source, out, Fake())
    assert left(tmp_path) == ["a.xlsx", "b.xlsx.partial.jsonl"]


def test_an_input_that_changes_under_the_run_is_said(tmp_path):
    source = table(tmp_path / "a.csv", texts(3))

    def polish(template):
        table(source, ["换了", *texts(2)])
        return Fake()(template)

    with pytest.raises(NotFinished, match="changed while it was polished: 第 2 行 is new"):
        run(source, tmp_path / "b.csv", polish)


def test_a_disk_without_room_is_said_before_work_starts(tmp_path, monkeypatch):
    monkeypatch.setattr("assistant.polish.paths.shutil.disk_usage", lambda folder: type("Usage", (), {"free": 1000}))
    with pytest.raises(NotFinished, match=r"has 0 MB left .* free some space"):
        check_paths(table(tmp_path / "a.csv", texts(1)), tmp_path / "b.csv", False)


# Files that are wrong


@pytest.mark.parametrize(
    ("source", "out", "message"),
    [
        ("none.csv", "b.csv", r"none\.csv' does not exist"),
        (".", "b.csv", "is a folder; give one file"),
        ("a.docx", "b.docx", r"no file of templates; files ending in \.xlsx, .*\.md"),
        ("empty.csv", "b.csv", "is empty"),
        ("empty.xlsx", "b.xlsx", "is empty"),
        ("a.csv", "b.xlsx", r"b\.xlsx' cannot be the copy of 'a\.csv': its name must end in \.csv, not '\.xlsx'"),
        ("a.xls", "b.xls", r"its name must end in \.xlsx"),
        ("a.csv", "a.csv", "is the input itself"),
        ("a.csv", "sub/../a.csv", "is the input itself"),
        ("a.csv", "link.csv", "is the input itself"),
        ("link.csv", "a.csv", "is the input itself"),
        ("a.csv", "A.csv", "is the input itself"),
        ("a.csv", "folder.csv", "is a folder; give a file name"),
        ("a.csv", "old.csv", "exists; give another name with -o, or --force"),
        ("a.csv", "nowhere/b.csv", "nowhere' does not exist; make it"),
    ],
)
def test_a_wrong_file_is_named_with_what_to_do(tmp_path, source, out, message):
    for name in ("a.csv", "old.csv", "a.docx", "a.xls"):
        (tmp_path / name).write_text("话术\n您好\n", encoding="utf-8")
    for name in ("empty.csv", "empty.xlsx"):
        (tmp_path / name).touch()
    for name in ("sub", "folder.csv"):
        (tmp_path / name).mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "a.csv")
    with pytest.raises(UsageError, match=message):
        check_paths(tmp_path / source, tmp_path / out, force=out != "old.csv")


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("assistant.polish.paths.os.access", lambda *_: False)
    with pytest.raises(UsageError, match="cannot be written to; give a name in another one"):
        check_paths(table(tmp_path / "a.csv", texts(1)), tmp_path / "b.csv", False)


def test_an_existing_output_is_replaced_only_at_the_end(tmp_path):
    source, out = table(tmp_path / "a.csv", texts(3)), table(tmp_path / "b.csv", ["旧"])
    old = out.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        run(source, out, Fake("第2条"), force=True)
    assert out.read_bytes() == old
    run(source, out, Fake(), force=True)
    assert out.read_bytes() != old


# The library and the command


def library(rows):
    found = list(rows())
    assert found == list(rows())
    assert all(isinstance(row, LibraryRow) for row in found)
    places = tuple((row.sheet, row.number) for row in found)
    return (LibraryNote("near_duplicate", "内容相近", places, tuple(row.text for row in found), "合并成一条"),), ("说明",)


def test_notes_about_the_library_reach_the_summary_sheet(tmp_path):
    source = source_of(tmp_path, "a.xlsx", texts(2))
    summary = run(source, tmp_path / "b.xlsx", Fake(), library=library)
    assert summary.library[0].rows == (("Sheet1", 2), ("Sheet1", 3))
    assert summary.notes == ("说明",)
    rows = CalamineWorkbook.from_path(str(tmp_path / "b.xlsx")).get_sheet_by_name("汇总").to_python()
    assert ["内容相近", "表“Sheet1”的 第 2 行、表“Sheet1”的 第 3 行", "", "合并成一条"] in rows


def test_a_summary_is_plain_json(tmp_path):
    summary = run(source_of(tmp_path, "a.xlsx", texts(2)), tmp_path / "b.xlsx", Fake(), library=library)
    data = json.loads(json.dumps(summary.to_json()))
    assert data["before"] == {"advice": 2}
    assert data["rules"] == [{"rule": "greet", "title": "", "before": 2, "fixed": 2}]
    assert data["library"][0]["kind"] == "near_duplicate"


@pytest.fixture
def cli(monkeypatch):
    """Return the command with a fake assistant."""
    fake = Fake()
    monkeypatch.setattr(command, "_tools", lambda check_only, since: Tools(fake, "d", {"greet": "问好"}))
    monkeypatch.setattr("assistant.cli._COMMANDS", {"polish": "assistant.cli.polish:polish"})

    def invoke(*arguments):
        return CliRunner().invoke(make_app("polish"), ["polish", *map(str, arguments)])

    invoke.fake = fake
    return invoke


def test_the_command_polishes_and_shows_the_counts(tmp_path, cli):
    done = cli(table(tmp_path / "a.csv", texts(3)), "-o", tmp_path / "b.csv")
    assert done.exit_code == 0, done.output
    assert re.search("话术条数 +3", done.stdout)
    assert "问好" in done.stdout
    assert (tmp_path / "b.csv").exists()


def test_the_command_prints_one_json_object(tmp_path, cli):
    done = cli(table(tmp_path / "a.csv", texts(3)), "-o", tmp_path / "b.csv", "--json", "-j", "32")
    data = json.loads(done.stdout)
    assert (data["rows"], data["polished"], data["schema"], data["out"]) == (3, 3, 1, str(tmp_path / "b.csv"))


def test_the_command_leaves_1_when_a_person_must_look(tmp_path, cli):
    cli.fake.stop_at, cli.fake.error = "第1条", ValueError
    done = cli(table(tmp_path / "a.csv", texts(3)), "-o", tmp_path / "b.csv")
    assert done.exit_code == 1
    assert "1 条需要人工处理" in done.stdout


def test_the_command_leaves_130_after_ctrl_c_and_says_how_to_go_on(tmp_path, cli):
    cli.fake.stop_at = "第1条"
    done = cli(table(tmp_path / "a.csv", texts(3)), "-o", tmp_path / "b.csv")
    assert done.exit_code == 130
    assert "Go on with: huashu" in done.stderr
    assert left(tmp_path) == ["a.csv", "b.csv.partial.jsonl"]


def test_the_command_leaves_3_when_the_disk_is_full(tmp_path, cli, monkeypatch):
    monkeypatch.setattr(Journal, "_append", full)
    done = cli(table(tmp_path / "a.csv", texts(3)), "-o", tmp_path / "b.csv")
    assert done.exit_code == 3
    assert "No space left" in done.stderr


def test_the_command_refuses_what_is_wrong_before_anything_is_loaded(tmp_path, cli, monkeypatch):
    monkeypatch.setattr(command, "_tools", full)
    for wrong in (["-o", tmp_path / "b.xlsx"], ["-o", tmp_path / "b.csv", "--since", tmp_path / "no"]):
        assert isinstance(cli(table(tmp_path / "a.csv", texts(1)), *wrong).exception, UsageError)
    assert cli(tmp_path / "a.csv", "-o", tmp_path / "b.csv", "-j", "33").exit_code == 2
    assert left(tmp_path) == ["a.csv"]


def test_a_real_ctrl_c_stops_the_process_and_keeps_the_journal(tmp_path):
    source_of(tmp_path, "a.xlsx", texts(200))
    process = slow_run(tmp_path, 0.02)
    wait_for(tmp_path / "b.xlsx.partial.jsonl", 3)
    process.send_signal(signal.SIGINT)
    assert process.wait(10) != 0
    assert not (tmp_path / "b.xlsx").exists()
    calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    # What was at work is finished and kept.
    assert (tmp_path / "b.xlsx.partial.jsonl").read_bytes().count(b"\n") - 1 == len(calls) < 200


def test_an_empty_summary_leaves_0():
    assert Summary().exit_code == 0


def test_library_checks_that_fail_are_said_and_lose_nothing(monkeypatch):
    asked = []

    def since(old, rows, assistant):
        asked.append((old, [row.text for row in rows], assistant))
        return ()

    monkeypatch.setattr("assistant.polish.library.check_library", lambda rows, today: 1 / 0)
    monkeypatch.setattr("assistant.polish.library.check_since", since)
    rows = (LibraryRow("", 2, "您好"), LibraryRow("", 3, "再见"))
    notes, said = toolbox._checked("assistant", lambda: iter(rows), Path("old"))
    assert notes == ()
    assert said == ("话术库检查没有做成：ZeroDivisionError：division by zero",)
    assert asked == [(Path("old"), ["您好", "再见"], "assistant")]

"""Measure rewriting: what labelled rough answers lose, keep or gain, how long one takes, and 2,000 rows of a workbook."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter

from assistant import Assistant, read_settings
from assistant.rewrite import RoughAnswer

LABELLED = Path(__file__).parent.parent / "evals" / "labelled"
HUASHU = str(Path(sys.executable).with_name("huashu"))
ROWS = 2000
Row = tuple[str, str, str, bool]


def bars(home: Path) -> list[Row]:
    """Return every row of rewriting."""
    assistant = Assistant.load(read_settings(home=home, model=""))
    rows: list[Row] = []
    for name in ("dev", "held", "fresh"):
        rows += _labelled(assistant, name)
    return [*rows, *_library(home)]


def _labelled(assistant: Assistant, name: str) -> list[Row]:
    cases = [json.loads(line) for line in (LABELLED / f"rewrite_{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    lost = left = broken = invented = person = 0
    times = []
    for case in cases:
        start = time.perf_counter()
        found = assistant.rewrite(RoughAnswer(case["rough"], case["message"]))
        times.append((time.perf_counter() - start) * 1000)
        text, verified = found.reply.text, found.reply.verified
        lost += bool(found.facts.missing)
        person += not verified
        broken += verified and any(finding.severity == "error" for finding in found.reply.findings)
        left += verified and any(words in text for words in case["gone"])
        invented += bool(found.facts.added) or (verified and any(words in text for words in case["never"]))
    size = len(cases)
    return [
        (f"rewrite {name}: answers that lost a fact or blank", "0", f"{lost} of {size}", lost == 0),
        (f"rewrite {name}: verified with a forbidden phrase (rules)", "0", f"{broken} of {size}", broken == 0),
        (f"rewrite {name}: labelled words that should have gone", "few", f"{left} of {size}", left <= size // 10),
        (f"rewrite {name}: facts added or labelled inventions", "0", f"{invented} of {size}", invented == 0),
        (f"rewrite {name}: left to a person", "few", f"{person} of {size}", person <= size // 20),
        (f"rewrite {name}: p50 offline", "≤ 60 ms", f"{statistics.median(times):.0f} ms", statistics.median(times) <= 60),
    ]


def _library(home: Path) -> list[Row]:
    """Polish a workbook of 2,000 different rows by the command."""
    rough = [json.loads(line)["rough"] for line in (LABELLED / "rewrite_dev.jsonl").read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.xlsx", Path(folder) / "out.xlsx"
        book = xlsxwriter.Workbook(str(source))
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["编号", "话术"])
        for number in range(ROWS):
            sheet.write_row(number + 1, 0, [number, f"{rough[number % len(rough)]}（第{number}条）"])
        book.close()
        environment = os.environ | {"HUASHU_HOME": str(home), "HUASHU_MODEL": ""}
        start = time.perf_counter()
        done = subprocess.run(
            [HUASHU, "polish", str(source), "-o", str(target), "--json"], env=environment, capture_output=True, text=True
        )
        seconds = time.perf_counter() - start
        good = done.returncode in (0, 1) and target.exists()
    return [(f"polish {ROWS:,} rows of xlsx", "≤ 30 s", f"{seconds:.1f} s", good and seconds <= 30)]

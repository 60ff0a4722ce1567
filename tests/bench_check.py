"""Measure the rule engine: speed, memory, disguises, and labelled texts. Called by `tests.bench`; also runs alone."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from assistant.check import Checker, Situation
from assistant.check.compile import compile_pack
from assistant.check.pack import Pack, PackRule
from assistant.check.scan import Scanner
from assistant.script import to_traditional
from corpus import Corpus, load_corpus
from evals.labelled import Score, load_labelled, score_acts, score_rules

Row = tuple[str, str, str, bool]
HUASHU = str(Path(sys.executable).with_name("huashu"))
REPLY = (
    "您好，非常抱歉让您久等了。您反馈的退款问题我已经查到：订单20261120123456的59元已于昨天提交银行，"
    "预计3个工作日内原路退回您的账户。如果到时候还没有收到，请您直接回复我，我会在当天18点前为您核实并给您答复。感谢您的耐心，祝您生活愉快，再见！"
)
MESSAGE = "我的订单20261120123456退款59元怎么还没到账，都3个工作日了"
SENTENCES = (
    "您好，很高兴为您服务。", "非常抱歉给您带来不便。", "您的心情我能理解。", "我先帮您核实一下物流信息。", "请您提供一下订单号。",
    "这件衣服支持七天无理由退货。", "退款会原路退回您的账户。", "我会在今天18点前给您回复。", "包裹已经到达您所在的城市。",
    "发票已经发送到您的邮箱。", "麻烦您拍一张照片给我。", "这款目前有三种颜色可以选。", "请问还有其他可以帮您的吗？", "感谢您的支持，再见。",
    "您说的情况我已经记录下来了。", "经过核实，是仓库漏发了配件。", "我这边马上为您补发一份。", "补发的快递单号明天会短信通知您。",
)  # fmt: skip
# A sentence with forbidden words, and the words.
FORBIDDEN = (
    ("这件事我不知道。", "不知道"), ("这个我不清楚。", "不清楚"), ("这个不归我管。", "不归我管"), ("这不是我的问题。", "不是我的问题"),
    ("我保证明天到。", "我保证"), ("这事包在我身上。", "包在我身上"), ("绝对不会再发生。", "绝对"), ("百分百是正品。", "百分百"),
    ("肯定没问题的。", "肯定没问题"), ("我们是全网最低价。", "全网最低价"), ("您加我微信聊。", "加我微信"), ("您私下转账就行。", "私下转账"),
    ("您给个五星好评吧。", "五星好评"), ("您爱买不买。", "爱买不买"), ("您自己看着办。", "看着办"), ("随便您去投诉。", "随便您"),
    ("您到底要不要。", "到底要不要"), ("我也没办法。", "没办法"), ("您有完没完。", "有完没完"), ("这是公司规定。", "公司规定"),
)  # fmt: skip
# Put between the characters of the words; two more are written out below.
BETWEEN = {
    "space": " ", "wide space": "\u3000", "zero width": "\u200b", "middle dot": "·", "star": "*", "underscore": "_", "ellipsis": "…",
    "emoji": "👨\u200d👩\u200d👧",
}  # fmt: skip
out = Console()


def bars(data: Path | None) -> list[Row]:
    """Return every row of the engine; `data` is a folder of real texts."""
    corpus = load_corpus()
    pack = compile_pack(corpus)
    home = Path(tempfile.mkdtemp(prefix="huashu-bench-check-"))
    try:
        rows = [speed_bar(pack), *command_bars(home), linear_bar(Checker(pack))]
    finally:
        shutil.rmtree(home, ignore_errors=True)
    side_by_side(common_in(pack))
    return [*rows, *disguise_bars(Checker(pack), data), *labelled_bars(corpus, Checker(pack))]


def best(work: Callable[[], object], times: int = 5) -> float:
    """Return the shortest time of some runs, in seconds."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def invented(number: int, avoid: str, common: str, seed: int = 7) -> list[str]:
    """Return phrases of two to four of these characters that do not stand in a text."""
    rng = random.Random(seed)
    phrases: dict[str, None] = {}
    while len(phrases) < number:
        phrase = "".join(rng.choices(common, k=rng.randint(2, 4)))
        if phrase not in avoid:
            phrases[phrase] = None
    return list(phrases)


def common_in(pack: Pack) -> str:
    """Return the Han characters of the guidelines, as often as they stand there."""
    return "".join(char for text in pack.clauses.values() for char in text if "一" <= char <= "鿿")


def enlarged(pack: Pack, phrases: int, text: str) -> Pack:
    """Return the pack with rules added until it looks for this many phrases."""
    missing = phrases - sum(len(rule.phrases) for rule in pack.rules)
    words = invented(missing, text, common_in(pack))
    more = (
        PackRule(f"bench.r{i}", "", "forbid", "warning", "tone-1.1", "", tuple(words[i : i + 50]), when={"speakers": ("rep",)})
        for i in range(0, missing, 50)
    )
    return dataclasses.replace(pack, rules=(*pack.rules, *more))


MEASURED = """
import resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.run(sys.argv[1:]).returncode
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, code, file=sys.stderr)
"""


def speed_bar(pack: Pack) -> Row:
    """Time one reply against 5,000 phrases and every kind, in microseconds."""
    reply = REPLY[:120]
    big = Checker(enlarged(pack, 5000, reply))
    situation = big.situation(
        MESSAGE, ["客户：在吗", "客服：在的"], "refund_progress", "upset", facts={"amount": "59元", "days": "3个工作日"}
    )
    big.check(reply, situation)

    def hundred() -> None:
        for _ in range(100):
            big.check(reply, situation)

    micros = statistics.median(best(hundred) for _ in range(5)) * 10_000
    return (f"one reply of {len(reply)} characters, 5,000 phrases", "<= 100 µs", f"{micros:.0f} µs", micros <= 100)


def replies(number: int) -> Iterator[str]:
    """Yield replies of three to seven sentences, each with another number."""
    rng = random.Random(11)
    for i in range(number):
        yield "".join(rng.sample(SENTENCES, rng.randint(3, 7))) + f"受理编号{i:06d}。"


def command_bars(home: Path) -> list[Row]:
    """Measure `huashu check`: 10,000 lines, its memory, and a cold start with the pack in the cache."""
    env = {**os.environ, "HUASHU_HOME": str(home)}
    lines = home / "replies.jsonl"
    requests = ({"id": i, "text": text, "message": MESSAGE} for i, text in enumerate(replies(10_000)))
    lines.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in requests), encoding="utf-8")

    def run(*args: str) -> tuple[float, int]:
        # Through a small process of its own: a child's peak memory counts what its parent held when it was forked.
        with (home / "out.jsonl").open("wb") as file:
            told = subprocess.run(
                [sys.executable, "-c", MEASURED, HUASHU, "check", *args],
                env=env,
                stdout=file,
                stderr=subprocess.PIPE,
                check=True,
            )
        seconds, kilobytes, code = told.stderr.split()[-3:]
        assert int(code) in (0, 1), told.stderr
        return float(seconds), int(kilobytes) // 1024

    first, _ = run(REPLY)
    cold = min(run(REPLY)[0] for _ in range(5))
    runs = [run("--jsonl", str(lines)) for _ in range(3)]
    answered = (home / "out.jsonl").read_bytes().count(b"\n")
    assert answered == 10_000, answered
    seconds, memory = min(run[0] for run in runs), max(run[1] for run in runs)
    return [
        ("10,000 replies by --jsonl", "<= 3 s", f"{seconds:.2f} s", seconds <= 3),
        ("memory of that", "<= 150 MB", f"{memory} MB", memory <= 150),
        (f"cold huashu check (first ever {first:.1f} s)", "<= 0.4 s", f"{cold:.2f} s", cold <= 0.4),
    ]


def linear_bar(checker: Checker) -> Row:
    """Compare the time per character of 64 KB and of 1 MB of text."""
    text = "".join(replies(12_000))
    short, long = (text[: size // 3] for size in (64_000, 1_000_000))
    situation = Situation(facts_matter=False, task="check")
    a = best(lambda: checker.check(short, situation)) / len(short)
    b = best(lambda: checker.check(long, situation), 2) / len(long)
    return ("time a character, 1 MB over 64 KB", "<= 2", f"{b / a:.2f} ({b * 1e6:.2f} µs)", b <= 2 * a)


def side_by_side(common: str) -> None:
    """Print MB/s of finding every phrase in Chinese text: our automaton, a plain `re` alternation, pyahocorasick."""
    text = "".join(replies(4000))
    table = Table("phrases", "ours", "re alternation", "pyahocorasick", title="MB of text a second")
    for number in (500, 5000, 50_000):
        phrases = invented(number, "", common, seed=number)
        scanner = Scanner(enumerate(phrases), ())
        piece = text[: max(2000, len(text) // (number // 100))]
        pattern = re.compile("|".join(map(re.escape, sorted(phrases, key=len, reverse=True))))
        table.add_row(
            f"{number:,}",
            rate(text, scanner.scan),
            rate(piece, lambda t, p=pattern: sum(1 for _ in p.finditer(t))),
            other(phrases, text),
        )
    out.print(table)


def rate(text: str, work: Callable[[str], object]) -> str:
    """Return megabytes a second of one search."""
    seconds = best(lambda: work(text), 3)
    return f"{len(text.encode()) / seconds / 1e6:.1f}"


def other(phrases: list[str], text: str) -> str:
    """Return the rate of pyahocorasick where it is installed."""
    try:
        import ahocorasick
    except ImportError:
        return "not installed"
    automaton = ahocorasick.Automaton()
    for index, phrase in enumerate(phrases):
        automaton.add_word(phrase, index)
    automaton.make_automaton()
    return rate(text, lambda t: sum(1 for _ in automaton.iter(t)))


def disguised(words: str) -> Iterator[tuple[str, str]]:
    """Yield ten disguises of forbidden words."""
    yield from ((name, mark.join(words)) for name, mark in BETWEEN.items())
    yield "brackets", "".join(f"【{char}】" for char in words)
    yield "traditional", to_traditional(" ".join(words))


def disguise_bars(checker: Checker, data: Path | None) -> list[Row]:
    """Measure how many disguises are found, and on how many clean replies another view than the plain one finds something."""
    found = tried = 0
    missed: list[str] = []
    for sentence, words in FORBIDDEN:
        start = sentence.index(words)
        if not any(f.start < start + len(words) and start < f.end for f in errors(checker, sentence)):
            out.print(f"[red]not found even in plain words:[/] {sentence}")
        for name, hidden in disguised(words):
            text, tried = sentence.replace(words, hidden), tried + 1
            hit = any(f.start < start + len(hidden) and start < f.end for f in errors(checker, text))
            found += hit
            missed += [] if hit else [f"{name}: {text}"]
    if missed:
        out.print("disguises not found:", *missed[:20], sep="\n  ")
    rows: list[Row] = [(f"{tried} disguises found", ">= 95 %", f"{found / tried:.1%}", found / tried >= 0.95)]
    texts = list(clean_replies(data)) if data else []
    if not texts:
        out.print("real replies: not here, left out")
        return rows
    extra = [[f for f in errors(checker, text) if f.view not in ("fold", "acts")] for text in texts]
    for text, findings in zip(texts, extra, strict=True):
        for f in findings:
            out.print(
                f"extra hit: {f.rule} by {f.view}: {f.quote!r} in {text[max(0, f.start - 12) : f.end + 12]!r}", markup=False
            )
    share = sum(map(bool, extra)) / len(texts)
    return [*rows, (f"extra hits on {len(texts)} clean replies", "<= 0.1 %", f"{share:.2%}", share <= 0.001)]


def clean_replies(data: Path) -> Iterator[str]:
    """Yield the real replies that their reader found no fault with."""
    for path in sorted(data.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row.get("quality_guess", "poor") != "poor":
                yield row["text"]


def errors(checker: Checker, text: str) -> list:
    """Return the findings about words of a text on its own."""
    findings = checker.check(text, Situation(facts_matter=False, task="check")).findings
    return [f for f in findings if f.kind in ("forbid", "replace")]


def labelled_bars(corpus: Corpus, checker: Checker) -> list[Row]:
    """Score the labelled texts; the part kept unseen counts."""
    rows: list[Row] = []
    for split in ("dev", "held"):
        forbidden = load_labelled("forbid", split)
        any_rule, same = (score_rules(checker, forbidden, same_rule)["all"] for same_rule in (False, True))
        for name, score in (("any rule", any_rule), ("same rule", same)):
            rows += [
                measured(f"forbid {split}, {name}, {what}", wanted, score, what)
                for what, wanted in (("precision", 0.95), ("recall", 0.90))
            ]
        acts = score_acts(checker, load_labelled("acts", split))["all"]
        rows.append(measured(f"acts {split}, F1", 0.92, acts, "f1"))
    return rows


def measured(name: str, wanted: float, score: Score, what: str) -> Row:
    """Return one row of a score."""
    value = getattr(score, what) or 0.0
    return (name, f">= {wanted:.2f}", f"{value:.3f}", value >= wanted)


def print_rows(rows: list[Row]) -> int:
    """Print one row a bar; return 1 when one is missed."""
    table = Table("bar", "wanted", "measured", "")
    for name, wanted, found, good in rows:
        table.add_row(name, wanted, found, "[green]✓[/]" if good else "[red]✗[/]")
    out.print(table)
    return 0 if all(good for *_, good in rows) else 1


if __name__ == "__main__":
    sys.exit(print_rows(bars(Path(sys.argv[1]) if len(sys.argv) > 1 else None)))

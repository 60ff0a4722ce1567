from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant import Assistant, Request, Settings
from assistant.check import Checker
from assistant.check.compile import build_pack
from assistant.cli import main
from corpus import Rule
from evals import cli
from evals.baseline import baseline_of, baseline_path, compare, read_baseline, write_baseline
from evals.case import Case, find_suite, load_suite
from evals.errors import BaselineError, SuiteError
from evals.run import Row, run_case, run_suite
from evals.score import Failure, score

SMOKE = find_suite("smoke")
GREETING = Case.model_validate({"id": "hello", "group": "greeting", "message": "你好，在吗", "scenario": "greeting"})


@dataclass(frozen=True)
class Double:
    """An assistant with one part exchanged."""

    inner: Assistant
    checker: Checker
    change: object = None

    @property
    def corpus(self):
        return self.inner.corpus

    def suggest(self, request):
        found = self.inner.suggest(request)
        return self.change(found) if self.change else found


@pytest.fixture(scope="session")
def rows(assistant):
    return run_suite(load_suite(SMOKE), assistant)


@pytest.fixture
def run(assistant, monkeypatch, capfd):
    """Run `huashu eval …` through the real main() with the loaded assistant; gives the exit code and both outputs."""

    def call(*words: str, using=assistant):
        monkeypatch.setattr(cli, "load_assistant", lambda: using)
        monkeypatch.setattr(sys, "argv", ["huashu", "eval", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capfd.readouterr()
        return ended.value.code or 0, said.out, said.err

    return call


def row(name: str, *checks: str, text: str = "好的。", group: str = "greeting") -> Row:
    failures = tuple(Failure(check, "why") for check in checks)
    return Row(name, group, "在吗", not checks, failures, text, "greeting", True, True, 5.0, {"corpus": "c", "rules": "r"})


def suite_file(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def expecting(**expect: object) -> Case:
    return Case.model_validate(GREETING.model_dump(exclude={"expect"}) | {"expect": expect})


def request_of(case: Case) -> Request:
    return Request(case.message, case.context, case.scenario, case.facts, case.id)


def stricter(assistant: Assistant) -> Checker:
    banned = {"text": "您好"}
    rule = Rule(
        id="test.no_hello",
        title="不许问好",
        kind="forbid",
        severity="error",
        clause="tone-1.1",
        message="测试",
        phrases=("您好",),
        examples={"bad": [banned] * 3, "good": [{"text": "好的"}] * 3},
    )
    corpus = assistant.corpus
    return Checker(build_pack([*corpus.rules.values(), rule], corpus.acts.values(), corpus.contexts.values()))


# Suites


def test_the_smoke_suite_has_cases_in_every_group():
    cases = load_suite(SMOKE)
    assert len(cases) >= 60
    assert len({case.group for case in cases}) == 21


def test_a_malformed_suite_lists_every_problem_with_its_line_and_what_to_write(tmp_path):
    path = suite_file(
        tmp_path,
        "- id: one\n  group: greetings\n  message: 在吗\n"
        "- id: two\n  group: greeting\n  message: 123\n  expect:\n    forbidd: [好]\n    acts: [sorry]\n    emotion: sad\n"
        "- id: two\n  group: greeting\n  message: 在\n  facts: {order_id: 12}\n"
        "- id: three\n  group: greeting\n  expect: {acts: apology, contain: [您好], forbid: [您好]}\n"
        "- just words\n",
    )
    with pytest.raises(SuiteError) as caught:
        load_suite(path)
    said = [str(problem).removeprefix(f"{path}:") for problem in caught.value.problems]
    for line, part in [
        (2, "unknown value 'greetings'; write one of 'greeting'"),
        (6, "message: text is wanted; put the value in quotes"),
        (8, "unknown key 'forbidd'; write 'forbid'"),
        (9, "unknown value 'sorry'"),
        (10, "unknown value 'sad'; write one of 'calm'"),
        (11, "case 'two' is also in line 4; rename one"),
        (14, "facts.order_id: text is wanted; put the value in quotes"),
        (15, "message: is missing; write it"),
        (17, "write [apology]"),
        (18, "keys and values are wanted"),
    ]:
        assert any(text.startswith(f"{line}: ") and part in text for text in said), (line, part, said)
    assert "10 problem(s)" in str(caught.value)


def test_a_word_both_wanted_and_forbidden_is_a_problem():
    with pytest.raises(ValueError, match="keep one of them"):
        expecting(contain=["您好"], forbid=["好"])


@pytest.mark.parametrize("text", ["", "[]\n", "one: two\n", "- id: [\n"])
def test_an_empty_or_shapeless_suite_is_a_problem(tmp_path, text):
    with pytest.raises(SuiteError, match=r"mine.yaml:[0-9]+: "):
        load_suite(suite_file(tmp_path, text))


def test_an_unknown_suite_names_those_that_exist():
    with pytest.raises(SuiteError, match=r"unknown suite 'smok'; write one of .*smoke"):
        find_suite("smok")


# Scoring


@pytest.mark.parametrize(
    ("expect", "check"),
    [
        ({"acts": ["apology"]}, "acts.apology"),
        ({"forbid": ["您好"]}, "forbid.您好"),
        ({"contain": ["再见"]}, "contain.再见"),
        ({"any": ["再见", "晚安"]}, "any"),
        ({"max_chars": 3}, "max_chars"),
        ({"emotion": "upset"}, "emotion"),
        ({"escalate": "legal"}, "escalate"),
        ({"traditional": True}, "traditional"),
    ],
)
def test_each_broken_expectation_has_its_own_stable_name(assistant, expect, check):
    found = run_case(expecting(**expect), assistant)
    assert [failure.check for failure in found.failures] == [check]
    assert not found.passed


def test_an_expectation_that_holds_passes(assistant):
    case = expecting(
        acts=["offer_more_help"], forbid=["订单"], any=["您好", "早"], max_chars=80, emotion="calm", escalate="none"
    )
    assert run_case(case, assistant).failures == ()


def test_a_failure_quotes_the_offending_text(assistant):
    (failure,) = run_case(expecting(forbid=["您好"]), assistant).failures
    assert "您好" in failure.reason


def test_a_reply_not_verified_and_a_missing_or_empty_reply_fail_every_case(assistant):
    found = assistant.suggest(request_of(GREETING))
    reply = found.replies[0]
    for replies, check in [
        ((), "reply"),
        ((replace(reply, text=" "),), "empty"),
        ((replace(reply, verified=False),), "verified"),
    ]:
        result = score(GREETING, replace(found, replies=replies), assistant.checker, assistant.corpus)
        assert [failure.check for failure in result.failures] == [check]


def test_a_reply_is_checked_again_and_its_own_word_is_not_taken(assistant):
    found = assistant.suggest(request_of(GREETING))
    lying = replace(found.replies[0], text="您好，我保证退款，3个工作日到账。请问有什么可以帮您？")
    checks = {f.check for f in score(GREETING, replace(found, replies=(lying,)), assistant.checker, assistant.corpus).failures}
    assert any(check.startswith("finding.") for check in checks), checks


def test_group_hits_are_measured_and_decide_nothing(assistant):
    case = Case(id="odd", group="invoice", message="你好，在吗")
    found = run_case(case, assistant)
    assert (found.passed, found.group_hit, found.top3_hit) == (True, False, False)
    assert run_case(GREETING, assistant).group_hit is None, "a scenario chosen by hand proves nothing about guessing"


# Runs


def test_an_exception_in_one_case_is_a_failed_row_and_the_others_run(assistant):
    wrong = GREETING.model_copy(update={"id": "wrong", "scenario": "no_such"})
    first, second = run_suite([wrong, GREETING], assistant)
    assert first.crashed
    assert "UsageError: unknown scenario 'no_such'" in first.failures[0].reason
    assert second.passed


def test_the_smoke_suite_is_no_worse_than_its_baseline(rows):
    baseline = read_baseline(baseline_path(SMOKE))
    found = compare(baseline, rows)
    assert found.regressions == ()
    assert not found.worse
    assert found.missing == ()


def test_no_smoke_reply_is_unverified_or_fails_the_second_check(rows):
    assert [
        f for r in rows for f in r.failures if f.check.startswith(("verified", "finding.", "empty", "reply", "error"))
    ] == []


def test_the_smoke_suite_finds_the_right_group_often_enough(rows):
    guessed = [r for r in rows if r.group_hit is not None]
    assert sum(r.group_hit for r in guessed) / len(guessed) >= 0.6
    assert sum(r.top3_hit for r in guessed) / len(guessed) >= 0.85


# Baselines


def test_a_change_of_wording_alone_is_no_regression():
    before = baseline_of("mine", [row("a"), row("b", "acts.apology")])
    found = compare(before, [row("a", text="另一种说法。"), row("b", "acts.apology", text="又一种。")])
    assert (found.worse, found.regressions, found.fixes, found.new, found.missing) == (False, (), (), (), ())


def test_a_comparison_tells_regressions_fixes_new_and_missing_cases():
    before = baseline_of("mine", [row("a"), row("b", "x"), row("c", "x"), row("d", "x"), row("gone")])
    found = compare(before, [row("a", "y"), row("b"), row("c", "x", "z"), row("d", "w"), row("e")])
    assert [(c.id, c.checks) for c in found.regressions] == [("a", ("y",)), ("c", ("z",)), ("d", ("w",))]
    assert [(c.id, c.checks) for c in found.fixes] == [("b", ("x",)), ("d", ("x",))]
    assert [(c.id, c.checks) for c in found.new] == [("e", ())]
    assert found.missing == ("gone",)
    assert compare(before, [row("a")], whole=False).missing == ()


def test_a_new_case_that_fails_counts_as_worse():
    assert compare(baseline_of("mine", []), [row("a", "x")]).worse
    assert not compare(baseline_of("mine", []), [row("a")]).worse


def test_a_baseline_survives_the_disk_sorted_one_line_a_case(tmp_path):
    path = tmp_path / "deep" / "mine.json"
    made = baseline_of("mine", [row("b", "forbid.规定", "acts.apology"), row("a")])
    write_baseline(path, made)
    assert read_baseline(path) == made
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line.split(":")[0].strip() for line in lines if '"failures"' in line] == ['"a"', '"b"']
    assert json.loads(path.read_text(encoding="utf-8"))["schema"] == 1


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": 99}', '{"schema": 1, "suite": "x", "digests": {}, "cases": {"a": 1}}']
)
def test_a_broken_baseline_says_what_to_do(tmp_path, text):
    path = tmp_path / "mine.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BaselineError, match="--update-baseline"):
        read_baseline(path)


def test_a_suite_from_elsewhere_keeps_its_baseline_beside_it(tmp_path):
    assert baseline_path(tmp_path / "mine.yaml") == tmp_path / "mine.baseline.json"
    assert baseline_path(SMOKE).parent.name == "baselines"


# The command

MINE = "- id: hello\n  group: greeting\n  message: 你好，在吗\n  scenario: greeting\n  expect: {acts: [offer_more_help]}\n"


def test_a_suite_goes_from_first_run_through_baseline_to_regression(run, assistant, tmp_path):
    path = str(suite_file(tmp_path, MINE))
    code, out, _ = run("run", path)
    assert (code, "1 of 1 passed" in out, "no baseline" in out) == (0, True, True)
    assert run("run", path, "--update-baseline")[0] == 0
    assert "same as the baseline" in run("run", path)[1]
    code, out, _ = run("run", path, using=Double(assistant, stricter(assistant)))
    assert code == 1
    assert "regression hello  finding.test.no_hello" in out
    assert "您好" in out


def test_a_forbidden_word_in_an_approved_phrase_ends_with_exit_code_1(run, assistant, tmp_path):
    path = str(suite_file(tmp_path, MINE))
    run("run", path, "--update-baseline")
    phrases = {name: p.model_copy(update={"text": "不知道，自己看。"}) for name, p in assistant.corpus.phrases.items()}
    broken = Assistant(replace(assistant.corpus, phrases=phrases), Settings(model="", embedder="none"))
    code, out, _ = run("run", path, using=broken)
    assert code == 1
    assert "regression hello" in out


def test_without_a_baseline_any_failure_ends_with_exit_code_1(run, tmp_path):
    code, out, _ = run("run", str(suite_file(tmp_path, MINE.replace("offer_more_help", "apology"))))
    assert code == 1
    assert "acts.apology" in out


def test_a_known_failure_in_the_baseline_is_no_regression_and_its_mending_is_a_fix(run, tmp_path):
    path = suite_file(tmp_path, MINE.replace("offer_more_help", "apology"))
    assert run("run", str(path), "--update-baseline")[0] == 0
    assert run("run", str(path))[0] == 0
    suite_file(tmp_path, MINE)
    code, out, _ = run("run", str(path))
    assert (code, "fixed hello" in out) == (0, True)


def test_json_is_one_object_with_its_schema(run, tmp_path):
    path = suite_file(tmp_path, MINE)
    run("run", str(path), "--update-baseline")
    code, out, _ = run("run", str(path), "--json")
    data = json.loads(out)
    assert code == 0
    assert set(data) == {"schema", "suite", "verdict", "total", "groups", "rows", "comparison", "digests"}
    assert (data["schema"], data["suite"], data["verdict"], data["total"]["passed"]) == (1, "mine", "pass", 1)
    assert data["rows"][0]["text"].startswith("您好")


def test_verbose_shows_every_reply(run, tmp_path):
    assert "> 您好" in run("run", str(suite_file(tmp_path, MINE)), "--verbose")[1]


def test_chosen_cases_run_alone(run):
    data = json.loads(run("run", "--json", "--case", "greeting_late_night", "--case", "goodbye_done")[1])
    assert [r["id"] for r in data["rows"]] == ["greeting_late_night", "goodbye_done"]
    assert data["comparison"]["missing"] == []


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["run", "smok"], "unknown suite 'smok'"),
        (["run", "--case", "greeting_late"], "greeting_late_night"),
        (["run", "--case", "goodbye_done", "--update-baseline"], "leave out --case"),
    ],
)
def test_wrong_use_ends_with_exit_code_2_and_says_what_to_do(run, words, part):
    code, _, err = run(*words)
    assert code == 2
    assert part in err


def test_a_malformed_suite_ends_with_exit_code_2_before_anything_is_loaded(tmp_path):
    path = suite_file(tmp_path, MINE.replace("greeting\n  message", "greetings\n  message"))
    command = [sys.executable, "-c", "from assistant.cli import main; main()", "eval", "run", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert "mine.yaml:2: group: unknown value 'greetings'" in done.stderr
    assert "Traceback" not in done.stderr


def test_when_no_case_can_be_answered_the_exit_code_is_3(run, assistant, tmp_path):
    def broken(_):
        raise RuntimeError("no disk")

    code, _, err = run("run", str(suite_file(tmp_path, MINE)), using=Double(assistant, assistant.checker, broken))
    assert code == 3
    assert "no case could be answered: RuntimeError: no disk" in err


def test_a_baseline_that_cannot_be_written_is_exit_code_3(run, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cli, "write_baseline", full)
    code, _, err = run("run", str(suite_file(tmp_path, MINE)), "--update-baseline")
    assert (code, "No space left" in err) == (3, True)


def test_list_shows_the_suites():
    done = CliRunner().invoke(cli.app, ["list"])
    assert done.exit_code == 0
    assert "smoke" in done.output

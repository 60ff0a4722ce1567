import shutil
from collections import defaultdict
from pathlib import Path

import pytest

from corpus import Act, Clause, Corpus, Escalation, Phrase, Rule, Scenario, Slot, lint_corpus, load_corpus
from corpus.rulecheck import rule_problems
from corpus.schema import CoverageItem, EmotionCues

CLAUSE = Clause(id="delivery-1.1", text="先致歉，再给时限。")
SCENARIO = {
    "id": "late", "title": "晚到", "ask": "催件", "group": "delivery_delay", "stage": "insale",
    "says": [f"第{n}天了" for n in range(20)], "plan": [{"role": "solution"}], "clauses": ["delivery-1.1"],
}  # fmt: skip
PHRASE = {
    "id": "late.track", "text": "我查一下。", "role": "solution", "acts": ["solution"], "clause": "delivery-1.1",
    "scenarios": ["late"],
}  # fmt: skip
RULE = {
    "id": "rude", "title": "粗话", "kind": "forbid", "severity": "error", "clause": "delivery-1.1", "message": "不说粗话。",
    "phrases": ["滚"], "examples": {"bad": ["滚", "滚吧", "快滚"], "good": ["您好", "好的", "再见"]},
}  # fmt: skip
ACT = {
    "id": "apology",
    "title": "致歉",
    "definition": "致歉。",
    "must_hit": ["抱歉", "很抱歉", "抱歉了"],
    "must_miss": ["您好", "好的", "再见"],
}
COVERAGE = {"id": "a", "title": "致歉", "kind": "reply", "met_by": ["delivery-1.1", "late", "late.track", "rude", "apology"]}


def small(**parts):
    """A small corpus that lints clean, with some of its parts changed: `rule={...}` changes keys, a list replaces all."""

    def made(model, name, plain):
        given = parts.pop(name, {})
        entries = [plain | entry for entry in given] if isinstance(given, list) else [plain | given]
        values = [model.model_validate(entry) for entry in entries]
        return {getattr(value, "name", None) or value.id: value for value in values}

    corpus = Corpus(
        path=Path("corpus"),
        clauses={CLAUSE.id: CLAUSE},
        phrases=made(Phrase, "phrase", PHRASE),
        scenarios=made(Scenario, "scenario", SCENARIO),
        acts=made(Act, "act", ACT),
        act_wordings={},
        contexts={},
        probes={},
        rewordings={},
        rules=made(Rule, "rule", RULE),
        slots=made(Slot, "slot", {"name": "order_id", "title": "订单号"}),
        emotions=made(EmotionCues, "emotion", {"id": "upset", "title": "生气"}),
        escalations=made(Escalation, "escalation", {"id": "legal", "title": "法律", "phrase": "late.track"}),
        unruled={},
        coverage=made(CoverageItem, "coverage", COVERAGE),
        digest="",
        rules_digest="",
        places=defaultdict(lambda: (Path("somewhere.yaml"), 1)),
    )
    assert not parts
    return corpus


def told(**parts):
    """Everything that loading and linting say about a small corpus."""
    corpus = small(**parts)
    wrong = rule_problems(corpus.rules, corpus.acts, corpus.contexts, corpus.scenarios, corpus.clauses)
    return [*(message for _, message in wrong), *(problem.message for problem in lint_corpus(corpus).problems)]


@pytest.fixture(scope="session")
def real_corpus():
    return load_corpus()


def test_a_sound_corpus_has_no_problems():
    assert told() == []


def test_the_real_corpus_lints_clean(real_corpus):
    assert [str(problem) for problem in lint_corpus(real_corpus).problems] == []


def test_the_report_counts_every_kind_of_knowledge():
    rows = {name.split()[-1]: count for name, count, _ in lint_corpus(small()).rows}
    assert rows == {"clauses": 1, "phrases": 1, "scenarios": 1, "acts": 1, "rules": 1, "coverage": 1}


@pytest.mark.parametrize(
    ("parts", "who"),
    [
        ({"phrase": {"clause": "delivery-9.9"}}, "phrase 'late.track'"),
        ({"rule": {"clause": "delivery-9.9"}}, "rule 'rude'"),
        ({"scenario": {"clauses": ["delivery-1.1", "delivery-9.9"]}}, "scenario 'late'"),
        (
            {"scenario": {"commitments": {"order_id": {"text": "单号", "clause": "delivery-9.9"}}}},
            "scenario 'late'",
        ),
    ],
)
def test_a_clause_that_no_guideline_has_is_named(parts, who):
    (message,) = told(**parts)
    assert message.startswith(f"{who} names clause 'delivery-9.9', which no guideline has")


@pytest.mark.parametrize(
    ("parts", "who"),
    [
        ({"phrase": {"scenarios": ["late", "gone"]}}, "phrase 'late.track'"),
        ({"rule": {"when": {"scenarios": ["gone"]}}}, "rule 'rude'"),
        ({"escalation": {"scenarios": ["gone"]}}, "escalation 'legal'"),
    ],
)
def test_a_scenario_that_does_not_exist_is_named(parts, who):
    assert told(**parts) == [f"{who} names scenario 'gone', which does not exist"]


@pytest.mark.parametrize(
    "parts",
    [
        {"phrase": {"text": "单号{gone}。"}},
        {"phrase": [{}, {"id": "late.more", "text": "再查。", "when": {"need": ["gone"]}}]},
        {"phrase": [{}, {"id": "late.more", "text": "再查。", "when": {"have": ["gone"]}}]},
        {"scenario": {"needs": ["gone"]}},
        {"scenario": {"commitments": {"gone": {"text": "24小时内", "clause": "delivery-1.1"}}}},
    ],
)
def test_a_slot_that_does_not_exist_is_named(parts):
    (message,) = told(**parts)
    assert "names slot 'gone'; add it to slots.yaml" in message


def test_known_slots_and_those_the_composer_fills_are_fine():
    assert told(phrase={"text": "{order_id}：{option_a}还是{option_b}？"}) == []


def test_a_step_without_a_phrase_is_named():
    assert told(scenario={"plan": [{"role": "solution"}, {"role": "timeline"}]}) == [
        "scenario 'late': no approved phrase for its step 'timeline'"
    ]


def test_a_draft_phrase_fills_no_step():
    assert told(phrase={"status": "draft"}) == ["scenario 'late': no approved phrase for its step 'solution'"]


def test_a_shared_phrase_fills_only_the_steps_that_may_be_shared():
    shared = {"id": "shared.any", "text": "好的。", "scenarios": []}
    assert told(phrase=[shared | {"role": "solution"}]) == [
        "scenario 'late': no approved phrase for its step 'solution'",
        "escalation 'legal' names phrase 'late.track', which does not exist",
        "coverage item 'a' names 'late.track', which does not exist",
    ]
    assert told(phrase=[{}, shared | {"role": "apology"}], scenario={"plan": [{"role": "apology"}]}) == []


def test_a_step_needs_a_phrase_that_fits_every_mood():
    for when in ({"cues": ["快递"]}, {"have": ["order_id"]}, {"turn": "first"}):
        assert len(told(phrase={"when": when})) == 4
    assert told(phrase={"when": {"emotion": ["calm", "anxious", "upset"]}}) == [
        "scenario 'late': step 'solution' has no phrase that always fits a customer who is abusive"
    ]


def test_a_step_for_one_mood_needs_a_phrase_for_that_mood_alone():
    plan = [{"role": "solution", "when": {"emotion": ["upset"]}}]
    assert told(scenario={"plan": plan}, phrase={"when": {"emotion": ["upset"]}}) == []


def test_one_wording_in_two_scenarios_is_named():
    other = {"id": "lost", "says": [f"丢了{n}次" for n in range(19)] + ["第3天了"]}
    messages = told(scenario=[{}, other], phrase=[{"scenarios": ["late", "lost"]}])
    assert messages == ["wording '第3天了' also belongs to scenario 'late'; keep it in one"]


def test_the_same_text_twice_is_named_once():
    messages = told(phrase=[{}, {"id": "late.again"}])
    assert len(messages) == 1
    assert "has the same text as another solution phrase" in messages[0]


@pytest.mark.parametrize("kind", ["replace", "require", "order", "limit", "consistency", "entity", "fact"])
def test_a_rule_needs_what_its_kind_matches_by(kind):
    message = told(rule={"kind": kind, "phrases": []})[0]
    assert message.startswith(f"rule 'rude' of kind '{kind}' needs ")


@pytest.mark.parametrize(
    ("parts", "who"),
    [
        ({"rule": {"patterns": ["(滚"]}}, "rule 'rude'"),
        ({"rule": {"before": ["(滚"]}}, "rule 'rude'"),
        ({"act": {"patterns": ["(滚"]}}, "act 'apology'"),
        ({"slot": {"detect": ["(滚"]}}, "slot order_id"),
        ({"emotion": {"patterns": ["(滚"]}}, "emotion upset"),
    ],
)
def test_a_bad_regular_expression_is_named_wherever_it_stands(parts, who):
    (message,) = told(**parts)
    assert message.startswith(who)
    assert "'(滚'" in message


@pytest.mark.parametrize("parts", [{"rule": {"patterns": [r"\b滚\b"]}}, {"slot": {"detect": [r"\b\d{11}\b"]}}])
def test_a_word_boundary_is_refused_because_it_finds_nothing_beside_chinese(parts):
    (message,) = told(**parts)
    assert r"\b finds nothing beside Chinese" in message


def test_a_demand_that_nothing_meets_is_named():
    assert told(coverage={"met_by": []}) == [
        "coverage item 'a' (致歉) is met by nothing; name the ids or say why it does not apply"
    ]


def test_a_demand_that_does_not_apply_needs_its_reason_only():
    assert told(coverage={"met_by": [], "not_applicable": "只用于电话"}) == []


def test_a_dangling_id_in_the_coverage_list_is_named():
    assert told(coverage={"met_by": ["delivery-1.1", "gone"]}) == ["coverage item 'a' names 'gone', which does not exist"]


def test_every_problem_of_real_files_names_its_file_and_line(real_corpus, tmp_path):
    path = tmp_path / "corpus"
    shutil.copytree(real_corpus.path, path, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    broken = path / "slots.yaml"
    rows = broken.read_text(encoding="utf-8").splitlines()
    rows += ["- name: brand_new", "  title: 新", "  detect: ['(']"]
    broken.write_text("\n".join(rows) + "\n", encoding="utf-8")
    extra = set(lint_corpus(load_corpus(path)).problems)
    (problem,) = [p for p in extra if "brand_new" in p.message]
    assert (problem.path, problem.line) == (broken, len(rows) - 2)

"""Required elements, where a missing one belongs, and the order of acts."""

from __future__ import annotations

import pytest

from assistant.check import Checker, Situation
from assistant.check.compile import build_pack
from assistant.check.pack import PackScenario
from tests.packs import ACTS, checker, contexts, hits, rule


def required(*acts):
    return Situation(required=acts, task="check")


def mended(text, act, words):
    """Put words where a missing element belongs."""
    (missing,) = (e for e in checker().check(text, required(act)).elements if e.act == act)
    assert missing.status == "missing"
    assert missing.start == missing.end
    return text[: missing.start] + words + text[missing.end :]


@pytest.mark.parametrize(
    ("act", "words", "text", "result"),
    [
        ("greeting", "您好，", "退款在处理。", "您好，退款在处理。"),
        ("apology", "抱歉。", "您好，退款在处理。", "您好，抱歉。退款在处理。"),
        ("apology", "抱歉。", "张先生您好！退款在处理。", "张先生您好！抱歉。退款在处理。"),
        ("apology", "抱歉。", "早上好，退款在处理。", "早上好，抱歉。退款在处理。"),
        ("apology", "抱歉。", "　您好，在处理。", "　您好，抱歉。在处理。"),
        ("apology", "抱歉。", "退款在处理。", "抱歉。退款在处理。"),
        ("empathy", "理解您。", "您好。在处理。", "您好。理解您。在处理。"),
        ("solution", "为您核实。", "您好，款项在途。感谢您，再见。", "您好，款项在途。为您核实。感谢您，再见。"),
        ("solution", "为您核实。", "您好，款项在途。感谢您。再见！", "您好，款项在途。为您核实。感谢您。再见！"),
        ("solution", "为您核实。", "您好，感谢您。款项在途。", "您好，感谢您。款项在途。为您核实。"),
        ("solution", "为您核实。", "您好，款项在途。", "您好，款项在途。为您核实。"),
        ("solution", "为您核实。", "再见。", "为您核实。再见。"),
        ("solution", "，为您核实", "款项在途，再见", "款项在途，再见，为您核实"),
        ("thanks", "感谢您。", "您好，款项在途。", "您好，款项在途。感谢您。"),
        ("farewell", "再见。", "感谢您。", "感谢您。再见。"),
        ("greeting", "您好", "", "您好"),
    ],
)
def test_a_missing_element_belongs_where_a_person_would_put_it(act, words, text, result):
    assert mended(text, act, words) == result


def test_an_element_that_is_there_is_shown_at_its_first_place():
    elements = checker().check("抱歉，很抱歉。", required("apology")).elements
    assert [(e.act, e.status, e.start, e.end) for e in elements] == [("apology", "present", 0, 2)]


def test_what_the_scenario_requires_is_told_once_each_with_its_clause():
    scenario = PackScenario("late", "晚到", "delivery_delay", ("apology", "solution"), (), ("delivery-1.2",))
    engine = Checker(build_pack([], ACTS, contexts(), scenarios={"late": scenario}))
    found = engine.check("您好，感谢您。", engine.situation(scenario="late")).findings
    assert [(f.rule, f.clause, f.quote, f.severity) for f in found] == [
        ("require.scenario.solution", "delivery-1.2", "", "error"),
        ("require.scenario.apology", "delivery-1.2", "", "error"),
    ] or [f.rule for f in found] == ["require.scenario.apology", "require.scenario.solution"]
    assert engine.check("您好，抱歉，为您核实。", engine.situation(scenario="late")).findings == ()


def test_a_require_rule_is_content_with_any_of_its_acts():
    engine = checker(rule("soothe", kind="require", acts=["empathy", "apology"], fix={"op": "insert", "text": "理解您。"}))
    assert hits(engine, "抱歉，在处理。") == []
    assert hits(engine, "理解您，在处理。") == []
    (found,) = engine.check("您好，在处理。").findings
    assert (found.start, found.end, found.quote, found.view) == (3, 3, "", "acts")
    assert [(fix.start, fix.end, fix.text) for fix in found.fixes] == [(3, 3, "理解您。")]


def test_only_what_an_error_requires_is_listed_as_an_element():
    rules = (
        rule("must", kind="require", acts=["greeting"]),
        rule("may", kind="require", acts=["thanks"], severity="warning"),
    )
    result = checker(*rules).check("在处理。")
    assert [e.act for e in result.elements] == ["greeting"]
    assert [f.rule for f in result.findings] == ["must", "may"]


FIRST = rule("opens", kind="order", first="greeting")
SOOTHE = rule("soothe_first", kind="order", first="apology", then="explanation")
LAST = rule("closes", kind="order", last="farewell")


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("抱歉，原因是缺货。", None),
        ("原因是缺货，抱歉。", "原因是缺货"),
        ("抱歉，原因是缺货，再次抱歉。", None),
        ("原因是缺货。", None),
        ("抱歉。", None),
        ("原因是缺货很抱歉。", None),
    ],
)
def test_one_act_must_come_before_another_where_both_are(text, quote):
    assert hits(checker(SOOTHE), text) == ([quote] if quote else [])


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("您好，在处理。", None),
        ("张先生，您好，在处理。", None),
        ("在处理，请稍等，您好。", "您好"),
        ("在处理。", None),
        ("您好，在处理，好的，您好。", None),
    ],
)
def test_a_greeting_opens_the_reply_or_follows_a_name(text, quote):
    assert hits(checker(FIRST), text) == ([quote] if quote else [])


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("抱歉，再见。", None),
        ("再见，抱歉。", "再见"),
        ("再见，感谢。", None),
        ("再见，为您核实，再见。", None),
        ("为您核实。", None),
    ],
)
def test_a_goodbye_closes_the_reply_beside_thanks(text, quote):
    assert hits(checker(LAST), text) == ([quote] if quote else [])

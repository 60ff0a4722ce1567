"""The pages, without a browser."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from assistant.check import Finding
from assistant.values import Sentence
from ui import cli, labels, markup

ROOT = Path(__file__).parents[1]
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(autouse=True, scope="module")
def _offline_and_fresh(tmp_path_factory):
    """Load the real assistant once for this module, without an embedder; Streamlit's cache outlives every AppTest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUASHU_EMBEDDER", "none")
        patch.setenv("HUASHU_HOME", str(tmp_path_factory.mktemp("home")))
        st.cache_resource.clear()
        yield
    st.cache_resource.clear()


@pytest.fixture
def fresh():
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def reply_page(**query: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "ui" / "app.py"), default_timeout=60)
    for name, value in query.items():
        page.query_params[name] = value
    return fine(page.run())


def check_page(**query: str) -> AppTest:
    def script() -> None:
        from ui import check_page, panels

        check_page.show(panels.assistant())

    page = AppTest.from_function(script, default_timeout=60)
    for name, value in query.items():
        page.query_params[name] = value
    return fine(page.run())


def fine(page: AppTest) -> AppTest:
    assert not page.exception
    return page


def html(page: AppTest) -> str:
    return "".join(element.proto.body for element in page.get("html"))


def press(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label.startswith(label)).click()
    return fine(page.run())


def ask(page: AppTest, message: str, context: str = "", scenario: str = "") -> AppTest:
    page.text_area(key="reply.message").input(message)
    page.text_area(key="reply.context").input(context)
    page.selectbox(key="reply.scenario").set_value(scenario)
    return press(page, labels.ASK)


def check(page: AppTest, rough: str, message: str = "") -> AppTest:
    page.text_area(key="check.rough").input(rough)
    page.text_area(key="check.message").input(message)
    return press(page, labels.CHECK)


def finding(quote: str, start: int, severity: str = "error") -> Finding:
    return Finding(
        "r", f"{labels.LACKING}致歉", "forbid", severity, f"m{SCRIPT}", start, start + len(quote), quote, "text", "tone-1"
    )


# Reply page


def test_the_page_opens_with_a_hint_and_no_reply():
    page = reply_page()
    assert [box.value for box in page.info] == [labels.WAITING_REPLY]
    assert not page.code


def test_a_message_gets_a_verified_reply_that_can_be_copied_with_its_sources():
    page = ask(reply_page(), "我的快递三天没更新了，能帮我催一下吗")
    shown = html(page)
    assert labels.VERIFIED in shown
    assert 'class="hs-standard"' in shown
    assert labels.SOURCES in [caption.value for caption in page.caption]
    assert len(page.code) == 1
    assert page.code[0].value
    assert "".join(
        re.findall(r'<span class="hs-standard"[^>]*>(.*?)</span>', shown.partition("hs-text")[2].partition("</div>")[0])
    ) == (page.code[0].value)


def test_an_empty_message_is_asked_for_and_not_answered():
    page = ask(reply_page(), "   ")
    assert [box.value for box in page.warning] == [labels.EMPTY_MESSAGE]
    assert not page.code


def test_a_message_in_the_address_fills_the_box_and_is_answered_at_once():
    page = reply_page(message="什么时候发货")
    assert page.text_area(key="reply.message").value == "什么时候发货"
    assert labels.VERIFIED in html(page)


def test_the_message_in_the_address_does_not_come_back_over_a_later_one():
    page = ask(reply_page(message="什么时候发货"), "发票怎么开")
    assert page.text_area(key="reply.message").value == "发票怎么开"
    assert "发票" in html(page)


def test_html_in_a_message_reaches_no_page_as_html():
    page = ask(reply_page(), f"我的订单号是A12345678 {SCRIPT}", context=f"客户：{SCRIPT}")
    assert "<script" not in html(page)
    assert not any("<script" in element.value for element in page.markdown)


def test_a_scenario_may_be_chosen_before_asking():
    page = ask(reply_page(), "你好", scenario="refund_progress")
    assert labels.CHOSEN in html(page)
    assert "退款" in html(page)


def test_another_scenario_answers_the_same_message_anew_and_can_be_taken_back():
    page = ask(reply_page(), "我的快递三天没更新了，再不解决我就投诉到12315")
    first = page.code[0].value
    other = next(button for button in page.button if (button.key or "").startswith("reply.other."))
    other.click()
    fine(page.run())
    assert labels.CHOSEN in html(page)
    assert page.code[0].value != first
    assert page.text_area(key="reply.message").value.startswith("我的快递")
    press(page, labels.BACK_TO_AUTO)
    assert page.code[0].value == first


def test_a_threat_to_complain_shows_who_should_take_over():
    page = ask(reply_page(), "再不退钱我就去12315投诉你们")
    assert any(box.value.startswith("**建议转交") for box in page.warning)


def test_clearing_empties_the_boxes_and_the_answer():
    page = press(ask(reply_page(), "什么时候发货"), labels.CLEAR)
    assert page.text_area(key="reply.message").value == ""
    assert not page.code
    assert [box.value for box in page.info] == [labels.WAITING_REPLY]


def with_blank() -> AppTest:
    return ask(reply_page(), "刚买就降价了，订单号[订单号]，能退差价吗", scenario="price_protect")


def test_a_reply_with_a_blank_asks_for_it_and_is_not_offered_as_ready():
    page = with_blank()
    shown = html(page)
    assert labels.BLANKS in shown
    assert labels.READY not in shown
    assert '<span class="hs-blank">【订单号】</span>' in shown
    assert [box.label for box in page.text_input] == ["订单号"]
    assert labels.COPY not in [caption.value for caption in page.caption]


def test_a_filled_blank_is_checked_again_and_then_offered():
    page = with_blank()
    page.text_input(key="reply.slot.order_id").input("A20251101778")
    press(page, labels.FILL)
    assert "A20251101778" in page.code[0].value
    assert labels.READY in html(page)


def test_a_blank_left_empty_stays_a_blank():
    page = press(with_blank(), labels.FILL)
    assert labels.BLANKS in html(page)
    assert [box.label for box in page.text_input] == ["订单号"]


def test_forbidden_words_in_a_blank_do_not_get_into_a_reply_that_can_be_copied():
    page = with_blank()
    page.text_input(key="reply.slot.order_id").input(f"不知道，你自己看{SCRIPT}")
    press(page, labels.FILL)
    assert not any("不知道" in block.value for block in page.code)
    assert any(labels.NOT_FILLED in caption.value for caption in page.caption)
    assert any("没有采用" in expander.label for expander in page.expander)
    assert "<script" not in html(page)


def test_broken_knowledge_is_said_on_the_page(fresh, monkeypatch, tmp_path):
    broken = tmp_path / "corpus"
    shutil.copytree(ROOT / "corpus", broken)
    (broken / "slots.yaml").write_text("- name: [", encoding="utf-8")
    monkeypatch.setenv("HUASHU_CORPUS", str(broken))
    page = reply_page()
    assert [box.value for box in page.error] == [labels.LOAD_FAILED]
    assert "slots.yaml" in page.code[0].value


# Check page


BAD = "不知道，这个不归我管，你自己去问快递吧，保证明天到"


def test_a_rough_answer_full_of_forbidden_words_comes_back_fit_to_send():
    page = check(check_page(), BAD, "快递三天没动了")
    shown = html(page)
    assert not page.error
    assert "明天" in page.code[0].value
    for words in ("不知道", "归我管", "保证"):
        assert words not in page.code[0].value
        assert any(words in marked for marked in re.findall(r">([^<]*)</mark>", shown))
    assert labels.SEVERITIES["error"] in shown
    assert "tone-2.1" in shown


def test_a_refused_change_is_left_out_and_the_rest_is_checked_again():
    page = check(check_page(), "不知道，你的单号发我", "快递三天没动了")
    before = page.code[0].value
    assert [box.value for box in page.checkbox] == [True] * len(page.checkbox)
    page.checkbox[0].uncheck()
    fine(page.run())
    assert page.error
    assert not page.code
    assert "不知道" in html(page)
    page.checkbox[0].check()
    fine(page.run())
    assert page.code[0].value == before


def test_a_safe_change_is_made_and_says_why():
    page = check(check_page(), "你的退款将在1-3个工作日内原路退回，请你留意")
    assert page.code[0].value == "您的退款将在1-3个工作日内原路退回，请您留意。"
    assert "tone-7.1" in html(page)
    assert [box.value for box in page.success] == [labels.PASS_MENDED]


def test_a_good_answer_passes_unchanged():
    text = "您好，已为您核实，退款将在1-3个工作日内原路退回，请您留意。"
    page = check(check_page(), text, "退款什么时候到")
    assert page.code[0].value == text
    assert page.success
    assert not page.error


def test_an_empty_answer_is_asked_for():
    page = check(check_page(), " \n ")
    assert [box.value for box in page.warning] == [labels.EMPTY_ROUGH]


def test_html_in_a_rough_answer_reaches_no_page_as_html():
    page = check(check_page(), f"不知道{SCRIPT}<img src=x onerror=alert(1)>", SCRIPT)
    shown = html(page)
    assert "<script" not in shown
    assert "<img" not in shown
    assert "&lt;script&gt;" in shown


def test_an_answer_in_the_address_is_checked_at_once():
    page = check_page(rough="不知道", message="在吗")
    assert page.text_area(key="check.rough").value == "不知道"
    assert "不知道" not in page.code[0].value


# Marked text


def test_overlapping_findings_are_marked_once_with_the_worst_colour_on_top():
    shown = markup.marked("你自己看吧", [finding("你", 0, "warning"), finding("你自己看", 0)])
    assert shown.count("<mark") == 2
    assert shown.index("hs-error") < shown.index(">你<")
    assert "hs-warning" not in shown


@pytest.mark.parametrize("text", ["", "好", "好的"])
def test_a_missing_element_is_marked_where_it_belongs(text):
    shown = markup.marked(text, [finding("", len(text))])
    assert shown.count("此处缺：致歉") == 1


def test_every_part_of_a_marked_text_is_escaped():
    sentence = Sentence(f"{SCRIPT}【空】", 0, 1, "free", f'"{SCRIPT}', (SCRIPT,))
    for shown in (
        markup.marked(SCRIPT, [finding(SCRIPT, 0), finding("", 0)]),
        markup.sentences([sentence]),
        markup.chip(SCRIPT, hint=f'"{SCRIPT}'),
        markup.span(SCRIPT, "dim"),
    ):
        assert "<script" not in shown
        assert '="&quot;' not in shown.replace('title="&quot;', "")
    assert '<span class="hs-blank">【空】</span>' in markup.sentences([sentence])


# Command


def test_the_command_keeps_the_server_on_this_machine_and_quiet():
    arguments = cli.command("127.0.0.1", 8600, no_browser=True)
    assert Path(arguments[4]).is_absolute()
    assert {"--server.address=127.0.0.1", "--server.headless=true", "--browser.gatherUsageStats=false"} <= set(arguments)


def test_a_taken_port_is_said_and_ends_with_3():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-c", "from assistant.cli import main; main()", "ui", "--port", str(port), "--no-browser"],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
        )
    assert done.returncode == 3
    assert str(port) in done.stderr
    assert "Traceback" not in done.stderr


def test_the_exit_code_of_the_server_is_passed_on(monkeypatch):
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)
    assert cli._serve([sys.executable, "-c", "raise SystemExit(7)"]) == 7

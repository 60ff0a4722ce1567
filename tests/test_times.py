"""Where a text tells a time, and whether that time is bounded."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.check.times import TRIGGERS, times_in
from assistant.check.views import fold

BOUNDED = (
    "24小时内|两天之内|今天18点前|今晚8点之前|明天中午前|后天|本周五|下周三下午|周一下班前|下周一上午|周三之前|月底前|11月5日前|5号前|1-3个工作日|三到五天|两三天内|"
    "半小时内|一小时之内|下班前|当天|今天之内|今明两天|稍后10分钟|{deadline}|{time}|{date}前|{transit_days}|【答复时限】内|【回访时间】|"
    "【发货日期】前|18点前|周五前|24h内|一个半小时内|今天下班前|下个月|十一月五号之前|明早9点|下午3点前|18：00前|3日内|3日前|7个自然日内|"
    "一周内|半个月内|11/5前|明天上午10点到12点|9点至18点之间|这周内|星期五|2026年11月5日前|本月底前|三十分钟后|1~2天|２４小时内|三十分鐘內"
)
VAGUE = "尽快|马上|稍后|及时|第一时间|早日|立即|回头|过几天|这两天|近期|抓紧|一会儿|改天|晚点|几天内|盡快|過幾天|立刻|不久|随后"
PAST = "2小时前|三天前|昨天|前天|上周|刚才|之前|已经|两小时前|3天前|一周前|上周五|上个月|前几天|昨天18点前|半小时之前|前两天|两个月前|十分钟以前|昨晚8点"
NONE = (
    "一起核对|新的一天|一天天变好|第三天方案|7天无理由退货|7x24小时服务|24小时在线|请在发货之前联系|三点建议|有一点小问题|快一点|周一定|"
    "每一天|我们一直跟进|万一|您好请讲|一年四季|订单号123456789|3件|59元|今后|天后|文三路59号|【订单号】|{order_id}|半价|天猫|周边|日常"
)


def spans(text):
    return [(text[span.start : span.end], span.bound) for span in times_in(fold(text))]


@pytest.mark.parametrize(
    ("text", "bound"),
    [(text, bound) for texts, bound in ((BOUNDED, "bounded"), (VAGUE, "vague"), (PAST, "past")) for text in texts.split("|")],
)
def test_a_time_is_found_whole_and_its_bound_told(text, bound):
    assert spans(f"请您放心，{text}，好的。") == [(text, bound)]


@pytest.mark.parametrize("text", NONE.split("|"))
def test_what_tells_no_time_is_left_alone(text):
    assert spans(text) == []


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("您已等了3天", "past"),
        ("已经超过48小时", "past"),
        ("不超过48小时", "bounded"),
        ("三天没有回复", "past"),
        ("今天已给您办好", "past"),
        ("最晚明天给您", "bounded"),
        ("我18点给您回电", "bounded"),
    ],
)
def test_the_words_around_decide(text, bound):
    assert spans(text)[-1][1] == bound


def test_several_times_stand_in_order():
    text = "您昨天反馈的问题我马上核实，今天18点前答复，退款1-3个工作日到账。"
    assert spans(text) == [("昨天", "past"), ("马上", "vague"), ("今天18点前", "bounded"), ("1-3个工作日", "bounded")]


PIECES = st.sampled_from(
    [
        *"一二三两半十今明昨后前天日周月点号时内之上下个本这稍马尽快过几1259:-~/至到{}【】x 等了已",
        "小时",
        "工作日",
        "{deadline}",
        "时限】",
        "中午",
        "星期",
        "无理由",
    ]
)


@given(st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(st.characters(), max_size=60)))
@settings(max_examples=800, deadline=None)
def test_spans_stand_in_order_and_each_holds_a_trigger(text):
    folded = fold(text)
    end = 0
    for span in times_in(folded):
        assert end <= span.start < span.end <= len(text)
        assert any(trigger in folded[span.start : span.end] for trigger in TRIGGERS)
        end = span.end


@pytest.mark.parametrize(
    "piece", ["1", "九", "半", "1-", "三到", "【", "{", "一天", "周", "1 ", "稍后", "1/", "12:", "\ud800", "月底"]
)
def test_long_hostile_text_is_read_to_its_end(piece):
    text = piece * (200_000 // len(piece)) + "，24小时内"
    assert times_in(fold(text))[-1].end == len(text)

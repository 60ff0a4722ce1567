"""Reading a customer's message."""

from __future__ import annotations

import pytest

from assistant import Request
from assistant.conversation import clean, parse_turns
from assistant.emotion import EmotionReader
from assistant.script import is_traditional, to_simplified, to_traditional
from assistant.slots import SlotFinder, blanks, fill
from assistant.understand import language_of, shorten
from corpus import load_corpus

CORPUS = load_corpus()
SLOTS = SlotFinder.of(CORPUS.slots.values())
EMOTIONS = EmotionReader(CORPUS.emotions)


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("订单号：20261120123456 麻烦查下", "order_id", "20261120123456"),
        ("20261119004512 快递员电话打不通", "order_id", "20261119004512"),
        ("[订单号] 还没到", "order_id", "[订单号]"),
        ("订单编号：[数字]", "order_id", "订单编号：[数字]"),
        ("顺丰SF1234567890123到哪了", "tracking_no", "SF1234567890123"),
        ("快递单号 773012345678901", "tracking_no", "773012345678901"),
        ("我手机13800138000", "phone", "13800138000"),
        ("多扣了19.9元", "amount", "19.9元"),
        ("退我五十块", "amount", "五十块"),
        ("11月3日下的单", "date", "11月3日"),
        ("显示E3，拔了插头也不行", "error_code", "E3"),
        ("发图给你了", "photo", "发图给你"),
        ("发到a.b@example.com吧", "email", "a.b@example.com"),
        ("我身高170 体重65公斤", "body_size", "170 体重65公斤"),
        ("我姓欧", "surname", "欧"),
    ],
)
def test_what_the_customer_gives_is_found(text, slot, value):
    assert SLOTS.find(text).get(slot) == value


@pytest.mark.parametrize("text", ["", "在吗", "我打了12315", "1998年的", "没有订单号怎么办", "手机坏了", "130号店"])
def test_nothing_is_found_where_nothing_is_given(text):
    found = SLOTS.find(text)
    assert not {"order_id", "phone", "tracking_no"} & set(found)


def test_a_phone_number_is_no_order_number():
    assert "order_id" not in SLOTS.find("电话13800138000")


def test_the_last_mention_wins():
    assert SLOTS.find("订单号20261120111111，不对，订单号20261120222222")["order_id"] == "20261120222222"


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("请问什么时候发货", "calm"),
        ("急用，能快点吗", "anxious"),
        ("都八天了还没到，什么态度", "upset"),
        ("一群骗子，垃圾东西", "abusive"),
        ("垃圾桶有几种颜色", "calm"),
        ("不着急，慢慢来", "calm"),
        ("這什麼態度？？？", "upset"),
        ("usb接口在哪", "calm"),
    ],
)
def test_emotion_is_read(text, emotion):
    assert EMOTIONS.read(text) == emotion


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("快递到哪了", "zh"), ("My parcel has not arrived yet", "other"), ("こんにちは、荷物が届きません", "other"),
        ("안녕하세요 환불해 주세요", "other"), ("😀😀👍", "none"), ("12345", "none"), ("？？？", "none"), ("ok 好的", "zh"),
        ("wifi连不上iPhone15", "zh"), ("ok", "zh"),
    ],
)  # fmt: skip
def test_language_is_told_apart(text, language):
    assert language_of(text) == language


def test_control_and_zero_width_characters_and_surrogates_are_cleaned():
    assert clean("退\u200b款\x00呢\ud800 \u202e") == "退款呢?"


def test_turns_are_read_by_their_marks():
    turns = parse_turns(("客户：在吗", "客服小王：您好", "坐席: 请讲", "没有标记的一行", "  "))
    assert [(t.speaker, t.text) for t in turns] == [
        ("customer", "在吗"), ("rep", "您好"), ("rep", "请讲"), ("customer", "没有标记的一行"),
    ]  # fmt: skip


def test_a_long_text_keeps_its_beginning_and_end():
    short = shorten("开头" + "中" * 500 + "结尾", 60)
    assert short.startswith("开头")
    assert short.endswith("结尾")
    assert len(short) <= 62


def test_traditional_customers_are_recognised_and_simplified_ones_are_not():
    assert is_traditional("請問這個什麼時候到貨")
    assert not is_traditional("请问这个什么时候到货，我在家里等")
    assert not is_traditional("hello 123")
    assert to_simplified("請問這個") == "请问这个"


def test_conversion_writes_what_a_reader_of_traditional_characters_expects():
    text = "麻烦把照片和金额发给我，面单和尺码表也要，是谁签收的，别干等，洗发水和面条机没有回音"
    assert to_traditional(text) == "麻煩把照片和金額發給我，面單和尺碼表也要，是誰簽收的，別乾等，洗髮水和麵條機沒有回音"


def test_blanks_are_filled_and_placeholders_stay_visible():
    titles = {"order_id": "订单号", "deadline": "答复时限"}
    text = "订单{order_id}我{deadline}回复您，{order_id}。"
    assert blanks(text) == ("order_id", "deadline")
    assert fill(text, {"order_id": "A1"}, titles) == "订单A1我【答复时限】回复您，A1。"
    assert fill(text, {"order_id": "[订单号]", "deadline": "今天"}, titles) == "订单【订单号】我今天回复您，【订单号】。"


@pytest.mark.parametrize(
    ("message", "group"),
    [
        ("退货寄回去一周了钱还没退", "refund_return_exchange"),
        ("快递三天没动了", "delivery_delay"),
        ("能开发票吗", "invoice"),
        ("这个月话费怎么扣了这么多", "billing_dispute"),
        ("便宜点行不行", "price_negotiation"),
        ("我要投诉到12315", "media_or_legal_threat"),
        ("转人工", "escalation_request"),
        ("碎了一地，包装就一层纸", "lost_or_damaged"),
        ("在吗", "greeting"),
        ("謝謝你們，服務很好", "praise"),
    ],
)
def test_plain_messages_find_their_group(assistant, message, group):
    assert assistant.suggest(Request(message)).scenario.group == group


def test_earlier_turns_help_a_short_message(assistant):
    alone = assistant.suggest(Request("那要多久")).scenario
    told = assistant.suggest(
        Request("那要多久", context=("客户：衣服退回去了，钱什么时候退给我", "客服：您好，我帮您查。"))
    ).scenario
    assert told.group == "refund_return_exchange"
    assert alone.confidence != told.confidence


def test_what_an_earlier_turn_gave_is_not_asked_again(assistant):
    found = assistant.suggest(
        Request("还没到啊，急死了", context=("客户：订单号20261120123456，物流三天没动了", "客服：您好，正在为您查询。"))
    )
    assert "订单号" not in found.replies[0].text


def test_alternatives_are_of_other_groups(assistant):
    guess = assistant.suggest(Request("东西坏了想退")).scenario
    groups = [guess.group, *(other.group for other in guess.alternatives)]
    assert len(groups) == len(set(groups)) == 3
    assert all(0 <= other.confidence <= guess.confidence for other in guess.alternatives)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("再不退款我就打12315", "legal"),
        ("你们这样我要找记者曝光", "media"),
        ("我要转人工", "human_request"),
        ("插头冒烟了，差点着火", "safety"),
        ("快递单号SF1234512345到哪了", None),
        ("什么时候发货", None),
    ],
)
def test_what_a_person_should_take_over_is_said_with_its_reason(assistant, message, reason):
    escalate = assistant.suggest(Request(message)).escalate
    assert (escalate.reason if escalate else None) == reason


def test_the_third_abusive_turn_is_escalated(assistant):
    context = ("客户：垃圾店", "客服：您好，很抱歉。", "客户：一群骗子", "客服：很抱歉让您生气了。")
    assert assistant.suggest(Request("废物客服", context=context)).escalate.reason == "repeated_abuse"
    assert assistant.suggest(Request("废物客服")).escalate is None

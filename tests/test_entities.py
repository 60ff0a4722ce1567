"""Personal data and outside contacts. Every number here is made up; check digits are computed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from assistant.check.entities import entities_in
from assistant.check.views import fold


def id_card(first):
    return first + ric.calc_check_digit(first + "0")


def bank_card(first):
    return first + luhn.calc_check_digit(first)


CARD = bank_card("622202123456789012")
PERSONAL = [
    ("站点电话13912345678，您打过去", "mobile", "13912345678"),
    ("是138 1234 5678这个号吗", "mobile", "138 1234 5678"),
    ("请打138-0013-8000", "mobile", "138-0013-8000"),
    ("号码+86 13800138000", "mobile", "+86 13800138000"),
    ("号码８６１３８００１３８０００", "mobile", "8613800138000"),
    ("座机010-88886666", "landline", "010-88886666"),
    ("座机（021）88886666", "landline", "(021)88886666"),
    ("座机07551234567", "landline", "07551234567"),
    (f"身份证{id_card('11010119900307457')}", "id_card", id_card("11010119900307457").lower()),
    (f"证件{id_card('31010519851122301')}对吗", "id_card", id_card("31010519851122301").lower()),
    ("证件110101900307457", "id_card", "110101900307457"),
    (f"退到{CARD}这张卡", "bank_card", CARD),
    (f"卡号{CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:16]} {CARD[16:]}", "bank_card", None),
    (f"卡号{CARD[:4]}-{CARD[4:8]}-{CARD[8:12]}-{CARD[12:16]}-{CARD[16:]}", "bank_card", None),
    ("发到zhangsan@example.com吧", "email", "zhangsan@example.com"),
    ("写信给12345@example.com。", "email", "12345@example.com"),
    ("入口在https://a.example.com/a1，您点", "url", "https://a.example.com/a1"),
    ("打开www.example-shop.net填资料", "url", "www.example-shop.net"),
    ("看http://kd.example.org/q?id=1。", "url", "http://kd.example.org/q?id=1"),
    ("去shop.example.com看看", "url", "shop.example.com"),
    ("我的微信号：kefu_2024，您加", "wechat_qq", "微信号:kefu_2024"),
    ("有事QQ：123456789找我", "wechat_qq", "qq:123456789"),
    ("售后vx abc12345联系", "wechat_qq", "vx abc12345"),
    ("加V：kefu001", "wechat_qq", "加v:kefu001"),
    ("薇信kefu_01", "wechat_qq", "薇信kefu_01"),
    ("扣扣88886666", "wechat_qq", "扣扣88886666"),
    ("企鹅号 123456", "wechat_qq", "企鹅号 123456"),
    ("地址是杭州市西湖区文三路100号", "address", "杭州市西湖区文三路100号"),
    ("寄到浦东新区世纪大道88号2栋501室", "address", "浦东新区世纪大道88号2栋501室"),
    ("送到中山路12号3栋502室", "address", "中山路12号3栋502室"),
    ("广东省深圳市南山区科技园三路五号", "address", "广东省深圳市南山区科技园三路五号"),
    ("車牌京A·12345", "plate", "京a·12345"),
    ("沪AD12345的车", "plate", "沪ad12345"),
]


@pytest.mark.parametrize(("text", "kind", "quote"), PERSONAL)
def test_personal_data_and_contacts_are_found(text, kind, quote):
    found = entities_in(fold(text))
    assert [entity.kind for entity in found] == [kind]
    assert quote is None or found[0].text == quote


HARMLESS = (
    "尾号5678|139****5678|订单号20260513912345678001我查到了|400-800-1234|4008001234|800 810 1234|95588|12315|微信支付的退款|绑定QQ登录|"
    "3.5元|v2.1版本|单号13800138000|请填写收货地址|区号010|每条路都走|5号楼|门店在路口|qq邮箱|2026-11-05|18:00-20:00|SF1234567890123|"
    "运单YT13800138000123|app里|iphone15|新版a123|微信公众号|1-3个工作日|第3号柜台|卡号6222021234567890123|110101199003074578|满100减20|"
    "10.5折|您走在路上1号见|京东a1|云a|微信号在页面上|加微信群"
)


@pytest.mark.parametrize("text", HARMLESS.split("|"))
def test_what_is_no_personal_data_is_left_alone(text):
    assert entities_in(fold(text)) == ()


def test_several_entities_stand_in_order():
    text = "您的手机13800138000，邮箱a@b.com，住在杭州市西湖区文三路100号。"
    assert [entity.kind for entity in entities_in(text)] == ["mobile", "email", "address"]


PIECES = st.sampled_from(
    [
        *"0123456789ax@.-_: +(微信加路市京号室",
        "qq",
        "13800138000",
        "www.",
        "https://",
        ".com",
        "文三路",
        "杭州市",
        "100号",
        "6222",
    ]
)


@given(st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(st.characters(), max_size=60)))
@settings(max_examples=500, deadline=None)
def test_spans_stand_in_order_and_quote_the_view(text):
    folded = fold(text)
    end = 0
    for entity in entities_in(folded):
        assert end <= entity.start < entity.end <= len(text)
        assert folded[entity.start : entity.end] == entity.text
        end = entity.end


@pytest.mark.parametrize(
    "piece", ["1", "a", "1-", "a.", "@", "1a", "路1", "12 ", "微信", "http:", "市", "京a", "13", "\ud800", "加v", "0 "]
)
def test_long_hostile_text_is_read_to_its_end(piece):
    text = piece * (200_000 // len(piece)) + "，请打13800138000"
    assert entities_in(fold(text))[-1].end == len(text)

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import AssistantError, MaskError
from assistant.mask import _FIRST, LABELS, Mask

HIDDEN = """
手机号 | 我的手机13800138000打不通 | 13800138000
手机号 | 打138 0013 8000找我 | 0013
手机号 | 打138-0013-8000找我 | 0013
手机号 | 打138.0013.8000找我 | 0013
手机号 | 号码13800 138000 | 138000
手机号 | +86 13800138000 | +86
手机号 | （+86）138-0013-8000 | 0013
手机号 | 008613800138000 | 1380
手机号 | １３８００１３８０００ | １３８
手机号 | 电话是一三八零零一三八零零零 | 一三八
手机号 | 幺三八，我的是幺三八零零幺三八零零零 | 零零幺
手机号 | 一3八零零1三8零零零 | 零零
手机号 | 1 3 8 0 0 1 3 8 0 0 0 | 8 0 0
手机号 | 1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣ | 3️⃣8️⃣
手机号 | 138\u200b0013\u200b8000 | 0013
手机号 | 收件手机138****1234 | 1234
手机号 | 138xxxx1234 | 1234
号码 | 座机010-12345678 | 12345678
号码 | （0571）88886666 | 0571
号码 | 0571-88886666转8012 | 8012
号码 | 400-800-1234 | 1234
号码 | 4008001234 | 4008
号码 | 打8888-6666也行 | 6666
号码 | +852 9123 4567 | 9123
证件号 | 身份证110101199003074578 | 1990
证件号 | 11010119900307457x | 457
证件号 | 110101 19900307 457X | 457
证件号 | 老身份证110101900307457 | 900307
证件号 | 护照E12345678 | E123
证件号 | 港澳通行证号码：H1234567 | H123
号码 | 身份证后四位457x | 457
银行卡 | 6222021234567890123 | 6222
银行卡 | 6222 0212 3456 7890 123 | 123
银行卡 | 卡号是6222-0212-3456-7890 | 7890
银行卡 | 4111111111111111 | 4111
号码 | 银行卡尾号1234没到账 | 1234
号码 | 尾号是一二三四 | 二三
号码 | 6222 **** **** 1234 | 1234
邮箱 | 发到zhang.san+a@mail.qq.com吧 | qq
邮箱 | ＺＨＡＮＧ＠ｑｑ．ｃｏｍ | ＺＨＡＮＧ
邮箱 | a***b@163.com | 163
邮箱 | zhangsan(at)qq点com | qq
邮箱 | 10001@qq。com | 10001
车牌 | 京A12345剐了我的车 | 12345
车牌 | 粤BD12345 | 12345
车牌 | 沪A·12345 | 12345
订单号 | 订单号2025110512345678 | 1234
订单号 | 订单12345678还没发 | 5678
订单号 | 单号：SF1234567890123 | SF
订单号 | 交易号 8842 | 8842
号码 | YT8800123456789到哪了 | 8800
号码 | JD-2025-110512 | 110512
号码 | 550e8400-e29b-41d4-a716-446655440000 | e29b
号码 | 就是那个123456 | 123456
号码 | 2512-3456789 | 3456789
号码 | 加微信wxid_abc | wxid
号码 | 微信号zhangsan | zhangsan
号码 | vx：abc_def | abc
号码 | QQ12345 | 12345
号码 | 我的qq是 123456 | 123456
号码 | 验证码4821 | 4821
号码 | 取件码3-2-1234 | 1234
号码 | 会员号A1024 | A1024
地址 | 收货地址：浙江省杭州市西湖区文三路100号银泰大厦A座1203室 | 文三路,银泰,1203
地址 | 地址改成上海市浦东新区张江路88弄3号楼502 | 张江,502
地址 | 地址是北京朝阳望京soho塔3，改一下 | 望京,塔3
地址 | 寄到成都高新区天府三街 | 天府
地址 | 送到我家阳光小区，谢谢 | 阳光
地址 | 我住在阳光小区3栋2单元501室 | 阳光,501
地址 | 杭州市西湖区文三路100号能改吗 | 文三路
地址 | 浙江省 杭州市 西湖区 文三路 100号 | 杭州,文三
地址 | 到人民路十二号取 | 人民路
地址 | 锦绣江南3栋502室没人 | 锦绣,502
地址 | 和平花园12-3-401 | 和平,401
姓名 | 我叫王小明，想问下 | 小明
姓名 | 我是李雷，要退货 | 李雷
姓名 | 收件人：张三，写错了 | 张三
姓名 | 收貨人張三豐 | 張三
姓名 | 联系人是欧阳娜娜 | 娜娜
姓名 | 本人王伟昨天下单 | 王伟
姓名 | 名字是司马光 | 司马
姓名 | 姓名：阿依古丽·买买提 | 古丽
姓名 | 姓名：Tom Lee | Tom
姓名 | 姓名：张*三 | 张
姓名 | 我姓撒 | 撒
姓名 | 免贵姓欧阳 | 欧阳
姓名 | 请转告王女士 | 王
姓名 | 李四 13911112222 | 李四
"""
CASES = [[cell.strip() for cell in row.split("|")] for row in HIDDEN.replace("\\u200b", "\u200b").strip().splitlines()]


@pytest.mark.parametrize(("label", "text", "parts"), CASES, ids=[case[1] for case in CASES])
def test_personal_data_never_leaves(label, text, parts):
    mask = Mask.of([text])
    hidden = mask.hide(text)
    assert f"〔{label}1〕" in hidden
    assert not [part for part in parts.split(",") if part in re.sub("〔.*?〕", "", hidden)]
    assert mask.restore(hidden) == text


STAYS = """退我300元|退我12,999.50元|¥1299.00|一共100000元|1299-1599元的那款|2025年11月5日买的|2025-11-05 18:30下单|2025/11/05|11月5号|
2024-2025年|24小时内|7天无理由|3件T恤|第3次了|18:00-20:00|满300减50|尺码38 39 40有吗|5折|100%纯棉|3.1415926|v2.1.3|积分200000积分没了|
iPhone15ProMax什么时候到货|iPhone 15 Pro 256GB|RTX4090Ti|Mate60Pro|20000mAh充电宝|1920x1080|[订单号]|{order_id}|【答复时限】前答复|
收件人：[姓名]，地址：[地址]|https://item.example.com/item.htm?id=1234567890123|www.example.com/a1b2c3d4e5|打95588或12315|微信支付可以吗|QQ音乐会员|
我知道5号会发货|上海市5号到货吗|这里5号才到|地址填错了怎么改|收货地址可以改吗|送到了吗|送到门口就行|收件人写错了|我是想问退款|我是会员|我是新客户|
我叫你们客服来|您贵姓|老百姓|订单2件|订单2025年11月5日下的|手机号怎么换|银行卡号填哪里|国发〔2023〕12号|从零点改到第二天中午|这位小姐|区号010"""


@pytest.mark.parametrize("text", STAYS.replace("\n", "").split("|"))
def test_what_the_model_needs_stays(text):
    assert Mask.of([text]).hide(text) == text


def test_one_value_has_one_token_in_every_text():
    texts = ["我叫张三，手机13800138000", "转告张三：13800138000和13911112222都打不通", "张三的订单号8842，尾号8000"]
    mask = Mask.of(texts)
    assert [mask.hide(text) for text in texts] == [
        "我叫〔姓名1〕，手机〔手机号1〕",
        "转告〔姓名1〕：〔手机号1〕和〔手机号2〕都打不通",
        "〔姓名1〕的订单号〔订单号1〕，尾号〔号码1〕",
    ]
    assert dict(mask.tokens) == {
        "〔姓名1〕": "张三",
        "〔手机号1〕": "13800138000",
        "〔手机号2〕": "13911112222",
        "〔订单号1〕": "8842",
        "〔号码1〕": "8000",
    }


def test_a_value_is_hidden_before_the_text_that_gives_it_away():
    first, second = "张三的件呢，8842那单", "收件人：张三，单号8842"
    mask = Mask.of([first, second])
    assert mask.hide(first) == "〔姓名1〕的件呢，〔订单号1〕那单"


def test_a_short_number_is_hidden_only_as_a_number_of_its_own_and_never_in_an_amount_or_a_date():
    mask = Mask.of(["尾号2025"])
    assert mask.hide("2025元，2025年11月5日，12025个，卡2025") == "2025元，2025年11月5日，12025个，卡〔号码1〕"


def test_a_value_known_from_elsewhere_is_hidden_in_a_link():
    mask = Mask.of(["订单号1234567890"])
    assert mask.hide("https://a.example.com/?id=1234567890&n=2") == "https://a.example.com/?id=〔订单号1〕&n=2"


def test_another_spelling_is_hidden_and_comes_back_as_it_was():
    mask = Mask.of(["微信号Zhang_San", "收件人：張三"])
    hidden = mask.hide("ZHANG_san就是张三")
    assert "san" not in hidden.lower()
    assert "张三" not in hidden
    assert mask.restore(hidden) == "ZHANG_san就是张三"


def test_a_value_alone_is_hidden_as_it_was_in_its_sentence():
    mask = Mask.of(["免贵姓王，在寄到成都的路上"])
    assert [mask.hide(value) for value in ("王", "成都的路上")] == ["〔姓名1〕", "〔地址1〕"]


def test_a_text_that_was_not_announced_gets_new_tokens():
    mask = Mask.of(["手机13800138000"])
    assert mask.hide("换成13911112222，不要13800138000") == "换成〔手机号2〕，不要〔手机号1〕"
    assert mask.restore("〔手机号2〕") == "13911112222"


def test_announced_texts_get_no_new_tokens():
    texts = [text for _, text, _ in CASES]
    mask = Mask.of(texts)
    before = dict(mask.tokens)
    assert [mask.restore(mask.hide(text)) for text in texts] == texts
    assert dict(mask.tokens) == before


MANGLED = "【手机号1】|[手机号1]|（手机号1）|(手机号1)|<手机号1>|《手机号1》|「手机号1」|{手机号1}|〔 手机号 1 〕|〔手机号１〕|〔手机号01〕|〔手機號1〕|［手机号 １］|〔手机号1】"


@pytest.mark.parametrize("token", MANGLED.split("|"))
def test_what_weak_models_do_to_tokens_is_forgiven(token):
    mask = Mask.of(["手机13800138000"])
    assert mask.restore(f"已登记{token}，请留意手机号。") == "已登记13800138000，请留意手机号。"


@pytest.mark.parametrize(
    "text", ["请留意手机号", "手机号1个", "[订单号]", "（地址）", "【姓名】", "国发〔2023〕12号", "地址1：见短信", ""]
)
def test_a_bare_word_is_no_token(text):
    assert Mask.of(["手机13800138000"]).restore(text) == text


@pytest.mark.parametrize(
    "token", ["〔手机号9〕", "[手机号9]", "（手机号 ９）", "〔手机号0〕", "〔地址1〕", "〔电话1〕", "〔手机号〕", "〔手机号1"]
)
def test_a_token_that_stands_for_nothing_is_refused(token):
    mask = Mask.of(["手机13800138000"])
    with pytest.raises(MaskError) as caught:
        mask.restore(f"已登记{token}，手机〔手机号1〕")
    assert isinstance(caught.value, AssistantError)
    assert "13800138000" not in str(caught.value)


@pytest.mark.parametrize("literal", ["〔手机号1〕", "【手机号1】", "[地址2]", "〔手机号", "〔电话1〕", "（号码 ７）"])
def test_a_token_the_customer_wrote_survives(literal):
    text = f"你们给我发的是{literal}，我的手机13800138000"
    mask = Mask.of([text])
    hidden = mask.hide(text)
    assert "13800138000" not in hidden
    assert mask.restore(hidden) == text
    assert literal in mask.tokens.values()


MESSAGES = [
    (
        "你好，我叫王小明，13800138000，订单号2025110512345678买的电饭煲299元，麻烦改送到上海市徐汇区漕溪北路18号3号楼502，谢谢",
        "你好，我叫〔姓名1〕，〔手机号1〕，订单号〔订单号1〕买的电饭煲299元，麻烦改送到〔地址1〕，谢谢",
    ),
    (
        "收件人：李四\n电话：139-1111-2222\n地址：浙江省杭州市西湖区文三路100号\n下单时间：2025-11-05 18:30",
        "收件人：〔姓名1〕\n电话：〔手机号1〕\n地址：〔地址1〕\n下单时间：2025-11-05 18:30",
    ),
    (
        "退款退到尾号1234的卡，不是6222021234567890123，邮箱zhang@qq.com，3天了",
        "退款退到尾号〔号码1〕的卡，不是〔银行卡1〕，邮箱〔邮箱1〕，3天了",
    ),
    (
        "我是李雷，身份证110101199003074578，车牌京A12345，微信号lilei_88，帮我查下SF1234567890123到哪了",
        "我是〔姓名1〕，身份证〔证件号1〕，车牌〔车牌1〕，微信号〔号码1〕，帮我查下〔号码2〕到哪了",
    ),
    (
        "张三 13800138000 浙江省 杭州市 西湖区 文三路 100号 银泰大厦A座，昨天下午3点还没送，24小时内给我答复",
        "〔姓名1〕 〔手机号1〕 〔地址1〕，昨天下午3点还没送，24小时内给我答复",
    ),
]


@pytest.mark.parametrize(("text", "hidden"), MESSAGES)
def test_a_message_with_several_items_stays_readable(text, hidden):
    mask = Mask.of([text])
    assert mask.hide(text) == hidden
    assert mask.restore(hidden) == text


PIECES = st.sampled_from(
    [
        *"0123456789１一幺零aXx@.-_: ,，。、*+()（）〔〕【】[]<>{}号路市室栋的是我王张姓名\n\0\ud800\u200b𠮷😀",
        "1️⃣",
        "13800138000",
        "110101199003074578",
        "京A12345",
        "a@b.com",
        "文三路100号",
        "收货地址：",
        "送到",
        "我叫",
        "张三",
        "尾号1234",
        "订单号",
        "微信",
        "300元",
        "2025-11-05",
        "https://a.com/",
        "{order_id}",
        *LABELS,
        *(f"〔{label}1〕" for label in LABELS),
        "【手机号 １】",
        "〔手机号",
        "〔電話2〕",
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=25).map("".join), st.text(st.characters(), max_size=60))


@given(st.lists(TEXTS, min_size=1, max_size=4), TEXTS)
@settings(max_examples=600, deadline=None)
def test_every_text_comes_back_exactly(texts, other):
    mask = Mask.of(texts)
    for text in [*texts, other, *texts]:
        assert mask.restore(mask.hide(text)) == text


VALUES = st.sampled_from(
    ["13800138000", "138-0013-8000", "138****1234", "010-12345678", "110101199003074578", "6222 0212 3456 7890", "a.b@qq.com",
     "京A12345", "SF1234567890123", "987654321", "文三路100号", "3栋2单元501室"]
)  # fmt: skip
AROUND = st.text(
    st.sampled_from("我的是在要退货地址电话订单姓名送到微信尾收件人王张路区，。！：；、（）【】[]<>〔〕{}“” \n😀𠮷"),
    max_size=20,
)


@given(AROUND, VALUES, AROUND)
@settings(max_examples=400, deadline=None)
def test_a_value_never_leaves_wherever_it_stands(before, value, after):
    text = f"{before}{value}{after}"
    mask = Mask.of([text])
    hidden = mask.hide(text)
    assert value not in hidden
    assert not re.search("[0-9]{4}", hidden)
    assert mask.restore(hidden) == text


@given(st.lists(TEXTS, min_size=1, max_size=3))
@settings(max_examples=200, deadline=None)
def test_tokens_are_numbered_from_one_and_stand_for_one_value_each(texts):
    tokens = Mask.of(texts).tokens
    assert len(set(tokens.values())) == len(tokens)
    for label in LABELS:
        numbers = [int(token[len(label) + 1 : -1]) for token in tokens if token[1:-1].rstrip("0123456789") == label]
        assert numbers == list(range(1, len(numbers) + 1))


def test_a_shape_has_one_group_at_most():
    assert {pattern.groups for _, pattern in _FIRST} <= {0, 1}


MEGABYTES = ["1", "1.", "13800138000,", "a", "*", "文三路1号", "王先生", "送到", "〔手机号", " ", "\ud800", "地址路"]


@pytest.mark.parametrize("piece", MEGABYTES)
def test_a_megabyte_is_read_quickly(piece):
    text = piece * (1_000_000 // len(piece)) + "，打13800138000"
    start = time.process_time()
    mask = Mask.of([text])
    hidden = mask.hide(text)
    assert time.process_time() - start < 6  # seconds; each takes about one on a machine at rest
    assert hidden.endswith("〕")
    assert "13800138000" in mask.tokens.values()
    assert mask.restore(hidden) == text


def test_a_megabyte_of_different_numbers_is_read_quickly():
    text = "，".join(str(1_000_000 + 7 * i) for i in range(125_000))
    start = time.process_time()
    mask = Mask.of([text])
    assert mask.restore(mask.hide(text)) == text
    assert time.process_time() - start < 8
    assert len(mask.tokens) == 125_000

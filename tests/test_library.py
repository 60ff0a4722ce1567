"""Notes on a whole library: what is said twice, what contradicts, blanks, dates that are over, and rows that fail by new rules."""

from __future__ import annotations

import random
import shutil
import time
from datetime import date

import pytest

from assistant import Assistant, Settings
from assistant.errors import UsageError
from assistant.polish.library import LibraryRow, check_library, check_since
from corpus import HOME, CorpusError
from tests.test_impact import changed_corpus

# A machine that does other work as well.
SLACK = 2.5
TODAY = date(2026, 11, 22)

# (scenario, text); the number of a row is its place in the list, from 2 as in a sheet with a heading.
DUPLICATES = [
    [
        ("问候", "亲，您好！欢迎光临本店，请问有什么可以帮您的呢？"),
        ("问候", "亲,您好!欢迎光临本店,请问有什么可以帮您的呢?"),
        ("問候", "親，您好！歡迎光臨本店，請問有什麼可以幫您的呢～"),
    ],
    [
        ("催发货", "非常抱歉让您久等了，您的订单正在加紧打包，今天18点前一定为您核实并回复进度。"),
        ("发货", "十分抱歉让您久等了，您的订单正在加紧打包，今天18点前一定帮您核实并回复进度。"),
    ],
    [
        ("物流", "您好，订单{order_id}已经由仓库发出，麻烦您留意物流信息，有问题随时联系我们。"),
        ("物流", "您好，订单【订单号】已经由仓库发出，请您留意物流信息，有问题及时联系我们～"),
    ],
    [("结束", "感谢您的支持，祝您生活愉快！"), ("结束语", "谢谢您的支持，祝您生活愉快")],
    [
        ("少件", "麻烦您拍一张包裹内商品的照片发过来，我们马上安排仓库核对重量，今天之内给您答复。"),
        ("少件漏发", "请您拍一张包裹内商品的照片发过来，我们立即安排仓库核对重量，今天之内给您答复哦。"),
    ],
]
APART = [
    [("退款", "您的退款申请已经收到，稍后有专人跟进。"), ("换货", "您的换货申请已经收到，稍后有专人跟进。")],
    [
        ("开票", "亲，可以为您开具电子发票，请把抬头和税号发给我。"),
        ("开票", "亲，可以为您开具纸质发票，请把抬头和税号发给我。"),
    ],
    [
        ("清洗", "您好，洗衣机第一次使用前请先空转一遍，把筒内残留的水渍冲干净，再放衣物，这样洗得更干净。"),
        ("清洗", "您好，电饭煲第一次使用前请先空煮一遍，把锅内残留的水渍冲干净，再放食物，这样煮得更好吃。"),
    ],
    [
        ("尺码", "身高160体重50公斤建议拍M码，喜欢宽松可以拍大一码。"),
        ("尺码", "身高170体重60公斤建议拍L码，喜欢宽松可以拍大一码。"),
    ],
    [("快递", "亲，默认发圆通快递，不能指定哦，请谅解。"), ("快递", "亲，默认发中通快递，不能指定哦，请谅解。")],
    [("库存", "您好，您看中的黑色目前有货，可以放心拍下。"), ("库存", "您好，您看中的黑色目前没有货，可以先收藏。")],
    [("到店", "您好，工作日上午可以到店办理，请带上身份证。"), ("到店", "您好，工作日下午可以到店办理，请带上身份证。")],
]
CONTRADICTIONS = [
    [("退款", "退款3个工作日内到账"), ("退款", "退款一般7个工作日到账")],
    [("包邮", "亲，本店满99元包邮哦"), ("运费", "您好，全场满59元包邮，可以放心下单。")],
    [("退换", "商品拆封后不支持退换，请您谅解。"), ("退换", "亲，拆封后也支持7天无理由退换的。")],
    [("发货", "付款后48小时内发货，请耐心等待。"), ("催发货", "亲，一般付款后5天内发货的哦～")],
    [("保修", "全国联保，保修期一年。"), ("质保", "您好，我们的质保期是3年，您放心使用。")],
    [("退换运费", "质量问题退货运费由我们承担。"), ("退换运费", "亲，质量问题的退货运费需要您自行承担哦。")],
    [("发票", "您好，我们可以开发票的。"), ("发票", "不好意思，本店暂时不能开发票。")],
    [("安装", "您好，本店提供免费上门安装服务。"), ("安装", "亲，上门安装是需要收费的哦。")],
    [
        ("客服时间", "我们的客服在线时间是每天9:00-22:00，欢迎咨询。"),
        ("客服时间", "我们的客服在线时间是每天8:30-23:00，欢迎咨询。"),
    ],
    [("价保", "支持15天价保，降价可以联系我们退差价。"), ("保价", "亲，我们支持30天价保，降价可以联系我们退差价。")],
    [("货到付款", "抱歉，我们不支持货到付款。"), ("付款", "您好，支持货到付款的，请放心下单。")],
    [
        ("查件", "已登记您的问题，专员会在24小时内回复您处理结果，请保持电话畅通。"),
        ("查件", "已登记您的问题，专员会在48小时内回复您处理结果，请保持电话畅通。"),
    ],
]
COMPATIBLE = [
    [("配送", "您好，本地订单3天内送达。"), ("配送", "下单后，一般5天可以到账到您的钱包。")],
    [("揽收", "快递员会在2小时内上门揽收。"), ("派送", "到达网点后1天内派送。")],
    [("预售", "预售商品付完尾款后15天内发货。"), ("现货", "现货商品当天16点前付款的，24小时内发货。")],
    [("信用卡", "信用卡支付的，退款5到10个工作日到账。"), ("余额", "余额支付的，退款1小时内到账。")],
    [("偏远", "新疆、西藏不包邮，具体以下单页面为准。"), ("江浙沪", "江浙沪满30元包邮。")],
    [("生鲜", "生鲜类商品不支持无理由退换。"), ("定制", "没有拆封的，支持无理由退换。")],
    [("手机保修", "手机的电池保修6个月。"), ("充电器保修", "充电器保修1年。")],
    [("超时", "超过15天未到账的，请联系我们核实。"), ("提现", "提现2小时内到账。")],
    [("开票", "电子发票付款后2天内开具。"), ("开票", "专用发票需要审核资质，30天内开具。")],
    [("单品", "这款冰箱保修10年。"), ("单品", "这款空调保修6年。")],
    [("定金", "付款后{hours}小时内发货，请留意通知。"), ("定金", "提交售后申请后，XX天内到账。")],
    [("未发货", "订单还没发出，可以修改地址。"), ("已发货", "订单已经发出，不能修改地址了。")],
    [("试用", "请问支持试用吗？"), ("试用", "样机不支持试用，展示机可以试用。")],
    [("吊牌", "吊牌剪掉的，不支持退货。"), ("吊牌", "吊牌剪掉的，可以换货。")],
    [("企业", "企业采购满5000元包邮。"), ("赔付", "包裹破损的，补偿20元优惠券。")],
    [("客单", "您购买的是特价商品，不支持价保哦。"), ("续航", "充电72小时内不要断开，3天后再使用。")],
    [("审核", "审核需要3天。"), ("审核", "大额申请的审核需要7天。")],
]
BLANKS = [
    ("物流", "包裹{tracking_no}今天到站，请留意短信。"),
    ("物流", "运单{trackingNo}派送中，如有变化再同步您。"),
    ("物流", "单号为【快递单号】的包裹正在路上，我来跟进。"),
    ("物流", "{{tracking_no}}这票件我来催站点。"),
    ("工号", "很高兴为您服务，我的工号是{staff_id}。"),
    ("工号", "工号{staff_id}记下了您的建议。"),
    ("工号", "如需再找我，请报工号<工号>。"),
]
NO_BLANKS = [
    ("公告", "【温馨提示】近期雨雪天气多，运输会慢一些，辛苦您再等等。"),
    ("指引", "请点击【我的】-【订单】-【收货地址】进行核对。"),
    ("表情", "收到啦[微笑]，我去看看[玫瑰]，[OK]"),
    ("排版", "第一步先关机<br>第二步长按电源键<b>十秒</b>，<a href='#'>看图</a>"),
    ("状态", "页面显示【待收货】就是还在运输途中。"),
    ("标题", "【退款金额】以页面显示的为准。"),
    ("客服", "来电显示{客服电话}的是我们。"),
    ("客户", "我会打您留的{客户电话}，请接听。"),
]
BROKEN = [("破损", "已经为{order_no登记破损，请留意。"), ("漏发", "给您补发的是【订单号]里的配件。")]
OVER = [
    ("活动", "活动截止2024年11月12日，先到先得哦。", ""),
    ("春节", "2023年春节放假安排：腊月二十八起停止接单。", ""),
    ("活动", "优惠券请在2025年6月18日前使用，过期作废。", ""),
    ("活动", "周年庆活动时间：2025年3月1日-3月15日，全场有礼。", ""),
    ("大促", "2024年双十一预售火热进行中，定金可抵现。", ""),
    ("国庆", "国庆放假通知：2025年10月1日至10月7日客服休息，8日恢复。", ""),
    ("新客", "新客礼包先领再买。", "2025/12/31"),
    ("老客", "老客回馈礼包等您来领。", "2026年10月31日"),
    ("会员", "成为我们的一员，每月有惊喜。", "20251111"),
]
NOT_OVER = [
    ("品牌", "我们的品牌2019年成立，一直专注做好家电。", ""),
    ("活动", "活动截止11月12日，抓紧参加吧。", ""),
    ("活动", "抽奖活动到2026年12月31日结束。", ""),
    ("活动", "新的积分活动从2025年1月1日开始，长期参加。", ""),
    ("型号", "2024年新款风扇更省电，预定有优惠。", ""),
    ("统计", "截至2025年12月，我们累计服务了很多家庭，感谢优惠季的陪伴。", ""),
    ("延保", "2024年春节期间购买的空调，可以免费做一次检修安排。", ""),
    ("长期", "暗号活动每周都有。", "长期"),
    ("今天", "下班前都能找到我。", "2026-11-22"),
    ("无年", "周末有惊喜福袋。", "11月12日"),
    ("生产", "这批的生产日期是2025年8月8日，可以放心食用。", ""),
]


def library():
    """All rows as one library, and the numbers of each group of rows."""
    rows, numbers = [], {}
    groups = {
        "near_duplicate": DUPLICATES, "apart": APART, "contradiction": CONTRADICTIONS, "compatible": COMPATIBLE,
        "blanks": [BLANKS], "no_blanks": [NO_BLANKS], "broken": [BROKEN], "over": [OVER], "not_over": [NOT_OVER],
    }  # fmt: skip
    for name, found in groups.items():
        for group in found:
            numbers.setdefault(name, []).append([len(rows) + 2 + at for at in range(len(group))])
            for scenario, text, *valid_to in group:
                rows.append(LibraryRow("话术", len(rows) + 2, text, scenario, *valid_to))
    return rows, numbers


@pytest.fixture(scope="module")
def gold():
    rows, numbers = library()
    return check_library(rows, TODAY), numbers


def rows_of(*texts, scenario="退款", sheet="Sheet1"):
    return [
        LibraryRow(sheet, number, *(text if isinstance(text, tuple) else (text, scenario)))
        for number, text in enumerate(texts, 2)
    ]


def notes_of(kind, *texts, **given):
    return [note for note in check_library(rows_of(*texts, **given), TODAY) if note.kind == kind]


def told(notes, kind, title=None):
    return {tuple(n for _, n in note.rows) for note in notes if note.kind == kind and title in (None, note.title)}


# --- the whole made-up library


@pytest.mark.parametrize("kind", ["near_duplicate", "contradiction"])
def test_every_known_group_is_found_and_nothing_else(gold, kind):
    notes, numbers = gold
    assert told(notes, kind) == {tuple(group) for group in numbers[kind]}


def test_quotes_stand_in_their_rows(gold):
    texts = {row.number: row.text + row.valid_to for row in library()[0]}
    for note in gold[0]:
        assert len(note.quotes) == len(note.rows)
        assert all(quote in texts[number] for quote, (_, number) in zip(note.quotes, note.rows, strict=True))


def test_every_spelling_of_a_blank_is_listed_and_the_commonest_kept(gold):
    notes, numbers = gold
    first = numbers["blanks"][0][0]
    tracking, staff = (n for n in notes if n.kind == "placeholder" and ("快递" in n.message or "工号" in n.message))
    assert [n for _, n in tracking.rows] == [first + 1, first + 2, first + 3]
    assert "{tracking_no}（1 行）" in tracking.message
    assert ([n for _, n in staff.rows], staff.quotes) == ([first + 6], ("<工号>",))
    assert staff.message.endswith("统一写成 {staff_id}。")


def test_headings_buttons_pictures_and_tags_are_no_blanks(gold):
    notes, numbers = gold
    others = set(numbers["no_blanks"][0])
    assert [n for n in notes if n.kind == "placeholder" and others & {number for _, number in n.rows}] == []


def test_brackets_without_a_partner_are_noted(gold):
    notes, numbers = gold
    assert told(notes, "placeholder", "括号不成对") == {tuple(numbers["broken"][0])}


def test_what_is_over_is_found_and_nothing_else(gold):
    notes, numbers = gold
    over = [number for note in notes if note.kind == "expired" for _, number in note.rows]
    assert sorted(over) == numbers["over"][0]


# --- duplicates


def test_marks_width_spaces_and_script_make_no_difference():
    (note,) = notes_of("near_duplicate", "您好，请问要退货吗？", "您好 ， 請問要退貨嗎 ?", "您好,请问要退货吗～")
    assert [n for _, n in note.rows] == [2, 3, 4]


@pytest.mark.parametrize(
    "other",
    [
        "您好，您的包裹将在5天内送到小区驿站，请留意取件短信，谢谢支持。",  # another deadline
        "您好，您的包裹不会在3天内送到小区驿站，请留意取件短信，谢谢支持。",  # the opposite
        "您好，您的洗衣机将在3天内送到小区驿站，请留意取件短信，谢谢支持。",  # another thing
        "您好，您的包裹{order_id}将在3天内送到小区驿站，请留意取件短信，谢谢支持。",  # a blank more
    ],
)
def test_texts_that_differ_in_what_they_say_are_no_duplicates(other):
    text = "您好，您的包裹将在3天内送到小区驿站，请留意取件短信，谢谢支持。"
    assert notes_of("near_duplicate", text, other) == []


def test_the_same_value_in_other_words_and_a_name_more_are_duplicates():
    a = "您好，您的包裹将在3天内送到小区驿站，请留意取件短信，谢谢支持。"
    b = "{name}您好，您的包裹将在三天内送到小区驿站，请留意取件短信，感谢支持。"
    assert len(notes_of("near_duplicate", a, b)) == 1


def test_amounts_that_look_alike_without_their_point_are_no_duplicates():
    assert notes_of("near_duplicate", "补您1.5元。", "补您15元。") == []


# --- contradictions

# Pairs written apart from the word lists; c contradicts, n does not.
PAIRS = [
    ("c", "您好，商品退回仓库验收后，退款会在3个工作日内原路返回您的付款账户，请您留意查收哦。", "亲亲，仓库验收后退款一般需要7-15个工作日原路返回的呢，请耐心等待~"),
    ("c", "亲，订单满88元即可包邮，不满88元需要支付10元邮费。", "您好，满128元可以包邮的哦，亲可以看看其他喜欢的宝贝凑单。"),
    ("c", "亲，我们家是下单后72小时内发货的哈。", "您好，下单后24小时内就会给您安排发货的，请放心。"),
    ("c", "支持15天无理由退换货，请放心购买。", "本店商品支持7天无理由退换货。"),
    ("c", "下单后7天内降价，可以申请价保。", "亲，下单后30天内降价都可以申请价保的哟。"),
    ("c", "退货运费由店铺承担，您不用担心。", "退货运费需要亲自行承担的呢。"),
    ("c", "亲，电子发票会在确认收货后3个工作日内开具。", "您好，电子发票确认收货后15个工作日内开具，请您留意邮箱。"),
    ("c", "退款审核通过后1-3个工作日到账，请耐心等待。", "退款审核通过后5-7个工作日到账，请您耐心等待。"),
    ("c", "可以使用花呗分期付款。", "暂不支持花呗分期付款。"),
    ("c", "我们支持到店自提的。", "很抱歉，目前不支持到店自提。"),
    ("c", "空调安装费200元，由师傅上门收取。", "空调安装费150元，由师傅上门收取。"),
    ("c", "优惠券自领取之日起7天内有效，请及时使用。", "优惠券自领取之日起30天内有效，请尽快使用。"),
    ("c", "激活后的商品不可以退货。", "商品激活后也可以退货。"),
    ("c", "贴身衣物不支持退换哦，请亲看好尺码再下单。", "贴身衣物也是支持退换的，您收到不满意可以联系我们。"),
    ("c", "亲，礼盒包装是免费的，备注一下就可以哦。", "亲，礼盒包装是收费的，备注一下就可以哦。"),
    ("n", "付款后48小时内发货。", "发货后3-5天送达，偏远地区7天左右。"),
    ("n", "付款后24小时内发货。", "退款24天内到账。"),
    ("n", "江浙沪满39元包邮。", "其他地区满99元包邮。"),
    ("n", "会员满49元包邮。", "非会员满99元包邮。"),
    ("n", "破损赔付5元红包。", "丢件赔付50元。"),
    ("n", "定制商品不支持退换。", "非定制商品支持退换。"),
    ("n", "超过7天不支持退货。", "7天内支持退货。"),
    ("n", "个人订单可以开发票。", "积分兑换的订单不能开发票。"),
    ("n", "如果3天内没有到账，请联系我们。", "退款1天内到账。"),
    ("n", "如您超过7天未收到退款，请提供流水号。", "退款3个工作日内到账。"),
    ("n", "核实需要时间，2小时内回复您。", "调查监控需要时间，3天内回复您。"),
    ("n", "挂机免费安装。", "柜机安装收费。"),
    ("n", "您的退款50元已到账。", "您的退款80元已到账。"),
    ("n", "质量问题退货运费由我们承担。", "个人原因退货运费由您承担。"),
    ("n", "退款一般3天到账。", "退款一般72小时到账。"),
    ("n", "退款一般5个工作日到账。", "退款一般7天到账。"),
    ("n", "花呗支付的订单，退款后额度1天内恢复。", "银行卡支付的订单，退款后3-5个工作日到账。"),
    ("n", "退款{days}个工作日内到账。", "退款3个工作日内到账。"),
    ("n", "这款手机保修1年。", "这款手机保修2年。"),
    ("n", "请问能开发票吗？", "不能开发票。"),
    ("n", "退款最快1天到账。", "退款最晚5天到账。"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "a", "b"), PAIRS)
def test_two_templates_contradict_where_both_cannot_be_kept(kind, a, b):
    assert len(notes_of("contradiction", a, b)) == (kind == "c")


def test_two_refund_deadlines_for_one_scenario_contradict():
    (note,) = notes_of("contradiction", "亲，退款3个工作日内到账", "退款一般7个工作日到账哦", "退款三个工作日到账。")
    assert [n for _, n in note.rows] == [2, 3, 4]
    assert "3个工作日（Sheet1 第2行）" in note.message
    assert "7个工作日（Sheet1 第3行）" in note.message
    assert note.quotes[0] == "退款3个工作日内到账"


def test_one_text_with_three_different_hours_is_one_contradiction():
    text = "我们的客服在线时间是每天{}，其余时间请留言。"
    (note,) = notes_of("contradiction", *(text.format(hours) for hours in ("9:00-22:00", "8:30-23:00", "早9点到晚9点")))
    assert [n for _, n in note.rows] == [2, 3, 4]


def test_scenarios_of_two_products_explain_two_deadlines():
    assert notes_of("contradiction", ("整机保修1年。", "洗衣机"), ("整机保修3年。", "冰箱")) == []
    assert len(notes_of("contradiction", ("整机保修1年。", "保修咨询"), ("整机保修3年。", "质保"))) == 1


# --- blanks


@pytest.mark.parametrize(
    "spelling",
    [
        "{orderId}",
        "{订单号}",
        "【订单编号】",
        "[订单号码]",
        "<订单号>",
        "${order_id}",
        "{{order_id}}",
        "{ORDER_ID}",
        "XX",
        "%s",
    ],
)
def test_each_way_to_write_a_blank_is_another_spelling(spelling):
    (note,) = notes_of("placeholder", "订单号{order_id}已发出。", "单号{order_id}已到站。", f"您的订单号：{spelling}已签收。")
    assert (note.quotes, [n for _, n in note.rows]) == ((spelling,), [4])
    assert note.message.endswith("统一写成 {order_id}。")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("{客户电话}", "{客服电话}"), ("{发货时间}", "{到货时间}"), ("{退货地址}", "{收货地址}"), ("{优惠金额}", "{优惠券金额}"),
        ("{phone1}", "{phone2}"), ("{order_id}", "{tracking_no}"), ("{开始日期}", "{结束日期}"), ("{name}", "{客服姓名}"),
    ],
)  # fmt: skip
def test_blanks_for_different_things_are_left_alone(a, b):
    assert notes_of("placeholder", f"请看{a}。", f"请看一下{b}。") == []


@pytest.mark.parametrize(
    "text",
    [
        "【温馨提示】亲，近期天气不好。", "点击【我的】-【订单号】复制。", "好的[微笑]", "价格<100元，数量>5件", "<p>您好</p><br/>",
        "《三包规定》第[1]条", "尺码【XL】有货", "【收货地址】：在订单页核对", "请打开【收货地址】页面",
    ],
)  # fmt: skip
def test_other_brackets_are_no_blanks(text):
    given = ("{order_id}在这。", "{address}在这。")
    assert notes_of("placeholder", *given, text) == []


@pytest.mark.parametrize("text", ["您的{order_id已发出", "您的order_id}已发出", "您的【订单号]已发出", "您的【订单号已发出"])
def test_a_bracket_without_its_partner_is_noted(text):
    (note,) = notes_of("placeholder", text, "您好{order_id}【提示】[微笑]")
    assert (note.title, note.rows) == ("括号不成对", (("Sheet1", 2),))


# --- dates


@pytest.mark.parametrize(
    ("cell", "over"),
    [
        ("2026-11-21", True), ("2026/11/21", True), ("2026.11.21", True), ("2026年11月21日", True), ("20261121", True),
        ("2026-11-21 23:59:59", True), ("2026-11-21T00:00:00", True), ("26年11月21日", True), ("二〇二六年十一月二十一日", True),
        ("11/21/2026", True), ("2026年10月", True), ("2025年", True), ("2025-01-01至2026-11-21", True), ("46348", False), ("45000", True),
        ("2026-11-22", False), ("2026年11月", False), ("2026年", False), ("11月21日", False), ("长期有效", False), ("", False),
        ("2024-01-01至2027-01-01", False), ("已停用", False),
    ],
)  # fmt: skip
def test_a_valid_to_cell_may_spell_its_date_in_any_way(cell, over):
    notes = check_library([LibraryRow("a", 2, "您好。", "", cell)], TODAY)
    assert bool(notes) == over
    if over:
        assert (notes[0].title, notes[0].quotes) == ("已过有效期", (cell,))


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("活动时间2025年11月1日至11月11日，全场满减。", True), ("优惠活动2024.11.1-11.12", True),
        ("本券有效期至2025-12-31，过期作废。", True), ("2025年国庆期间客服休息，节后恢复。", True),
        ("2025年双十一活动已经开始啦！", True), ("报名截止日期：2026年11月21日24点。", True),
        ("2026年春节放假期间停发，2月24日恢复发货。", True), ("2026年双十二活动早知道。", False), ("报名截止日期：2026年11月22日24点。", False),
        ("活动时间2025年12月25日至1月5日，全场满减。", True), ("活动时间2026年12月25日至1月5日。", False),
        ("满减活动2025年1月1日起长期有效。", False), ("2023年获得行业金奖，活动多多。", False),
        ("您2025年11月11日拍下的订单参加了活动。", False), ("双11活动截止11月12日。", False),
        ("活动一直到2025年6月1日，后来延长到2027年6月1日。", False),
    ],
)  # fmt: skip
def test_a_date_in_a_text_is_over_only_when_it_ends_something(text, over):
    assert bool(notes_of("expired", text)) == over


# --- rows that newly fail


@pytest.fixture(scope="module")
def assistant_by_rules(home):
    return Assistant.load(Settings(home=home, corpus=HOME, embedder="none", model=""))


@pytest.fixture(scope="module")
def older(tmp_path_factory):
    return changed_corpus(tmp_path_factory.mktemp("older") / "corpus")


def test_rows_that_a_rule_of_today_fails_and_the_old_rules_passed_are_noted_by_rule(assistant_by_rules, older):
    rows = rows_of("退款的事包在我身上。", "您好，我来核实。", "我给您打包票，瞧好吧。", "让您受气了。", "这事我不管，打包票。")
    (note,) = check_since(older, rows, assistant_by_rules)
    assert (note.kind, note.rows) == ("newly_failing", (("Sheet1", 2), ("Sheet1", 4), ("Sheet1", 4)))
    assert note.quotes == ("包在我身上", "打包票", "瞧好吧")
    assert note.message.startswith("“打保票”：2 条原先合格，现在不合格。不要打保票")


def test_rules_that_did_not_change_fail_nothing_newly(assistant_by_rules):
    assert check_since(HOME, rows_of("我们保证三天到货。", "您好。"), assistant_by_rules) == ()


def test_a_folder_that_is_no_corpus_is_refused_with_what_is_missing(assistant_by_rules, tmp_path):
    (tmp_path / "rules").mkdir()
    with pytest.raises(UsageError, match=r"acts\.yaml, guidelines, phrases, scenarios, slots\.yaml missing"):
        check_since(tmp_path, [], assistant_by_rules)
    with pytest.raises(UsageError, match="is no folder"):
        check_since(tmp_path / "gone", [], assistant_by_rules)


def test_old_knowledge_with_problems_is_refused_with_all_of_them(assistant_by_rules, older, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(older, broken)
    (broken / "rules/wording.yaml").write_text("- id: x\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"wording\.yaml"):
        check_since(broken, [], assistant_by_rules)


# --- size and speed


def many(count, seed=0):
    """Rows of made-up sentences: a third of them copies, reworded copies or the same frame with another value."""
    rng = random.Random(seed)
    groups = (*DUPLICATES, *APART, *CONTRADICTIONS, *COMPATIBLE)
    parts = [sentence for group in groups for _, text in group for sentence in text.replace("，", "。").split("。") if sentence]
    texts = []
    for _ in range(count):
        kind = rng.random()
        if texts and kind < 0.15:
            text = rng.choice(texts)
        elif texts and kind < 0.3:
            text = rng.choice(texts).replace("您", "亲", 1) + rng.choice(["哦", "～", "。", ""])
        else:
            text = "，".join(rng.sample(parts, rng.randint(2, 6))) + f"，我{rng.randint(1, 60)}分钟内回复。"
        texts.append(text)
    return [LibraryRow("话术", number, text, f"场景{number % 40}") for number, text in enumerate(texts, 2)]


def test_two_thousand_rows_take_two_seconds_and_the_cost_grows_no_faster_than_the_rows():
    took = []
    for count in (500, 2000, 8000):
        rows = many(count)
        start = time.process_time()
        check_library(rows, TODAY)
        took.append(time.process_time() - start)
    assert took[1] < 2 * SLACK
    assert took[2] < 8 * took[1] + 1


def test_one_frame_with_two_thousand_products_does_not_blow_up():
    rng = random.Random(1)
    names = ["".join(rng.sample("天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏", rng.randint(3, 8))) for _ in range(2000)]
    text = "亲，您购买的{}已经出库，预计3天内送达，请您留意物流信息，有疑问随时联系我们。"
    start = time.process_time()
    check_library(rows_of(*(text.format(name) for name in names)), TODAY)
    assert time.process_time() - start < 4 * SLACK


def test_an_empty_library_and_empty_rows_say_nothing():
    assert check_library([], TODAY) == ()
    assert check_library(rows_of("", "  ", "\n", "。", "…"), TODAY) == ()

"""What a text claims, and what supports it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.check.facts import facts_in, unsupported
from assistant.check.numbers import han_number, han_values, plain, values

EQUAL = [
    "三天|3天|３天",
    "1-3个工作日|一到三个工作日|1~3个工作日|1至3个工作日|１－３个工作日|1个工作日到3个工作日",
    "59元|59块|¥59|￥59|59.00元|五十九块钱|五十九元整|rmb59|59块钱|¥ 59元",
    "59块九|59.9元|59块9|59.90元|五十九块九|59元9角",
    "1,000元|一千元|1000元|1千元",
    "18点|18:00|下午6点|晚上六点|18：00|十八点整|今晚6点",
    "18:30|18点半|18点30分|下午六点半",
    "半小时|30分钟|半个小时|三十分钟",
    "一个半小时|90分钟|1.5小时|1个半小时",
    "三天半|3.5天",
    "24小时|二十四小时|二十四个小时|24h|24 小时",
    "11月5日|11-05|11/5|十一月五号|11月5号",
    "2026年11月5日|2026-11-05|2026/11/5|二〇二六年十一月五日|2026.11.05",
    "周三|星期三|礼拜三",
    "下周三|下个星期三|下礼拜三",
    "周三下午|星期三下午",
    "周一至周五|星期一到星期五",
    "八折|8折",
    "八五折|85折|8.5折",
    "30%|百分之三十|30％",
    "400-800-1234|4008001234|400 800 1234",
    "13800138000|138 0013 8000|138-0013-8000|+86 13800138000|一三八零零一三八零零零",
    "010-88886666|01088886666|(010)88886666",
    "https://a.example/x|http://a.example/x/|HTTPS://a.example/x",
    "a@b.com|A@B.com",
    "9点到18点|9:00-18:00|上午9点至下午6点|9-18点|早上九点到晚上六点",
    "下午2点到4点|14:00-16:00",
    "两三天|2-3天|两到三天|2天到3天",
    "十七八天|17-18天",
    "11月5日-8日|11月5-8日|11月5日至11月8日",
    "3万元|30000元|三万块|3万块",
    "1.5万元|15000元|一万五千元",
    "三百五十块|三百五块|350元",
    "5毛|0.5元|五毛钱",
    "2kg|2公斤|两公斤|2千克",
    "7*24小时|7x24小时|7×24小时",
    "7日内|七天|7个自然日",
    "SF1234567890|sf1234567890",
]
DIFFERENT = [
    ("24小时", "1天"),
    ("3天", "3个工作日"),
    ("1个月", "1月"),
    ("59元", "59%"),
    ("18点", "8点"),
    ("周三", "周四"),
    ("1234567件", "1234568件"),
]


@pytest.mark.parametrize("row", EQUAL)
def test_equal_facts_have_equal_keys(row):
    found = {tuple((fact.kind, fact.key) for fact in facts_in(text)) for text in row.split("|")}
    assert len(found) == 1
    assert len(found.pop()) == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_facts_have_different_keys(one, other):
    assert {fact.key for fact in facts_in(one)}.isdisjoint(fact.key for fact in facts_in(other))


GRAMMAR = (
    "请稍等一下|我们一起核对|我会一直跟进|还有一些|一会儿就好|一定|万一|统一处理|三番五次|再三道歉|第二步|第3步|第一时间|一个订单|一天天变好|"
    "十分抱歉|千万别|万分抱歉|百忙之中|一对一|祝您新的一天愉快|等了十几天|几十元|好几百|几个小时|数十天|有一点小问题|快一点到|两件事|"
    "三点说明|以下3点|一次性说清|一块处理|两种方案|零件|零钱|半价|多半|下半年|周一定|这周一直|五花八门|三三两两|一年四季|二百五|乱七八糟|"
    "一百个放心|百分百用心|总是|工作日|小时|小心|小程序|客服小程序|{deadline}内回复|【金额】|1、打开页面|2. 点退款|星期天气|二次销售|过两天再说|一分一秒"
)


@pytest.mark.parametrize("text", GRAMMAR.split("|"))
def test_grammar_is_no_fact(text):
    assert facts_in(text) == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("请张经理联系您", "张经理"),
        ("王女士您好", "王女士"),
        ("李主管会回电", "李主管"),
        ("联系高经理", "高经理"),
        ("王小明先生您好", "王小明先生"),
        ("欧阳女士", "欧阳女士"),
        ("尊敬的周先生", "周先生"),
        ("客服小陈为您服务", "小陈"),
        ("我叫陈晓，工号102", "陈晓"),
        ("免贵姓李", "李"),
        ("您可以找刘工", "刘工"),
        ("由张总决定", "张总"),
        ("王总监会回电", "王总监"),
    ],
)
def test_names_with_a_title_or_introduced_are_facts(text, name):
    assert [text[f.start : f.end] for f in facts_in(text) if f.kind == "name"] == [name]


@pytest.mark.parametrize(
    "text",
    [
        "各经理",
        "总经理",
        "值班经理",
        "产品经理",
        "大堂经理",
        "高级经理",
        "对方经理",
        "最高主管",
        "尊敬的女士",
        "感谢先生",
        "行李专员",
        "老师傅",
        "工单",
        "工程",
        "张总计",
        "我叫师傅来",
        "小红书",
        "找小程序",
        "这位先生",
        "业务主管",
        "全程专员",
        "一周先生",
        "订单主管",
        "总监",
        "店长推荐",
        "组长",
        "安装师傅",
        "叫快递",
        "姓名",
    ],
)
def test_titles_without_a_name_are_none(text):
    assert [f for f in facts_in(text) if f.kind == "name"] == []


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("订单20260513912345678001", ["id"]),
        ("运单SF1234567890123", ["id"]),
        ("可拨12315或95588", ["phone", "phone"]),
        ("打110", ["number"]),
        ("尾号0123", ["number"]),
        ("文三路59号", ["number"]),
        ("满100减20", ["number", "number"]),
        ("寄5g样品和500ml两瓶", ["number", "number", "number"]),
        ("打开shop.example.com", ["url"]),
        ("写到a.b@example.com。", ["email"]),
        ("退59，100积分另算", ["number", "number"]),
        ("2026年", ["date"]),
        ("26年", ["duration"]),
    ],
)
def test_kinds_of_facts(text, kinds):
    assert [fact.kind for fact in facts_in(text)] == kinds


@pytest.mark.parametrize(
    ("text", "known", "invented"),
    [
        ("3天内答复您", ["三天内"], []),
        ("24小时内答复", ["48小时内"], ["24小时"]),
        ("一天内答复", ["24小时内"], ["一天"]),
        ("退您59元", ["我付了59块钱"], []),
        ("退您59元", ["编号59"], []),
        ("退您59元", ["59天了"], ["59元"]),
        ("一共59", ["付了59元"], []),
        ("1-3个工作日到账", ["一到三个工作日到账"], []),
        ("3个工作日到账", ["1-3个工作日到账"], []),
        ("1个工作日到账", ["1-3个工作日到账"], ["1个工作日"]),
        ("1-3天到账", ["最快1天，最慢3天"], []),
        ("1-5天到账", ["1-3天到账"], ["1-5天"]),
        ("11月5日发货", ["2026年11月5日下单"], []),
        ("2026年11月5日", ["11月5日下单"], ["2026年11月5日"]),
        ("5号前", ["11月5日前"], []),
        ("6点前", ["18点前"], ["6点"]),
        ("周三答复", ["下周三"], []),
        ("下周三答复", ["周三"], ["下周三"]),
        ("尾号8000的手机", ["我手机13800138000"], []),
        ("尾号8001的手机", ["我手机13800138000"], ["8001"]),
        ("王女士您好", ["我姓王"], []),
        ("王女士您好", ["我姓李"], ["王女士"]),
        ("请张经理联系您", ["张经理负责"], []),
        ("请张经理联系您", ["张主管负责"], ["张经理"]),
        ("我是客服小陈", ["客服小陈"], []),
        ("请看https://a.example/x", ["a.example/x"], []),
        ("可拨12315", [], ["12315"]),
        ("写到a@b.com", [""], ["a@b.com"]),
    ],
)
def test_facts_need_support(text, known, invented):
    assert [text[f.start : f.end] for f in unsupported(text, known)] == invented


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十", 10),
        ("一百二", 120),
        ("三百零五", 305),
        ("一千零五十", 1050),
        ("一万五", 15000),
        ("两亿三千万", 230_000_000),
        ("一三", None),
        ("万一", None),
    ],
)
def test_chinese_numerals_are_read(numeral, value):
    assert han_number(numeral) == value


def test_approximate_numerals_are_ranges():
    assert [han_values(t) for t in ("两三", "三五", "十七八", "二三十", "三三两两")] == [
        ("2", "3"),
        ("3", "5"),
        ("17", "18"),
        ("20", "30"),
        None,
    ]
    assert [values(t) for t in ("三点五", "1,000", "007")] == [("3.5",), ("1000",), ("7",)]


@given(st.integers(1, 10**8))
def test_grouped_numbers_are_plain_numbers(number):
    assert plain(f"{number:,}") == plain(f"{number}.00") == plain(f"00{number}") == str(number)


PIECES = st.sampled_from(
    [
        *"一二两三四五六七八九十百千万零半天点号月周元块个第几，,.:-~至到王张小叫姓 9a",
        "经理",
        "女士",
        "小时",
        "百分之",
        "工作日",
        "1,000",
        "13800138000",
    ]
)


@given(st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(st.characters(), max_size=60)))
@settings(max_examples=500, deadline=None)
def test_facts_stand_in_the_text_in_order(text):
    end = 0
    for fact in facts_in(text):
        assert end <= fact.start < fact.end <= len(text)
        assert fact.key
        end = fact.end
    assert unsupported(text, [text]) == []


HOSTILE = [
    "\ud800",
    "\x00",
    "九",
    "十万",
    "1",
    "1,",
    "1,000",
    "1-",
    "三到",
    "a.",
    "a@",
    "1 ",
    "周",
    "小王",
    "12月",
    "http://",
    "两三",
    "百分之",
    "8",
    "¥1",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_long_hostile_text_is_read_to_its_end(piece):
    text = piece * (200_000 // len(piece)) + "，退您59元"
    assert facts_in(text)[-1].end == len(text)

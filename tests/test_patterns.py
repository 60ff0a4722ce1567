"""Patterns are vetted before they may look at a text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.fold import fold
from corpus.patterns import PatternError, analyse, analyse_context

RULES = [
    "就剩(?:下|余)?(?:最后)?(?:大概|大约|不到|差不多)?\\s{0,4}[0-9一二两三几]{1,8}\\s{0,4}(?:件|台|个(?!月|小时))",
    "保证[^，。！？；,!?;]{0,8}(?:能到|会到|送到|到账)",
    "不会自己[^，。]{1,6}[吗嘛么]",
    "^\\s{0,4}(?:亲[，,\\s]{0,4})?知道了[的了呢]{0,2}[，。！]{0,3}$",
    "(?<![您你])只管[^，。]{1,6}[,，]?不管(?!是|什么|怎)",
    "加(?:一下|一个|下)?(?:我们?|您)?的?微信",
    "(?:请|麻烦)[^。！？]{0,14}(?:提供|告诉我|发来)[^。！？]{0,14}密码[^。！？]{0,14}(?:核对|验证)",
    "請(?:您)?稍等",
    "删(?:了|掉)?差评|差评(?:删|撤)掉?",
    "[您你]{1,2}好(?P<mark>！)",
]
BOMBS = [
    "(?:甲{0,9}){0,9}乙",
    "(?:甲乙?){1,20}丙",
    "甲{0,9}甲{0,9}甲{0,9}甲{0,9}乙",
    "(?:甲|甲甲|甲甲甲){1,9}乙",
    "(?:甲|甲甲)(?:甲|甲甲)(?:甲|甲甲)(?:甲|甲甲)(?:甲|甲甲)(?:甲|甲甲)(?:甲|甲甲)(?:甲|甲甲)(?:甲|甲甲)(?:甲|甲甲)乙",
    "甲?甲?甲?甲?甲?甲?甲?甲?甲?甲?乙",
    "(?=[^,]{0,60}[^。]{0,60}丙丁)甲",
    "[^,]{0,40}[^。]{0,40}[^!]{0,40}甲乙",
    "甲?" * 400 + "乙",
    "(?:甲|甲甲){4000}乙",
    "(?:甲?(?:乙|(?:甲|甲甲)丙?)){1,60}丁",
    "[^,]{0,3}?甲乙[甲乙丙]{0,14}[甲乙丙]{0,14}[甲乙]{0,14}甲丙",
]
SLOW_ON_LONG_TEXTS = [
    "甲[^,]{0,7}甲[^,]{0,7}甲[^,]{0,7}乙",
    "甲(?![^。]{0,300}(?:小时|分钟|今天|明天))",
    "[^。]{0,3}?甲乙[甲乙丙]{0,14}[甲乙丙]{0,14}?甲丙",
]


@pytest.mark.parametrize("pattern", RULES)
@given(data=st.data())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_every_match_contains_a_literal_and_keeps_within_the_width(pattern, data):
    facts = analyse(pattern)
    text = data.draw(st.from_regex(re.compile(facts.pattern), fullmatch=True).map(lambda s: s.removesuffix("\n")))
    found = re.compile(facts.pattern).search(text)
    if found is None:  # the strategy's final line break may have been part of the match
        return
    assert any(literal in found[0] for literal in facts.literals)
    assert len(found[0]) <= facts.width
    assert all(literal == fold(literal) for literal in facts.literals)


@pytest.mark.parametrize("pattern", RULES)
@given(data=st.data())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_the_folded_pattern_matches_the_folded_text(pattern, data):
    text = data.draw(st.from_regex(re.compile(pattern), fullmatch=True))
    # Folding makes one sign of two on purpose: [^，] is meant to stop at an ASCII comma too.
    merged = any(a != b and fold(a) == fold(b) for a in set(text) for b in set(pattern))
    if not merged:
        assert re.compile(analyse(pattern).pattern).search(fold(text))


def test_facts_tell_the_literals_the_width_and_how_far_the_pattern_looks():
    facts = analyse("(?<![您你])只管[^，。]{1,6}[,，]?不管(?!什么|怎)")
    assert facts.pattern == "(?<![您你])只管[^,。]{1,6}[,,]?不管(?!什么|怎)"
    assert (facts.literals, facts.width, facts.before, facts.after) == (("不管",), 11, 1, 2)


def test_line_anchors_count_as_looking_beside_the_match():
    facts = analyse("^好吧$")
    assert (facts.width, facts.before, facts.after) == (2, 1, 2)
    assert analyse("好吧(?=[，。]{0,3}$)").after == 5


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        ("[^，]{0,8}微信", ("微信",)),
        ("[您你]{1}好吗", ("你好吗", "您好吗")),
        ("(?:请|麻烦)[^。]{1,9}(?:密码|验证码)", ("密码", "验证码")),
        ("加(?:下|个)?微信", ("加下微信", "加个微信", "加微信")),
        ("喂[，,]{0,1}说", ("喂说", "喂,说")),
        ("(?:退款|(?:全额)?赔偿)[0-9]{1,4}元", ("赔偿", "退款")),
        ("(?:好评){2,3}", ("好评好评", "好评好评好评")),
        ("vx[:：]?[a-z0-9]{5,20}", ("vx",)),
    ],
)
def test_the_best_literals_are_long_and_few(pattern, literals):
    assert set(analyse(pattern).literals) == set(literals)


@pytest.mark.parametrize(
    ("pattern", "folded", "text"),
    [
        ("您好？", r"您好\?", "您好？"),
        ("（请）稍等", r"\(请\)稍等", "（請）稍等"),
        ("請等[，。＊］]", r"请等[,。*\]]", "请等］"),
        (r"您好\？\D", r"您好\?\D", "您好？吗"),
        ("密码[０-９]{6}", "密码[0-9]{6}", "密碼１２３４５６"),
        ("我姓[一-龥]", "我姓[一-龥]", "我姓張"),
        ("微信：ｖｘ", "微信:vx", "微信：VX"),
        (r"第\１[\２－９]次", r"第1[2\-9]次", "第１－次"),
        ("还剩[0-9]{1，3}件", "还剩[0-9]{1,3}件", "還剩12件"),
    ],
)
def test_what_is_not_ascii_is_folded_and_stands_for_itself(pattern, folded, text):
    assert analyse(pattern).pattern == folded
    assert re.search(folded, fold(text))


@pytest.mark.parametrize(
    ("pattern", "advice"),
    [
        ("保证(今天", "no regular expression"),
        (r"\b保证", "remove it or write (?<![a-z0-9])"),
        (r"保证\w{0,3}到", "write [a-z0-9] or [一-龥]"),
        (r"保证[^\w]", "write [a-z0-9] or [一-龥]"),
        (r"最后[0-9]+件", "[0-9]+ may go on without end; write [0-9]{1,8}"),
        (r"最后\s*件", r"write \s{0,8}"),
        (r"不行(?:的|哦(?:呢)?)*啊", "write (?:的|哦(?:呢)?){0,8}"),
        (r"不行[?？]{3,}", "write [??]{3,8}"),
        (r"(好)不\1", "refers back"),
        ("(?i)保证", "flags"),
        ("保(?i:证)", "flags"),
        ("VIP客户", "write it in lower case"),
        ("客户[A-Z]", "write it in lower case"),
        (r"客户\uff0c好", "stands as ','"),
        ("[東-柬]一", "list its characters"),
        ("(?:保证)?", "matches nothing"),
        ("[^，。]{1,9}", "no word is in every match"),
        ("(?:保证|[0-9]{3})", "no word is in every match"),
        ("[?？]{3,9}", "no word is in every match"),
        (r"(?<!\d)12315(?!\d)", "no word is in every match"),
        ("a[^,]{0,4}1", "no word is in every match"),
        ("保证[a&&b]", "ambiguous"),
        ("保证" * 600, "split it"),
    ],
)
def test_a_refusal_says_what_to_write_instead(pattern, advice):
    with pytest.raises(PatternError) as caught:
        analyse(pattern)
    assert advice in str(caught.value)


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("vet", [analyse, analyse_context])
def test_a_pattern_that_could_keep_the_engine_busy_is_refused(bomb, vet):
    with pytest.raises(PatternError, match=r"ways at each character|holds another repeat"):
        vet(bomb)


@pytest.mark.parametrize("pattern", SLOW_ON_LONG_TEXTS)
def test_sixteen_characters_beside_a_hit_bear_a_slower_pattern_than_a_whole_text(pattern):
    assert analyse_context(pattern)
    with pytest.raises(PatternError, match="ways at each character"):
        analyse(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "甲乙[^,。!?]{0,14}丙丁[^,。!?]{0,14}戊己[^,。!?]{0,14}庚辛[^,。!?]{0,14}(?:子丑|寅卯)",
        "(?:请|麻烦)[^。！？]{0,14}(?:提供|告诉)[^。！？]{0,14}(?:密码|验证码)",
        "尽快处理(?![^。]{0,120}(?:小时|分钟|今天|明天))",
        "您[^。！？]{2,40}(?:对吗|是吗|对吧|没错吧|对不对)",
        r"还剩(?:下|余)?(?:最后)?(?:大概|大约)?\s{0,4}[0-9一二两]{1,8}\s{0,4}(?:件|台|双)?",
        "^[^，]{0,10}(?:还|也)?无法(?:确定|确认)(?:时间)?[的了呢]{0,2}[，。]{0,3}$",
    ],
)
def test_an_ordinary_rule_with_several_gaps_is_accepted(pattern):
    assert analyse(pattern).literals


@pytest.mark.parametrize(
    "pattern",
    [
        "(?:不是|并非|不会)[您你]?$",
        "^(?:的|了)?",
        '[“‘「『"]$',
        "(?:不要|别)[^，。！？,!?；]{0,5}(?:说|讲)[^，。]{0,4}$",
        "",
    ],
)
def test_a_context_needs_no_literal_and_may_be_empty(pattern):
    assert re.compile(analyse_context(pattern))


def test_a_context_is_refused_for_the_same_mistakes():
    for pattern in (r"不\b", "不.*", "(?i)不", "不A", "(不"):
        with pytest.raises(PatternError):
            analyse_context(pattern)


@given(st.text(alphabet="甲乙，？（）()[]{}|?*+^$\\-0,3ab:<!=.PdDsw", max_size=14))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_any_text_is_accepted_or_refused_and_never_crashes(pattern):
    try:
        facts = analyse(pattern)
    except PatternError:
        return
    assert re.compile(facts.pattern)
    assert facts.literals
    assert facts.width > 0

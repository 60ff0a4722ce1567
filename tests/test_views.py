"""Squeezed, collapsed and sounded views: what they drop, what they keep, and the way back."""

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.check.views import Sounds, View, collapse, fold, squeeze

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
SEPARATORS = " 　·•‧∙⋅｜丨丶亅、-_*./~【”（“…—\u115f\u3164\uffa0\u2800\u200b\u200d\ufeff\u0301\u20e3\ufe0f\ud83d\x00😀"
NOISE = st.sampled_from([*SEPARATORS, "👨\u200d👩\u200d👧", "❤️", "🇨🇳", "#️⃣", "👍\U0001f3fd", "\U000e0061"])
WORDS = st.text(st.sampled_from("不知道我们退款骗子傻逼保证清楚"), min_size=2, max_size=6)
SOUNDS = Sounds.of(["傻逼", "草泥马", "骗子", "绿帽"])


def squeezed(text):
    return squeeze(fold(text))


def plain(text):
    view = squeezed(text)
    return view.text if view else fold(text)


@pytest.mark.parametrize(
    "text",
    [
        "您好，非常抱歉给您带来不便，订单20261120已经加急处理，请您留意短信。感谢您的理解！",
        "抱歉！我们会在24小时内回复；请放心？\n谢谢",
        "嗯，对，是的",
        "好，知道了",
        "不，知道了",
        "请问有货吗？有，您可以下单。另，今天下单包邮。",
        "一，核实订单；二，安排补发；三，回访",
        "时间是18:00-20:30",
        "共3.5公斤",
        "日期2026-11-20",
        "1~3天",
        "提升50%以上",
        "满100、200元都可以",
        "1,000元",
        "éclair和Привет",
        "",
    ],
)
def test_a_plain_text_is_left_alone(text):
    assert squeezed(text) is None


@pytest.mark.parametrize(
    ("text", "view"),
    [
        ("不 知 道", "不知道"),
        ("不·知•道｜啊", "不知道啊"),
        ("不丨知丶道亅", "不知道"),
        ("不\u200b知\ufe0f道\u0301", "不知道"),
        ("不ㅤ知⠀道ᅟ", "不知道"),
        ("不【知】“道”…", "不知道"),
        ("不😀知👨\u200d👩\u200d👧道", "不知道"),
        ("不。知道", None),
        ("不 。知 道", "不。知道"),
        ("ＳＨＡ－ＢＩ", "shabi"),
        ("1. 核实 2. 补发", "1核实2补发"),
        ("3 . 5", "35"),
        ("编号-12:30-号", "编号12:30号"),
        ("100 %", "100"),
        ("100% 有效", "100%有效"),
        ("\ud83d骗\udc00子", "骗子"),
    ],
)
def test_what_stands_between_the_characters_of_a_clause_is_dropped(text, view):
    assert (found.text if (found := squeezed(text)) else None) == view


@pytest.mark.parametrize(
    ("text", "view"),
    [
        ("我不，知，道啊", "我不知道啊"),
        ("不，知，道", "不知道"),
        ("我，不，知道", "我不知道"),
        ("不。知。道", "不知道"),
        ("不\n知\n道", "不知道"),
        ("不，，知，，道", "不知道"),
        ("我不， 知 ，*道啊", "我不知道啊"),
        ("您好，我不，知，道啊。再见", "您好,我不知道啊。再见"),
        ("处理好了。补，您看可以吗", None),
        ("红，1，绿", None),
    ],
)
def test_clause_marks_that_set_single_characters_apart_are_a_disguise(text, view):
    assert (found.text if (found := squeezed(text)) else None) == view


@given(ANY_TEXT)
@settings(max_examples=300, deadline=None)
def test_a_squeezed_character_is_the_folded_one_it_comes_from(text):
    folded = fold(text)
    view = squeeze(folded)
    if view is None:
        return
    assert len(view.text) == len(view.origin) < len(text)
    assert list(view.origin) == sorted(set(view.origin))
    assert view.text == "".join(folded[at] for at in view.origin)
    assert squeeze(view.text) is None


@st.composite
def disguised(draw):
    """A word with noise between its characters, in other text: (text, word, start, end)."""
    word = draw(WORDS)
    before, after = draw(ANY_TEXT), draw(ANY_TEXT)
    noise = st.lists(NOISE, max_size=3).map("".join)
    hidden = word[0] + "".join(draw(noise) + char for char in word[1:])
    return before + hidden + after, word, len(before), len(before) + len(hidden)


@given(disguised())
@settings(max_examples=400, deadline=None)
def test_a_disguised_word_is_found_where_it_stands(case):
    text, word, start, end = case
    view = squeezed(text) or View(fold(text))
    spans = [view.span(at, at + len(word)) for at in range(len(view.text)) if view.text.startswith(word, at)]
    assert (start, end) in spans
    for first, last in spans:
        inside = fold(text[first:last])
        assert plain(text[first:last]) == word or "".join(c for c in inside if c in word) == word


@given(disguised())
@settings(max_examples=200, deadline=None)
def test_a_gapped_span_is_one_that_had_something_inside(case):
    text, word, start, end = case
    view = squeezed(text) or View(fold(text))
    at = next(at for at in range(len(view.text)) if view.text.startswith(word, at) and view.span(at, at + 1)[0] == start)
    assert view.gapped(at, at + len(word)) == (end - start > len(word))


@pytest.mark.parametrize(
    ("text", "view"),
    [
        ("傻傻逼逼", "傻逼"),
        ("谢谢您", "谢您"),
        ("aaab！！！", "ab!"),
        ("1122", None),
        ("您好", None),
        ("100元", None),
        ("", None),
    ],
)
def test_runs_of_one_character_become_one_but_numbers_stay(text, view):
    assert (found.text if (found := collapse(fold(text))) else None) == view


def test_a_collapsed_character_covers_its_whole_run():
    view = collapse(squeezed("你 傻傻 逼逼逼 吗"))
    assert view.text == "你傻逼吗"
    assert view.span(1, 3) == (2, 8)
    assert view.gapped(1, 3)
    assert not view.gapped(0, 1)


@given(disguised(), st.integers(1, 3))
@settings(max_examples=200, deadline=None)
def test_a_collapsed_word_maps_back_through_the_squeezed_view(case, times):
    text, word, start, end = case
    word = "".join(c for at, c in enumerate(word) if c != word[at - 1 : at])
    text = "".join(c * times if start <= at < end else c for at, c in enumerate(text))
    base = squeezed(text) or View(fold(text))
    view = collapse(base) or base
    places = [at for at in range(len(view.text)) if view.text.startswith(word, at)]
    assert places
    for at in places:
        first, last = view.span(at, at + len(word))
        assert fold(text[first]) == word[0]
        assert "".join(dict.fromkeys(word)) == "".join(dict.fromkeys(c for c in fold(text[first:last]) if c in word))


@pytest.mark.parametrize(
    "text", ["煞笔", "傻bi", "sha逼", "shabi", "SHA-BI", "s h a b i", "沙 比", "啥鼻", "ｓｈａｂｉ", "沙【笔", "nishabi"]
)
def test_a_word_is_heard_however_it_is_spelled(text):
    view = SOUNDS.view(squeezed(text) or fold(text))
    assert SOUNDS.encode("傻逼") in view.text
    at = view.text.index(SOUNDS.encode("傻逼"))
    first, last = view.span(at, at + 2)
    assert text[first:last] == (text if text != "nishabi" else "shabi")


@pytest.mark.parametrize("text", ["您好", "傻", "bi", "animal", "b2b", "mobile", "vip", "shabz", "\ue000\ue001", ""])
def test_fewer_than_two_syllables_are_nothing(text):
    assert SOUNDS.view(text) is None


def test_letters_are_parsed_longest_syllable_first():
    sounds = Sounds.of(["相", "西安"])
    assert sounds.encode("xiang") == sounds.encode("相")
    assert sounds.encode("xian") == sounds.encode("西安")
    assert SOUNDS.encode("lvmao") == SOUNDS.encode("绿帽")


def test_sounds_need_no_dictionary_once_they_are_kept():
    kept = json.loads(json.dumps(SOUNDS.to_json()))
    again = Sounds.from_json(kept)
    assert again.to_json() == SOUNDS.to_json()
    assert again.encode("草泥马") == SOUNDS.encode("草泥马")
    assert again.view("操你妈") == SOUNDS.view("操你妈")
    assert set(SOUNDS.to_json()) == {"sha", "bi", "cao", "ni", "ma", "pian", "zi", "lv", "mao"}


def test_nothing_to_hear_hears_nothing():
    assert Sounds.of([]).view("傻逼") is None
    assert Sounds.of([]).encode("傻逼sb") == "傻逼sb"


def test_the_views_load_no_dictionary():
    code = "import sys, assistant.check.views; sys.exit('pypinyin' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@given(
    ANY_TEXT, st.sampled_from(["傻逼", "煞笔", "shabi", "傻bi", "sha比"]), st.lists(NOISE, max_size=3).map("".join), ANY_TEXT
)
@settings(max_examples=300, deadline=None)
def test_a_word_heard_maps_back_to_what_spells_it(before, word, noise, after):
    text = f"{before}，{word[0]}{noise}{word[1:]}，{after}"
    base = squeezed(text) or View(fold(text))
    view = SOUNDS.view(base)
    heard = SOUNDS.encode("傻逼")
    spans = [view.span(at, at + 2) for at in range(len(view.text)) if view.text.startswith(heard, at)]
    start = len(before) + 1
    assert (start, start + len(word) + len(noise)) in spans
    for first, last in spans:
        assert SOUNDS.encode(text[first:last]) == heard

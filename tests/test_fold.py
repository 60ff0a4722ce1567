"""The fold map: one code point to one code point, once and for all, and the same as its sources say."""

import re
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import fold as module
from corpus.fold import derive, fold, fold_table, search_class, traditional_table

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)  # with lone surrogates
SURROGATES = range(0xD800, 0xE000)


def test_every_mapped_code_point_becomes_the_one_the_table_names():
    for code, folded in fold_table().items():
        assert fold(chr(code)) == chr(folded)
        assert fold(f"您{chr(code)}好") == f"您{chr(folded)}好"


def test_every_other_code_point_stays():
    others = "".join(chr(code) for code in range(sys.maxunicode + 1) if code not in fold_table())
    assert fold(others) == others


def test_no_folded_character_folds_further():
    assert fold_table().keys().isdisjoint(fold_table().values())


@given(ANY_TEXT)
@settings(max_examples=300, deadline=None)
def test_folding_keeps_the_length_and_is_done_at_once(text):
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded
    assert folded == text.translate(fold_table())


@given(st.text(st.sampled_from([chr(code) for code in fold_table()] + list("您好，。！ab12😀\u200d")), max_size=40))
@settings(max_examples=300, deadline=None)
def test_mapped_characters_fold_one_by_one_in_any_company(text):
    assert fold(text) == "".join(map(fold, text))


def test_a_folded_text_can_be_written_as_utf8():
    assert fold("\ud83d好\udfff") == "�好�"
    fold("".join(map(chr, range(sys.maxunicode + 1)))).encode("utf-8")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢｃ１２，ＶＸ　這個請！（Ａ）：；？～", "abc12,vx 这个请!(a):;?~"),
        ("Ⓢⓑ🅢🅱⒮𝓈𝕊ˢ", "sbsbssss"),
        ("①⑴⒈❶➀⓵²₂𝟐", "111111222"),
        ("㊄㈤㊙⼈⾔豈不知道", "五五秘人言岂不知道"),
        ("。、“”‘’【】《》…—·￥｡", "。、“”‘’【】《》…—·￥｡"),
        ("ÉİΣﬁ½㎡℃⑩", "éİσﬁ½㎡℃⑩"),
        ("", ""),
    ],
)
def test_look_alikes_become_plain_and_other_punctuation_stays(text, folded):
    assert fold(text) == folded


def test_the_file_says_what_opencc_and_unicode_say():
    simplified, other = derive()
    known = fold_table().keys() - set(SURROGATES)
    assert simplified == traditional_table()
    assert {code: to for code, to in (simplified | other).items() if code in known} == {k: fold_table()[k] for k in known}
    if unicodedata.unidata_version == "14.0.0":  # a later one maps characters that the file does not know
        assert simplified.keys() | other.keys() == known
        assert search_class({*simplified, *other}) == module._sections()[3]


def test_what_compatibility_forms_become_is_a_letter_a_digit_or_han():
    for code, folded in fold_table().items():
        if code not in SURROGATES and code not in module._WIDTH:
            assert chr(folded).isalnum(), f"U+{code:04X}"


def test_every_mapped_character_is_looked_up_and_an_ordinary_reply_is_not():
    assert all(module._mapped().search(chr(code)) for code in fold_table())
    assert not module._mapped().search(",您好!订单“12-ab”已【发货】…请稍候😀❤️、谢谢。·~")


def test_traditional_characters_are_single_and_different():
    assert len(traditional_table()) > 4000
    assert all(code != simple for code, simple in traditional_table().items())
    assert traditional_table()[ord("請")] == ord("请")


def test_folding_needs_neither_opencc_nor_pypinyin():
    code = (
        "import sys; from corpus.fold import fold, traditional_table; fold('這ＡＢ'); traditional_table();"
        "sys.exit(bool({'opencc', 'pypinyin'} & sys.modules.keys()))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_file_is_small_and_plain():
    text = module._FILE.read_text(encoding="utf-8")
    assert len(text.encode()) < 150_000
    assert re.match(r"# .*\n\n", text)
    assert unicodedata.is_normalized("NFC", text) is False, "compatibility characters must not be normalised away"

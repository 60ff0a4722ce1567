"""The automaton against brute force, and regexes in windows against the whole text."""

from __future__ import annotations

import random
import re

import pytest

from assistant.check.scan import Scanner, inside, leftmost_longest
from assistant.packs import load_checker
from corpus import HOME
from tests.packs import checker, every_place, forbid, found_by, hits, pattern

CASES = 50_000
HAN, LATIN = "甲乙丙不知", "ab1"


def random_words(rng, most):
    alphabet = HAN + LATIN if rng.random() < 0.5 else HAN[:2]
    return [(rng.randrange(4), "".join(rng.choices(alphabet, k=rng.randint(1, 4)))) for _ in range(rng.randint(1, most))]


def latin(char):
    return char.isascii() and char.isalnum()


def stands_alone(text, span):
    """A Latin or numeric end must not go on outside; written anew, for the oracle."""
    start, end = span
    joined_left = start > 0 and latin(text[start - 1]) and latin(text[start])
    joined_right = end < len(text) and latin(text[end - 1]) and latin(text[end])
    return not joined_left and not joined_right


def brute_force(words, text):
    found = {}
    for owner, word in words:
        places = {span for span in every_place(text, word) if stands_alone(text, span)}
        if places:
            found.setdefault(owner, set()).update(places)
    return found


def longest_from_the_left(spans):
    """Walk along the text and take the longest span that starts here, then go on behind it."""
    kept, at = [], 0
    while at <= max((end for _, end in spans), default=0):
        here = [end for start, end in spans if start == at]
        if here:
            kept.append((at, max(here)))
            at = max(here)
        else:
            at += 1
    return kept


def warm(scanner):
    """A long text makes a scanner build the automaton over all its words; before, it looks for each word by itself."""
    scanner.scan("。" * 700)
    return scanner


def test_fifty_thousand_random_texts_give_what_brute_force_gives():
    rng = random.Random(20261121)
    for case in range(CASES // 10):  # ten texts for each list of words
        words = random_words(rng, 8)
        scanner, begun = warm(Scanner(words, ())), Scanner(words, ())
        for number in range(10):
            text = "".join(rng.choices(HAN + LATIN + "，", k=rng.randint(0, 14)))
            expected = brute_force(words, text)
            found = scanner.scan(text)
            assert {owner: set(spans) for owner, spans in found.items()} == expected, (case, words, text)
            assert number or begun.scan(text) == found, (case, words, text)
            for spans in found.values():
                assert leftmost_longest(spans) == longest_from_the_left(spans), (words, text, spans)


def test_a_rule_reports_the_leftmost_and_longest_of_its_phrases():
    rules = forbid("不知", "不知道", "知道了吗", "道了"), forbid("知道", id="other")
    found = checker(*rules).check("我不知道了吗").findings
    assert [(f.rule, f.quote) for f in found] == [("word", "不知道"), ("other", "知道")]


def test_the_same_word_may_belong_to_many_owners():
    assert found_by([(1, "甲"), (2, "甲"), (2, "甲乙"), (1, "甲")], "甲乙") == {1: {(0, 1)}, 2: {(0, 1), (0, 2)}}


def test_nothing_to_look_for_finds_nothing():
    for scanner in (Scanner((), ()), warm(Scanner((), ()))):
        assert scanner.scan("任何话") == {}
    for scanner in (Scanner([(0, "话")], ()), warm(Scanner([(0, "话")], ()))):
        assert scanner.scan("") == scanner.scan("任何事") == {}


def test_the_first_texts_are_judged_as_all_others_are(home):
    begun, later = (load_checker(HOME, home) for _ in range(2))
    later.check("。" * 700)
    for text in (
        "不知道，你自己看吧。",
        "您好，我们 2 4 小时内给您退款！",
        "这是全网最低价，加我微信。",
        "请稍等，马上为您查询。",
    ):
        assert begun.check(text) == later.check(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sb", 1),
        ("你个sb！", 1),
        ("usb线", 0),
        ("sb1", 0),
        ("1sb", 0),
        ("老sb客服", 1),
        ("ＳＢ", 1),
        ("S B", 1),
        ("sbsb", 0),
    ],
)
def test_a_latin_word_inside_a_longer_one_is_another_word(text, found):
    assert len(hits(checker(forbid("sb")), text)) == found


def test_a_number_inside_a_longer_one_is_another_number():
    found = found_by([(0, "12315"), (1, "100%"), (2, "第1")], "12315和sf123151234、100%纯、第11、2100%")
    assert found == {0: {(0, 5)}, 1: {(18, 22)}}


# Each with the pieces it is made of, so that random texts hold matches and near misses.
REGEXES = [
    (r"保证[^，。]{0,8}(?:到账|送达)", "保证 到账 送达 , 。 一"),
    (r"不知道$", "不知道 \n 吗"),
    (r"^不知道", "不知道 \n 我"),
    (r"(?:^|[，。])不知道(?:$|[，。])", "不知道 , 。 \n"),
    (r"不知道(?!怎么)", "不知道 怎么 怎 办"),
    (r"不知道(?=[^，]{0,6}再见)", "不知道 , 再见 好的"),
    (r"(?<!我)不知道", "我 不知道 他"),
    (r"(?<=我们)不知[道晓]", "我们 不知 道 晓"),
    (r"没[^，]{0,3}?没办法", "没 办法 没办法 ,"),
    (r"甲甲(?:乙|甲){0,4}", "甲 乙 丙"),
    (r"(?:删|撤)(?:了|掉)?差评|差评(?:删|撤)掉?", "删 撤 了 掉 差评"),
]


def whole(regex, text):
    return {match.span() for match in re.finditer(regex, text)}


@pytest.mark.parametrize(("regex", "pieces"), REGEXES, ids=lambda value: str(value))
def test_a_regex_searched_in_windows_finds_what_it_finds_in_the_whole_text(regex, pieces):
    rng = random.Random(regex)
    compiled = pattern(regex)
    scanner, words = Scanner((), [(0, compiled)]), pieces.split(" ")
    seen = 0
    for _ in range(150):
        parts = []
        while sum(map(len, parts)) < rng.randint(650, 1500):
            # Filler without any of the pieces keeps the windows apart, or makes them just meet.
            parts += ["".join(rng.choices(words, k=rng.randint(1, 12))), "字" * rng.choice((0, 1, 2, 3, 12, 40))]
        word = words[0]
        text = rng.choice((word, "")) + "".join(parts) + rng.choice((word, word + "\n", ""))
        expected = whole(compiled.regex, text)
        assert set(scanner.scan(text).get(0, ())) == expected, text
        seen += len(expected)
    assert seen > 50


@pytest.mark.parametrize("length", [598, 599, 600, 601, 602, 5000])
def test_windows_begin_without_a_seam(length):
    scanner = Scanner((), [(0, pattern(r"不知道[^，]{0,4}再见(?!吧)$"))])
    text = "字" * (length - 6) + "不知道啊再见"
    assert len(text) == length
    assert scanner.scan(text) == {0: [(length - 6, length)]}
    assert scanner.scan(text + "。") == {}


def test_a_regex_with_literals_of_many_lengths_is_found_once_at_each_place():
    compiled = pattern(r"(?:退款|退款退款退款退款退款)[^，]{0,3}不了")
    scanner = Scanner((), [(0, compiled)])
    text = "退款" * 400 + "办不了" + "，" * 700 + "退款不了"
    assert set(scanner.scan(text)[0]) == whole(compiled.regex, text)


def test_inside_means_wholly_inside():
    assert inside((2, 4), [(2, 4)])
    assert inside((2, 4), [(0, 1), (1, 5)])
    assert not inside((2, 4), [(3, 9), (0, 3)])

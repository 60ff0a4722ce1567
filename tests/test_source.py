import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import Problem
from corpus.source import Located, parse_yaml, read_text, read_yaml, split_front_matter

HERE = Path("x.yaml")


def data(text):
    located = parse_yaml(text, HERE)
    assert isinstance(located, Located), located
    return located.data


def test_every_value_knows_its_line():
    located = parse_yaml("- id: a\n  says:\n    - 你好\n\n    # 注释\n    - 在吗\n- id: b\n", HERE)
    assert located.line((0,)) == 1
    assert located.line((0, "says")) == 3
    assert located.line((0, "says", 1)) == 6
    assert located.line((1, "id")) == 7


def test_an_unknown_place_gets_the_line_of_its_nearest_ancestor():
    located = parse_yaml("- id: a\n- id: b\n", HERE)
    assert located.line((1, "title")) == 2
    assert located.line((9, "title", 3)) == 1


def test_lines_count_from_where_the_text_starts_in_its_file():
    located = parse_yaml("id: a\ntitle: b", HERE, first_line=2)
    assert located.line(("title",)) == 3


@pytest.mark.parametrize(
    "word", ["no", "yes", "on", "off", "y", "n", "1:30", "12:30:00", "2024-01-01", "0x1F", "1_000", ".inf", "="]
)
def test_words_that_yaml_1_1_bends_stay_strings(word):
    assert data(f"a: {word}") == {"a": word}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("1e3", 1000.0),
    ],
)
def test_the_core_constants_and_numbers_of_yaml_1_2_are_read(text, value):
    assert data(f"a: {text}") == {"a": value}


@pytest.mark.parametrize("text", ['"12315"', "'true'", '"null"', "'1.5'"])
def test_quoted_values_stay_strings(text):
    assert data(f"a: {text}") == {"a": text[1:-1]}


def test_block_text_stays_text():
    assert data("a: |\n  12\nb: >\n  true\n") == {"a": "12\n", "b": "true\n"}


def test_an_empty_file_is_no_data():
    assert data("") is None
    assert data("# 只有注释\n") is None


def test_a_key_given_twice_is_a_problem_at_the_second_one():
    problem = parse_yaml("- id: a\n  title: b\n  id: c\n", HERE)
    assert problem == Problem(HERE, 3, "key 'id' given twice")


def test_a_syntax_error_names_its_line():
    problem = parse_yaml("a: 1\nb: [1, 2\nc: 3\n", HERE)
    assert isinstance(problem, Problem)
    assert problem.line in {2, 3}
    assert "not valid YAML" in problem.message


def test_a_syntax_error_in_front_matter_names_the_line_of_the_file():
    problem = parse_yaml("a: 1\nb: 'open\n", HERE, first_line=2)
    assert problem.line >= 3


def test_two_documents_in_one_file_are_a_problem():
    problem = parse_yaml("a: 1\n---\nb: 2\n", HERE)
    assert isinstance(problem, Problem)
    assert "not valid YAML" in problem.message


def test_a_control_character_is_named_with_its_line():
    problem = parse_yaml("a: 1\nb: 您好\x07\n", HERE)
    assert problem.line == 2
    assert "U+0007" in problem.message


@pytest.mark.parametrize("text", ["- 1\n- {order_id}: 在途\n", "- 1\n- ? [a, b]\n  : c\n"])
def test_a_key_that_is_no_text_is_a_problem_with_advice(text):
    problem = parse_yaml(text, HERE)
    assert problem.line == 2
    assert "quotes" in problem.message


def test_an_anchor_that_contains_itself_is_a_problem():
    assert isinstance(parse_yaml("a: &x\n  - *x\n", HERE), Problem)


def test_anchors_and_aliases_are_read():
    assert data("- &a [您好]\n- *a\n") == [["您好"], ["您好"]]


def test_a_file_that_is_not_utf_8_says_so(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes("- 您好".encode("gbk"))
    problem = read_yaml(path)
    assert problem.path == path
    assert "not UTF-8 (byte 2)" in problem.message


def test_a_missing_file_and_a_folder_cannot_be_read(tmp_path):
    for path in (tmp_path / "none.yaml", tmp_path):
        problem = read_yaml(path)
        assert "cannot be read" in problem.message
        assert problem.line == 1


def test_the_byte_order_mark_of_windows_editors_is_no_content(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes("\ufeffid: a\n".encode())
    assert read_yaml(path).data == {"id": "a"}
    assert read_text(path) == "id: a\n"


def test_front_matter_is_split_from_the_body():
    assert split_front_matter("---\nid: a\ntitle: b\n---\n# 标题\n") == ("id: a\ntitle: b", "# 标题\n", 5)


def test_front_matter_with_windows_line_ends_is_split_too():
    head, body, line = split_front_matter("---\r\nid: a\r\n---\r\n1.1 您好\r\n")
    assert (head.strip(), body, line) == ("id: a", "1.1 您好\r\n", 4)


@pytest.mark.parametrize("text", ["", "# 标题\n", "id: a\n---\n", "---\nid: a\n", "\n---\nid: a\n---\n"])
def test_a_text_without_front_matter_has_none(text):
    assert split_front_matter(text) is None


words = st.text("abc你好订单。，: #-{}[]'\"0", max_size=6)
leaves = st.one_of(words, st.integers(-999, 999), st.booleans(), st.none())
documents = st.recursive(
    leaves, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=4)), max_leaves=14
)


def emit(node, depth, loc, rows, lines, noise):
    """Write a node in block style below the last row; note the line of every value."""
    if not isinstance(node, list | dict) or not node:
        rows[-1] += " " + json.dumps(node, ensure_ascii=False)
        lines[loc] = len(rows)
        return
    entries = list(node.items()) if isinstance(node, dict) else list(enumerate(node))
    for key, value in entries:
        rows.extend(next(noise))
        rows.append("  " * depth + (f"{json.dumps(key, ensure_ascii=False)}:" if isinstance(node, dict) else "-"))
        lines.setdefault(loc, len(rows))
        emit(value, depth + 1, (*loc, key), rows, lines, noise)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(documents, st.integers(1, 50), st.lists(st.sampled_from([[], [""], ["# 注释"], ["", "  # a: b", ""]]), min_size=1))
def test_line_points_at_the_right_line_of_any_document(document, first_line, gaps):
    noise = iter(lambda: gaps[len(lines) % len(gaps)], None)
    rows, lines = ["---"], {}
    emit(document, 0, (), rows, lines, noise)
    located = parse_yaml("\n".join(rows) + "\n", HERE, first_line)
    assert isinstance(located, Located), located
    assert located.data == document
    assert {loc: located.line(loc) - first_line + 1 for loc in lines} == lines

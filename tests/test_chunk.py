from pathlib import Path

import pytest

from corpus.chunk import chunk_guideline

HERE = Path("delivery.md")
HEAD = "---\nid: delivery\ntitle: 配送规范\nsource: 示例\nscenarios: [late]\n---\n"


def chunk(body, head=HEAD):
    return chunk_guideline(head + body, HERE)


def clauses_of(body):
    clauses, problems = chunk(body)
    assert problems == []
    return clauses


def test_a_clause_is_named_by_its_document_and_its_own_number():
    clauses = clauses_of("1.1 先致歉。\n1.2 再说明。\n2.10.3 给时限。\n")
    assert [c.id for c in clauses] == ["delivery-1.1", "delivery-1.2", "delivery-2.10.3"]
    assert [c.text for c in clauses] == ["先致歉。", "再说明。", "给时限。"]


def test_a_clause_carries_the_source_and_scenarios_of_its_document():
    (clause,) = clauses_of("1.1 先致歉。\n")
    assert clause.source == "示例"
    assert clause.scenarios == ("late",)


def test_moving_a_clause_renames_nothing():
    forward = clauses_of("1.1 甲。\n2.1 乙。\n")
    backward = clauses_of("2.1 乙。\n1.1 甲。\n")
    assert {c.id: c.text for c in forward} == {c.id: c.text for c in backward}


@pytest.mark.parametrize("mark", [" ", "　", "、", ".", "．", ". ", "、 "])
def test_the_number_may_be_followed_by_any_usual_mark(mark):
    (clause,) = clauses_of(f"1.1{mark}先致歉。\n")
    assert (clause.id, clause.text) == ("delivery-1.1", "先致歉。")


def test_continuation_lines_belong_to_the_clause_above():
    first, second = clauses_of("1.1 先致歉，\n  再说明原因。\n\n最后给时限。\n1.2 别的。\n")
    assert first.text == "先致歉，再说明原因。最后给时限。"
    assert second.text == "别的。"


def test_a_clause_knows_the_headings_above_it():
    clauses = clauses_of("# 规范\n\n## 1 首次\n1.1 甲。\n### 细则\n1.2 乙。\n## 2 再次\n2.1 丙。\n")
    assert [c.heading for c in clauses] == [("规范", "1 首次"), ("规范", "1 首次", "细则"), ("规范", "2 再次")]


def test_a_deep_heading_is_no_part_of_the_clause_before_it():
    first, _ = clauses_of("1.1 甲。\n##### 细则\n1.2 乙。\n")
    assert first.text == "甲。"


def test_a_number_given_twice_is_a_problem_at_the_second_one():
    _, problems = chunk("1.1 甲。\n\n1.1 乙。\n")
    assert [(p.line, p.message) for p in problems] == [(9, "clause number 1.1 given twice")]


def test_prose_without_a_number_is_reported_and_not_dropped():
    clauses, problems = chunk("前言一句。\n# 标题\n又一句。\n1.1 甲。\n")
    assert [c.id for c in clauses] == ["delivery-1.1"]
    assert [(p.line, "number it" in p.message) for p in problems] == [(7, True), (9, True)]
    assert "前言一句" in problems[0].message


def test_a_number_that_runs_into_its_text_is_reported_and_not_swallowed():
    clauses, problems = chunk("1.1 甲。\n1.2乙。\n")
    assert clauses[0].text == "甲。"
    assert [(p.line, p.message) for p in problems] == [(8, "the number 1.2 runs into its text; put a space after it")]


def test_a_document_without_clauses_is_a_problem():
    clauses, problems = chunk("# 只有标题\n")
    assert clauses == []
    assert "no numbered clause" in problems[0].message


def test_a_document_without_front_matter_is_a_problem():
    clauses, (problem,) = chunk("1.1 甲。\n", head="")
    assert clauses == []
    assert problem.line == 1
    assert "id, title, source" in problem.message


def test_an_unknown_key_in_the_front_matter_is_a_problem_with_its_line():
    clauses, (problem,) = chunk("1.1 甲。\n", head=HEAD.replace("scenarios:", "scenario:"))
    assert clauses == []
    assert (problem.line, problem.message) == (5, "scenario: unknown key 'scenario'")


def test_missing_keys_of_the_front_matter_are_all_named():
    _, problems = chunk("1.1 甲。\n", head="---\nid: delivery\n---\n")
    assert {p.message.partition(":")[0] for p in problems} == {"title", "source"}


def test_broken_front_matter_names_the_line_of_the_file():
    _, (problem,) = chunk("1.1 甲。\n", head="---\nid: delivery\nid: again\n---\n")
    assert (problem.line, problem.message) == (3, "key 'id' given twice")


def test_an_id_that_cannot_name_a_clause_is_a_problem_at_the_clause():
    clauses, problems = chunk("1.1 甲。\n", head=HEAD.replace("id: delivery", "id: 配送"))
    assert clauses == []
    assert problems[0].line == 7
    assert "配送-1.1" in problems[0].message


def test_windows_line_ends_change_nothing():
    body = "# 规范\n前言。\n1.1 甲，\n  乙。\n1.2 丙。\n"
    unix = chunk_guideline(HEAD + body, HERE)
    windows = chunk_guideline((HEAD + body).replace("\n", "\r\n"), HERE)
    assert windows == unix
    assert [p.line for p in unix[1]] == [8]

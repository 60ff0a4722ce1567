import re
import shutil
from pathlib import Path

import pytest

from corpus import HOME, CorpusError, load_corpus

SAYS = "\n".join(f"    - 第{n}天了还没收到" for n in range(20))
FILES = {
    "guidelines/delivery.md": "---\nid: delivery\ntitle: 配送\nsource: 示例\n---\n\n1.1 先致歉。\n\n1.2 再给时限。\n",
    "slots.yaml": "- name: order_id\n  title: 订单号\n",
    "emotions.yaml": "- id: upset\n  title: 生气\n  cues: [生气]\n",
    "escalations.yaml": "- id: legal\n  title: 法律\n  cues: [律师]\n",
    "acts.yaml": "- id: apology\n  title: 致歉\n  definition: 致歉。\n  cues: [抱歉]\n  must_hit: [抱歉, 很抱歉, 抱歉了]\n  must_miss: [您好, 好的, 再见]\n",
    "scenarios/logistics.yaml": "- id: late\n  title: 晚到\n  ask: 催件\n  group: delivery_delay\n  stage: insale\n"
    f"  says:\n{SAYS}\n  plan: [{{role: apology}}]\n  clauses: [delivery-1.1]\n",
    "phrases/shared.yaml": "- id: late.sorry\n  text: 很抱歉。\n  role: apology\n  acts: [apology]\n  clause: delivery-1.1\n",
    "rules/attitude.yaml": "- id: rude\n  title: 粗话\n  kind: forbid\n  severity: error\n  clause: delivery-1.1\n  phrases: [滚]\n"
    "  message: 不说粗话。\n  examples:\n    bad: [滚, 滚吧, 快滚]\n    good: [您好, 好的, 再见]\n",
    "coverage.yaml": "- {id: a, title: 致歉, kind: reply, met_by: [delivery-1.1]}\n",
}


@pytest.fixture(scope="session")
def real_corpus():
    return load_corpus()


@pytest.fixture
def small(tmp_path):
    """A small corpus on disk; call it with (file, old, new) to change one thing."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    def change(name, old, new):
        assert old in FILES[name]
        (tmp_path / name).write_text(FILES[name].replace(old, new, 1), encoding="utf-8")

    change.path = tmp_path
    return change


def problems(path):
    with pytest.raises(CorpusError) as caught:
        load_corpus(path)
    assert all(str(problem) in str(caught.value) for problem in caught.value.problems)
    return [f"{p.path.relative_to(path)}:{p.line}: {p.message}" for p in caught.value.problems]


def test_a_small_corpus_loads_whole(small):
    corpus = load_corpus(small.path)
    assert list(corpus.clauses) == ["delivery-1.1", "delivery-1.2"]
    assert list(corpus.scenarios) == ["late"]
    assert list(corpus.rules) == ["rude"]
    assert [p.id for p in corpus.approved] == ["late.sorry"]
    assert corpus.places["clause delivery-1.2"] == (small.path / "guidelines/delivery.md", 9)
    assert corpus.places["phrase late.sorry"] == (small.path / "phrases/shared.yaml", 1)


def test_the_values_are_frozen(small):
    phrase = load_corpus(small.path).phrases["late.sorry"]
    with pytest.raises(ValueError, match="frozen"):
        phrase.text = "别的"


def test_only_approved_phrases_are_approved(small):
    small("phrases/shared.yaml", "role: apology", "role: apology\n  status: draft")
    corpus = load_corpus(small.path)
    assert (len(corpus.phrases), corpus.approved) == (1, ())


def test_an_unknown_key_is_named_with_its_line(small):
    small("phrases/shared.yaml", "  acts:", "  tones: warm\n  acts:")
    assert problems(small.path) == ["phrases/shared.yaml:4: tones: unknown key 'tones'"]


def test_an_unknown_key_deep_inside_is_named_with_its_line(small):
    small("rules/attitude.yaml", "    good:", "    worse: [走开]\n    good:")
    assert problems(small.path) == ["rules/attitude.yaml:10: examples.worse: unknown key 'worse'"]


def test_a_rule_without_examples_does_not_load(small):
    small("rules/attitude.yaml", "  examples:\n    bad: [滚, 滚吧, 快滚]\n    good: [您好, 好的, 再见]\n", "")
    assert problems(small.path) == ["rules/attitude.yaml:1: examples: Field required"]


@pytest.mark.parametrize("which", ["bad", "good"])
def test_a_rule_with_two_examples_does_not_load(small, which):
    small("rules/attitude.yaml", {"bad": ", 快滚", "good": ", 再见"}[which], "")
    (problem,) = problems(small.path)
    assert f"examples.{which}: " in problem
    assert "at least 3" in problem


def test_a_scenario_with_nineteen_wordings_does_not_load(small):
    small("scenarios/logistics.yaml", "    - 第0天了还没收到\n", "")
    (problem,) = problems(small.path)
    assert problem.startswith("scenarios/logistics.yaml:7: says: ")
    assert "at least 20" in problem


def test_a_chinese_comma_where_a_list_was_meant_says_what_to_write(small):
    small("emotions.yaml", "[生气]", "生气，气死、火大")
    (problem,) = problems(small.path)
    assert problem.startswith("emotions.yaml:3: cues: ")
    assert "write [生气, 气死, 火大]" in problem


def test_an_id_in_two_files_names_both_places(small):
    (small.path / "phrases/zzz.yaml").write_text("# 又一份\n" + FILES["phrases/shared.yaml"], encoding="utf-8")
    assert problems(small.path) == ["phrases/zzz.yaml:2: phrase 'late.sorry' is also in shared.yaml:1; rename one"]


def test_a_clause_in_two_documents_names_both_places(small):
    text = FILES["guidelines/delivery.md"].replace("1.1 先致歉。\n\n", "# 标题\n")
    (small.path / "guidelines/zzz.md").write_text(text, encoding="utf-8")
    assert problems(small.path) == ["guidelines/zzz.md:8: clause 'delivery-1.2' is also in delivery.md:9; rename one"]


@pytest.mark.parametrize(
    ("name", "old", "new", "field"),
    [
        ("scenarios/logistics.yaml", "delivery_delay", "delivery", "group"),
        ("phrases/shared.yaml", "role: apology", "role: sorry", "role"),
        ("phrases/shared.yaml", "acts: [apology]", "acts: [sorry]", "acts.0"),
        ("phrases/shared.yaml", "text: 很抱歉。", "text: ''", "text"),
        ("rules/attitude.yaml", "severity: error", "severity: fatal", "severity"),
        ("rules/attitude.yaml", "id: rude", "id: Rude", "id"),
        ("emotions.yaml", "[生气]", "[生气, 12315]", "cues.1"),
    ],
)
def test_a_wrong_value_names_its_field(small, name, old, new, field):
    small(name, old, new)
    (problem,) = problems(small.path)
    assert re.match(rf"{re.escape(name)}:\d+: {re.escape(field)}: ", problem)


def test_a_file_that_is_no_list_says_so(small):
    small("slots.yaml", "- name: order_id\n  title", "name: order_id\ntitle")
    assert problems(small.path) == ["slots.yaml:1: a list of slots is wanted; start each entry with `- `"]


def test_an_entry_that_is_no_mapping_is_a_problem_at_its_line(small):
    small("slots.yaml", "  title: 订单号\n", "  title: 订单号\n- phone\n")
    (problem,) = problems(small.path)
    assert problem.startswith("slots.yaml:3: ")


def test_a_missing_file_is_a_problem(small):
    (small.path / "acts.yaml").unlink()
    assert problems(small.path) == ["acts.yaml:1: cannot be read: No such file or directory"]


def test_a_guideline_that_is_not_utf_8_says_how_to_mend_it(small):
    (small.path / "guidelines/delivery.md").write_bytes(FILES["guidelines/delivery.md"].encode("gb18030"))
    assert "save the file as UTF-8" in problems(small.path)[0]


def test_files_with_a_byte_order_mark_and_windows_line_ends_load_the_same(small):
    corpus = load_corpus(small.path)
    for name, text in FILES.items():
        (small.path / name).write_bytes(("\ufeff" + text.replace("\n", "\r\n")).encode())
    again = load_corpus(small.path)
    assert (again.clauses, again.phrases, again.rules, again.places) == (
        corpus.clauses,
        corpus.phrases,
        corpus.rules,
        corpus.places,
    )


def test_all_problems_of_all_files_are_told_at_once(small):
    small("guidelines/delivery.md", "1.2 再", "再")
    (small.path / "guidelines/more.md").write_text("没有开头\n", encoding="utf-8")
    small("slots.yaml", "title", "titel")
    small("acts.yaml", ", 抱歉了", "")
    small("phrases/shared.yaml", "  role: apology\n", "")
    small("rules/attitude.yaml", "bad: [滚", "bad: [滚: [")
    small("coverage.yaml", "kind: reply", "kind: reply, why: 无")
    told = problems(small.path)
    files = [problem.partition(":")[0] for problem in told]
    assert files == [
        "guidelines/more.md",
        "slots.yaml",
        "slots.yaml",
        "acts.yaml",
        "phrases/shared.yaml",
        "rules/attitude.yaml",
        "coverage.yaml",
    ]


def test_a_folder_that_is_no_corpus_says_what_is_wanted(tmp_path):
    with pytest.raises(CorpusError, match="scenarios/, phrases/, rules/, guidelines/"):
        load_corpus(tmp_path)


@pytest.mark.parametrize("name", FILES)
def test_the_digest_changes_when_any_file_changes(small, name):
    before = load_corpus(small.path)
    assert load_corpus(small.path).digest == before.digest
    with (small.path / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    after = load_corpus(small.path)
    assert after.digest != before.digest
    assert (after.rules_digest != before.rules_digest) is name.startswith(("rules/", "acts.yaml"))


def test_the_digest_does_not_depend_on_where_the_corpus_lies(small, tmp_path_factory):
    other = tmp_path_factory.mktemp("moved") / "corpus"
    shutil.copytree(small.path, other)
    assert load_corpus(other).digest == load_corpus(small.path).digest


def test_a_new_file_changes_the_digest(small):
    before = load_corpus(small.path).digest
    text = FILES["phrases/shared.yaml"].replace("late.sorry", "late.again")
    (small.path / "phrases/more.yaml").write_text(text, encoding="utf-8")
    assert load_corpus(small.path).digest != before


def test_every_place_of_the_real_corpus_points_at_the_line_that_names_it(real_corpus):
    rows = {path: path.read_text(encoding="utf-8").splitlines() for path, _ in real_corpus.places.values()}
    for place, (path, line) in real_corpus.places.items():
        key = place.rpartition(" ")[2]
        shown = key.rpartition("-")[2] if path.suffix == ".md" else key
        assert shown in rows[path][line - 1], (place, path, line)


def test_the_real_corpus_is_the_one_that_ships_with_the_package(real_corpus):
    assert real_corpus.path == HOME == Path(HOME).resolve()
    assert min(len(real_corpus.clauses), len(real_corpus.phrases), len(real_corpus.scenarios), len(real_corpus.rules)) > 50

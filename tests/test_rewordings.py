"""Every rewording does what its examples say, and nothing that it writes breaks a rule."""

from __future__ import annotations

import pytest

from assistant.rewrite.contract import Contract
from assistant.rewrite.reword import Reworder
from assistant.rewrite.script import Script
from corpus import HOME, load_corpus

REWORDINGS = load_corpus(HOME, vetted=True).rewordings


@pytest.mark.parametrize("name", REWORDINGS)
def test_a_rewording_turns_its_rough_examples_into_the_standard_ones(name):
    reworder = Reworder([REWORDINGS[name]])
    for rough, standard in REWORDINGS[name].examples:
        script = Script(rough)
        reworder.apply(script, Contract(rough))
        assert script.text == standard


@pytest.mark.parametrize("name", REWORDINGS)
def test_no_standard_wording_breaks_a_rule(assistant, name):
    situation = assistant.checker.situation(task="rewrite")
    for _, standard in REWORDINGS[name].examples:
        errors = [f for f in assistant.checker.check(standard, situation).findings if f.severity == "error"]
        assert errors == []

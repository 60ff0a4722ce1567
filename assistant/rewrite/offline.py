"""Rewrite by rules alone: order, rewordings, fixes, what must go, what is missing, marks."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from assistant.brief import Brief
from assistant.check import Checker, CheckResult, Situation
from assistant.check.clauses import Clauses
from assistant.check.facts import facts_in
from assistant.check.views import fold
from assistant.rewrite.contract import Contract
from assistant.rewrite.intent import read_intent
from assistant.rewrite.reasons import reason, reason_text
from assistant.rewrite.reword import Reworder
from assistant.rewrite.script import Script, Why
from assistant.rewrite.steps import apply_safe, mend, part_clauses, punctuate, put_in_order, soften, why_of
from assistant.rewrite.values import Change
from assistant.script import is_traditional, to_traditional
from corpus import Rewording

# What may be put before an answer without promising anything.
SOOTHING = frozenset({"greeting", "apology", "empathy", "thanks"})
_HAN = re.compile(r"[㐀-鿿]")
_GREETING = re.compile(r"(?:[^，,。！!]{0,8})?(?:您好|你好|早上好|上午好|中午好|下午好|晚上好)[，,。！!~～]?")
_WORD = re.compile(r"[0-9A-Za-z]")
# A clause of which so much had to go told nothing.
_HOLLOW = 0.7
# How sure the scenario must be for an apology of its own, and for its reply to stand for an answer that told nothing.
_SURE, _LIKELY = 0.5, 0.4
# Who only announces an explanation has said nothing yet.
_ANNOUNCES = re.compile("说明|说一遍")
# What stands around an answer and is none.
_FRAME = frozenset({"opening", "apology", "empathy", "verify", "closing", "thanks"})
# Han characters that are an answer of their own.
_ENOUGH = 6


@dataclass(frozen=True)
class Task:
    """One rough answer, what it is checked against, and what is known of the customer where something is.

    `brief` is None for a template without a message or scenario.
    """

    rough: str
    situation: Situation
    brief: Brief | None = None


@dataclass(frozen=True)
class Edit:
    """The changes of one rewrite; `hollow` when the answer told nothing, so that other words stand for it."""

    changes: tuple[Change, ...]
    hollow: bool


class Editor:
    """Everything that a rewrite by rules needs, loaded once."""

    def __init__(self, checker: Checker, rewordings: Collection[Rewording]) -> None:
        self._checker, self._reworder = checker, Reworder(rewordings)
        emptying = [r for r in rewordings if r.hollow or (r.at == "clause" and not r.text)]
        self._emptier, self._hollow = Reworder(emptying), frozenset(r.id for r in emptying)

    def edit(self, task: Task) -> Edit:
        """Return what one rewrite changes; the caller checks what came of it."""
        write = to_traditional if is_traditional(task.rough) else str
        script, contract, intent = Script(task.rough, write), Contract(task.rough), read_intent(task.rough)

        def check(text: str) -> CheckResult:
            return self._checker.check(text, task.situation, by_words=True)

        put_in_order(script, check, self._checker)
        part_clauses(script, contract)
        self._reworder.apply(script, contract, self._tells(task, contract))
        apply_safe(script, check, contract)
        mend(script, check, contract)
        tells = bool(contract.facts or contract.blanks or _WORD.search(task.rough))
        hollow = not (_HAN.search(script.text) or tells) or (self._is_hollow(script, contract) and not intent.says_no)
        if hollow:
            self._answer(script, task, check)
        else:
            soften(script, contract)
            self._soothe(script, task, check)
        punctuate(script, contract)
        apply_safe(script, check, contract)
        return Edit(script.changes(), hollow)

    def _tells(self, task: Task, contract: Contract) -> bool:
        """Tell whether an answer says enough of its own: what stands for words that told nothing would only be in the way."""
        trial = Script(task.rough)
        part_clauses(trial, contract)
        if not self._emptier.apply(trial, contract):
            return True
        rest = sum(
            len(_HAN.findall(task.rough[start:end]))
            for start, end in Clauses(fold(task.rough)).spoken_all()
            if sum(map(self._empties, trial.taken(start, end))) < _HOLLOW * max(1, len(_HAN.findall(task.rough[start:end])))
        )
        return rest >= _ENOUGH or bool(trial.text and contract.blanks)

    def _is_hollow(self, script: Script, contract: Contract) -> bool:
        """Tell whether nothing that the answer said was worth keeping."""
        if contract.facts or contract.blanks:
            return False
        if not _HAN.search(script.text):
            return not _WORD.search(script.rough)
        said = False
        for start, end in Clauses(fold(script.rough)).spoken_all():
            stretch = script.rough[start:end]
            size = len(_HAN.findall(stretch))
            acts = {act.act for act in self._checker.acts(stretch)}
            if not size or (acts and acts <= SOOTHING):
                continue
            gone = sum(self._empties(rule) for rule in script.taken(start, end))
            said = said or gone < _HOLLOW * size
        return not said

    def _empties(self, rule: str) -> bool:
        known = self._checker.rules.get(rule)
        return rule in self._hollow or (known is not None and known.kind == "forbid")

    def _answer(self, script: Script, task: Task, check: Callable[[str], CheckResult]) -> None:
        """Put the standard reply of the scenario in place of an answer that told nothing."""
        brief = task.brief
        if brief is not None and self._is_sure(brief, _LIKELY) and brief.composition.pieces:
            # A deadline or figure that nobody named would be a promise made for the representative.
            kept = [p for p in brief.composition.pieces if p.phrase.role != "timeline" and not facts_in(p.text)]
            said = [p.text for p in kept]
            if all(p.phrase.role in _FRAME for p in kept):
                place = next((i for i, p in enumerate(kept) if p.phrase.role == "verify"), len(kept))
                said.insert(place, reason_text("empty"))
            standard = "".join(said)
            script.replace(0, len(script.text), standard, reason("standard"))
            return
        if not _HAN.search(script.text) or _ANNOUNCES.search(script.text):
            script.replace(0, len(script.text), reason_text("empty"), reason("empty"))
        self._soothe(script, task, check)

    def _soothe(self, script: Script, task: Task, check: Callable[[str], CheckResult]) -> None:
        """Greet where the conversation begins, and put in the apology or thanks that rules ask for."""
        brief = task.brief
        if brief is None:
            return
        pieces = brief.composition.pieces
        for finding in check(script.text).findings:
            if finding.kind != "require" or finding.severity == "info":
                continue
            wanted = [a for a in self._asked(finding.rule) if a in SOOTHING and (a != "thanks" or brief.certain)]
            fixes = [fix.text for fix in finding.fixes]
            own = [p.text for p in pieces if set(p.phrase.acts) & set(wanted) and set(p.phrase.acts) <= SOOTHING]
            text = next(iter(own if self._is_sure(brief) else fixes), None) or next(iter([*fixes, *own]), None)
            if wanted and text and text not in script.text:
                self._put_first(script, text, why_of(finding))
        if pieces and pieces[0].phrase.role == "opening" and not _GREETING.match(script.text) and _HAN.search(script.text):
            script.replace(0, 0, pieces[0].text, reason("greeting"))

    @staticmethod
    def _is_sure(brief: Brief, least: float = _SURE) -> bool:
        """Tell whether words about this very scenario would fit."""
        return brief.certain or (not brief.composition.asks_back and brief.read.guesses[0].confidence >= least)

    def _asked(self, rule: str) -> tuple[str, ...]:
        known = self._checker.rules.get(rule)
        return tuple(known.acts) if known else (rule.rsplit(".", 1)[-1],)

    @staticmethod
    def _put_first(script: Script, text: str, why: Why) -> None:
        greeted = _GREETING.match(script.text)
        place = greeted.end() if greeted else 0
        script.replace(place, place, text, why)

"""The rewriter: edit by rules → check; with a model draft → check → repair → check, else the edit by rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.check import Checker
from assistant.replies import rewritten_reply
from assistant.rewrite.contract import Contract
from assistant.rewrite.diff import changes_between
from assistant.rewrite.offline import Editor, Task
from assistant.rewrite.script import apply
from assistant.rewrite.values import Change, Facts
from assistant.trace import Sources
from assistant.values import Reply
from corpus import Corpus

if TYPE_CHECKING:
    from assistant.rewrite.drafted import Drafted, ModelRewriter


@dataclass(frozen=True)
class Outcome:
    """What became of one rough answer; `drafted` is what the model was asked for, where it was."""

    reply: Reply
    changes: tuple[Change, ...]
    facts: Facts
    drafted: Drafted | None = None


class Rewriter:
    """Rewrites rough answers. Thread-safe."""

    def __init__(self, corpus: Corpus, checker: Checker, sources: Sources) -> None:
        self._checker, self._sources = checker, sources
        self._editor = Editor(checker, tuple(corpus.rewordings.values()))

    def rewrite(self, task: Task, model: ModelRewriter | None = None, deadline: float = 0.0) -> Outcome:
        """Rewrite by rules, then with a model where there is one and anything is left to polish; `deadline` is monotonic."""
        edit = self._editor.edit(task)
        edited = self.judged(task, edit.changes)
        if model is None or edit.hollow or not edit.changes:
            return edited
        drafted = model.rewrite(task, edited.reply.text, deadline)
        if not drafted.text:
            return replace(edited, drafted=drafted)
        findings = self._checker.check(task.rough, task.situation, by_words=True).findings
        changes = changes_between(task.rough, drafted.text, edited.changes, findings)
        found = self.judged(task, changes, drafted.calls)
        return replace(found if found.reply.verified else edited, drafted=drafted)

    def judged(self, task: Task, changes: tuple[Change, ...], calls: int = 0) -> Outcome:
        """Return what the text of these changes comes to: a person may have refused some of them."""
        text = apply(task.rough, changes)
        known = (task.rough, task.situation.customer, *task.situation.customer_turns, *task.situation.known)
        facts = Contract(task.rough).judge(text, known)
        broken = bool(facts.missing or facts.added)
        reply = rewritten_reply(text, self._sources, self._checker, task.situation, broken, calls)
        return Outcome(reply, changes, facts)

"""The rewriter: edit by rules → check; with a model draft → check → repair → check, else the edit by rules."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.check import Checker
from assistant.replies import rewritten_reply
from assistant.rewrite.contract import Contract
from assistant.rewrite.offline import Editor, Task
from assistant.rewrite.script import apply
from assistant.rewrite.values import Change, Facts
from assistant.trace import Sources
from assistant.values import Reply
from corpus import Corpus


@dataclass(frozen=True)
class Outcome:
    """What became of one rough answer."""

    reply: Reply
    changes: tuple[Change, ...]
    facts: Facts


class Rewriter:
    """Rewrites rough answers. Thread-safe."""

    def __init__(self, corpus: Corpus, checker: Checker, sources: Sources) -> None:
        self._checker, self._sources = checker, sources
        self._editor = Editor(checker, tuple(corpus.rewordings.values()))

    def by_rules(self, task: Task) -> Outcome:
        """Rewrite by rules alone."""
        return self.judged(task, self._editor.edit(task).changes())

    def judged(self, task: Task, changes: tuple[Change, ...]) -> Outcome:
        """Return what the text of these changes comes to: a person may have refused some of them."""
        text = apply(task.rough, changes)
        known = (task.rough, task.situation.customer, *task.situation.customer_turns, *task.situation.known)
        facts = Contract(task.rough).judge(text, known)
        broken = bool(facts.missing or facts.added)
        reply = rewritten_reply(text, self._sources, self._checker, task.situation, broken)
        return Outcome(reply, changes, facts)

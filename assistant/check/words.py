"""Rules that look for words: what was hit, what excuses it, what softens it, and how to mend it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from assistant.check.clauses import Clauses
from assistant.check.findings import ActSpan, Finding, FixEdit, Situation
from assistant.check.pack import PackContext, PackRule
from assistant.check.scan import Cover, Span, leftmost_longest, outside
from assistant.check.views import View, fold, squeeze

# How far beside a hit a context is looked for, in code points.
_REACH = 16
# How many clauses after a hit a softening act may stand.
_NEAR = 2
_IDLE = frozenset(" ,、;\n\t")
_QUOTE = re.compile(r"“[^”]*”|「[^」]*」|『[^』]*』|‘[^’]*’|\"[^\"]*\"")
_QUOTE_MARKS = frozenset('“「『‘"')
_SLOT = re.compile(r"\$?\{\{?[a-z_][a-z0-9_.]*\}?\}")


class Surface:
    """One view of a text with its clauses; `view.span` leads back to the text as given."""

    __slots__ = ("_clauses", "name", "text", "view")

    def __init__(self, name: str, view: View, clauses: Clauses | None = None) -> None:
        self.name = name
        self.view = view
        self.text = view.text
        self._clauses = clauses

    @property
    def clauses(self) -> Clauses:
        """The clauses of the view."""
        if self._clauses is None:
            self._clauses = Clauses(self.text)
        return self._clauses


class Quotes:
    """The quotations and slots of one folded text, and what the customer is known to have said."""

    def __init__(self, folded: str, situation: Situation) -> None:
        self.folded = folded
        self.excused: dict[Span, bool] = {}
        self._situation = situation

    @cached_property
    def surface(self) -> Surface:
        """The text around the quotations."""
        return Surface("fold", View(self.folded, None))

    @cached_property
    def spans(self) -> list[Span]:
        """Where quotations stand, quotation marks included."""
        if _QUOTE_MARKS.isdisjoint(self.folded):
            return []
        return [match.span() for match in _QUOTE.finditer(self.folded)]

    @cached_property
    def slots(self) -> list[Span]:
        """Where `{slots}` stand."""
        return [match.span() for match in _SLOT.finditer(self.folded)] if "{" in self.folded else []

    @cached_property
    def _said(self) -> str:
        return _bare(fold("\n".join((self._situation.customer, *self._situation.customer_turns))))

    @property
    def customer_known(self) -> bool:
        """Whether any of the customer's words are known."""
        return bool(self._situation.customer or self._situation.customer_turns)

    def around(self, span: Span) -> Span | None:
        """Return the quotation that holds a span."""
        return _holding(self.spans, span)

    def in_slot(self, span: Span) -> bool:
        """Tell whether a span lies within a slot."""
        return _holding(self.slots, span) is not None

    def cut_by(self, span: Span) -> bool:
        """Tell whether a span begins or ends inside a quotation that does not hold it whole."""
        return any(q[0] < span[1] and span[0] < q[1] and not _nested(q, span) for q in self.spans)

    def said_by_customer(self, quote: Span) -> bool:
        """Tell whether the very words of a quotation stand in what the customer said."""
        words = _bare(self.folded[quote[0] + 1 : quote[1] - 1])
        return bool(words) and words in self._said


def _nested(one: Span, other: Span) -> bool:
    return (one[0] <= other[0] and other[1] <= one[1]) or (other[0] <= one[0] and one[1] <= other[1])


def _holding(spans: list[Span], span: Span) -> Span | None:
    """Return which of these spans, sorted and apart from each other, holds a span."""
    at = bisect_right(spans, span[0], key=lambda other: other[0])
    return spans[at - 1] if at and span[1] <= spans[at - 1][1] else None


class Rescues:
    """The acts of one text that may soften a hit: those that no offence touches."""

    def __init__(self, acts: Sequence[ActSpan], offences: Iterable[Span], clauses: Clauses) -> None:
        self._clauses = clauses
        self._starts: dict[str, list[int]] = {}
        spoiled = Cover(offences)
        for act in acts:
            if not spoiled.meets((act.start, act.end)):
                self._starts.setdefault(act.act, []).append(act.start)

    def follow(self, wanted: tuple[str, ...], span: Span) -> bool:
        """Tell whether one of the wanted acts begins behind a span, in its clause or the next two."""
        at = self._clauses.number(max(span[0], span[1] - 1))
        limit = self._clauses.start_of(at + _NEAR + 1)
        for act in wanted:
            starts = self._starts.get(act, [])
            first = bisect_left(starts, span[1])
            if first < len(starts) and starts[first] < limit:
                return True
        return False


def _bare(folded: str) -> str:
    view = squeeze(folded)
    return view.text if view else folded


class WordRules:
    """The forbid and replace rules of a pack, ready to judge hits."""

    def __init__(self, rules: Sequence[PackRule], contexts: Iterable[PackContext]) -> None:
        self._rules = rules
        self._contexts = {context.id: context for context in contexts}
        self._around_quotes = [context for context in self._contexts.values() if context.quote]
        self._compiled: dict[str, re.Pattern[str]] = {}

    def spans(self, number: int, hits: list[Span], exceptions: list[Span], surface: Surface, quotes: Quotes) -> list[Span]:
        """Return the hits of one rule that nothing excuses, leftmost and longest, in the view's offsets."""
        rule = self._rules[number]
        open_hits = [_spoken(hit, surface.text) for hit in outside(hits, exceptions)]
        return [span for span in leftmost_longest(open_hits) if not self._excused(rule, span, surface, quotes)]

    def finding(self, number: int, text: str, span: Span, view: str, softened: bool, key: str) -> Finding:
        """Return the finding of a hit; `key` is what was matched, folded."""
        rule = self._rules[number]
        severity = rule.rescue_severity if softened else rule.severity
        return Finding(
            rule.id, rule.title, rule.kind, severity, rule.message, *span, text[slice(*span)], view, rule.clause,
            _fixes(rule, span, key),
        )  # fmt: skip

    def softened(self, number: int, span: Span, rescues: Rescues) -> bool:
        """Tell whether an act that softens this rule's hits follows closely; offsets of the text as given."""
        wanted = self._rules[number].rescue_acts
        return bool(wanted) and rescues.follow(wanted, span)

    def _excused(self, rule: PackRule, span: Span, surface: Surface, quotes: Quotes) -> bool:
        original = surface.view.span(*span)
        if quotes.slots and quotes.in_slot(original):
            return True
        if quotes.spans and self._quoted(original, quotes):
            return True
        if not (rule.before or rule.after or rule.unless):
            return False
        return any(self._fits(before, after, span, surface) for before, after in self._guards(rule))

    def _guards(self, rule: PackRule) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
        yield rule.before, rule.after
        for name in rule.unless:
            context = self._contexts[name]
            yield context.before, context.after

    def _fits(self, before: Iterable[str], after: Iterable[str], span: Span, surface: Surface) -> bool:
        start, end = surface.clauses.clause(*span)
        left = surface.text[max(start, span[0] - _REACH) : span[0]]
        right = surface.text[span[1] : min(end, span[1] + _REACH)]
        return any(self._regex(f"(?:{p})$").search(left) for p in before) or any(self._regex(p).match(right) for p in after)

    def _quoted(self, original: Span, quotes: Quotes) -> bool:
        quote = quotes.around(original)
        if quote is None:
            return False
        if quote not in quotes.excused:
            quotes.excused[quote] = quotes.said_by_customer(quote) or self._attributed(quote, quotes)
        return quotes.excused[quote]

    def _attributed(self, quote: Span, quotes: Quotes) -> bool:
        return any(
            self._fits(context.before, context.after, quote, quotes.surface)
            for context in self._around_quotes
            if not (context.unproven and quotes.customer_known)
        )

    def _regex(self, pattern: str) -> re.Pattern[str]:
        regex = self._compiled.get(pattern)
        if regex is None:
            regex = self._compiled[pattern] = re.compile(pattern)
        return regex


def _spoken(hit: Span, text: str) -> Span:
    """Return a hit without the commas and blanks that a pattern took along at its ends."""
    start, end = hit
    while end - start > 1 and text[start] in _IDLE:
        start += 1
    while end - start > 1 and text[end - 1] in _IDLE:
        end -= 1
    return start, end


def _fixes(rule: PackRule, span: Span, key: str) -> tuple[FixEdit, ...]:
    if rule.swap:
        text = rule.swap.get(key)
        return (FixEdit(*span, text, rule.fix_safety),) if text is not None else ()
    return (FixEdit(*span, rule.fix_text, rule.fix_safety),) if rule.fix_op else ()

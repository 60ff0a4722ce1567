"""Find speech acts (言语行为) and the clauses that perform them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from assistant.check.clause_model import Judged
from assistant.check.clauses import Clauses
from assistant.check.findings import ActSpan
from assistant.check.pack import PackAct, Pattern
from assistant.check.scan import Cover, Found, Span, outside
from assistant.check.times import TRIGGERS, TimeSpan, times_in

# How far a time may stand from the action it bounds, in code points.
_APART = 26
_PER_ACT = 4
# Start, end and act.
ActPlace = tuple[int, int, str]


class ActFinder:
    """The acts of a pack. It shares the scan of the rules: owners are numbered from `base`.

    `bits` are those of the clause model, where there is one.
    """

    def __init__(self, acts: Sequence[PackAct], base: int, bits: Mapping[str, int] | None = None) -> None:
        self._acts = tuple(acts)
        self._bits = {act.id: bits[act.id] for act in self._acts if act.id in bits} if bits else {}
        self._owner = {act.id: base + _PER_ACT * i for i, act in enumerate(self._acts)}
        self._owned = tuple((act, self._owner[act.id]) for act in self._acts)
        # A bound anywhere in the sentence makes its promise no vague one.
        self._unbounded = tuple(act.id for act in self._acts if act.time == "vague")
        self._time = base + _PER_ACT * len(self._acts)

    def words(self) -> Iterator[tuple[int, str]]:
        """Yield (owner, literal) of all cues, exceptions, actions and time words."""
        for act in self._acts:
            owner = self._owner[act.id]
            for offset, words in enumerate((act.cues, act.exceptions, act.actions, act.customer)):
                yield from ((owner + offset, word) for word in words)
        yield from ((self._time, word) for word in TRIGGERS)

    def patterns(self) -> Iterator[tuple[int, Pattern]]:
        """Yield (owner, pattern) of all acts."""
        for act in self._acts:
            yield from ((self._owner[act.id], pattern) for pattern in act.patterns)

    def find(self, text: str, found: Found, clauses: Clauses, judged: Sequence[Judged] = ()) -> tuple[ActSpan, ...]:
        """Return the acts of a text in text order, one for each clause that performs one.

        `judged` is what the clause model says of every clause: it confirms or rejects what words show, and adds what none does.
        """
        times = times_in(clauses.text) if self._time in found else ()
        spans: list[ActPlace] = []
        silenced: list[tuple[int, str]] = []
        for act, owner in self._owned:
            hits, exceptions = found.get(owner), found.get(owner + 1)
            if exceptions:
                silenced += [(start, act.id) for start, _ in exceptions]
                hits = outside(hits, exceptions) if hits else None
            by_grammar = times and act.time and owner + 2 in found
            if not hits and not by_grammar:
                continue
            places = clauses.spoken_at(hits) if hits else set()
            if by_grammar:
                places.update(_by_grammar(act, times, found, owner, clauses))
            for start, end in _merged(places) if len(places) > 1 else places:
                spans.append((start, end, act.id))
        silenced += [(start, act_id) for act_id in self._unbounded for start in _bounded_clauses(times, clauses)]
        if judged and self._bits:
            spans = self._weighed(spans, silenced, judged)
        spans.sort()
        return tuple([ActSpan(act_id, start, end, text[start:end]) for start, end, act_id in spans])

    def _weighed(
        self, spans: Sequence[ActPlace], silenced: Sequence[tuple[int, str]], judged: Sequence[Judged]
    ) -> list[ActPlace]:
        """Return the acts that words and the clause model agree on, and those the model alone is certain of."""
        starts = [clause.start for clause in judged]
        shown = [0] * len(judged)
        kept: list[ActPlace] = []
        for span in spans:
            start, end, act_id = span
            bit, agreed = self._bits.get(act_id, 0), False
            number = max(bisect_right(starts, start) - 1, 0)
            while number < len(judged) and judged[number].start < end:
                shown[number] |= bit
                agreed = agreed or bool(judged[number].confirms & bit)
                number += 1
            if agreed or not bit:
                kept.append(span)
        barred = [0] * len(judged)
        for start, act_id in silenced:
            barred[max(bisect_right(starts, start) - 1, 0)] |= self._bits.get(act_id, 0)
        for number, clause in enumerate(judged):
            new = (clause.sure if shown[number] else clause.claims) & ~shown[number] & ~barred[number]
            if new:
                kept += [(clause.start, clause.end, act_id) for act_id, bit in self._bits.items() if new & bit]
        return kept


def _bounded_clauses(times: Sequence[TimeSpan], clauses: Clauses) -> Iterator[int]:
    """Yield where the clauses begin whose sentence holds a bounded time."""
    for time in times:
        if time.bound == "bounded":
            position, end = clauses.sentence(time.start, time.end)
            while position < end:
                yield position
                position = max(clauses.clause(position, position + 1)[1], position + 1)


def _by_grammar(act: PackAct, times: Sequence[TimeSpan], found: Found, owner: int, clauses: Clauses) -> list[Span]:
    """Return the clauses in which an action of ours meets a time of the kind that the act needs."""
    actions, exceptions = found[owner + 2], Cover(found.get(owner + 1, ()))
    ends = [end for _, end in actions]  # ascending, as the automaton tells them
    longest = max(end - start for start, end in actions)
    # Words such as 请您 before the action or the time make it the customer's to do: the first such word of each clause.
    duties: dict[int, int] = {}
    for duty, _ in found.get(owner + 3, ()):
        duties.setdefault(clauses.number(duty), duty)

    def is_duty(place: Span) -> bool:
        return bool(duties) and duties.get(clauses.number(place[0]), place[0]) < place[0]

    wanted = [time for time in times if time.bound == act.time]
    bounded = [time.start for time in times if time.bound == "bounded"] if act.time == "vague" else ()
    places = []
    for time in wanted:
        span = (time.start, time.end)
        start, end = clauses.sentence(*span)
        if bisect_left(bounded, start) < bisect_left(bounded, end) or exceptions.holds(span) or is_duty(span):
            continue
        best: Span | None = None
        least = _APART + 1
        near = slice(bisect_left(ends, time.start - _APART), bisect_right(ends, time.end + _APART + longest))
        for action in actions[near]:
            gap = max(action[0] - time.end, time.start - action[1], 0)
            if gap < least and start <= action[0] < end and not exceptions.holds(action) and not is_duty(action):
                best, least = action, gap
        if best:
            places.append(clauses.spoken(min(time.start, best[0]), max(time.end, best[1])))
    return places


def _merged(places: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(places):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged

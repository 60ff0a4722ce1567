"""Find speech acts (言语行为) and the clauses that perform them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from assistant.check.clauses import Clauses
from assistant.check.findings import ActSpan
from assistant.check.pack import PackAct, Pattern
from assistant.check.scan import Found, Span, inside
from assistant.check.times import TRIGGERS, TimeSpan, times_in

# How far a time may stand from the action it bounds, in code points.
_APART = 26
_PER_ACT = 4


class ActFinder:
    """The acts of a pack. It shares the scan of the rules: owners are numbered from `base`."""

    def __init__(self, acts: Sequence[PackAct], base: int) -> None:
        self._acts = tuple(acts)
        self._owner = {act.id: base + _PER_ACT * i for i, act in enumerate(self._acts)}
        self._owned = tuple((act, self._owner[act.id]) for act in self._acts)
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

    def find(self, text: str, found: Found, clauses: Clauses) -> tuple[ActSpan, ...]:
        """Return the acts of a text in text order, one for each clause that performs one."""
        times = times_in(clauses.text) if self._time in found else ()
        spans = []
        for act, owner in self._owned:
            hits = found.get(owner)
            by_grammar = times and act.time and owner + 2 in found
            if not hits and not by_grammar:
                continue
            exceptions = found.get(owner + 1)
            if hits and exceptions:
                hits = [hit for hit in hits if not inside(hit, exceptions)]
            places = clauses.spoken_at(hits) if hits else set()
            if by_grammar:
                places.update(_by_grammar(act, times, found, owner, clauses))
            for start, end in _merged(places) if len(places) > 1 else places:
                spans.append((start, end, act.id))
        spans.sort()
        return tuple([ActSpan(act_id, start, end, text[start:end]) for start, end, act_id in spans])


def _by_grammar(act: PackAct, times: Sequence[TimeSpan], found: Found, owner: int, clauses: Clauses) -> list[Span]:
    """Return the clauses in which an action of ours meets a time of the kind that the act needs."""
    exceptions = found.get(owner + 1, ())
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
        if any(start <= other < end for other in bounded) or inside(span, exceptions) or is_duty(span):
            continue
        best: Span | None = None
        least = _APART + 1
        for action in found[owner + 2]:
            gap = max(action[0] - time.end, time.start - action[1], 0)
            if gap < least and start <= action[0] < end and not inside(action, exceptions) and not is_duty(action):
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

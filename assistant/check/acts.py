"""Find speech acts (言语行为) and the clauses that perform them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence

from assistant.check.clause_model import ClauseModel
from assistant.check.clauses import Clauses
from assistant.check.findings import ActSpan
from assistant.check.pack import PackAct, Pattern
from assistant.check.scan import Cover, Found, Span, outside
from assistant.check.times import TRIGGERS, TimeSpan, times_in

# How far a time may stand from the action it bounds, in code points.
_APART = 26
_PER_ACT = 4
# A cue of this many characters needs no confirmation by the model.
_PLAIN = 6


class ActFinder:
    """The acts of a pack. It shares the scan of the rules: owners are numbered from `base`.

    Within a clause each act is one bit, the one that the clause model gives it where there is a model.
    """

    def __init__(self, acts: Sequence[PackAct], base: int, bits: Mapping[str, int] | None = None) -> None:
        bits = bits or {}
        spare = max(bits.values(), default=1).bit_length()
        self._known = sum(bits.get(act.id, 0) for act in acts)
        self._acts = tuple((act, base + _PER_ACT * i, bits.get(act.id, 1 << (spare + i))) for i, act in enumerate(acts))
        self._names: dict[int, tuple[str, ...]] = {}
        self._time = base + _PER_ACT * len(self._acts)

    def words(self) -> Iterator[tuple[int, str]]:
        """Yield (owner, literal) of all cues, exceptions, actions and time words."""
        for act, owner, _ in self._acts:
            for offset, words in enumerate((act.cues, act.exceptions, act.actions, act.customer)):
                yield from ((owner + offset, word) for word in words)
        yield from ((self._time, word) for word in TRIGGERS)

    def patterns(self) -> Iterator[tuple[int, Pattern]]:
        """Yield (owner, pattern) of all acts."""
        for act, owner, _ in self._acts:
            yield from ((owner, pattern) for pattern in act.patterns)

    def find(self, text: str, found: Found, clauses: Clauses, model: ClauseModel | None = None) -> tuple[ActSpan, ...]:
        """Return the acts of a text in text order: the clauses that perform them.

        The model confirms or rejects what words show in a clause, and adds what none does.
        """
        shown, trusted, barred = self._by_words(found, clauses)
        spans = []
        for number in range(len(clauses)):
            start, end = clauses.spoken(number)
            if start == end:
                continue
            acts = shown[number]
            if model and not trusted[number]:
                claims, sure, confirms = model.judge(clauses.text[start:end])
                more = (sure if acts else claims) & ~acts & ~barred[number]
                acts = (acts & (confirms | ~self._known)) | more
            if acts:
                quote = text[start:end]
                for act_id in self._names.get(acts) or self._name(acts):
                    spans.append(ActSpan(act_id, start, end, quote))
        return tuple(spans)

    def _name(self, acts: int) -> tuple[str, ...]:
        names = self._names[acts] = tuple(act.id for act, _, bit in self._acts if acts & bit)
        return names

    def _by_words(self, found: Found, clauses: Clauses) -> tuple[list[int], list[int], list[int]]:
        """Return, for each clause, the acts that words show, those shown beyond doubt, and those that words rule out."""
        times = times_in(clauses.text) if self._time in found else ()
        numbers = clauses.numbers
        shown, trusted, barred = [0] * len(clauses), [0] * len(clauses), [0] * len(clauses)
        for act, owner, bit in self._acts:
            hits, exceptions = found.get(owner), found.get(owner + 1)
            if exceptions:
                for start, _ in exceptions:
                    barred[numbers[start]] |= bit
                hits = outside(hits, exceptions) if hits else None
            for start, end in hits or ():
                first, last = numbers[start], numbers[end - 1]
                shown[first] |= bit
                if end - start >= _PLAIN:
                    trusted[first] |= bit
                for number in range(first + 1, last + 1):
                    shown[number] |= bit
            if times and act.time:
                if act.time == "vague":
                    for number in _bounded_clauses(times, clauses):
                        barred[number] |= bit
                if owner + 2 in found:
                    for number in _by_grammar(act, times, found, owner, clauses):
                        shown[number] |= bit
        return shown, trusted, barred


def _bounded_clauses(times: Sequence[TimeSpan], clauses: Clauses) -> Iterator[int]:
    """Yield the clauses whose sentence holds a bounded time: a bound anywhere in it makes its promise no vague one."""
    done = 0
    for time in times:
        if time.bound == "bounded" and time.start >= done:
            start, done = clauses.sentence(time.start, time.end)
            yield from range(clauses.numbers[start], clauses.numbers[done - 1] + 1)


def _by_grammar(act: PackAct, times: Sequence[TimeSpan], found: Found, owner: int, clauses: Clauses) -> set[int]:
    """Return the numbers of the clauses in which an action of ours meets a time of the kind that the act needs."""
    wanted = [time for time in times if time.bound == act.time]
    if not wanted:
        return set()
    actions, exceptions = found[owner + 2], Cover(found.get(owner + 1, ()))
    ends = [end for _, end in actions]  # ascending, as the automaton tells them
    longest = max(end - start for start, end in actions)
    # Words such as 请您 before the action or the time make it the customer's to do: the first such word of each clause.
    duties: dict[int, int] = {}
    for duty, _ in found.get(owner + 3, ()):
        duties.setdefault(clauses.numbers[duty], duty)

    def is_duty(place: Span) -> bool:
        return bool(duties) and duties.get(clauses.numbers[place[0]], place[0]) < place[0]

    bounded = [time.start for time in times if time.bound == "bounded"] if act.time == "vague" else ()
    numbers, places = clauses.numbers, set[int]()
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
            places.update((numbers[time.start], numbers[best[0]]))
    return places

"""Choose for each regex, of all the words its matches hold, those that ordinary text holds least: they guard it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from assistant.check.pack import Pack, Pattern


def guarded(pack: Pack, ordinary: Iterable[str]) -> Pack:
    """Return the pack with the rarest guard for each of its patterns; `ordinary` are folded texts."""
    patterns = [p for rule in pack.rules for p in rule.patterns] + [p for act in pack.acts for p in act.patterns]
    words = {word for p in patterns for group in (p.literals, *p.also) for word in group}
    seen = _frequencies(words, ordinary)
    return replace(
        pack,
        rules=tuple(replace(rule, patterns=tuple(_rarest(p, seen) for p in rule.patterns)) for rule in pack.rules),
        acts=tuple(replace(act, patterns=tuple(_rarest(p, seen) for p in act.patterns)) for act in pack.acts),
    )


def _rarest(pattern: Pattern, seen: Counter[str]) -> Pattern:
    groups = sorted((pattern.literals, *pattern.also), key=lambda group: sum(seen[word] for word in group))
    return replace(pattern, literals=groups[0], also=tuple(groups[1:]))


def _frequencies(words: set[str], texts: Iterable[str]) -> Counter[str]:
    """Count the texts that hold each word."""
    from ahocorasick_rs import AhoCorasick

    names = sorted(words)
    seen: Counter[str] = Counter()
    if names:
        automaton = AhoCorasick(names)
        for text in texts:
            seen.update({names[i] for i, _, _ in automaton.find_matches_as_indexes(text, overlapping=True)})
    return seen

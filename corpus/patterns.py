"""Vet a regular expression before it may look at a text.

Patterns run on the folded view (lower case, half width, simplified), and only near one of the words that every match
contains. So a pattern must have such a word, a bounded width, and no way to keep the engine busy.
"""

from __future__ import annotations

import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from corpus.fold import fold
from corpus.pattern_cost import cost
from corpus.pattern_literals import companions, literals
from corpus.pattern_tree import ASSERTS, REPEATS, Node, body_of, is_group

# `cost` counts units of some 30 ns: 5 ms for a text of 2,000 characters, and 0.2 ms for the 16 characters beside a hit.
_COST, _CONTEXT_COST = 80, 400
_LONGEST = 1000
_META = frozenset(".^$*+?{}[]\\|()")
_CLASS_META = frozenset("[]\\^-&~|")
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[0-9]*,?[0-9]*\}|.", re.DOTALL)
_MEMBER = re.compile(r"\\.|.", re.DOTALL)
# A range this wide means Chinese characters in general; that a few rare ones fold out of it does no harm.
_WIDE = 1000
_WORD = (op.CATEGORY_WORD, op.CATEGORY_NOT_WORD)


class PatternError(ValueError):
    """A pattern cannot be used; the message says what is wrong and what to write instead."""


@dataclass(frozen=True, slots=True)
class PatternFacts:
    """What the engine needs to know of a pattern.

    Attributes:
        pattern: Ready to compile without flags, for folded text.
        literals: Folded words, one of which every match contains.
        also: Further sets of words, one of each of which every match contains, too.
        first: Whether a match can only stand at the text's beginning.
        width: The most code points a match spans.
        before: How many code points left of a match decide about it (lookbehind; 1 for `^`).
        after: How many right of it (lookahead; 2 for `$`, which also looks for a last line break).
    """

    pattern: str
    literals: tuple[str, ...]
    also: tuple[tuple[str, ...], ...]
    first: bool
    width: int
    before: int
    after: int


@lru_cache(maxsize=4096)
def analyse(pattern: str) -> PatternFacts:
    """Return the facts of a pattern that looks for something in a text.

    Raises:
        PatternError: The pattern is wrong, unbounded, too slow, or has no word that every match contains.
    """
    folded, tree = _vetted(pattern, _COST)
    shortest, widest = tree.getwidth()
    if shortest == 0:
        raise PatternError("it also matches nothing at all; make at least one part of it required")
    before, after = _look(tree)
    found = _required(tree)
    first = tree[0] in ((op.AT, op.AT_BEGINNING), (op.AT, op.AT_BEGINNING_STRING))
    return PatternFacts(folded, found, companions(tree, found), first, widest, before, after)


@lru_cache(maxsize=4096)
def analyse_context(pattern: str) -> str:
    """Return, ready to compile, a pattern for the few characters beside a hit; it may match nothing.

    Raises:
        PatternError: The pattern is wrong, unbounded or too slow.
    """
    return _vetted(pattern, _CONTEXT_COST)[0]


def _vetted(pattern: str, most: int) -> tuple[str, Any]:
    if len(pattern) > _LONGEST:
        raise PatternError(f"it has {len(pattern)} characters, {_LONGEST} are allowed; split it into several patterns")
    folded = _folded(pattern)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(folded)
            tree = parser.parse(folded)
    except re.error as error:
        where = f" at {pattern[error.pos : error.pos + 8]!r}" if error.pos is not None and folded == pattern else ""
        raise PatternError(f"it is no regular expression: {error}{where}") from error
    except Warning as warning:
        raise PatternError(f"it is ambiguous: {warning}; put a backslash before the sign") from warning
    except (RecursionError, OverflowError) as error:
        raise PatternError("it is nested too deeply; split it into several patterns") from error
    if tree.state.flags & ~re.UNICODE:
        raise PatternError("it sets flags such as (?i); remove them, the text is in lower case already")
    for node in _nodes(tree):
        _refuse(node, folded)
    tries = cost(tree)
    if tries > most:
        raise PatternError(
            f"it may try {tries:.0f} ways at each character, {most} are allowed; shorten the gaps, put two or more fixed"
            " characters between them, or split it into several patterns"
        )
    return folded, tree


def _folded(pattern: str) -> str:
    """Fold what is not ASCII; a sign that folds to an operator, as ？ does, stands for itself."""
    return "".join(_folded_token(token) for token in _TOKEN.findall(pattern))


def _folded_token(token: str) -> str:
    if token.isascii():
        return token
    if token[0] == "[":
        members = _MEMBER.findall(token)
        return "".join(_folded_member(members, i) for i in range(len(members)))
    sign = fold(token[-1])
    return f"\\{sign}" if sign in _META else sign


def _folded_member(members: list[str], at: int) -> str:
    """Fold one member of a class; the Han ends of a range stay, folding could reverse them."""
    member = members[at]
    sign = fold(member[-1])
    ends_range = members[at - 1] == "-" or (members[at + 1 : at + 2] == ["-"] and members[at + 2 : at + 3] != ["]"])
    if member.isascii() or (ends_range and not sign.isascii()):
        return member
    return f"\\{sign}" if sign in _CLASS_META else sign


def _nodes(seq: Sequence[Node]) -> Iterator[Node]:
    """Yield every node, the parts of groups, repeats, alternatives and classes included."""
    for node in seq:
        kind, value = node
        yield node
        if is_group(node):
            yield from _nodes(body_of(node))
        elif kind is op.BRANCH:
            for part in value[1]:
                yield from _nodes(part)
        elif kind in REPEATS:
            yield from _nodes(value[2])
        elif kind in ASSERTS:
            yield from _nodes(value[1])
        elif kind is op.IN:
            yield from value


def _refuse(node: Node, pattern: str) -> None:
    kind, value = node
    if kind is op.AT and value in (op.AT_BOUNDARY, op.AT_NON_BOUNDARY):
        raise PatternError(r"\b finds nothing beside Chinese; remove it or write (?<![a-z0-9]) or (?![a-z0-9])")
    if kind is op.CATEGORY and value in _WORD:
        raise PatternError(r"\w takes in Chinese characters as well; write [a-z0-9] or [一-龥]")
    if kind in (op.GROUPREF, op.GROUPREF_EXISTS):
        raise PatternError("it refers back to a group; write the words out")
    if kind is op.SUBPATTERN and (value[1] or value[2]):
        raise PatternError("it sets flags such as (?i:…); remove them, the text is in lower case already")
    if kind in (op.LITERAL, op.NOT_LITERAL):
        _refuse_unfolded(chr(value), fold(chr(value)))
    if kind is op.RANGE:
        _refuse_range(*value)
    if kind in REPEATS:
        _refuse_repeat(value, pattern)


def _refuse_unfolded(char: str, sign: str) -> None:
    if sign != char:
        advice = "write it in lower case" if char.isupper() else "write that"
        raise PatternError(f"{char!r} stands as {sign!r} in the text that patterns see; {advice}")


def _refuse_range(low: int, high: int) -> None:
    for code in range(low, high + 1 if high - low < _WIDE else low):
        sign = fold(chr(code))
        if not low <= ord(sign) <= high:
            name = f"the range {chr(low)}-{chr(high)}"
            advice = "write it in lower case" if chr(code).isupper() else "list its characters, or write [一-龥] for any"
            raise PatternError(f"{name} holds {chr(code)!r}, which stands as {sign!r} in the text that patterns see; {advice}")


def _refuse_repeat(value: tuple[Any, Any, Sequence[Node]], pattern: str) -> None:
    low, high, body = value
    if high is op.MAXREPEAT:
        part, sign = next(_unbounded(pattern), ("a part", ""))
        raise PatternError(f"{part}{sign} may go on without end; write {part}{{{low},8}}")
    if high > 1 and any(node[0] in REPEATS and node[1][0] < node[1][1] for node in _nodes(body)):
        raise PatternError("it repeats a part that holds another repeat; write one of the two out")


def _unbounded(pattern: str) -> Iterator[tuple[str, str]]:
    """Yield each (part, sign) that repeats without an upper bound."""
    tokens = _TOKEN.findall(pattern)
    for i in range(1, len(tokens)):
        operator = tokens[i] in ("*", "+") or re.fullmatch(r"\{[0-9]*,\}", tokens[i])
        if operator and tokens[i - 1] not in ("*", "+", "?", "(") and not re.fullmatch(r"\{[0-9]*,?[0-9]*\}", tokens[i - 1]):
            start, depth = i - 1, int(tokens[i - 1] == ")")
            while depth and start:
                start -= 1
                depth += (tokens[start] == ")") - (tokens[start] == "(")
            yield "".join(tokens[start:i]), tokens[i]


def _look(seq: Sequence[Node]) -> tuple[int, int]:
    """Return how far left and right of itself a sequence looks, at most."""
    before = after = 0
    for node in _nodes(seq):
        kind, value = node
        left = right = 0
        if kind in ASSERTS:
            direction, body = value
            left, right = _look(body)
            width = body.getwidth()[1]
            left, right = (left, right + width) if direction > 0 else (left + width, right)
        elif kind is op.AT:
            left, right = (1, 0) if value in (op.AT_BEGINNING, op.AT_BEGINNING_STRING) else (0, 2)
        before, after = max(before, left), max(after, right)
    return before, after


def _required(tree: Sequence[Node]) -> tuple[str, ...]:
    found = literals(tree)
    if not found:
        raise PatternError("no word is in every match; give it a fixed part of one or more Chinese characters or two letters")
    return found

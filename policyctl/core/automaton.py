"""An expression as an automaton: a state for each character, and the ways between them, counted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from policyctl.core.expression import (
    Anchor,
    Atomic,
    Chars,
    Choice,
    Look,
    Node,
    Reference,
    Repeat,
    Sequence,
)
from policyctl.core.frozen import fresh, frozen

_STATES = 1500
_EDGES = 20_000
_COPIES = 20
"""Up to so many repetitions are written out; more are as good as no limit."""
_WRITTEN_OUT = 400
_NESTED = 4
"""The same for what repeats a repetition without limit: each copy multiplies the ways."""
_LONG = 500
"""From so many on, a repetition takes as long as one without limit."""
_MANY = 2
"""Ways are counted up to here: what matters is whether there is more than one."""

_Ways = dict[int, int]


class TooLargeError(Exception):
    """The expression has too many states to be judged."""


class Automaton:
    """The states of an expression, or of a part that is matched for itself.

    Attributes:
        masks: the characters that lead into each state; 0 where nothing is known about them.
        edges: for each state, those that can follow, with the number of ways.
        ends: the states after which the expression may end, whatever follows.
        endless: the states that can follow themselves without limit.
    """

    __slots__ = ("edges", "endless", "ends", "masks")

    def __init__(self) -> None:
        self.masks: list[int] = []
        self.edges: dict[int, _Ways] = {}
        self.ends: frozenset[int] = frozenset()
        self.endless: set[int] = set()


@frozen
class _Part:
    """A piece of an automaton.

    Attributes:
        first: states it can begin with; ``last``: states it can finish with.
        ends: of the last, those after which it finishes without a condition.
        empty: ways to match no character; ``free``: whether one of them has no condition.
    """

    first: _Ways = fresh(default_factory=dict)
    last: _Ways = fresh(default_factory=dict)
    ends: frozenset[int] = frozenset()
    empty: int = 0
    free: bool = False


_EMPTY = _Part(empty=1, free=True)


def automata(tree: Node) -> list[Automaton]:
    """The automaton of an expression, and those of its conditions and atomic groups.

    Raises:
        TooLargeError: there would be too many states.
    """
    # A part in a repetition is met several times, and judged once.
    waiting, made = [tree], {}
    while waiting:
        node = waiting.pop()
        if id(node) not in made:
            builder = _Builder()
            builder.automaton.ends = builder.part(node).ends
            made[id(node)] = builder.automaton
            waiting += builder.apart
    return list(made.values())


class _Builder:
    """Builds one automaton; what is matched for itself is set apart."""

    def __init__(self) -> None:
        self.automaton = Automaton()
        self.apart: list[Node] = []
        self.count = 0

    def part(self, node: Node) -> _Part:
        match node:
            case Chars():
                return self.state(node.mask)
            case Sequence():
                return self.sequence(self.part(item) for item in node.parts)
            case Choice():
                return _choice([self.part(item) for item in node.branches])
            case Repeat():
                return self.repeat(node)
            case Anchor():
                # No way leads across: two letters have no end of a word between them.
                return _Part()
            case Look():
                self.apart.append(node.body)
                return _Part(empty=1)
            case Atomic():
                self.apart.append(node.body)
                taken = self.state(0)
                return _optional(taken) if _may_be_empty(node.body) else taken
            case Reference():
                return self.state(0)
            case _:
                assert_never(node)

    def state(self, mask: int) -> _Part:
        number = len(self.automaton.masks)
        if number >= _STATES:
            raise TooLargeError
        self.automaton.masks.append(mask)
        self.automaton.edges[number] = {}
        return _Part(first={number: 1}, last={number: 1}, ends=frozenset({number}))

    def sequence(self, parts: Iterable[_Part]) -> _Part:
        before = _EMPTY
        for after in parts:
            self.connect(before.last, after.first)
            before = _Part(
                first=_added(before.first, after.first, before.empty),
                last=_added(after.last, before.last, after.empty),
                ends=after.ends | (before.ends if after.free else frozenset()),
                empty=min(before.empty * after.empty, _MANY),
                free=before.free and after.free,
            )
        return before

    def connect(self, last: _Ways, first: _Ways) -> None:
        self.count += len(last) * len(first)
        if self.count > _EDGES:
            raise TooLargeError
        for state, out in last.items():
            edges = self.automaton.edges[state]
            for after, into in first.items():
                edges[after] = min(edges.get(after, 0) + out * into, _MANY)

    def repeat(self, node: Repeat) -> _Part:
        size = _size(node.body)
        most = node.least if node.most is None else node.most
        limit = _NESTED if _has_loop(node.body) else _COPIES
        if most > limit or most * size > _WRITTEN_OUT:
            # What is not written out is as good as a loop.
            loop = self.loop(node.body, endless=node.most is None or node.most >= _LONG)
            return loop if node.least else _optional(loop)
        if node.most is not None:
            return self.written_out(node, node.most)
        copies = [self.part(node.body) for _ in range(node.least - 1)]
        whole = self.sequence([*copies, self.loop(node.body, endless=True)])
        return whole if node.least else _optional(whole)

    def written_out(self, node: Repeat, most: int) -> _Part:
        """The repetition as ``x x (x (x)?)?``, which takes a text in one way if the body does."""
        copies = [self.part(node.body) for _ in range(most)]
        rest = _EMPTY
        for copy in reversed(copies[node.least :]):
            rest = _optional(self.sequence([copy, rest]))
        return self.sequence([*copies[: node.least], rest])

    def loop(self, node: Node, *, endless: bool) -> _Part:
        body = self.part(node)
        self.connect(body.last, body.first)
        if endless:
            self.automaton.endless.update(body.last.keys() & body.first.keys())
        return _Part(
            first=body.first,
            last=body.last,
            ends=body.ends,
            empty=min(body.empty, 1),
            free=body.free,
        )


def _choice(branches: list[_Part]) -> _Part:
    first: _Ways = {}
    last: _Ways = {}
    for branch in branches:
        first, last = _added(first, branch.first), _added(last, branch.last)
    return _Part(
        first=first,
        last=last,
        ends=frozenset().union(*(branch.ends for branch in branches)),
        empty=min(sum(branch.empty for branch in branches), _MANY),
        free=any(branch.free for branch in branches),
    )


def _optional(part: _Part) -> _Part:
    return _choice([part, _EMPTY])


def _added(ways: _Ways, more: _Ways, times: int = 1) -> _Ways:
    if not times:
        return ways
    sums = dict(ways)
    for state, count in more.items():
        sums[state] = min(sums.get(state, 0) + count * times, _MANY)
    return sums


def _has_loop(node: Node) -> bool:
    match node:
        case Sequence():
            return any(map(_has_loop, node.parts))
        case Choice():
            return any(map(_has_loop, node.branches))
        case Repeat():
            return node.most is None or _has_loop(node.body)
        case _:
            return False


def _may_be_empty(node: Node) -> bool:
    match node:
        case Sequence():
            return all(map(_may_be_empty, node.parts))
        case Choice():
            return any(map(_may_be_empty, node.branches))
        case Repeat():
            return node.least == 0 or _may_be_empty(node.body)
        case Atomic():
            return _may_be_empty(node.body)
        case Look():
            return True
        case Chars() | Anchor() | Reference():
            return False
        case _:
            assert_never(node)


def _size(node: Node) -> int:
    match node:
        case Sequence():
            return sum(map(_size, node.parts))
        case Choice():
            return sum(map(_size, node.branches))
        case Repeat():
            times = node.least or 1 if node.most is None else node.most
            return _size(node.body) * (times if times <= _COPIES else 1)
        case Chars() | Atomic() | Reference():
            return 1
        case Anchor() | Look():
            return 0
        case _:
            assert_never(node)

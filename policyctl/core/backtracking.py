"""How long an expression can take: whether it lets a matcher take one text in many ways.

A backtracking matcher that fails has tried every way in which the expression can take the text.
The expression becomes an automaton with one state for each character in it (Glushkov's), in which
parallel ways are counted. Two ways round a loop over the same text mean that their number doubles
with every turn; two loops that follow each other over the same text, that it grows with the square.
Neither matters where the expression may end at any time, because then the first way succeeds.
"""

from __future__ import annotations

from enum import Enum

from policyctl.core.automaton import Automaton, TooLargeError, automata
from policyctl.core.components import components
from policyctl.core.expression import Expression
from policyctl.core.frozen import frozen

_STEPS = 50_000
"""Ways of two states at once that are followed before an expression counts as too large."""


class Growth(Enum):
    """How the time to find no match grows with the length of a message."""

    EXPONENTIAL = "exponential"
    POLYNOMIAL = "polynomial"
    UNKNOWN = "unknown"


@frozen
class Backtracking:
    """A way in which an expression can take too long.

    Attributes:
        sample: a character that is taken in more than one way; empty if the growth is unknown.
    """

    growth: Growth
    sample: str = ""


def backtracking(expression: Expression) -> Backtracking | None:
    """The worst that a message can do to the expression; None if no text is taken in many ways."""
    try:
        made = automata(expression.tree)
        for growth, find in ((Growth.EXPONENTIAL, _doubled), (Growth.POLYNOMIAL, _adjacent)):
            for automaton in made:
                mask = find(automaton)
                if mask:
                    return Backtracking(growth=growth, sample=_sample(expression.alphabet, mask))
    except TooLargeError:
        return Backtracking(growth=Growth.UNKNOWN)
    return None


def _doubled(automaton: Automaton) -> int:
    """Characters that a loop takes in two ways without a chance to end; 0 if there are none."""
    # Where the expression may end, the matcher succeeds with what it has.
    edges = {
        state: {after: ways for after, ways in following.items() if after not in automaton.ends}
        for state, following in automaton.edges.items()
        if state not in automaton.ends
    }
    for loop in components(edges, lambda state: edges[state]):
        inside = {
            state: {after: ways for after, ways in edges[state].items() if after in loop}
            for state in loop
        }
        for following in inside.values():
            for after, ways in following.items():
                if ways > 1 and automaton.masks[after]:
                    return automaton.masks[after]
        mask = _two_ways_round(automaton, inside)
        if mask:
            return mask
    return 0


def _two_ways_round(automaton: Automaton, inside: dict[int, dict[int, int]]) -> int:
    """The characters that two different ways from a state back to it share at first."""
    steps = 0

    def after(pair: tuple[int, int]) -> list[tuple[int, int]]:
        nonlocal steps
        left, right = (inside[state] for state in pair)
        steps += len(left) * len(right)
        if steps > _STEPS:
            raise TooLargeError
        return [
            (min(one, other), max(one, other))
            for one in left
            for other in right
            if automaton.masks[one] & automaton.masks[other]
        ]

    for component in components([(state, state) for state in inside], after):
        apart = sorted(pair for pair in component if pair[0] != pair[1])
        if apart and any(one == other for one, other in component):
            one, other = apart[0]
            return automaton.masks[one] & automaton.masks[other]
    return 0


def _adjacent(automaton: Automaton) -> int:
    """Characters that two repetitions without limit share, one of which follows the other."""
    for state in automaton.endless:
        for after in automaton.edges[state]:
            shared = automaton.masks[state] & automaton.masks[after]
            if (
                shared
                and after != state
                and after in automaton.endless
                and after not in automaton.ends
            ):
                return shared
    return 0


def _sample(alphabet: str, mask: int) -> str:
    """The character of a mask that people recognise best."""
    chars = [char for bit, char in enumerate(alphabet) if mask >> bit & 1]
    return min(chars, key=_strangeness)


def _strangeness(char: str) -> tuple[bool, ...]:
    return not char.isascii(), not char.islower(), not char.isalnum(), not char.isprintable()

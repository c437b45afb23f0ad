"""A regular expression as a tree, to be judged without executing it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from policyctl.core.expression_syntax import UNLIMITED, parse
from policyctl.core.frozen import frozen

_PROBES = "".join(map(chr, range(128))) + "\xa0ÄäßЖж٣—中😀"
_ASCII = 128


@frozen
class Chars:
    """One character; bit ``n`` of the mask stands for character ``n`` of the alphabet."""

    mask: int


@frozen
class Sequence:
    """Parts that follow each other."""

    parts: tuple[Node, ...] = ()


@frozen
class Choice:
    """Branches of which one is taken; without any, nothing matches."""

    branches: tuple[Node, ...] = ()


@frozen
class Repeat:
    """A body that is repeated; ``most`` is None where there is no limit."""

    body: Node
    least: int
    most: int | None


@frozen
class Anchor:
    """A place without a character: ``start``, ``end`` or ``boundary`` of a word."""

    kind: str


@frozen
class Look:
    """A condition on what stands before or behind, which takes no character."""

    body: Node


@frozen
class Atomic:
    """A body that is never entered again once it has matched."""

    body: Node


@frozen
class Reference:
    """The text that an earlier group matched."""


Node = Chars | Sequence | Choice | Repeat | Anchor | Look | Atomic | Reference


@frozen
class Expression:
    """A regular expression that can be compiled.

    Attributes:
        alphabet: the characters that masks speak of: ASCII, some others, and those of the text.
        features: what it uses beyond the syntax that all engines share, for people.
    """

    tree: Node
    alphabet: str
    features: tuple[str, ...] = ()

    @property
    def anything(self) -> int:
        """The mask of every character but the line break."""
        return (1 << len(self.alphabet)) - 1 & ~(1 << self.alphabet.index("\n"))


def expression(text: str) -> Expression:
    """The tree of an expression.

    Raises:
        ValueError: Python cannot compile it, or it is too long or nests too deeply to be judged.
    """
    raw, warned = parse(text)
    literals = {chr(code) for code in _codes(raw.data)}
    reader = _Reader(_PROBES + "".join(sorted(literals.difference(_PROBES))))
    tree = reader.sequence(raw, raw.state.flags)
    if warned:
        reader.features.add("a set that looks like an operation on sets")
    return Expression(tree=tree, alphabet=reader.alphabet, features=tuple(sorted(reader.features)))


def _codes(item: Any) -> Iterator[int]:
    """Every code point that the parser's tree names."""
    if isinstance(item, tuple) and len(item) == 2 and str(item[0]) in _LITERALS:  # noqa: PLR2004
        yield from (item[1],) if isinstance(item[1], int) else item[1]
    elif isinstance(item, list | tuple) or hasattr(item, "data"):
        for part in getattr(item, "data", item):
            yield from _codes(part)


_LITERALS = ("LITERAL", "NOT_LITERAL", "RANGE")

_CATEGORIES: dict[str, Callable[[str], bool]] = {
    "DIGIT": str.isdecimal,
    "SPACE": str.isspace,
    "WORD": lambda char: char.isalnum() or char == "_",
}

_ANCHORS = {
    "AT_BEGINNING": "start",
    "AT_BEGINNING_STRING": "start",
    "AT_END": "end",
    "AT_END_STRING": "end",
    "AT_BOUNDARY": "boundary",
}


class _Reader:
    """Turns the parser's raw tree into ours, and notes the features that it meets."""

    def __init__(self, alphabet: str) -> None:
        self.alphabet = alphabet
        self.features: set[str] = set()

    def sequence(self, raw: Any, flags: int) -> Node:
        parts = tuple(self.node(str(name), value, flags) for name, value in raw)
        return parts[0] if len(parts) == 1 else Sequence(parts=parts)

    def node(self, name: str, value: Any, flags: int) -> Node:
        match name:
            case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN":
                return Chars(mask=self.mask(name, value, flags))
            case "BRANCH":
                return Choice(branches=tuple(self.sequence(item, flags) for item in value[1]))
            case "SUBPATTERN":
                _, added, removed, body = value
                return self.sequence(body, (flags | added) & ~removed)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                return self.repeat(name, value, flags)
            case "ASSERT" | "ASSERT_NOT":
                return self.look(value, flags)
            case "AT":
                kind = _ANCHORS.get(str(value))
                return Anchor(kind=kind) if kind else Look(body=Sequence())
            case _:
                return self.special(name, value, flags)

    def special(self, name: str, value: Any, flags: int) -> Node:
        match name:
            case "ATOMIC_GROUP":
                self.features.add("an atomic group")
                return Atomic(body=self.sequence(value, flags))
            case "GROUPREF":
                self.features.add("a back-reference")
                return Reference()
            case "GROUPREF_EXISTS":
                self.features.add("a conditional group")
                branches = [self.sequence(item or (), flags) for item in value[1:]]
                return Choice(branches=tuple(branches))
            case _:  # FAILURE, which '(?!)' becomes
                return Choice()

    def repeat(self, name: str, value: Any, flags: int) -> Node:
        least, most, body = value
        node = Repeat(
            body=self.sequence(body, flags),
            least=int(least),
            most=None if most == UNLIMITED else int(most),
        )
        if name != "POSSESSIVE_REPEAT":
            return node
        self.features.add("a possessive quantifier")
        return Atomic(body=node)

    def look(self, value: Any, flags: int) -> Node:
        direction, body = value
        self.features.add("a look-behind" if direction < 0 else "a look-ahead")
        return Look(body=self.sequence(body, flags))

    def mask(self, name: str, value: Any, flags: int) -> int:
        if name == "ANY":
            return sum(
                1 << bit
                for bit, char in enumerate(self.alphabet)
                if char != "\n" or flags & re.DOTALL
            )
        items = value if name == "IN" else [("LITERAL", value)]
        negated = name == "NOT_LITERAL" or str(items[0][0]) == "NEGATE"
        return sum(
            1 << bit
            for bit, char in enumerate(self.alphabet)
            if any(_holds(str(kind), held, char, flags) for kind, held in items) != negated
        )


def _holds(kind: str, held: Any, char: str, flags: int) -> bool:
    if kind == "CATEGORY":
        _, _, category = str(held).partition("CATEGORY_")
        name = category.removeprefix("NOT_")
        inside = _CATEGORIES[name](char) and not (flags & re.ASCII and ord(char) >= _ASCII)
        return inside != (name != category)
    folded = {char, char.lower(), char.upper()} if flags & re.IGNORECASE else {char}
    if kind == "LITERAL":
        return any(held == ord(one) for one in folded if len(one) == 1)
    if kind == "RANGE":
        return any(held[0] <= ord(one) <= held[1] for one in folded if len(one) == 1)
    return False  # NEGATE, which the caller has seen

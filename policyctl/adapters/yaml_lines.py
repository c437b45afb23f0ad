"""Reads the values of YAML line by line, where each line says by itself what it is.

Most policies consist of such lines: a key with a scalar, with a flat list or mapping in brackets or
with a folded text, and items of lists. They are read without a parser, whose events cost more than
all checks of a policy together. What else a line could be, or could do to the lines around it, is
left to `yaml_values`, which asks libyaml; what is read here has the same values there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from policyctl.adapters.yaml_limits import MAX_DEPTH, MAX_VALUES
from policyctl.adapters.yaml_plain import UnusualError, certain
from policyctl.adapters.yaml_scalars import FIRST_OF_OTHERS, WORDS

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any

    Line = tuple[int, bool, str | None, int, Any]

# How plain scalars start here: with nothing that YAML gives a meaning.
_FIRST = r"""[^\x00- \x7f-\x9f\-?:,[\]{}#&*!|>'"%@`]"""
# A colon that no space follows and a hash that none precedes are text.
_PLAIN = rf"{_FIRST}[^:#]*(?:(?::(?=[^ ])|(?<=[^ ])#)[^:#]*)*"
_QUOTED = r""""([^"\\]*)"|'([^']*)'"""
_KEY = r"[A-Za-z_][A-Za-z0-9_./-]{0,99}"
START = re.compile(rf"( *)(- )?(?:({_KEY}):(?= |\Z))? *")
VALUE = re.compile(
    rf"(?:({_PLAIN})|{_QUOTED}|\[ *([^][{{}}#]+)\]|{{ *([^][{{}}#]+)}}|([|>]-?)) *(?:(?<= )#.*)?"
)
# What stands in brackets, with the comma after it.
ITEM = re.compile(rf"""()(?:({_FIRST}[^][{{}},:#?"']*)|{_QUOTED}) *(?:, *(?=[^ ])|\Z)""")
PAIR = re.compile(rf"""({_KEY}): +(?:({_FIRST}[^][{{}},:#?"']*)|{_QUOTED}) *(?:, *(?=[^ ])|\Z)""")

# What a line says besides its key; the first six are groups of `VALUE`.
SCALAR, _DOUBLE, _SINGLE, LIST, MAPPING, TEXT, NESTED, NOTHING = range(1, 9)
_IN_QUOTES = (_DOUBLE, _SINGLE)
_COPIED = (LIST, MAPPING)
"""What no two places may share."""
_REMEMBERED = 4096
_LONGEST_REMEMBERED = 200


def values(text: str) -> dict[str, object]:
    """The values of a YAML text that `yaml_limits` lets through.

    Raises:
        UnusualError: some line does not say by itself what it is.
    """
    # A text holds no more values than characters. Tabs and carriage returns have their own rules.
    if len(text) > MAX_VALUES or "\t" in text or "\r" in text:
        raise UnusualError
    place = _Place()
    resume = 0
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if number < resume:
            continue
        indent, is_item, key, kind, value = _known.get(line) or said(line)
        if kind == NOTHING:
            continue
        if kind == TEXT:
            value, resume = _text(lines, number + 1, indent + 2 * is_item, value)
        place.move(indent, is_item)
        place.put(is_item, key, kind, value)
    return place.whole()


class _Place:
    """Where the next line belongs.

    Attributes:
        node: the list or mapping.
        column: where its dashes or keys stand.
        awaiting: its key whose value begins on the next line that says something.
    """

    __slots__ = ("_outer", "_root", "awaiting", "column", "node")

    def __init__(self) -> None:
        self._root: dict[str, object] = {}
        self._outer: list[tuple[Any, int]] = []
        self.node: Any = self._root
        self.column = 0
        self.awaiting: str | None = None

    def move(self, indent: int, is_item: bool) -> None:
        """Go to the list or mapping that a line is part of."""
        if self.awaiting is not None:
            # A list may stand right below its key.
            if indent < self.column + (not is_item):
                raise UnusualError
            inner: Any = [] if is_item else {}
            self.node[self.awaiting] = inner
            self._enter(inner, indent)
            self.awaiting = None
            return
        while indent < self.column or (
            indent == self.column and not is_item and self.node.__class__ is list
        ):
            self.node, self.column = self._outer.pop()
        if indent != self.column or is_item != (self.node.__class__ is list):
            raise UnusualError

    def put(self, is_item: bool, key: str | None, kind: int, value: Any) -> None:
        """Take in what the line says."""
        if kind in _COPIED:
            value = value.copy()
        if key is None:
            self.node.append(value)
            return
        if is_item:
            item: dict[str, object] = {}
            self.node.append(item)
            self._enter(item, self.column + 2)
        if key in self.node:
            raise UnusualError
        if kind == NESTED:
            self.awaiting = key
        else:
            self.node[key] = value

    def _enter(self, node: object, column: int) -> None:
        # What stands in brackets is a level more.
        if len(self._outer) + 2 >= MAX_DEPTH:
            raise UnusualError
        self._outer.append((self.node, self.column))
        self.node, self.column = node, column

    def whole(self) -> dict[str, object]:
        """All of it, after the last line."""
        if self.awaiting is not None or not self._root:
            raise UnusualError
        return self._root


_known: dict[str, Line] = {}
"""Lines that were read before: the same ones stand in most policies."""


def said(line: str) -> Line:
    """What a line says.

    Returns:
        Where its key or dash stands, whether it has a dash, its key, and the kind of its value.

    Raises:
        UnusualError: it could mean something else, or something else together with others.
    """
    found = _known.get(line)
    if found is None:
        if len(_known) >= _REMEMBERED:
            _known.clear()
        found = _read(line)
        if len(line) <= _LONGEST_REMEMBERED:
            _known[line] = found
    return found


def _read(line: str) -> Line:
    start = START.match(line)
    assert start
    pad, dash, key = start.groups()
    indent, is_item, end = len(pad), dash is not None, start.end()
    if key in WORDS:
        raise UnusualError
    rest = line[end:]
    if not rest or (rest[0] == "#" and line[end - 1 : end] in ("", " ")):
        if is_item and key is None:
            raise UnusualError
        return indent, is_item, key, NOTHING if key is None else NESTED, None
    found = VALUE.fullmatch(rest)
    if found is None or not (is_item or key):
        raise UnusualError
    kind = found.lastindex or 0
    if kind == TEXT and key is None:
        raise UnusualError
    return indent, is_item, key, SCALAR if kind in _IN_QUOTES else kind, _said(kind, found[kind])


def _said(kind: int, text: str) -> Any:
    """The value in a group of `VALUE`."""
    if kind == SCALAR:
        return _plain(text)
    if kind == LIST:
        return [item for _, item in _inside(text, ITEM)]
    if kind == MAPPING:
        pairs = _inside(text, PAIR)
        found = dict(pairs)
        if len(found) != len(pairs) or not WORDS.isdisjoint(found):
            raise UnusualError
        return found
    return text


def _inside(text: str, pattern: re.Pattern[str]) -> list[tuple[str, object]]:
    """The keys and values in brackets; in those of lists, each key is empty."""
    found: list[tuple[str, object]] = []
    end = 0
    for match in pattern.finditer(text):
        if match.start() != end:
            raise UnusualError
        end = match.end()
        key, plain, double, single = match.groups()
        found.append((key, _plain(plain) if plain else double or single or ""))
    if end != len(text):
        raise UnusualError
    return found


def _plain(text: str) -> object:
    text = text.rstrip(" ")
    if text in WORDS or text[0] in FIRST_OF_OTHERS:
        return certain(text)
    return text


def _text(lines: Sequence[str], first: int, column: int, style: str) -> tuple[str, int]:
    """The text below a key with ``|`` or ``>``, and the number of the line after it.

    Args:
        lines: all lines; the last one is what follows the last line feed.
        first: the number of the line below the key.
        column: where the key stands.
        style: as in ``>-``.

    Raises:
        UnusualError: it has empty, ragged or padded lines, or what ends it is unclear.
    """
    indent, end = text_below(lines, first)
    count = len(lines)
    rows = [line[indent:] for line in lines[first:end]]
    after = end
    while after < count and not lines[after]:
        after += 1
    if (
        indent <= column
        or end == count  # no line feed ends it
        or (after < count and not lines[after][: column + 1].strip(" "))
        or any(not row or row[-1] == " " for row in rows)
    ):
        raise UnusualError
    if style[0] == "|":
        text = "\n".join(rows)
    elif any(row[0] == " " for row in rows):
        raise UnusualError
    else:
        text = " ".join(rows)
    return text + ("\n" if len(style) == 1 else ""), after


def text_below(lines: Sequence[str], first: int) -> tuple[int, int]:
    """How far a text is indented whose first line is given, and the number of the line after it."""
    end, count = first, len(lines)
    top = lines[first] if first < count else ""
    indent = len(top) - len(top.lstrip(" "))
    pad = top[:indent]
    while end < count and lines[end].startswith(pad):
        end += 1
    return indent, end

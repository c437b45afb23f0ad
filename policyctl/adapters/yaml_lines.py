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
    from typing import Any, TypeVar

    Line = tuple[int, bool, str | None, int, Any]
    _Start = tuple[int, bool, str | None]
    _T = TypeVar("_T")

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
_DIGITS = 15
"""Of numbers that every reader takes for the same."""
_REMEMBERED = 4096
_LONGEST_REMEMBERED = 200


def values(text: str) -> dict[str, object]:
    """The values of a YAML text that `yaml_limits` lets through.

    Raises:
        UnusualError: some line does not say by itself what it is.
    """
    lines = _lines(text)
    place = _Place()
    resume = 0
    for number, line in enumerate(lines):
        if number < resume:
            continue
        indent, is_item, key, kind, value = _known.get(line) or _learned(line)
        if kind == NOTHING:
            continue
        if kind == TEXT:
            value, resume = _text(lines, number + 1, indent + 2 * is_item, value)
        elif kind in _COPIED:
            value = value.copy()
        # Most lines stand where the one before stands, and no call is as quick as none.
        if indent != place.column or is_item is not place.is_list or place.awaiting is not None:
            place.move(indent, is_item)
        if is_item:
            place.add(key, kind, value)
        elif key in place.node:
            raise UnusualError
        elif kind == NESTED:
            place.awaiting = key
        else:
            place.node[key] = value
    return place.whole()


def _lines(text: str) -> list[str]:
    # A text holds no more values than characters. Tabs and carriage returns have their own rules.
    if len(text) > MAX_VALUES or "\t" in text or "\r" in text:
        raise UnusualError
    return text.split("\n")


class _Place:
    """Where the next line belongs.

    Attributes:
        node: the list or mapping.
        column: where its dashes or keys stand.
        is_list: whether it is a list.
        awaiting: its key whose value begins on the next line that says something.
    """

    __slots__ = ("_outer", "_root", "awaiting", "column", "is_list", "node")

    def __init__(self) -> None:
        self._root: dict[str, object] = {}
        self._outer: list[tuple[Any, int, bool]] = []
        self.node: Any = self._root
        self.column = 0
        self.is_list = False
        self.awaiting: str | None = None

    def move(self, indent: int, is_item: bool) -> None:
        """Go to the list or mapping that a line is part of."""
        if self.awaiting is not None:
            # A list may stand right below its key.
            if indent < self.column + (not is_item):
                raise UnusualError
            inner: Any = [] if is_item else {}
            self.node[self.awaiting] = inner
            self._enter(inner, indent, is_item)
            self.awaiting = None
            return
        while indent < self.column or (indent == self.column and self.is_list and not is_item):
            self.node, self.column, self.is_list = self._outer.pop()
        if indent != self.column or is_item is not self.is_list:
            raise UnusualError

    def add(self, key: str | None, kind: int, value: Any) -> None:
        """Add an item to the list: a value, or a mapping that begins with a key."""
        if key is None:
            self.node.append(value)
            return
        item: dict[str, object] = {}
        self.node.append(item)
        self._enter(item, self.column + 2, False)
        if kind == NESTED:
            self.awaiting = key
        else:
            item[key] = value

    def _enter(self, node: object, column: int, is_list: bool) -> None:
        # What stands in brackets is a level more.
        if len(self._outer) + 2 >= MAX_DEPTH:
            raise UnusualError
        self._outer.append((self.node, self.column, self.is_list))
        self.node, self.column, self.is_list = node, column, is_list

    def whole(self) -> dict[str, object]:
        """All of it, after the last line."""
        if self.awaiting is not None or not self._root:
            raise UnusualError
        return self._root


_known: dict[str, Line] = {}
"""Lines that were read before: the same ones stand in most policies."""
_keys: dict[str, _Start] = {}
"""What stands before ``: `` in lines that were read before, and says all up to the value."""


def said(line: str) -> Line:
    """What a line says.

    Returns:
        Where its key or dash stands, whether it has a dash, its key, and the kind of its value.

    Raises:
        UnusualError: it could mean something else, or something else together with others.
    """
    return _known.get(line) or _learned(line)


def _learned(line: str) -> Line:
    """What a line says that is not known."""
    before, colon, rest = line.partition(": ")
    start = _keys.get(before) if colon else None
    if start is None:
        start, rest = _started(line)
    indent, is_item, key = start
    kind, value = _valued(rest.lstrip(" "), is_item, key)
    return _remembered(_known, line, (indent, is_item, key, kind, value))


def _started(line: str) -> tuple[_Start, str]:
    """What a line says before its value, and the rest of it."""
    match = START.match(line)
    assert match
    pad, dash, key = match.groups()
    if key in WORDS:
        raise UnusualError
    start = len(pad), dash is not None, key
    if key is not None:
        _remembered(_keys, line[: match.end(3)], start)
    return start, line[match.end() :]


def _valued(rest: str, is_item: bool, key: str | None) -> tuple[int, Any]:
    """The kind and the value of what follows a dash or a key on its line."""
    found = VALUE.fullmatch(rest)
    if found is None:
        if (rest and rest[0] != "#") or (is_item and key is None):
            raise UnusualError
        return NOTHING if key is None else NESTED, None
    if not (is_item or key):
        raise UnusualError
    kind = found.lastindex or 0
    text = found[kind]
    if kind == SCALAR:
        return kind, _plain(text)
    if kind in _IN_QUOTES:
        return SCALAR, text
    if kind == LIST:
        return kind, [item for _, item in _inside(text, ITEM)]
    if kind == MAPPING:
        return kind, _mapping(_inside(text, PAIR))
    if key is None:
        raise UnusualError
    return kind, text


def _mapping(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs) or not WORDS.isdisjoint(found):
        raise UnusualError
    return found


_parts: dict[re.Pattern[str], dict[str, tuple[str, object]]] = {ITEM: {}, PAIR: {}}
"""What stood in brackets before."""


def _inside(text: str, pattern: re.Pattern[str]) -> list[tuple[str, object]]:
    """The keys and values in brackets; in those of lists, each key is empty."""
    known = _parts[pattern]
    found: list[tuple[str, object]] = []
    for part in text.split(", "):
        one = known.get(part)
        if one is None:
            match = pattern.fullmatch(part)
            if match is None:  # such as a quoted text with a comma
                return _one_by_one(text, pattern)
            one = _remembered(known, part, _part(match))
        found.append(one)
    return found


def _remembered(memory: dict[str, _T], text: str, found: _T) -> _T:
    if len(text) <= _LONGEST_REMEMBERED:
        if len(memory) >= _REMEMBERED:
            memory.clear()
        memory[text] = found
    return found


def _one_by_one(text: str, pattern: re.Pattern[str]) -> list[tuple[str, object]]:
    """The same, whatever stands between what is in the brackets."""
    found: list[tuple[str, object]] = []
    end = 0
    for match in pattern.finditer(text):
        if match.start() != end:
            raise UnusualError
        end = match.end()
        found.append(_part(match))
    if end != len(text):
        raise UnusualError
    return found


def _part(match: re.Match[str]) -> tuple[str, object]:
    key, plain, double, single = match.groups()
    return key, _plain(plain) if plain else double or single or ""


def _plain(text: str) -> object:
    text = text.rstrip(" ")
    if text[0] in FIRST_OF_OTHERS:
        # Most numbers stand in one policy alone, where nothing is gained by what is remembered.
        is_usual = text[0] != "0" and len(text) <= _DIGITS and text.isdecimal() and text.isascii()
        return int(text) if is_usual else certain(text)
    return certain(text) if text in WORDS else text


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

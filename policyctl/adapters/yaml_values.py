"""Reads the values of YAML in which nothing is unusual, several times faster than `yaml_nodes`.

Whatever could be doubtful (an anchor, a tag, an ambiguous scalar, a key that stands twice, great
depth, broken syntax) is left to `yaml_nodes`, which finds out what is wrong, or that nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from yaml.error import YAMLError
from yaml.events import (
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from policyctl.adapters import yaml_events
from policyctl.adapters.yaml_limits import MAX_DEPTH, MAX_VALUES
from policyctl.adapters.yaml_plain import UnusualError, certain
from policyctl.adapters.yaml_scalars import FIRST_OF_OTHERS, WORDS

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any

_Next = Callable[[], "Any"]

# Where an anchor, an alias or a tag could begin; that it could be text costs no more than time.
_MARKED = re.compile(r"[&*!](?<=[\s\[{,:?-].)")


def values(content: bytes, text: str) -> object:
    """The values of a YAML text that `yaml_limits` lets through.

    Args:
        content: its bytes.
        text: the same, decoded.

    Raises:
        UnusualError: something in it could be doubtful.
    """
    # A text holds no more values than characters.
    if len(text) > MAX_VALUES or _may_be_marked(text):
        raise UnusualError
    following: _Next = yaml_events.new_parser(content).get_event
    try:
        following()  # the stream starts
        following()  # and so does the document, or the stream ends and no value comes
        found = _collection(following(), following, 1)
        following()  # the document ends
        if following().__class__ is not StreamEndEvent:
            raise UnusualError
    except YAMLError as error:
        raise UnusualError from error
    return found


def _may_be_marked(text: str) -> bool:
    return text.startswith(("&", "*", "!")) or _MARKED.search(text) is not None


def _collection(event: Any, following: _Next, depth: int) -> object:
    """The mapping or list that starts here; depth is bounded, so it may recurse."""
    if depth > MAX_DEPTH:
        raise UnusualError
    if event.__class__ is MappingStartEvent:
        return _mapping(following, depth)
    if event.__class__ is SequenceStartEvent:
        return _list(following, depth)
    raise UnusualError


def _mapping(following: _Next, depth: int) -> dict[str, object]:
    found: dict[str, object] = {}
    while True:
        event = following()
        kind = event.__class__
        if kind is not ScalarEvent:
            if kind is MappingEndEvent:
                return found
            raise UnusualError
        key = event.value
        if key in found or (not event.style and (key in WORDS or key[0] in FIRST_OF_OTHERS)):
            raise UnusualError
        event = following()
        if event.__class__ is ScalarEvent:
            value = event.value
            if not event.style and (value in WORDS or value[0] in FIRST_OF_OTHERS):
                value = certain(value)
            found[key] = value
        else:
            found[key] = _collection(event, following, depth + 1)


def _list(following: _Next, depth: int) -> list[object]:
    found: list[object] = []
    while True:
        event = following()
        if event.__class__ is ScalarEvent:
            value = event.value
            if not event.style and (value in WORDS or value[0] in FIRST_OF_OTHERS):
                value = certain(value)
            found.append(value)
        elif event.__class__ is SequenceEndEvent:
            return found
        else:
            found.append(_collection(event, following, depth + 1))

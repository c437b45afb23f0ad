"""Finds where values stand in a YAML text in which nothing is unusual.

`yaml_nodes` finds the same, and four times slower, because it looks for what could be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from yaml.events import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent

from policyctl.adapters.yaml_events import new_parser
from policyctl.adapters.yaml_spans import Mark, Spans, Stretch, stretch_of, without_what_follows
from policyctl.core.finding import Path, Span
from policyctl.core.frozen import frozen

_BLOCKS = frozenset("|>")


@frozen
class Stretches:
    """The places of values, and of keys, as a document has them."""

    values: Mapping[Path, Span]
    keys: Mapping[Path, Span]


def stretches(content: bytes, text: str) -> Stretches:
    """The places in a text that `yaml_values` has read.

    Args:
        content: its bytes.
        text: the same, decoded.
    """
    walk = _Walk(new_parser(content).get_event, text)
    walk.document()
    return Stretches(values=Spans(walk.values), keys=Spans(walk.keys))


class _Walk:
    """One walk through the events; that they are well-formed, and not too deep, is known."""

    def __init__(self, following: Callable[[], Any], text: str) -> None:
        self.values: dict[Path, Stretch] = {}
        self.keys: dict[Path, Stretch] = {}
        self._following = following
        self._text = text

    def document(self) -> None:
        """Read all of it."""
        self._following()  # the stream starts
        self._following()  # and so does the document
        self._value(self._following(), ())

    def _value(self, event: Any, at: Path) -> Mark:
        """Note a value and all that is in it; where it ends."""
        start: Mark = event.start_mark
        if event.__class__ is ScalarEvent:
            stretch = self.values[at] = self._scalar(event)
            return stretch[1]
        # A mapping or list stands before what is in it.
        self.values[at] = start, start
        within = self._mapping if event.__class__ is MappingStartEvent else self._list
        inner, closing = within(at, event.end_mark)
        # The parser's mark of a block's end stands where the next thing starts.
        end = closing if event.flow_style else inner
        self.values[at] = start, end
        return end

    def _scalar(self, event: Any) -> Stretch:
        stretch: Stretch = event.start_mark, event.end_mark
        return without_what_follows(self._text, stretch) if event.style in _BLOCKS else stretch

    def _mapping(self, at: Path, end: Mark) -> tuple[Mark, Mark]:
        """Read a mapping; where its last value ends, and where it is closed."""
        while True:
            event = self._following()
            if event.__class__ is MappingEndEvent:
                return end, stretch_of(event)[1]
            child = (*at, event.value)
            self.keys[child] = self._scalar(event)
            end = self._value(self._following(), child)

    def _list(self, at: Path, end: Mark) -> tuple[Mark, Mark]:
        """Read a list; where its last value ends, and where it is closed."""
        index = 0
        while True:
            event = self._following()
            if event.__class__ is SequenceEndEvent:
                return end, stretch_of(event)[1]
            end = self._value(event, (*at, index))
            index += 1

"""Builds a document from YAML events: values, their places, and what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from yaml.error import YAMLError
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from policyctl.adapters.wording import shown
from policyctl.adapters.yaml_anchors import Anchored, Anchors, require_depth
from policyctl.adapters.yaml_events import events, syntax_finding
from policyctl.adapters.yaml_limits import MAX_VALUES
from policyctl.adapters.yaml_problems import Problems, StopReadingError
from policyctl.adapters.yaml_scalars import Doubt, doubt_of_tag, plain, tagged
from policyctl.adapters.yaml_spans import Mark, Spans, Stretch, stretch_of, without_what_follows
from policyctl.core.document import Document
from policyctl.core.finding import Finding, Path

# The parsers drop the tag "!", which makes a number text for some readers and not for others.
_BARE_TAG = re.compile(r"(?:&\S+\s+)?!(?=\s|$)")


def build(content: bytes, text: str, file: str) -> tuple[Document | None, tuple[Finding, ...]]:
    """The document of a YAML stream, and what is wrong with it.

    Returns:
        None instead of a document if its syntax is broken, it is empty or it passes a limit.
    """
    problems = Problems(file)
    builder = _Builder(text, problems)
    try:
        for event in events(content):
            builder.take(event)
    except StopReadingError:
        pass
    except YAMLError as error:
        return None, (*problems.found, syntax_finding(error, text, file))
    if not builder.complete and not problems.found:
        problems.add("empty-document", "the file holds no YAML document", None)
    return builder.document(file), tuple(problems.found)


@dataclass(slots=True, kw_only=True)
class _Open:
    """A list or mapping that is being read.

    Attributes:
        at: its place; None where no place leads to it, as inside a key that is a list.
        start: where it starts.
        end: where the last thing in it ended.
        awaits_value: whether a mapping's key was read and its value was not.
        child: the place of that value; None if the key is not acceptable.
        lines: the line of each key, counted from 1.
        size: how many values it holds, aliases written out.
        height: how many levels it has, aliases written out.
    """

    node: Any
    at: Path | None
    start: Mark
    end: Mark
    flow: bool
    anchor: str | None
    awaits_value: bool = False
    child: Path | None = None
    lines: dict[str, int] = field(default_factory=dict)
    size: int = 1
    height: int = 1

    @property
    def awaits_key(self) -> bool:
        """True if the next value is a mapping's key."""
        return not self.awaits_value and isinstance(self.node, dict)

    def next_place(self) -> Path | None:
        """The place of the value that comes next."""
        if isinstance(self.node, dict):
            return self.child
        return None if self.at is None else (*self.at, len(self.node))

    def add(self, anchored: Anchored, end: Mark) -> None:
        """Take in a value, or a key that is none, which has been read to its end."""
        self.end = end
        self.size += anchored.size
        self.height = max(self.height, anchored.height + 1)
        if isinstance(self.node, list):
            self.node.append(anchored.value)
        elif self.awaits_key:
            self.awaits_value, self.child = True, None
        else:
            self.awaits_value = False
            if self.child is not None:
                self.node[self.child[-1]] = anchored.value


class _Builder:
    """Takes the events of one stream; it does not recurse, so depth costs no stack."""

    def __init__(self, text: str, problems: Problems) -> None:
        self.complete = False
        self._text = text
        self._problems = problems
        self._anchors = Anchors(problems)
        self._root: object = None
        self._values: dict[Path, Stretch] = {}
        self._keys: dict[Path, Stretch] = {}
        self._stack: list[_Open] = []
        self._count = 0

    def document(self, file: str) -> Document | None:
        """The document, or None if it was not read to its end."""
        if not self.complete:
            return None
        values, keys = Spans(self._values), Spans(self._keys)
        return Document(file=file, text=self._text, data=self._root, values=values, keys=keys)

    def take(self, event: Event) -> None:
        """Read one event.

        Raises:
            StopReadingError: the rest is not looked at.
        """
        match event:
            case ScalarEvent():
                self._scalar(event, stretch_of(event))
            case CollectionStartEvent():
                self._open(event, stretch_of(event))
            case CollectionEndEvent():
                self._close(stretch_of(event)[1])
            case AliasEvent():
                self._alias(event, stretch_of(event))
            case DocumentStartEvent() if self.complete:
                message = "a second document starts here, and a file holds one"
                hint = "put it in a file of its own"
                self._problems.stop("second-document", message, stretch_of(event), hint)

    def _scalar(self, event: ScalarEvent, stretch: Stretch) -> None:
        if event.style in {"|", ">"}:
            stretch = without_what_follows(self._text, stretch)
        value, doubt = self._value(event, stretch)
        if self._stack and self._stack[-1].awaits_key:
            self._key(self._stack[-1], event, value, doubt, stretch)
        else:
            if not self._stack and stretch[0].index == stretch[1].index:
                self._problems.stop("empty-document", "the file holds no YAML document", None)
            at = self._place(stretch)
            if doubt:
                self._problems.doubt(doubt, stretch, at)
            self._add(Anchored(value), stretch[1])
        if event.anchor:
            self._anchors.open(event.anchor, stretch)
            self._anchors.close(event.anchor, Anchored(value))

    def _value(self, event: ScalarEvent, stretch: Stretch) -> tuple[object, Doubt | None]:
        tag = self._tag(event, event.tag, stretch)
        if tag is not None:
            return tagged(tag, event.value)
        return (event.value, None) if event.style else plain(event.value)

    def _key(
        self, frame: _Open, event: ScalarEvent, name: object, doubt: Doubt | None, stretch: Stretch
    ) -> None:
        if event.value == "<<" and not event.style and event.tag is None:
            doubt = Doubt(
                code="merge-key",
                message="the merge key '<<' is not part of YAML 1.2",
                hint="write the values out",
            )
        if doubt:
            self._problems.doubt(doubt, stretch, frame.at)
            name = event.value
        self._named(frame, name, stretch)

    def _named(self, frame: _Open, name: object, stretch: Stretch) -> None:
        """Note a key; the value of one that is not acceptable is read and dropped."""
        frame.awaits_value, frame.child = True, None
        if not isinstance(name, str):
            message = f"the key {shown(name)} is not text"
            self._problems.add("key-not-text", message, stretch, "put it in quotes", frame.at)
        elif name in frame.lines:
            message = f"the key {shown(name)} stands twice, first on line {frame.lines[name]}"
            self._problems.add("duplicate-key", message, stretch, "remove one of them", frame.at)
        else:
            frame.lines[name] = stretch[0].line + 1
            if frame.at is not None:
                frame.child = (*frame.at, name)
                self._keys[frame.child] = stretch

    def _open(self, event: CollectionStartEvent, stretch: Stretch) -> None:
        require_depth(len(self._stack) + 1, self._problems, stretch)
        is_map = isinstance(event, MappingStartEvent)
        at: Path | None = None
        if self._stack and self._stack[-1].awaits_key:
            message = f"the key is {'a mapping' if is_map else 'a list'}, not text"
            self._problems.add("key-not-text", message, stretch, "put it in quotes")
        else:
            at = self._place(stretch)
        doubt = doubt_of_tag(self._tag(event, event.tag, stretch), "map" if is_map else "seq")
        if doubt:
            self._problems.doubt(doubt, stretch, at)
        if event.anchor:
            self._anchors.open(event.anchor, stretch)
        frame = _Open(
            node={} if is_map else [],
            at=at,
            start=stretch[0],
            end=stretch[1],
            flow=bool(event.flow_style),
            anchor=event.anchor,
        )
        self._stack.append(frame)

    def _close(self, end: Mark) -> None:
        frame = self._stack.pop()
        if not frame.flow:
            end = frame.end  # the parser's mark stands where the next thing starts
        if frame.at is not None:
            self._values[frame.at] = (frame.start, end)
        anchored = Anchored(frame.node, frame.size, frame.height)
        if frame.anchor:
            self._anchors.close(frame.anchor, anchored)
        self._add(anchored, end)

    def _alias(self, event: AliasEvent, stretch: Stretch) -> None:
        anchored = self._anchors.repeat(event.anchor or "", stretch, len(self._stack))
        if self._stack and self._stack[-1].awaits_key:
            self._named(self._stack[-1], anchored.value, stretch)
        else:
            self._place(stretch)
            self._add(anchored, stretch[1])

    def _tag(self, event: NodeEvent, tag: str | None, stretch: Stretch) -> str | None:
        start = stretch[0].index
        may_hide = event.anchor is not None or self._text[start : start + 1] == "!"
        return "!" if tag is None and may_hide and _BARE_TAG.match(self._text, start) else tag

    def _place(self, stretch: Stretch) -> Path | None:
        """The place of the value that starts here, which is noted."""
        self._count += 1
        if self._count > MAX_VALUES:
            message = f"the file holds more than {MAX_VALUES} values"
            self._problems.stop("too-many-values", message, stretch, "split the file")
        at = self._stack[-1].next_place() if self._stack else ()
        if at is not None:
            self._values[at] = stretch
        return at

    def _add(self, anchored: Anchored, end: Mark) -> None:
        if self._stack:
            self._stack[-1].add(anchored, end)
        else:
            self._root, self.complete = anchored.value, True

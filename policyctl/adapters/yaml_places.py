"""Where the values of a document stand, found out when somebody asks: for most nobody does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from policyctl.core.document import Document
from policyctl.core.finding import Path, Span


class LazyPlaces:
    """The places of values and keys in a text that `yaml_values` has read."""

    def __init__(self, content: bytes, text: str) -> None:
        self._content = content
        self._text = text
        self.values: Mapping[Path, Span] = _Lazy(lambda: self._document.values)
        self.keys: Mapping[Path, Span] = _Lazy(lambda: self._document.keys)

    @cached_property
    def _document(self) -> Document:
        # Not at the top: where nothing is found, nothing has to be shown.
        from policyctl.adapters.yaml_nodes import build

        document, findings = build(self._content, self._text, "")
        if document is None or findings:
            raise AssertionError(f"two readings of one text differ: {findings}")
        return document


class _Lazy(Mapping[Path, Span]):
    """A mapping that is made at the first look into it."""

    def __init__(self, make: Callable[[], Mapping[Path, Span]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> Mapping[Path, Span]:
        return self._make()

    def __getitem__(self, at: Path) -> Span:
        return self._made[at]

    def __contains__(self, at: object) -> bool:
        return at in self._made

    def __iter__(self) -> Iterator[Path]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)

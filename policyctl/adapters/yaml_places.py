"""Where the values of a document stand, found out when somebody asks: for most nobody does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from policyctl.core.finding import Path, Span

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from policyctl.adapters.yaml_stretches import Stretches


class LazyPlaces:
    """The places of values and keys in a text that `yaml_values` has read."""

    def __init__(self, content: bytes, text: str) -> None:
        self._content = content
        self._text = text
        self.values: Mapping[Path, Span] = _Lazy(lambda: self._stretches().values)
        self.keys: Mapping[Path, Span] = _Lazy(lambda: self._stretches().keys)

    def _stretches(self) -> Stretches:
        # Not at the top: where nothing is found, nothing has to be shown.
        from policyctl.adapters.yaml_stretches import stretches

        return stretches(self._content, self._text)


class _Lazy(Mapping[Path, Span]):
    """A mapping that is made at a look into it, and may be made again at another."""

    def __init__(self, make: Callable[[], Mapping[Path, Span]]) -> None:
        self._make = make

    def __getitem__(self, at: Path) -> Span:
        return self._make()[at]

    def __contains__(self, at: object) -> bool:
        return at in self._make()

    def __iter__(self) -> Iterator[Path]:
        return iter(self._make())

    def __len__(self) -> int:
        return len(self._make())

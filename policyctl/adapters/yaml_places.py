"""Where the values of a document stand, found out when somebody asks: for most nobody does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from policyctl.core.finding import Path, Span

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from policyctl.adapters.yaml_stretches import Stretches


def lazy_places(content: bytes, text: str) -> tuple[Mapping[Path, Span], Mapping[Path, Span]]:
    """The places of values, and of keys, in a text that `yaml_values` has read.

    Nothing in them leads back to itself, so that each document is gone as soon as it is judged.
    """
    return (
        _Lazy(lambda: _stretches(content, text).values),
        _Lazy(lambda: _stretches(content, text).keys),
    )


def _stretches(content: bytes, text: str) -> Stretches:
    # Not at the top: where nothing is found, nothing has to be shown.
    from policyctl.adapters import pyyaml_start  # noqa: F401 - before anything imports yaml
    from policyctl.adapters.yaml_stretches import stretches

    return stretches(content, text)


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

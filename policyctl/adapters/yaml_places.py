"""Where the values of a document stand, found out when somebody asks: for most nobody does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from policyctl.core.finding import Path, Span


def lazy_places(
    content: bytes, text: str, *, by_line: bool
) -> tuple[Mapping[Path, Span], Mapping[Path, Span]]:
    """The places of values, and of keys, in a text.

    Nothing in them leads back to itself, so that each document is gone as soon as it is judged.

    Args:
        content: its bytes.
        text: the same, decoded.
        by_line: whether `yaml_lines` has read it, not `yaml_values`.
    """
    return (
        _Lazy(lambda: _places(content, text, by_line)[0]),
        _Lazy(lambda: _places(content, text, by_line)[1]),
    )


# One document after the other is asked for its places, and they take ten times its own space.
@lru_cache(maxsize=4)
def _places(
    content: bytes, text: str, by_line: bool
) -> tuple[Mapping[Path, Span], Mapping[Path, Span]]:
    # Not at the top: where nothing is found, nothing has to be shown.
    if by_line:
        from policyctl.adapters.yaml_line_places import line_places

        return line_places(text)
    from policyctl.adapters import pyyaml_start  # noqa: F401 - before anything imports yaml
    from policyctl.adapters.yaml_stretches import stretches

    found = stretches(content, text)
    return found.values, found.keys


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

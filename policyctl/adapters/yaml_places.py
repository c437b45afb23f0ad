"""Where the values of a document stand, found out when somebody asks: for most nobody does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from policyctl.core.finding import Path, Span

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any


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
    return _Lazy(content, text, by_line, 0), _Lazy(content, text, by_line, 1)


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

    def __init__(self, content: bytes, text: str, by_line: bool, which: int) -> None:
        self._of = content, text, by_line
        self._which = which

    def __getitem__(self, at: Path) -> Span:
        return _places(*self._of)[self._which][at]

    def get(self, at: Path, default: Any = None) -> Any:
        """The span at a path, or the default; what is asked for the most, and in one step."""
        try:
            return _places(*self._of)[self._which][at]
        except KeyError:
            return default

    def __iter__(self) -> Iterator[Path]:
        return iter(_places(*self._of)[self._which])

    def __len__(self) -> int:
        return len(_places(*self._of)[self._which])

"""Anchors and aliases, with the limits that keep a small file from standing for a huge one."""

from __future__ import annotations

from typing import NamedTuple

from policyctl.adapters.wording import shown
from policyctl.adapters.yaml_limits import MAX_ALIASES, MAX_DEPTH, MAX_REPEATED
from policyctl.adapters.yaml_problems import Problems
from policyctl.adapters.yaml_spans import Stretch


class Anchored(NamedTuple):
    """A value that aliases can repeat.

    Attributes:
        size: how many values it holds, itself included and aliases written out.
        height: how many levels it has, 0 for a scalar.
    """

    value: object
    size: int = 1
    height: int = 0


class Anchors:
    """The anchors of one document."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._known: dict[str, Anchored | None] = {}
        self._aliases = 0
        self._repeated = 0

    def open(self, name: str, stretch: Stretch) -> None:
        """An anchor stands in front of a value that starts here."""
        if name in self._known:
            message = f"the anchor {shown('&' + name)} is set twice"
            hint = "give each anchor a name of its own"
            self._problems.add("duplicate-anchor", message, stretch, hint)
        self._known[name] = None

    def close(self, name: str, anchored: Anchored) -> None:
        """The value behind the anchor was read to its end."""
        self._known[name] = anchored

    def repeat(self, name: str, stretch: Stretch, depth: int) -> Anchored:
        """The value that an alias stands for, null where it stands for none.

        Args:
            name: the anchor's name.
            stretch: where the alias stands.
            depth: how many lists and mappings are open around it.

        Raises:
            StopReadingError: a limit is passed.
        """
        found = self._known.get(name)
        alias = shown("*" + name)
        if found is None and name in self._known:
            message = f"the alias {alias} stands inside the value that it repeats"
            self._problems.add("alias-cycle", message, stretch, "write the value out")
        elif found is None:
            message = f"the alias {alias} has no anchor before it"
            hint = "put a text that starts with '*' in quotes"
            self._problems.add("yaml-syntax", message, stretch, hint)
        found = found or Anchored(None)
        self._count(found, stretch)
        require_depth(depth + found.height, self._problems, stretch)
        return found

    def _count(self, found: Anchored, stretch: Stretch) -> None:
        self._aliases += 1
        self._repeated += found.size
        message = ""
        if self._aliases > MAX_ALIASES:
            message = f"the file has more than {MAX_ALIASES} aliases"
        elif self._repeated > MAX_REPEATED:
            message = f"the aliases of the file repeat more than {MAX_REPEATED} values"
        if message:
            self._problems.stop("too-many-aliases", message, stretch, "write the values out")


def require_depth(depth: int, problems: Problems, stretch: Stretch) -> None:
    """Stop reading if lists and mappings are nested too deeply."""
    if depth > MAX_DEPTH:
        message = f"lists and mappings are nested more than {MAX_DEPTH} levels deep"
        problems.stop("too-deep", message, stretch)

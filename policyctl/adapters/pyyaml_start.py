"""Loads PyYAML without compiling a pattern over all of Unicode.

PyYAML compiles it when it is imported, for its reader in Python, which libyaml's parser does
without. It takes a seventh of all the instructions of `policyctl validate` for one file. Whoever
does use that reader gets the pattern then. To be imported before `yaml`.
"""

from __future__ import annotations

import re
import sys

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any

_BEGINNING = "[^\t\n\r -~\x85"


class _Later:
    """A pattern that is compiled when it is first used."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def __getattr__(self, name: str) -> Any:
        return getattr(re.compile(self._pattern), name)  # which remembers what it compiled


def _load() -> None:
    compiled = re.compile

    def compile_most(pattern: Any, flags: int = 0) -> Any:
        is_it = isinstance(pattern, str) and pattern.startswith(_BEGINNING)
        return _Later(pattern) if is_it else compiled(pattern, flags)

    re.compile = compile_most
    try:
        import yaml  # noqa: F401
    finally:
        re.compile = compiled


if "yaml" not in sys.modules:
    _load()

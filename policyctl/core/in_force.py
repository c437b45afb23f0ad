"""A policy in force as lines that a textual comparison understands: one line for each value.

The lines do not depend on order, comments or spelling in the file, nor on whether a value stands
there or in the baseline, so two files that decide alike read alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policyctl.core.effective import Effective

_FIRST = ("id", "name", "purpose", "use_case", "data_sensitivity", "owner", "stage", "extends")
_NAMES = ("id", "name")


def lines_in_force(effective: Effective) -> tuple[str, ...]:
    """The lines, each ``<place>: <value>``, the policy's identity first, then by place."""
    lines = [line for value in effective.values for line in _lines(value.name, value.value)]
    return tuple(sorted(lines, key=_rank))


def _rank(line: str) -> tuple[int, str]:
    head = line.partition(":")[0]
    return (_FIRST.index(head), "") if head in _FIRST else (len(_FIRST), line)


def _lines(place: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _lines(f"{place}.{key}", inner)
    elif isinstance(value, list):
        for item in value:
            yield from _item(place, item)
    else:
        yield f"{place}: {_word(value)}"


def _item(place: str, item: Any) -> Iterator[str]:
    """The lines of one member of a list: below its own name where it has one."""
    name = next((key for key in _NAMES if isinstance(item, Mapping) and key in item), None)
    if name is not None:
        rest = {key: value for key, value in item.items() if key != name}
        yield from _lines(f"{place}.{item[name]}", rest)
    elif isinstance(item, Mapping):
        words = ", ".join(f"{key} {_word(value)}" for key, value in sorted(item.items()))
        yield f"{place}: {words}"
    else:
        yield f"{place}: {_word(item)}"


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

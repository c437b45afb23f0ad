"""Every text in a policy file, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policyctl.core.finding import Path


def document_texts(value: object, at: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield place and text of each string among the values of a document."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict):
        for key, held in value.items():
            yield from document_texts(held, (*at, key))
    elif isinstance(value, list):
        for index, held in enumerate(value):
            yield from document_texts(held, (*at, index))


def only_texts(value: object) -> list[str]:
    """The same texts without their places, several times faster."""
    found: list[str] = []
    waiting: list[Any] = [value]
    while waiting:
        held = waiting.pop()
        if held.__class__ is dict:
            waiting += held.values()
        elif held.__class__ is list:
            waiting += held
        elif held.__class__ is str:
            found.append(held)
    return found

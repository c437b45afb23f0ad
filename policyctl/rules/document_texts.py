"""Every text in a policy file, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator

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

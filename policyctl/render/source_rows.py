"""The lines of a source, which reports with many findings ask for again and again."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1)
def source_rows(source: str) -> tuple[str, ...]:
    """The lines as findings count them, without their ends; a carriage return stays."""
    return tuple(source.split("\n"))

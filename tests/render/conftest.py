"""Comparing with the files in ``tests/golden``; ``UPDATE_GOLDEN=1`` rewrites them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that shows colours."""
    monkeypatch.setenv("TERM", "xterm")


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Check a text, to the byte, against the golden file of this name."""

    def check(name: str, text: str) -> None:
        file = GOLDEN / name
        if os.environ.get("UPDATE_GOLDEN") == "1":
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(text.encode())
        assert text == file.read_bytes().decode()

    return check

"""The coverage-guided search runs, and finds nothing within its first steps."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

if importlib.util.find_spec("atheris") is None:
    pytest.skip("no atheris: Linux on x86_64 runs it", allow_module_level=True)

PROGRAM = Path(__file__).with_name("coverage_guided.py")


def search(folder, *arguments):
    return subprocess.run(
        [sys.executable, str(PROGRAM), *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("target", "runs"),
    [("policy", 8), ("lines", 300), ("entry", 300), ("signature", 300)],
)
def test_a_short_search_finds_nothing(tmp_path, target, runs):
    done = search(tmp_path, target, f"-runs={runs}", "-seed=1")

    assert done.returncode == 0, done.stderr[-3000:]
    assert f"Done {runs} runs" in done.stderr or f"#{runs}\tDONE" in done.stderr
    assert list(tmp_path.glob("crash-*")) == []
    # Without instrumentation the search would be blind.
    assert "INFO: Instrumenting policyctl.core." in done.stderr
    assert "no interesting inputs were found" not in done.stderr

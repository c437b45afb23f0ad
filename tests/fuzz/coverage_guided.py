"""Searches for bytes that break a target, guided by what code they reach. It needs atheris.

    python tests/fuzz/coverage_guided.py policy -max_total_time=300 corpus/

The first argument names a target in ``targets.py``, the others are libFuzzer's: ``-runs=``,
``-seed=``, ``-timeout=``, and a folder for what was found, if it is to be kept. What breaks the
target is written to a file ``crash-…``; with its path in place of a folder it is tried again.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["policyctl", "targets"]):
    import targets

LIMITS = ["-timeout=20", "-rss_limit_mb=2048", "-max_len=20000"]


def main() -> None:
    """Fuzz one target."""
    name, *options = sys.argv[1:]
    target = targets.TARGETS[name]
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(targets.seeds(name)):
            Path(folder, f"seed-{number}").write_bytes(seed)
        # libFuzzer writes into the first folder, and reads the others.
        places = [option for option in options if not option.startswith("-")]
        rest = [option for option in options if option.startswith("-")]
        kept = places or [tempfile.mkdtemp(dir=folder)]
        if not any(Path(place).is_file() for place in kept):
            kept.append(folder)
        atheris.Setup([sys.argv[0], *LIMITS, *rest, *kept], target)
        atheris.Fuzz()


if __name__ == "__main__":
    main()

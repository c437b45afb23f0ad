"""Processes that judge together start from what is installed, wherever they stand."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

VERIFY = """
import sys, threading

if __name__ == "__main__":
    from policyctl.adapters import judging_processes
    from policyctl.cli import main

    judging_processes._LEAST = 1
    judging_processes.processors = lambda: 2
    if "spawn" in sys.argv:  # what other systems do always, Linux does beside a second thread
        threading.Thread(target=threading.Event().wait, daemon=True).start()
    sys.exit(main(["verify", "--no-memory"]))
"""


@pytest.mark.parametrize("way", ["fork", "spawn"])
def test_a_checkout_brings_no_modules_of_its_own(recorded, tmp_path, way):
    marker = tmp_path / "marker"
    for name in ("multiprocessing", "policyctl", "signal", "sitecustomize", "yaml"):
        recorded.write(f"{name}.py", f"open({str(marker)!r}, 'w')\n")

    program = tmp_path / "bin/policyctl"
    program.parent.mkdir()
    program.write_text(VERIFY)

    done = subprocess.run(
        [sys.executable, program, way],
        cwd=recorded.folder,
        env={**os.environ, "POLICYCTL_MEMORY": "off"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert not marker.exists()

"""Ctrl-C, or a kill, while records are read: nothing is left behind, and nothing is half said."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

POLICY = "team-assistant"


@pytest.fixture
def started(recorded, events, tmp_path):
    """Start a command that counts prepared records, slowly; what it left once a signal came."""
    prepared = tmp_path / "prepared"
    ran = recorded.run("records", "import", "--from", "plain", "--out", str(prepared), events)
    assert ran.code == 0, ran.err
    spill = tmp_path / "spill"
    spill.mkdir()
    # Before the query: the records are opened, the folder for what does not fit is made.
    program = (
        "import sys, time\n"
        "from policyctl.adapters.analytics.duckdb_engine import DuckDbEngine as Engine\n"
        "rows = Engine.rows\n"
        "def slowly(self, query):\n"
        "    print('counting', file=sys.stderr, flush=True)\n"
        "    query = 'SELECT sum(a.range * b.range % 7) FROM range(300000) a, range(300000) b'\n"
        "    return rows(self, query)\n"
        "Engine.rows = slowly\n"
        "from policyctl.cli import run\n"
        "run()\n"
    )

    def interrupted(by, *arguments):
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", program, *arguments, "--events", str(prepared)],
            cwd=recorded.folder,
            env={**os.environ, "TMPDIR": str(spill)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        assert process.stderr.readline() == "counting\n"
        time.sleep(0.5)
        process.send_signal(by)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    interrupted.spill = spill
    return interrupted


@pytest.mark.parametrize(
    "asked",
    [
        ("evidence", POLICY),
        ("replay", POLICY, "--to", "limited"),
        ("status",),
        ("report", "--out", "page.html"),
    ],
)
def test_ctrl_c_ends_a_query_at_once_and_leaves_nothing(started, recorded, asked):
    before = recorded.state()

    code, out, err = started(signal.SIGINT, *asked)

    assert (code, out) == (130, "")
    assert "Traceback" not in err
    assert recorded.state() == before
    assert list(started.spill.iterdir()) == []


def test_a_kill_leaves_the_repository_as_it_was(started, recorded):
    before = recorded.state()

    code, out, _ = started(signal.SIGKILL, "evidence", POLICY)

    assert (code, out) == (-signal.SIGKILL, "")
    assert recorded.state() == before

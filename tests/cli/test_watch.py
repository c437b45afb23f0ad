"""``status --watch`` on a real terminal: drawn again when the ledger grows, ended by Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

ROWS, COLUMNS = 20, 100


def read_until(terminal, wanted, seconds=60):
    """What the terminal was sent, up to some words."""
    said, end = "", time.monotonic() + seconds
    while wanted not in said and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                said += os.read(terminal, 65536).decode("utf-8", "replace")
            except OSError:
                break
    assert wanted in said, said[-2000:]
    return said


def test_what_is_recorded_meanwhile_appears_and_ctrl_c_is_the_way_out(recorded):
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(recorded.folder)
        os.environ["TERM"] = "xterm-256color"
        os.execv(
            sys.executable,
            [sys.executable, "-P", "-m", "policyctl", "status", "--watch", "--every", "1"],
        )
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    try:
        first = read_until(terminal, "team-assistant")
        content = recorded.read("policies/team-assistant.yaml")
        recorded.write("policies/second.yaml", content.replace(b"team-assistant", b"second"))
        ran = recorded.run("record", "second", "--rationale", "another one", by="erin")
        assert ran.code == 0, ran.err
        read_until(terminal, "2 policies")
        os.kill(pid, signal.SIGINT)
        last = read_until(terminal, "\x1b[?1049l")
        _, status = os.waitpid(pid, 0)
    finally:
        os.close(terminal)

    assert "\x1b[?1049h" in first  # the screen that was there comes back
    assert "Traceback" not in last
    assert os.waitstatus_to_exitcode(status) == 0

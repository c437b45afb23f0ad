"""Long queries show how far they have come, where somebody looks."""

import io
import time

import pytest

from policyctl.cli.query_progress import query_shown


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run(monkeypatch, stream, patience, work):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr("policyctl.cli.query_progress._PATIENCE", patience)
    return query_shown(work, lambda: 40.0), stream.getvalue()


def slow():
    time.sleep(0.3)
    return 7


def test_a_bar_is_drawn_on_a_terminal_once_it_takes_long_and_nowhere_else(monkeypatch):
    assert run(monkeypatch, io.StringIO(), 0.01, slow) == (7, "")
    assert run(monkeypatch, Terminal(), 60, slow) == (7, "")
    result, drawn = run(monkeypatch, Terminal(), 0.01, slow)
    assert result == 7
    assert "counting records" in drawn
    assert "40%" in drawn


def test_what_goes_wrong_in_the_work_goes_wrong_outside(monkeypatch):
    def broken():
        time.sleep(0.05)
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        run(monkeypatch, Terminal(), 0.01, broken)

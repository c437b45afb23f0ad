"""Long work shows how far it has come, where somebody looks."""

import io

from policyctl.cli.progress import shown
from policyctl.core.history import State


def test_a_bar_is_drawn_on_a_terminal_once_it_takes_long_and_nowhere_else(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    def states():
        for number in range(1, 9):
            yield State(commit="a" * 40, number=number, files={})

    def run(stream, patience):
        monkeypatch.setattr("sys.stderr", stream)
        monkeypatch.setattr("policyctl.cli.progress._PATIENCE", patience)
        asked = []
        watch = shown("judging the history", lambda: asked.append(1) or 8)
        assert [state.number for state in watch(states())] == list(range(1, 9))
        return stream.getvalue(), asked

    assert run(io.StringIO(), -1) == ("", [])
    assert run(Terminal(), 60) == ("", [])
    drawn, asked = run(Terminal(), -1)
    assert "judging the history" in drawn
    assert asked == [1]

"""Every command prints as its surroundings ask: colours, width, characters that can be shown."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

import pytest

from policyctl.cli import main
from policyctl.cli.app import COMMANDS
from policyctl.render.lines import cells

BOT, HELP = "team-assistant", "help-desk"
NOW = ("--now", "2026-07-10")
WHY = ("--rationale", "a reason with Ümläuts — and 大")
SGR = re.compile(r"\x1b\[[0-9;]*m")
COLUMNS = 60

RUNS: Mapping[str, tuple[str, ...]] = {
    "demo": (".",),
    "init": ("--as", "erin"),
    "new": ("fresh", "--use-case", "public-facing", "--owner", "erin"),
    "validate": ("policies/odd.yaml",),
    "lint": ("policies/odd.yaml",),
    "show": (HELP, "--effective"),
    "diff": ("HEAD~3",),
    "record": (HELP, *WHY, *NOW, "--dry-run"),
    "evidence": (BOT, "--events", "{events}"),
    "replay": (BOT, "--events", "{events}", "--base", "HEAD~8"),
    "promote": ("--check", "--base", "HEAD~3"),
    "approve": (BOT, "--yes", "--key", "{keys}/sam"),
    "demote": (HELP, "--to", "logging", *WHY),
    "withdraw": (BOT,),
    "void": (HELP, *WHY, "--dry-run"),
    "redact": (HELP, "1", *WHY),
    "retire": (HELP, *WHY, "--dry-run"),
    "status": NOW,
    "report": ("--out", "-", *NOW),
    "log": (),
    "verify": (),
    "checkpoint": (),
    "changelog": (),
    "export": (HELP, "--target", "azure"),
    "import": ("odd.json", "--from", "azure", "--owner", "erin", "--use-case", "x"),
    "drift": (HELP, "--target", "azure", "--live", "odd.json"),
    "coverage": (),
    "rule": ("exception-expired",),
    "codeowners": (),
    "migrate": (),
    "schema": (),
    "doctor": (),
    "root": ("show",),
    "records": ("import", "{events}", "--from", "plain", "--out", "prepared"),
    "review": ("sample", BOT, "--events", "{events}", "--out", "sheet.csv"),
    "hook": ("textconv", "policies/odd.yaml"),
}
DOCUMENTS = {"report", "changelog", "export", "hook", "schema"}
"""What is printed for programs, or as a file: in UTF-8, and as wide as it is."""

PROGRESS = {"records"}
"""What draws on standard error, over and over, while it works."""


class Output(io.TextIOWrapper):
    """Standard output or error: a pipe or a terminal, in some encoding."""

    def __init__(self, encoding: str, *, terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def text(self, encoding: str = "") -> str:
        self.flush()
        return self.buffer.getvalue().decode(encoding or self.encoding)


@pytest.fixture
def printed(estate, events, monkeypatch, tmp_path):
    """Runs a command in some surroundings; what it printed to either side."""
    world = estate
    text = world.read("policies/help-desk.yaml").decode()
    odd = text.replace("id: help-desk", "id: odd").replace("assistant, ", "ässistant — 大, ")
    world.write("policies/odd.yaml", odd)
    world.write("odd.json", '{"name": "大 — ä", "properties": {"contentFilters": []}}')
    monkeypatch.chdir(world.folder)
    monkeypatch.setenv("POLICYCTL_KEY", str(world.keys / "erin"))

    def run(name: str, encoding: str, *, terminal: bool, **variables: str) -> tuple[str, str]:
        out, err = (Output(encoding, terminal=terminal) for _ in range(2))
        places = {"{events}": events, "{keys}": str(world.keys)}
        arguments = [
            re.sub(r"\{\w+\}", lambda match: places[match[0]], word) for word in RUNS[name]
        ]
        with monkeypatch.context() as surroundings:
            for variable, value in {"TERM": "xterm", "COLUMNS": str(COLUMNS), **variables}.items():
                surroundings.setenv(variable, value)
            surroundings.setattr("sys.stdout", out)
            surroundings.setattr("sys.stderr", err)
            code = main([name, *arguments])
        said = out.text("utf-8" if name in DOCUMENTS else ""), err.text()
        assert code in (0, 1, 2, 3, 4)
        assert "bug in policyctl" not in said[1]
        assert "Traceback" not in said[1]
        assert said[0] + said[1]
        return said

    return run


def test_every_command_is_tried():
    assert set(RUNS) == set(COMMANDS)


@pytest.mark.parametrize("name", RUNS)
def test_a_terminal_gets_colours_and_its_own_width(printed, name):
    out, err = printed(name, "utf-8", terminal=True)

    assert "\x1b" not in SGR.sub("", out if name in PROGRESS else out + err)
    if name not in DOCUMENTS:
        wide = [row for row in SGR.sub("", out).splitlines() if cells(row) > COLUMNS]
        assert wide == []


@pytest.mark.parametrize("name", RUNS)
def test_output_in_a_poor_encoding_is_escaped_and_insisting_on_colours_works(printed, name):
    out, _ = printed(name, "ascii", terminal=False, FORCE_COLOR="1")

    assert "\x1b" not in SGR.sub("", out)


@pytest.mark.parametrize("name", ["status", "show", "verify", "log", "diff", "coverage", "lint"])
@pytest.mark.parametrize("variables", [{"TERM": "dumb"}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}])
def test_no_colours_means_none_and_the_width_stays(printed, name, variables):
    out, err = printed(name, "latin-1", terminal=True, **variables)

    assert "\x1b" not in out + err
    assert out


@pytest.mark.parametrize("name", ["status", "report", "changelog", "verify", "log"])
def test_a_locale_without_utf_8_is_no_obstacle(estate, shell, name):
    done = shell(
        *(name, *RUNS[name]),
        cwd=estate.folder,
        LC_ALL="C",
        PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
        LANG="",
    )

    assert "Traceback" not in done.err
    assert "bug" not in done.err
    assert done.out

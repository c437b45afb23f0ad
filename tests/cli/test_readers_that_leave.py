"""Whoever reads what a command prints may stop reading, as ``head`` does."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def unread(world, *arguments, both=False):
    """A command whose standard output, or both of its outputs, nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "policyctl", *arguments],
        cwd=world.folder,
        stdout=writing,
        stderr=writing if both else subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    return done.returncode, done.stderr or b""


@pytest.fixture
def broken(recorded):
    recorded.write("policies/other.yaml", "id: other\n")
    return recorded


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate",),
        ("validate", "policies/team-assistant.yaml"),
        ("lint", "--format", "json"),
        ("verify",),
        ("status", "--format", "json"),
        ("log",),
        ("--help",),
        ("show", "team-assistant"),
        ("show", "nothing-of-the-kind"),
    ],
)
@pytest.mark.parametrize("both", [False, True])
def test_the_exit_code_is_that_of_the_command(broken, arguments, both):
    code, said = unread(broken, *arguments, both=both)

    expected = broken.run(*arguments)
    assert code == expected.code
    assert both or said.decode() == expected.err


def test_a_change_is_made_and_is_no_failure(recorded):
    recorded.write(
        "policies/team-assistant.yaml", recorded.read("policies/team-assistant.yaml") + b"# more\n"
    )

    assert unread(
        recorded,
        "record",
        "team-assistant",
        "--rationale",
        "more",
        "--key",
        str(recorded.keys / "erin"),
    ) == (0, b"")
    assert recorded.run("verify").code == 0
    assert "more" in recorded.git("log", "-1", "--format=%B")


def test_an_export_is_whole(recorded):
    assert (
        recorded.run(
            "export", "team-assistant", "--draft", "--target", "lakera", "--out", "read"
        ).code
        == 0
    )

    code, _ = unread(
        recorded, "export", "team-assistant", "--draft", "--target", "lakera", "--out", "left"
    )

    files = {path.name for path in (recorded.folder / "read").iterdir()}
    assert code == 0
    assert {path.name for path in (recorded.folder / "left").iterdir()} == files
    assert "manifest.json" in files

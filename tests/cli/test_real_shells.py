"""bash, zsh and fish complete in a governed repository, whatever stands in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

# What a shell does when somebody presses the tabulator after $LINE; it prints what it would offer.
PRESSED = {
    "bash": """
        eval "$(_POLICYCTL_COMPLETE=source_bash policyctl)"
        IFS=' ' read -ra COMP_WORDS <<< "$LINE"
        [[ $LINE == *' ' ]] && COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _policyctl_completion policyctl
        printf '%s\\n' "${COMPREPLY[@]}"
    """,
    "zsh": """
        compdef() { :; }
        _files() { :; }
        _arguments() { eval "print -rl -- ${${1#*'(('}%'))'}" }
        eval "$(_POLICYCTL_COMPLETE=source_zsh policyctl)"
        words=("${(@s: :)LINE}")
        CURRENT=${#words}
        _policyctl_completion
    """,
    "fish": """
        _POLICYCTL_COMPLETE=source_fish policyctl | source
        complete --do-complete "$LINE"
    """,
}
HOSTILE = (
    *("$(touch ran)", "\\$(touch ran)", "`touch ran`", "\\`touch ran`", "';touch ran;'"),
    *('";touch ran;"', "*", "a b", '"', "\\", "\u202eevil"),
)


@pytest.fixture(params=PRESSED)
def pressed(request, recorded, tmp_path):
    """Presses the tabulator in a real shell; the words that it offers, in order."""
    program = shutil.which(request.param)
    if program is None:
        pytest.skip(f"{request.param} is not installed")
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    command = bin_folder / "policyctl"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m policyctl "$@"\n', "utf-8")
    command.chmod(0o755)
    bare = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[request.param]

    def press(line):
        done = subprocess.run(
            [program, *bare, "-c", PRESSED[request.param]],
            cwd=recorded.folder,
            env={
                **os.environ,
                "HOME": str(tmp_path),
                "LINE": line,
                "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
        assert done.stderr == ""
        return [word.partition("\t")[0] for word in done.stdout.splitlines() if word]

    return press


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("policyctl promote ", ["team-assistant"]),
        ("policyctl promote te", ["team-assistant"]),
        ("policyctl status --person s", ["sam"]),
        ("policyctl rule exception-expire", ["exception-expired"]),
    ],
)
def test_the_shell_offers_what_the_repository_holds(pressed, line, offered):
    assert pressed(line) == offered


def test_files_with_hostile_names_are_neither_offered_nor_run(pressed, recorded):
    for name in HOSTILE:
        recorded.write(f"policies/{name}.yaml", "a: 1\n")
        recorded.write(f".policyctl/baselines/{name}@1.yaml", "a: 1\n")

    assert pressed("policyctl show ") == ["team-assistant"]
    offered = pressed("policyctl new bot --baseline ")
    assert "public-facing@1" in offered
    assert [name for name in offered if not re.fullmatch(r"[a-z-]+@1", name)] == []
    assert not (recorded.folder / "ran").exists()

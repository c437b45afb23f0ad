"""The list of commands, which stands for them until one is called."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from inspect import cleandoc, isfunction
from pathlib import Path

import pytest
import typer

import policyctl.cli
from policyctl.cli.app import COMMANDS, loaded


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_what_the_command_says_of_itself(name):
    summary = cleandoc(loaded(name).help).partition("\n\n")[0]

    assert " ".join(summary.split()) == COMMANDS[name]


def test_no_command_is_left_out():
    no_commands = {"app", "workplace"}
    found = set()
    for path in Path(policyctl.cli.__file__).parent.glob("*.py"):
        module = import_module(f"policyctl.cli.{path.stem}")
        own = getattr(module, path.stem, None)
        if isinstance(own, typer.Typer) or (isfunction(own) and own.__module__ == module.__name__):
            found.add(path.stem.rstrip("_"))

    assert found - no_commands == set(COMMANDS)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["show", "--help"], ["shwo"]])
def test_only_the_command_that_is_called_is_loaded(arguments):
    program = (
        "import sys\nfrom policyctl.cli import main\n"
        f"main({arguments})\n"
        "print('loaded', *sorted(sys.modules), file=sys.stderr)\n"
    )

    done = subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, encoding="utf-8", check=True
    )

    modules = set(done.stderr.rpartition("loaded ")[2].split())
    called = {name for name in COMMANDS if f"policyctl.cli.{name}" in modules}
    assert called == set(arguments) & set(COMMANDS)


def test_a_command_that_is_misspelt_brings_the_right_one_to_mind(empty):
    done = empty.run("valdate")

    assert done.code == 2
    assert "No such command 'valdate'. Did you mean 'validate'?" in done.err

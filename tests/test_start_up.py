"""Nothing is loaded that a command does not need."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"git", "jsonschema", "yaml", "ruamel", "cryptography", "rich.console"}


def loaded(*arguments: str, cwd=None) -> set[str]:
    program = (
        "import sys\nfrom policyctl.cli import main\n"
        f"code = main({list(arguments)!r})\n"
        "sys.stderr.write('\\n'.join(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return HEAVY & set(done.stderr.splitlines())


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("promote", "--help")])
def test_help_loads_no_library_of_the_edge(arguments):
    assert loaded(*arguments) == set()


def test_validate_loads_neither_git_nor_signatures(recorded):
    needless = {"git", "ruamel", "cryptography", "rich.console"}

    assert not loaded("validate", cwd=recorded.folder) & needless


def test_verify_does_not_load_the_schema_validator(recorded):
    assert not loaded("verify", cwd=recorded.folder) & {"jsonschema", "ruamel", "rich.console"}

"""Nothing is loaded that a command does not need."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HEAVY = {"git", "jsonschema", "yaml", "ruamel", "cryptography", "rich.console"}


def modules(*arguments: str, cwd=None) -> set[str]:
    """The names of all modules that a command loads."""
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
    return set(done.stderr.splitlines())


def loaded(*arguments: str, cwd=None) -> set[str]:
    return HEAVY & modules(*arguments, cwd=cwd)


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("promote", "--help")])
def test_help_loads_no_library_of_the_edge(arguments):
    assert loaded(*arguments) == set()


def test_validate_loads_neither_git_nor_signatures(recorded):
    needless = {"git", "ruamel", "cryptography", "rich.console"}

    assert not loaded("validate", cwd=recorded.folder) & needless


def test_verify_does_not_load_the_schema_validator(recorded):
    assert not loaded("verify", cwd=recorded.folder) & {"jsonschema", "ruamel", "rich.console"}


def test_a_pull_request_is_verified_without_what_only_whole_ledgers_need(recorded):
    needless = {
        *("typer", "dataclasses", "inspect", "shutil", "tempfile", "pickle", "tomllib"),
        *("cryptography", "multiprocessing", "policyctl.adapters.judging_processes"),
    }

    assert not modules("verify", "--base", "HEAD", cwd=recorded.folder) & needless


def test_validate_loads_nothing_that_only_other_commands_need(recorded):
    needless = {
        *("typer", "pathlib", "importlib.resources", "policyctl.rules.registry"),
        *("policyctl.adapters.schemas", "policyctl.adapters.yaml_nodes", "policyctl.cli.app"),
        # Each of them, and the classes made with the first, took a tenth of the start or more.
        *("dataclasses", "inspect", "typing", "fractions"),
    }

    assert not modules("validate", cwd=recorded.folder) & needless


@pytest.mark.parametrize("more", [(), ("--now", "2026-12-01")])
def test_lint_loads_neither_git_nor_signatures_whatever_the_present(recorded, more):
    needless = {"git", "ruamel", "cryptography", "rich.console", "jsonschema"}

    assert not loaded("lint", *more, cwd=recorded.folder) & needless


def test_a_shell_that_asks_for_a_policy_loads_no_library_of_the_edge(recorded):
    done = subprocess.run(
        [
            *(sys.executable, "-P", "-X", "importtime", "-c"),
            "from policyctl.cli import main; main([])",
        ],
        cwd=recorded.folder,
        env={
            **os.environ,
            "_POLICYCTL_COMPLETE": "complete_bash",
            "COMP_WORDS": "policyctl show te",
            "COMP_CWORD": "2",
        },
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.stdout == "team-assistant\n"
    assert not HEAVY & {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}


def test_pyyaml_without_its_pattern_still_refuses_what_cannot_be_printed():
    program = (
        "import re; compiled = re.compile\n"
        "from policyctl.adapters import yaml_files\n"
        "import yaml\n"
        "assert re.compile is compiled\n"
        "try:\n    yaml.load('a: \\1', Loader=yaml.SafeLoader)\n"
        "except yaml.reader.ReaderError as error:\n    print(error.reason)\n"
        "print(yaml.load('a: \u00e9', Loader=yaml.SafeLoader))\n"
    )

    done = subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, encoding="utf-8", check=True
    )

    assert done.stdout == "special characters are not allowed\n{'a': '\u00e9'}\n"

"""The commands and programs of the page about deciding work, and its tables are the code's."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import yaml

import policyctl
from policyctl.decide import options
from policyctl.decide.caller import KEYS

PAGE = Path(policyctl.__file__).parent.parent / "docs" / "decide.md"

if not PAGE.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)

TEXT = PAGE.read_text(encoding="utf-8")


def fences(language):
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", TEXT, re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(body) for _, body in found]


def test_the_commands_and_programs_of_the_page_run(recorded):
    define = f'policyctl() {{ "{sys.executable}" -P -m policyctl "$@"; }}\n'
    (command,) = fences("sh run")
    programs = "".join(fences("python"))
    (recorded.folder / "program.py").write_text(programs)

    done = subprocess.run(
        ["/bin/sh", "-ec", f'{define}{command}"{sys.executable}" -P program.py'],
        cwd=recorded.folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "build/team-assistant.compiled.json",
        "log",
        "log",
        "log 1 no problem",
    ]


def test_the_configuration_of_the_page_is_one():
    (text,) = fences("yaml")
    (item,) = yaml.safe_load(text)["guardrails"]
    params = item["litellm_params"]

    found = options.options_from(params["policyctl"], params["mode"])

    assert params["guardrail"] == "policyctl.decide.litellm.PolicyGuardrail"
    assert found.wraps["guardrail"] == "lakera_v2"


def test_every_option_is_on_the_page_and_no_other():
    table = TEXT[TEXT.index("| option | |") :].split("\n\n")[0]

    assert tuple(re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE)) == options.NAMES
    (row,) = re.findall(r"^\| `key` \|.*$", table, re.MULTILINE)
    assert set(KEYS) <= set(re.findall(r"`([a-z_]+)`", row))


def test_the_levels_that_the_page_names_are_described_where_it_points():
    records = PAGE.with_name("records.md").read_text(encoding="utf-8")

    assert "\n## Levels\n" in records
    assert all(f"`{name}`" in TEXT for name in ("scores", "names", "plain_yes"))

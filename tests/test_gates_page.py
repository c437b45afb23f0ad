"""The commands of the page about gates work, and its numbers are those of the statistics."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import policyctl
from policyctl.adapters.yaml_files import parse
from policyctl.core.criterion import at_least
from policyctl.core.statistics import clopper_pearson_lower, clopper_pearson_upper

TOP = Path(policyctl.__file__).parent.parent
PAGE = TOP / "docs" / "gates.md"

if not PAGE.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)

TEXT = PAGE.read_text(encoding="utf-8")
COMMANDS = "".join(re.findall(r"^```sh run\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))


def rows(columns):
    """The cells of each row of the table with this header."""
    _, _, below = TEXT.partition(f"| {' | '.join(columns)} |\n")
    block, _, _ = below.partition("\n\n")
    return [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in block.split("\n")[1:]]


def test_every_command_of_the_page_works_in_order(tmp_path):
    prelude = f'policyctl() {{ "{sys.executable}" -P -m policyctl "$@"; }}\n'
    script = f"{prelude}policyctl demo story > /dev/null\ncd story\n{COMMANDS}"

    done = subprocess.run(
        ["/bin/sh", "-ec", script],
        cwd=tmp_path,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert COMMANDS.count("policyctl ") == 6
    assert "60 of 60 reviewed" in done.stdout
    assert "entry 3: computed again from the records, and the same" in done.stdout
    assert (tmp_path / "story" / "gate.html").read_text(encoding="utf-8").count("<svg") == 6


def test_the_rates_and_intervals_follow_from_the_counts():
    found = rows(["application", "benign texts", "flagged", "rate", "95 % interval"])

    assert len(found) == 3
    for _, texts, flagged, rate, interval in found:
        n, x = int(texts), int(flagged)
        ends = clopper_pearson_lower(x, n, 0.025), clopper_pearson_upper(x, n, 0.025)
        assert rate == f"{100 * x / n:.1f} %"
        assert interval == f"{100 * ends[0]:.1f} % to {100 * ends[1]:.1f} %"


def test_the_bounds_of_the_gate_follow_from_the_counts():
    found = rows(["application", "would be blocked", "false", "at least false", "outcome"])

    assert len(found) == 3
    for _, blocked, false, least, outcome in found:
        lower = clopper_pearson_lower(int(false), int(blocked), 0.05)
        assert (least, outcome) == (at_least(lower).replace("%", " %"), "not met")


def test_the_page_lists_every_criterion_and_every_key():
    table = rows(["criterion", "key", "not met", "not yet decidable"])
    evidence = json.loads((TOP / "schemas/evidence.v1.json").read_text(encoding="utf-8"))
    policy = json.loads((TOP / "schemas/policy.v1.json").read_text(encoding="utf-8"))
    names = evidence["$defs"]["criterion"]["properties"]["name"]["enum"]
    keys = {key for row in table for key in re.findall(r"[a-z_]+", row[1])}

    assert [row[0] for row in table] == names
    beside = {"confidence", "inference", "expires"}
    assert set(policy["$defs"]["gate"]["properties"]) - beside <= keys
    assert all(re.search(rf"`{key}(: [^`]+)?`", TEXT) for key in beside)


def test_what_init_leaves_open_is_told_key_by_key(world):
    (version,) = world.folder.glob(".policyctl/root/0001.json")
    starter = json.loads(version.read_text(encoding="utf-8"))["gates"]
    policy = json.loads((TOP / "schemas/policy.v1.json").read_text(encoding="utf-8"))
    later = [key for row in rows(["floor", "raise it once"]) for key in re.findall(r"\w+", row[0])]

    assert set(starter["limited"]) == set(starter["enforce"])
    assert set(starter["limited"]).isdisjoint(later)
    # The bound that holds at any time is the default, and no policy goes below a default floor.
    assert sorted([*later, *starter["limited"], "inference"]) == sorted(
        policy["$defs"]["gate"]["properties"]
    )


def test_the_floors_of_the_page_can_be_proposed(world):
    (block,) = re.findall(r"^```yaml floors\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    document, _ = parse(block.encode(), "floors.yaml")
    asked = document.data["gates"]
    governance = world.run("root", "show", "--format", "yaml").out
    for stage, values in asked.items():
        added = "".join(f"{key}: {value}, " for key, value in values.items())
        governance = governance.replace(f"  {stage}: {{", f"  {stage}: {{{added}")
    world.write("governance.yaml", governance)

    given = ("--from", "governance.yaml", "--rationale", "more evidence", "--dry-run")
    done = world.run("root", "propose", *given, by="erin")

    assert done.code == 0, done.err
    for stage, values in asked.items():
        for key, value in values.items():
            said = f"a promotion to {stage} asks for {key.replace('_', ' ')} {value} (was nothing)"
            assert said in done.out

"""The report in a real browser: quiet, harmless, usable by keyboard, readable for everybody.

Set POLICYCTL_PICTURES to a folder to keep the pictures and the printed page.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
PACKAGES = ("playwright-core@1.64.1", "axe-core@4.11.0")
LOOK = Path(__file__).with_name("look.mjs")
DAY = ("--now", "2026-07-10T12:00:00Z")
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>"

if BROWSER is None:
    pytest.skip("there is no chromium: .ci/run installs it where it may", allow_module_level=True)


@pytest.fixture(scope="session")
def look(node_packages, tmp_path_factory):
    """What a browser finds on a page; the same page is looked at once."""
    node, modules = node_packages(*PACKAGES)
    kept = os.environ.get("POLICYCTL_PICTURES")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    seen = {}

    def at(page):
        key = page.read_bytes()
        if key not in seen:
            seen[key] = looked_at(page)
        return seen[key]

    def looked_at(page):
        done = subprocess.run(
            [node, str(LOOK), str(modules), BROWSER, str(page), str(folder)],
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    at.folder = folder
    return at


def reported(world, *arguments):
    page = world.folder.parent / "report.html"
    ran = world.run("report", "--out", str(page), *arguments)
    assert ran.code == 0, ran.err
    return page


def test_the_page_is_quiet_readable_and_usable_without_a_mouse(estate, look):
    found = look(reported(estate, *DAY, "--since", "2026-06-01"))

    assert (found["console"], found["requests"], found["dialogs"]) == ([], [], [])
    assert found["skip"] == "#main"
    assert found["skipped"] == "main"
    assert found["outline"]
    assert found["search"] == "q"
    everything = ["team-assistant", "help-desk", "parked", "old-bot"]
    assert found["all"] == everything
    assert (found["searched"], found["count"]) == (["help-desk"], "1 of 4 policies")
    assert found["limited"] == ["team-assistant"]
    assert found["axe"] == {"desktop": [], "dark": [], "phone": []}
    assert found["wider"] == {"desktop": 0, "dark": 0, "phone": 0}
    assert found["elements"]["unnamed"] == 0
    levels = found["elements"]["headings"]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_without_script_everything_is_there(estate, look):
    found = look(reported(estate, *DAY, "--since", "2026-06-01"))

    assert found["still"] == {"form": False, "rows": 4, "changes": 7}


def test_the_page_prints(estate, look):
    look(reported(estate, *DAY, "--since", "2026-06-01"))

    printed = (look.folder / "page.pdf").read_bytes()
    assert printed.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) > 3


def test_markup_from_a_policy_is_text(recorded, look):
    world = recorded
    text = world.read("policies/team-assistant.yaml").decode()
    quoted = json.dumps(MARKUP)
    hostile = text.replace("id: team-assistant", "id: hostile")
    hostile = hostile.replace("name: Team assistant", f"name: {quoted}")
    hostile = hostile.replace("purpose: Answers questions of colleagues.", f"purpose: {quoted}")
    hostile += (
        f"exceptions:\n  - id: ex\n    guardrail: prompt_attack\n    reason: {quoted}\n"
        f"    owner: sam\n    expires: '2030-12-01'\n    when: {{app: redteam-lab}}\n"
        f"    ticket: {quoted}\n"
    )
    world.write("policies/hostile.yaml", hostile)
    ran = world.run("record", "hostile", "--rationale", MARKUP, by="erin")
    assert ran.code == 0, ran.err

    found = look(reported(world, "--name", MARKUP, "--since", "2026-01-01"))

    assert (found["console"], found["requests"], found["dialogs"]) == ([], [], [])
    elements = found["elements"]
    assert (elements["scripts"], elements["images"], elements["frames"]) == (1, 0, 0)
    assert elements["handlers"] == 0
    assert found["text"].count(MARKUP) >= 6

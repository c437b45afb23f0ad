"""The README shows what really happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import policyctl
from policyctl.adapters.working_governance import WorkingGovernance
from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.usecases.validate import validate

CHECKOUT = Path(policyctl.__file__).parent.parent
README = CHECKOUT / "README.md"

if not README.exists():
    pytest.skip("no README beside the package: run this in a checkout", allow_module_level=True)

TEXT = README.read_text(encoding="utf-8")


def fences(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def timeless(text: str) -> str:
    """The text without what differs from run to run: digests, fingerprints, moments."""
    text = re.sub(r"\b[0-9a-f]{12}(?:[0-9a-f]{52})?\b", "HEX", text)
    text = re.sub(r"SHA256:[A-Za-z0-9+/]{43}", "FINGERPRINT", text)
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "MOMENT", text)


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    done = subprocess.run(
        [sys.executable, "-P", "-m", "policyctl", "demo", "story"],
        cwd=tmp_path_factory.mktemp("readme"),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return timeless(done.stdout)


@pytest.mark.parametrize("transcript", fences("console"))
def test_every_transcript_is_what_the_demo_prints(played, transcript):
    place = 0
    for piece in timeless(transcript).split("...\n"):
        found = played.find(piece, place)
        assert found >= 0, f"the demo does not print:\n{piece}"
        place = found + len(piece)


def test_the_example_policy_is_sound():
    [example] = fences("yaml")

    report = validate(
        [("policies/support-assistant.yaml", example.encode())],
        documents=YamlDocuments(),
        governance=WorkingGovernance(None),
    )

    assert [finding.message for finding in report.findings] == []


def test_the_first_two_commands_are_the_demo_and_what_ci_runs():
    first, second = fences("sh")[0].strip().splitlines()

    assert first.split("#")[0].strip() == "pip install . && policyctl demo"
    command = second.rpartition("&&")[2].strip()
    assert (CHECKOUT / ".ci/run").read_text().rstrip().splitlines()[-1] == command


def test_the_commands_to_start_with_work(tmp_path, people, monkeypatch, shell):
    for who in ("sam",):
        (tmp_path / f"{who}.pub").write_bytes((people / f"{who}.pub").read_bytes())
    monkeypatch.setenv("POLICYCTL_KEY", str(people / "erin"))
    script = fences("sh")[1]

    done = subprocess.run(
        ["/bin/sh", "-ec", f'policyctl() {{ "{sys.executable}" -P -m policyctl "$@"; }}\n{script}'],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert shell("verify").code == 0


def test_every_link_leads_somewhere():
    for link in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (CHECKOUT / link).exists(), link


def test_every_command_is_in_the_table():
    from policyctl.cli.app import COMMANDS, loaded

    for name in COMMANDS:
        names = [f"{name} {inner}" for inner in getattr(loaded(name), "commands", {})] or [name]
        for full in names:
            assert f"`policyctl {full}" in TEXT, full

"""The commands of the page about the gate before a merge work, and print what it shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import policyctl
from policyctl.core.merge_verdict import Topic, Verdict

PAGE = Path(policyctl.__file__).parent.parent / "docs" / "pull-requests.md"

if not PAGE.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)

TEXT = PAGE.read_text(encoding="utf-8")
FILE = "policies/team-assistant.yaml"


def fence(language):
    return re.search(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)[1]


def without_digest(text):
    """The digest of the evidence changes whenever evidence says more than before."""
    return re.sub(r"evidence [0-9a-f]{8}", "evidence …", text)


@pytest.fixture
def pull_request(recorded, events):
    """A branch with a promotion that nobody approved yet, and where it was made from."""
    recorded.git("update-ref", "refs/remotes/origin/main", "HEAD")
    recorded.git("switch", "-q", "-c", "change")
    done = recorded.run(
        *("promote", "team-assistant", "--to", "limited", "--rationale", "measured"),
        *("--events", events),
        by="erin",
    )
    assert done.code == 0, done.err
    return recorded


def test_the_page_shows_what_the_command_prints(pull_request):
    done = pull_request.run("promote", "--check", "--base", "origin/main")

    assert (done.code, without_digest(done.out)) == (1, without_digest(fence("text")))


def test_the_commands_of_the_page_run(pull_request):
    done = pull_request.run("approve", "team-assistant", "--yes", by="sam")
    assert done.code == 0, done.err
    define = f'policyctl() {{ "{sys.executable}" -P -m policyctl "$@"; }}\n'

    done = subprocess.run(
        ["/bin/sh", "-ec", define + fence("sh")],
        cwd=pull_request.folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("pass: 1 policy change may be merged into 'origin/main'") == 3


def test_the_page_names_every_verdict_and_every_topic():
    verdicts = set(re.findall(r"^\| \d \| `(\w+)` \|", TEXT, re.MULTILINE))
    checked = TEXT.partition("## What is checked")[2]
    topics = set(re.findall(r"^\| (\w+) \| ", checked, re.MULTILINE))

    assert verdicts == {verdict.name.lower() for verdict in Verdict}
    assert {topic.value for topic in Topic} <= topics

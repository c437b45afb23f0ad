"""``promote --check``: every policy change of a pull request, judged by what its base asks for."""

import json

import pytest

from policyctl.core import paths

BOT = "team-assistant"
FILE = paths.policy_path(BOT)
PII = paths.policy_path("pii")


def branch(scene, name, start="main"):
    scene.git("switch", "-q", "-c", name, start)


def on(scene, name):
    scene.git("switch", "-q", name)


def merge(scene, name):
    scene.git("merge", "-q", "--no-ff", "-m", f"merge {name}", name)


def edit(scene, policy, words="# more\n"):
    path = paths.policy_path(policy)
    scene.write(path, scene.read(path) + words.encode())
    scene.do("record", policy, "--rationale", "because", by="erin")


def approve(scene, policy, by="sam"):
    scene.do("approve", policy, "--yes", by=by)


class Gate:
    """What the gate said."""

    def __init__(self, done):
        self.code, self.err = done.code, done.err
        self.report = json.loads(done.out)
        self.result = self.report.get("result", {})
        self.policies = {row["policy"]: row for row in self.result.get("policies", ())}
        self.codes = {found["code"] for found in self.report["findings"]}

    @property
    def verdicts(self):
        return {name: row["verdict"] for name, row in self.policies.items()}

    def check(self, policy, topic):
        return [one for one in self.policies[policy]["checks"] if one["topic"] == topic]


def gate(scene, base="main", *more):
    return Gate(scene.policyctl("promote", "--check", "--base", base, "--format", "json", *more))


@pytest.fixture
def change(scene):
    """A branch with an edit that Sam approved, checked out."""
    branch(scene, "change")
    edit(scene, BOT)
    approve(scene, BOT)
    return scene


def test_a_recorded_and_approved_change_passes(change):
    done = gate(change)

    assert (done.code, done.report["status"], done.verdicts) == (0, "pass", {BOT: "ready"})
    row = done.policies[BOT]
    assert row["entries"] == [
        {"seq": 4, "action": "edit", "from": "limited", "to": "limited", "authors": ["erin"]}
    ]
    assert row["there"]["approvals"] == {"security": ["sam"]}
    assert done.result["whole"] is False

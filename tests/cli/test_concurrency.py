"""Several people and pipelines at work in one repository at once: nobody's entry is lost."""

from __future__ import annotations

import json
import os
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from policyctl.cli import main

WRITERS, EACH = 4, 25
APP = "redteam-lab"


@pytest.fixture(scope="module")
def small_events(tmp_path_factory):
    """Detection records just enough for a gate: fifteen days, all reviewed blocks justified."""
    file = tmp_path_factory.mktemp("events") / "records.jsonl"
    start = datetime(2026, 10, 1, tzinfo=UTC)
    with file.open("w", encoding="ascii") as out:
        for number in range(1200):
            hit = number % 6 == 0
            record = {
                "ts": (start + timedelta(minutes=18 * number)).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "request_id": f"r_{number:06}",
                "app": APP,
                "direction": "input",
                "detector": "prompt_attack/jailguard",
                "level": "l2_very_likely" if hit else "none",
                "status": "ok",
                "detected": hit,
                "blocked": False,
            }
            if hit:
                record |= {"label": "true_positive", "reviewer": "sam"}
            out.write(json.dumps(record) + "\n")
    return str(file)


def policy(text, name):
    """The sample policy under another id, with a gate that few records meet."""
    text = re.sub(r"^id: .*$", f"id: {name}", text, flags=re.MULTILINE)
    text = text.replace("[assistant, bank-support, redteam-lab]", f"[{APP}]")
    return text.replace("records: 2000", "records: 1000")


def in_parallel(folder, said, jobs):
    """Run lists of commands, each list in a process of its own; the worst exit code of each."""
    children = []
    for commands in jobs:
        child = os.fork()
        if child == 0:
            os.chdir(folder)
            sys.stdout = sys.stderr = said.open("a", encoding="utf-8")
            codes = [main(command) for command in commands]
            sys.stdout.flush()
            os._exit(max(codes))
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def test_four_writers_with_twenty_five_promotions_each_lose_none(world, small_events, tmp_path):
    text = (Path(__file__).parents[1] / "data/team-assistant.yaml").read_text("utf-8")
    said = tmp_path / "said"
    names = [[f"policy-{writer}-{number}" for number in range(EACH)] for writer in range(WRITERS)]
    for name in (name for own in names for name in own):
        world.write(f"policies/{name}.yaml", policy(text, name))
    key = ("--key", str(world.keys / "erin"))
    registered = in_parallel(
        world.folder,
        said,
        [[["record", name, "--rationale", "new", *key] for name in own] for own in names],
    )
    promote = ("--to", "limited", "--rationale", "measured", "--events", small_events)
    codes = in_parallel(
        world.folder, said, [[["promote", name, *promote, *key] for name in own] for own in names]
    )

    assert (registered, codes) == ([0] * WRITERS, [0] * WRITERS), said.read_text()
    log = world.git("log", "--format=%s")
    assert log.count("promote logging -> limited") == WRITERS * EACH
    assert len(list(world.folder.glob(".policyctl/log/*/000002.json"))) == WRITERS * EACH
    assert world.git("status", "--porcelain") == ""
    assert world.git("fsck", "--strict") == ""
    done = world.run("verify", "--format", "json")
    codes = {finding["code"] for finding in json.loads(done.out)["findings"]}
    assert codes == {"APPROVALS_MISSING"}  # what sam still has to do, and nothing else

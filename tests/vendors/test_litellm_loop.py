"""LiteLLM's own proxy code loads what is exported, acts by the stage, and its records come back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from policyctl.adapters.engine_files import written_bytes
from policyctl.adapters.resources import shipped_names
from policyctl.core.engines.exporting import exported
from policyctl.core.engines.target import Provenance, Raw
from policyctl.core.engines.targets import TARGETS
from policyctl.core.frozen import replace
from policyctl.core.policy import Limited
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FROM = Provenance(policy="support-assistant", entry=3, digest="ab" * 32)
SCRIPT = Path(__file__).with_name("ask_litellm.py")
SSN = "pii/us_social_security_number"


@pytest.fixture(scope="module")
def litellm(environments, litellm_python):
    return lambda question, file: environments.ask(litellm_python, SCRIPT, question, file)


@pytest.fixture
def configuration(from_baseline, tmp_path):
    """Writes the configuration of a policy whose numbers are blocked, not masked."""

    def make(stage):
        policy = from_baseline("default@1", stage, Limited(cohorts=("beta-testers",)))
        guardrails = tuple(
            replace(item, action=Action.BLOCK) if item.detector == SSN else item
            for item in policy.guardrails
        )
        policy = replace(policy, guardrails=guardrails)
        (written,) = exported(policy, TARGETS["litellm"], FROM, NOW).documents
        file = tmp_path / written.name
        file.write_bytes(written_bytes(written))
        return file, written.data

    return make


BAD = {
    Stage.LOGGING: {"pilot bad": "passed", "other bad": "passed"},
    Stage.LIMITED: {"pilot bad": "blocked 400", "other bad": "passed"},
    Stage.ENFORCE: {"pilot bad": "blocked 400", "other bad": "blocked 400"},
}


BLOCKED = {
    Stage.LOGGING: [("input", False), ("input", False)],
    Stage.LIMITED: [("input", False), ("input", True)],
    Stage.ENFORCE: [("input", True), ("input", True)],
}
"""What the records of the two bad requests say."""


@pytest.mark.parametrize("stage", Stage)
def test_every_guardrail_is_loaded_and_acts_by_the_stage(
    stage, litellm, configuration, tmp_path, recorded
):
    file, data = configuration(stage)

    said = litellm("loop", file)

    assert said["errors"] == []
    assert sorted(said["loaded"]) == sorted(item["guardrail_name"] for item in data["guardrails"])
    outcomes = {name: item["outcome"] for name, item in said["requests"].items()}
    assert outcomes == {**BAD[stage], "pilot good": "passed", "other good": "passed"}
    assert_records_say_the_same(said["requests"], stage, tmp_path, recorded)


def assert_records_say_the_same(requests, stage, tmp_path, world):
    """What LiteLLM logged becomes records, which a gate counts."""
    log = tmp_path / "payloads.jsonl"
    log.write_text("".join(json.dumps(item["payload"]) + "\n" for item in requests.values()))

    done = world.run(
        *("records", "import", str(log), "--from", "litellm", "--app", "assistant"),
        *("--out", str(tmp_path / "prepared")),
    )

    assert (done.code, done.err) == (0, "")
    hits = duckdb.sql(
        f"select direction, blocked from '{tmp_path}/prepared/hits/*.parquet'"
        f" where detector = '{SSN}'"
    ).fetchall()
    assert sorted(hits) == BLOCKED[stage]
    shown = world.run("evidence", "team-assistant", "--events", str(tmp_path / "prepared"))
    assert shown.code in (1, 3)
    assert "evaluations where the stage acts" in shown.out


def test_every_baseline_is_loaded_whole(litellm, from_baseline, tmp_path):
    limited = Limited(guardrails=("prompt_attack",), apps=("shop-chat",))
    whole = {"guardrails": [], "policies": {}, "policy_attachments": []}
    for name in shipped_names("baselines"):
        baseline = name.removesuffix(".yaml")
        policy = replace(
            from_baseline(baseline, Stage.LIMITED, limited), id=baseline.replace("@", "-")
        )
        (written,) = exported(policy, TARGETS["litellm"], FROM, NOW).documents
        whole["guardrails"] += written.data["guardrails"]
        whole["policies"] |= written.data["policies"]
        whole["policy_attachments"] += written.data["policy_attachments"]
    (tmp_path / "whole.yaml").write_text(json.dumps(whole))

    said = litellm("load", tmp_path / "whole.yaml")

    names = [item["guardrail_name"] for item in whole["guardrails"]]
    assert (sorted(said["loaded"]), said["errors"]) == (sorted(names), [])


def test_litellm_would_start_without_a_guardrail_that_it_does_not_know(litellm, configuration):
    file, data = configuration(Stage.LOGGING)
    data["guardrails"][0]["litellm_params"]["mode"] = "sometimes"
    file.write_text(json.dumps(data))

    assert len(litellm("load", file)["loaded"]) == len(data["guardrails"]) - 1


def test_what_its_rest_api_answers_is_no_drift_until_somebody_changes_it(litellm, configuration):
    file, data = configuration(Stage.LIMITED)
    answers = litellm("answers", file)
    read = TARGETS["litellm"].read

    ours = read([Raw(file.name, data)])
    theirs = read([Raw(f"{number}.json", item) for number, item in enumerate(answers)])
    answers[1]["policies"][0]["guardrails_remove"] = [f"{SSN}@support-assistant-limited.input"]
    changed = read([Raw(f"{number}.json", item) for number, item in enumerate(answers)])

    def plain(found):
        return {item.name: (item.settings, item.audience, item.unread) for item in found}

    assert plain(theirs) == plain(ours)
    gone = {item.side for item in ours[0].settings} - {item.side for item in changed[0].settings}
    assert gone == {(SSN, Direction.INPUT)}

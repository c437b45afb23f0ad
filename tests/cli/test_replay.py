"""``policyctl replay``, and the records beside ``policyctl diff``."""

from __future__ import annotations

import json

import duckdb
import pytest

from policyctl.core.canonical import encode, sha256
from policyctl.core.replay import EXAMPLES

PATH = "policies/team-assistant.yaml"


def changed(world, old: bytes, new: bytes) -> None:
    content = world.read(PATH)
    assert old in content
    world.write(PATH, content.replace(old, new))


def tightened(world) -> None:
    attacks = b"guardrails:\n  - {detector: prompt_attack, sensitivity: L3, reason: r}\n"
    changed(world, b"thresholds:", attacks + b"thresholds:")


def replayed(world, *arguments: str):
    done = world.run("replay", "team-assistant", *arguments, "--format", "json")
    return done.code, json.loads(done.out)


def test_a_replay_answers_for_the_present_file_against_the_last_commit(recorded, events):
    tightened(recorded)

    code, said = replayed(recorded, "--events", events)

    result = said["result"]
    assert (code, said["status"]) == (0, "pass")
    assert (result["before"], result["after"]) == ("HEAD", "the working tree")
    assert result["newly_blocked"] == 0
    kinds = {item["kind"] for item in result["replay"]["changed"]}
    assert kinds == {"observed_otherwise"}
    assert result["replay"]["kinds"]["observed_otherwise"]["decisions"] == 790
    assert result["engine"] == "python"
    assert result["sha256"] == sha256(encode(result["replay"]))


def test_a_stage_can_be_asked_about_before_anybody_promotes(recorded, events):
    code, said = replayed(recorded, "--to", "limited", "--events", events)

    [place] = said["result"]["replay"]["changed"]
    assert code == 0
    assert said["result"]["after"] == "the working tree, in 'limited'"
    assert (place["app"], place["before"], place["after"]) == ("redteam-lab", "log", "block")
    assert place["decisions"] == place["true_positives"] == 364
    assert len(place["examples"]) == EXAMPLES
    assert sum(day["decisions"] for day in place["days"]) == 364
    assert len(place["days"]) == 28


def test_an_exceeded_budget_ends_with_1(recorded, events):
    done = recorded.run(
        "replay", "team-assistant", "--to", "limited", "--events", events,
        "--max-newly-blocked", "363",
    )  # fmt: skip

    assert done.code == 1
    assert "364 newly blocked, more than the 363 that are allowed" in done.out


def test_a_budget_is_not_kept_by_what_could_not_be_replayed(recorded, events):
    code, said = replayed(
        recorded, "--to", "enforce", "--events", events, "--max-newly-blocked", "1000"
    )
    kept, _ = replayed(
        recorded, "--to", "limited", "--events", events, "--max-newly-blocked", "364"
    )

    gaps = said["result"]["replay"]["not_replayable"]
    assert (code, said["status"]) == (3, "not_judged")
    assert {"pii/credit_card", "secrets"} <= {gap["guardrail"] for gap in gaps}
    assert kept == 0


def test_nothing_that_could_be_judged_ends_with_3(recorded, events):
    changed(recorded, b"thresholds:", b"guardrails:\n  - {detector: secrets, sensitivity: L4,"
            b" reason: r}\nthresholds:")  # fmt: skip

    done = recorded.run("replay", "team-assistant", "--events", events)

    assert done.code == 3
    assert "not judged: the records cannot say" in done.out
    assert "secrets (input): no detector of it answered in these records" in done.out


def test_an_unchanged_policy_changes_nothing(recorded, events):
    done = recorded.run("replay", "team-assistant", "--events", events)

    assert done.code == 0
    assert "nothing would have been decided differently, of 18165 recorded evaluations" in done.out
    assert "only what was recorded can be decided again" in done.out


def test_a_version_can_come_from_a_file_or_a_revision(recorded, events):
    recorded.write("old.yaml", recorded.read(PATH))
    tightened(recorded)
    recorded.git("commit", "-qam", "tighter", "--no-verify")

    by_file = replayed(recorded, "--against", "old.yaml", "--events", events)[1]
    by_revision = replayed(recorded, "--base", "HEAD~1", "--events", events)[1]

    assert by_file["result"]["sha256"] == by_revision["result"]["sha256"]
    assert by_file["result"]["replay"]["changed"]
    assert replayed(recorded, "--events", events)[1]["result"]["replay"]["changed"] == []


def test_a_new_policy_is_compared_with_none(recorded, events):
    recorded.git("rm", "-q", "--cached", PATH)
    recorded.git("commit", "-qm", "gone", "--no-verify")

    code, said = replayed(recorded, "--to", "enforce", "--events", events)

    assert code == 0
    assert said["result"]["before"] is None
    assert {item["before"] for item in said["result"]["replay"]["changed"]} == {"allow"}


def test_a_sensitivity_is_suggested_where_the_reviews_show_it(recorded, events):
    code, said = replayed(recorded, "--suggest", "--events", events)

    found = {item["app"]: item for item in said["result"]["suggestions"]}
    assert code == 0
    assert {app: item["suggested"] for app, item in found.items()} == {
        "assistant": None,
        "bank-support": None,
        "redteam-lab": "L3",
    }
    assert [one["detections"] for one in found["redteam-lab"]["sensitivities"]] == [
        *(26, 364, 767, 1363)
    ]
    assert found["assistant"]["sensitivities"][1]["false_positives"] == 92
    done = recorded.run("replay", "team-assistant", "--suggest", "--events", events)
    assert "L3 suggested  767" in done.out


def test_markdown_has_the_answer_first_and_the_examples_folded(recorded, events):
    done = recorded.run(
        "replay", "team-assistant", "--to", "limited", "--suggest", "--events", events,
        "--format", "markdown",
    )  # fmt: skip

    first = done.out.splitlines()
    assert first[0] == "**team-assistant: HEAD -&gt; the working tree, in 'limited'**"
    assert first[2] == "364 newly blocked, of 18165 recorded evaluations"
    assert "| prompt\\_attack (input) | redteam-lab | log → block | 364 | 364 | 364 | 0 |" in first
    assert done.out.count("<details>") == 1
    assert "| L2 (now) | 364 |" in done.out
    assert "| **L3: suggested** | 767 |" in done.out


def test_parquet_gives_the_same_answer(recorded, events):
    columns = "app, direction, detector, level, status, label, reviewer, detected, blocked"
    duckdb.sql(
        f"COPY (SELECT CAST(ts AS TIMESTAMP) AS ts, request_id, {columns}"
        f" FROM read_json('{events}', format = 'newline_delimited'))"
        f" TO '{recorded.folder}/records.parquet' (FORMAT parquet)"
    )

    _, plain = replayed(recorded, "--to", "enforce", "--suggest", "--events", events)
    _, fast = replayed(recorded, "--to", "enforce", "--suggest", "--events", "records.parquet")

    assert fast["result"]["engine"] == "duckdb"
    for name in ("sha256", "replay", "suggestions"):
        assert fast["result"][name] == plain["result"][name]
    judged = [
        json.loads(
            recorded.run("evidence", "team-assistant", "--events", name, "--format", "json").out
        )["result"]["report"]
        for name in (events, "records.parquet")
    ]
    assert [report.pop("engine") for report in judged] == ["python", "duckdb"]
    assert [report.pop("records")[0]["lines"] for report in judged] == [18165, 18165]
    assert judged[0] == judged[1]


def test_a_prepared_folder_gives_the_same_answer(recorded, events):
    made = recorded.run("records", "import", "--from", "plain", events, "--out", "prepared")
    assert made.code == 0, made.err

    _, plain = replayed(recorded, "--to", "enforce", "--suggest", "--events", events)
    _, fast = replayed(recorded, "--to", "enforce", "--suggest", "--events", "prepared")

    assert fast["result"]["engine"] == "duckdb"
    for name in ("sha256", "replay", "suggestions"):
        assert fast["result"][name] == plain["result"][name]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "a replay decides recorded detections\n  = --events FILE\n"),
        (
            ("--base", "HEAD", "--against", "x.yaml", "--events", "x"),
            "--base and --against exclude each other\n",
        ),
        (
            ("--base", "nowhere", "--events", "x"),
            "'nowhere' is no revision here\n  = or name a file: --against FILE\n",
        ),
        (("--against", "x.yaml", "--events", "x"), "there is no x.yaml\n"),
    ],
)
def test_wrong_use_is_one_clear_error(recorded, arguments, message):
    done = recorded.run("replay", "team-assistant", *arguments)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"policyctl: {message}")


# Beside a comparison


def test_a_comparison_says_what_the_records_say(recorded, events):
    changed(recorded, b"stage: logging ", b"stage: enforce ")

    done = recorded.run("diff", "--events", events)
    said = json.loads(recorded.run("diff", "--events", events, "--format", "json").out)
    github = recorded.run("diff", "--events", events, "--format", "github").out
    markdown = recorded.run("diff", "--events", events, "--format", "markdown").out

    answer = "652 newly blocked, of 18165 recorded evaluations; 13 parts cannot be replayed"
    assert f"  records  {answer}" in done.out
    assert "prompt_attack (input) in redteam-lab: log -> block 364 times, such as r_" in done.out
    assert "no records were given" not in done.out + github + markdown
    assert answer in github
    assert f"- **team-assistant** {answer}" in markdown
    [policy] = said["result"]["policies"]
    assert policy["replay"]["kinds"]["newly_blocked"]["decisions"] == 652
    assert said["result"]["records"][0]["lines"] == 18165


def test_a_comparison_without_records_says_so(recorded):
    changed(recorded, b"stage: logging ", b"stage: enforce ")

    outputs = [
        recorded.run("diff", "--format", form).out for form in ("text", "markdown", "github")
    ]
    said = json.loads(recorded.run("diff", "--format", "json").out)

    assert all("no records were given" in output for output in outputs)
    assert said["result"]["policies"][0]["replay"] is None
    assert said["result"]["records"] == []


def test_a_retired_policy_is_replayed_against_none(recorded, events):
    changed(recorded, b"stage: logging ", b"stage: enforce ")
    recorded.git("commit", "-qam", "enforced", "--no-verify")
    recorded.git("rm", "-q", PATH)

    done = recorded.run("diff", "--events", events)

    assert "652 no longer blocked, of 18165 recorded evaluations" in done.out


EXCEPTION = (
    b"exceptions:\n  - {id: EX-1, guardrail: prompt_attack, when: {app: redteam-lab}, reason: r,"
    b" owner: erin, expires: '%s'}\n"
)


def test_a_replay_says_what_would_change_without_the_exceptions(recorded, events):
    changed(recorded, b"thresholds:", EXCEPTION % b"2026-10-19" + b"thresholds:")

    code, said = replayed(recorded, "--to", "limited", "--events", events)

    bare = said["result"]["without_exceptions"]
    assert code == 0
    assert 0 < said["result"]["newly_blocked"] < bare["newly_blocked"] == 364
    assert bare["kinds"]["newly_blocked"] == {"decisions": 364, "sessions": 364}
    text = recorded.run("replay", "team-assistant", "--to", "limited", "--events", events).out
    assert "  without exceptions 364 newly blocked\n" in text
    given = ("--to", "limited", "--events", events, "--format", "markdown")
    markdown = recorded.run("replay", "team-assistant", *given).out
    assert "\nwithout exceptions: 364 newly blocked\n" in markdown


def test_a_policy_without_exceptions_is_replayed_once(recorded, events):
    _, said = replayed(recorded, "--to", "limited", "--events", events)

    assert said["result"]["without_exceptions"] is None

"""``policyctl diff`` in a real repository: every pair of sides, and what it says of bad input."""

from __future__ import annotations

import json

import pytest

POLICY = "policies/team-assistant.yaml"


def edit(world, old, new, path=POLICY):
    content = world.read(path).decode()
    assert old in content
    world.write(path, content.replace(old, new))


def facts(world, *arguments):
    """Kind, before and after of each change, as JSON tells them."""
    done = world.run("diff", "--format", "json", *arguments)
    assert done.code == 0, done.err
    return [
        (change["kind"], change["before"], change["after"])
        for item in json.loads(done.out)["result"]["policies"]
        for change in item["changes"]
    ]


def test_without_arguments_the_last_commit_is_compared_with_the_working_tree(recorded):
    assert facts(recorded) == []
    edit(recorded, "confidential", "restricted")

    assert facts(recorded) == [("data-sensitivity", "confidential", "restricted")]


def test_the_index_is_a_side_of_its_own(recorded):
    edit(recorded, "confidential", "restricted")
    recorded.git("add", "policies")
    edit(recorded, "restricted", "internal")

    assert facts(recorded, "--staged") == [("data-sensitivity", "confidential", "restricted")]
    assert facts(recorded) == [("data-sensitivity", "confidential", "internal")]


def test_two_revisions_and_both_kinds_of_range(recorded):
    recorded.git("branch", "before")
    recorded.git("checkout", "-q", "-b", "mine")
    edit(recorded, "confidential", "restricted")
    recorded.git("commit", "-qam", "mine")
    recorded.git("checkout", "-q", "before")
    edit(recorded, "owner: assistants", "owner: erin")
    recorded.git("commit", "-qam", "theirs")
    mine = ("data-sensitivity", "confidential", "restricted")

    assert facts(recorded, "before", "mine") == [mine, ("owner", "erin", "assistants")]
    assert facts(recorded, "before..mine") == [mine, ("owner", "erin", "assistants")]
    assert facts(recorded, "before...mine") == [mine]
    assert facts(recorded, "--merge-base", "before", "mine") == [mine]


def test_a_path_narrows_what_is_compared(recorded):
    other = recorded.read(POLICY).replace(b"team-assistant", b"other-bot")
    recorded.write("policies/other-bot.yaml", other)
    edit(recorded, "confidential", "restricted")

    assert [kind for kind, *_ in facts(recorded)] == ["policy-new", "data-sensitivity"]
    assert [kind for kind, *_ in facts(recorded, POLICY)] == ["data-sensitivity"]
    assert [kind for kind, *_ in facts(recorded, "HEAD", "policies/other-bot.yaml")] == [
        "policy-new"
    ]
    assert len(facts(recorded, "HEAD", "policies")) == 2


def test_comments_order_and_layout_change_nothing_but_still_have_to_be_recorded(recorded):
    recorded.write(POLICY, b"# a note\n" + recorded.read(POLICY))
    done = recorded.run("diff")

    assert facts(recorded) == []
    assert "neutral" in done.out
    assert "the file's bytes differ, and nothing that is in force" in done.out
    assert "it is not recorded in the ledger" in done.out


def test_a_change_of_the_baseline_shows_in_every_policy_that_extends_it(recorded):
    baseline = ".policyctl/baselines/internal-facing@1.yaml"
    edit(recorded, "sensitivity: L1", "sensitivity: L2", baseline)
    done = recorded.run("diff")

    assert ("sensitivity", "L1", "L2") in facts(recorded)
    assert "the file is as it was; what it builds upon changed" in done.out


def test_a_policy_is_compared_with_what_its_baseline_alone_gives(recorded):
    found = facts(recorded, "--baseline")

    assert ("gate", 5000, 2000) in found
    assert all(kind not in ("policy-new", "text") for kind, *_ in found)


def test_two_files_are_compared_outside_of_any_repository(world, tmp_path):
    world.write(POLICY, "not: here\n")
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    text = (
        "schema: policyctl/policy/v1\nid: bot\nname: Bot\npurpose: It answers.\n"
        "use_case: internal-facing\nextends: internal-facing@1\ndata_sensitivity: internal\n"
        "owner: erin\nstage: logging\n"
    )
    one.write_text(text)
    two.write_text(text.replace("internal-facing\next", "public-facing\next"))

    assert facts(world, "--no-index", str(one), str(two)) == [
        ("use-case", "internal-facing", "public-facing")
    ]


def test_a_renamed_policy_is_told_as_such_and_cannot_be_recorded_as_one_change(recorded):
    content = recorded.read(POLICY).replace(b"id: team-assistant", b"id: staff-assistant")
    recorded.write("policies/staff-assistant.yaml", content)
    (recorded.folder / POLICY).unlink()
    done = recorded.run("diff")

    assert ("policy-renamed", "team-assistant", "staff-assistant") in facts(recorded)
    assert "formerly team-assistant" in done.out
    assert "retire 'team-assistant' and record 'staff-assistant'" in done.out


def test_a_retired_policy_is_looser(recorded):
    (recorded.folder / POLICY).unlink()

    assert facts(recorded) == [("policy-retired", "logging", None)]


def test_what_the_ledger_still_lacks_goes_away_step_by_step(recorded, events):
    recorded.git("branch", "before")
    edit(recorded, "stage: logging", "stage: limited")
    said = recorded.run("diff", "before").out
    assert "needs    1 x security and the gate of 'limited' (promote)" in said
    assert "missing  it is not recorded in the ledger" in said

    recorded.git("checkout", "-q", "--", "policies")
    promote = ("promote", "team-assistant", "--to", "limited", "--rationale", "it is time")
    done = recorded.run(*promote, "--events", events, by="erin")
    assert done.code == 0, done.err
    assert "missing  1 x security has not approved yet" in recorded.run("diff", "before").out

    done = recorded.run("approve", "team-assistant", "--yes", by="sam")
    assert done.code == 0, done.err
    assert "missing" not in recorded.run("diff", "before").out

    edit(recorded, "confidential", "restricted")
    done = recorded.run("record", "team-assistant", "--rationale", "stricter", by="erin")
    assert done.code == 0, done.err
    assert "record these first" not in recorded.run("diff", "before").out


def test_a_stage_that_moves_together_with_other_values_is_called_out(recorded):
    edit(recorded, "stage: logging", "stage: limited")
    edit(recorded, "confidential", "restricted")
    said = recorded.run("diff").out

    assert "the stage moves together with other values; record these first" in said
    assert "the gate of 'limited' (promote)" in said

    edit(recorded, "stage: limited", "stage: enforce")
    assert "a stage is skipped: logging -> enforce" in recorded.run("diff").out


@pytest.mark.parametrize(
    ("change", "weakens"),
    [(("confidential", "restricted"), 0), (("confidential", "internal"), 1)],
)
def test_scripts_can_fail_on_what_weakens_or_on_anything(recorded, change, weakens):
    assert recorded.run("diff", "--fail-on", "any").code == 0
    edit(recorded, *change)

    assert recorded.run("diff").code == 0
    assert recorded.run("diff", "--fail-on", "any").code == 1
    assert recorded.run("diff", "--fail-on", "weakens").code == weakens


def test_a_file_that_cannot_be_read_is_never_taken_for_a_retired_policy(recorded):
    recorded.write(POLICY, b"schema: [\n")
    done = recorded.run("diff", "--format", "json")
    data = json.loads(done.out)

    assert (done.code, data["status"]) == (3, "not_judged")
    assert data["result"]["policies"] == []
    assert data["findings"][0]["file"] == POLICY
    said = recorded.run("diff").out.splitlines()
    assert said[1] == "nothing can be said: 1 file could not be compared"


@pytest.mark.parametrize("form", ["text", "json", "markdown", "github"])
def test_every_format_has_the_same_exit_code(recorded, form):
    edit(recorded, "confidential", "internal")

    assert recorded.run("diff", "--format", form, "--fail-on", "weakens").code == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "'nowhere' is neither a revision nor a file here"),
        (["--", "--output=x"], "'--output=x' is neither a revision nor a file here"),
        (["HEAD", "HEAD", "HEAD"], "'HEAD' is neither a revision nor a file here"),
        (["HEAD", "/etc/passwd"], "lies outside the repository"),
        (["--staged", "--baseline"], "exclude each other"),
        (["--no-index", "one.yaml"], "--no-index compares exactly two files"),
        (["--no-index", "a.yaml", "b.yaml"], "a.yaml"),
        (["HEAD...HEAD", "HEAD"], "stands alone"),
        (["--staged", "HEAD", "HEAD"], "--staged compares one revision with the index"),
    ],
)
def test_wrong_arguments_get_one_sentence(recorded, arguments, message):
    done = recorded.run("diff", *arguments)

    assert done.code == 2
    assert message in done.err
    assert "Traceback" not in done.err


def test_a_new_trust_root_shows_who_gains_and_loses_which_right(recorded):
    recorded.git("branch", "before")
    done = recorded.run(
        *("root", "propose", "--add-member", "security=ada", "--rationale", "more"), by="erin"
    )
    assert done.code == 0, done.err
    said = recorded.run("diff", "before").out

    assert "0 policies differ, governance does; looser" in said
    assert "'ada'" in said
    assert recorded.run("diff", "before", "--fail-on", "weakens").code == 1

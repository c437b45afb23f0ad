"""The whole life of one policy, on the command line."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry, Resource

from policyctl.adapters.resources import shipped

POLICY = "policies/team-assistant.yaml"


def promote(world, events, *more, to="limited", by="erin"):
    return world.run(
        *("promote", "team-assistant", "--to", to, "--rationale", "measured", "--events", events),
        *more,
        by=by,
    )


@pytest.fixture
def promoted(recorded, events):
    done = promote(recorded, events)
    assert done.code == 0, done.err
    return recorded


@pytest.fixture
def approved(promoted):
    done = promoted.run("approve", "team-assistant", "--yes", by="sam")
    assert done.code == 0, done.err
    return promoted


def test_a_promotion_with_evidence_and_a_second_person_verifies(approved):
    done = approved.run("verify")

    assert done.code == 0
    assert "verified · 1 policy, 2 entries, 3 signatures" in done.out
    assert "level: tree" in done.out


def test_a_promotion_changes_one_line_of_the_policy_and_leaves_a_clean_tree(promoted):
    changed = promoted.git(
        "diff", "--no-ext-diff", "--no-textconv", "-U0", "HEAD~1", "--", POLICY
    ).splitlines()

    assert [row for row in changed if row[:1] in "+-" and row[:3] not in ("+++", "---")] == [
        "-stage: logging        # moved by policyctl",
        "+stage: limited        # moved by policyctl",
    ]
    assert promoted.git("status", "--porcelain") == ""


def test_trailers_name_owner_and_rationale_at_once_and_the_approver_when_known(approved):
    asked, given = (
        dict(row.split(": ", 1) for row in text.strip().splitlines())
        for text in (
            approved.git("log", "-1", "--format=%(trailers)", "HEAD~1"),
            approved.git("log", "-1", "--format=%(trailers)", "HEAD"),
        )
    )

    assert asked["Policy-Owner"] == given["Policy-Owner"] == "assistants"
    assert asked["Policy-Rationale"] == given["Policy-Rationale"] == "measured"
    assert asked["Policy-Transition"] == "logging -> limited"
    assert "Policy-Approved-By" not in asked
    assert given["Policy-Approved-By"] == "sam (security)"


def test_every_signature_verifies_with_stock_ssh_keygen_and_the_exported_signers(
    approved, tmp_path
):
    signers = tmp_path / "allowed_signers"
    signers.write_text(approved.run("root", "export").out)
    entry = approved.folder / ".policyctl/log/team-assistant/000002.json"
    expected = {
        "erin.sig": ("erin", "policyctl/author"),
        "sam.security.sig": ("sam", "policyctl/approve/security"),
    }
    files = entry.parent.glob("000002*.sig")
    found = {path.name.removeprefix("000002.json."): path for path in files}
    assert set(found) == set(expected)

    for name, (who, namespace) in expected.items():
        subprocess.run(
            [
                *("ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", who),
                *("-n", namespace, "-s", str(found[name])),
            ],
            input=entry.read_bytes(),
            check=True,
            capture_output=True,
        )


def test_no_stage_is_skipped(recorded, events):
    before = recorded.state()

    done = promote(recorded, events, to="enforce")

    assert done.code == 1
    assert done.err == (
        "policyctl: 'team-assistant' is in 'logging', and no stage is skipped\n"
        "  = policyctl promote team-assistant --to limited\n"
    )
    assert recorded.state() == before


def test_missing_evidence_is_told_in_numbers_and_nothing_is_changed(recorded, events):
    scope = recorded.read(POLICY).replace(b"apps: [redteam-lab]", b"apps: [assistant]")
    recorded.write(POLICY, scope)
    assert recorded.run("record", "team-assistant", "--rationale", "x", by="erin").code == 0
    before = recorded.state()

    done = promote(recorded, events)

    assert done.code == 1
    assert "92 false of 177 reviewed, at least 45.52% with 95% confidence" in done.out
    assert "nothing was changed" in done.out
    assert recorded.state() == before


def test_the_next_stage_says_how_much_more_it_needs(approved, events):
    done = promote(approved, events, to="enforce")

    assert done.code == 1
    assert "more days" in done.out
    assert "refused" in done.out


def test_a_dry_run_says_everything_and_changes_nothing(recorded, events):
    before = recorded.state()

    done = promote(recorded, events, "--dry-run")

    assert done.code == 0
    assert "would record team-assistant: promote logging -> limited" in done.out
    assert recorded.state() == before


def test_nothing_is_put_on_top_of_a_pending_promotion(promoted, events):
    before = promoted.state()

    again = promote(promoted, events, to="enforce")
    promoted.write(POLICY, promoted.read(POLICY) + b"# more\n")
    edit = promoted.run("record", "team-assistant", "--rationale", "x", by="erin")
    promoted.git("checkout", "-q", POLICY)

    for done in (again, edit):
        assert done.code == 1
        assert done.err == (
            "policyctl: entry 2 of 'team-assistant' (logging -> limited) still waits for "
            "1 x security\n"
            "  = policyctl approve team-assistant, or take it back: "
            "policyctl withdraw team-assistant\n"
        )
    assert promoted.state() == before


@pytest.mark.parametrize(
    ("by", "more", "code", "message"),
    [
        ("erin", (), 1, "'erin' wrote entry 2 and cannot approve it"),
        ("ada", (), 1, "entry 2 needs 1 x security, and 'ada' fills no role"),
        ("mallory", (), 1, "belongs to nobody whom the trust root knows"),
        ("sam", ("--role", "securty"), 2, "there is no role 'securty'"),
    ],
)
def test_who_may_not_approve_is_told_why(promoted, by, more, code, message):
    before = promoted.state()

    done = promoted.run("approve", "team-assistant", "--yes", *more, by=by)

    assert done.code == code
    assert message in done.err
    assert promoted.state() == before


def test_the_same_person_approves_once(approved):
    done = approved.run("approve", "team-assistant", "--yes", by="sam")

    assert (done.code, done.err) == (
        1,
        "policyctl: no change of 'team-assistant' waits for approval\n",
    )


def test_nobody_signs_without_having_been_asked(promoted):
    before = promoted.state()

    done = promoted.run("approve", "team-assistant", by="sam")

    assert done.code == 2
    assert "after     limited: blocks prompt_attack input from L2, in redteam-lab" in done.out
    assert "nobody can be asked here, so nothing was signed" in done.err
    assert promoted.state() == before


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (lambda w: w.write(POLICY, w.read(POLICY).replace(b"limited   ", b"enforce   ")),
         "UNRECORDED_CHANGE"),
        (lambda w: w.git("rm", "-q", ".policyctl/log/team-assistant/000002.json.sam.security.sig"),
         "APPROVALS_MISSING"),
        (lambda w: w.git("rm", "-rq", ".policyctl/root"), "ROOT_MISSING"),
    ],
)  # fmt: skip
def test_tampering_is_seen(approved, tamper, code):
    tamper(approved)
    approved.git("commit", "-qam", "tidy up")

    done = approved.run("verify")
    report = json.loads(approved.run("verify", "--format", "json").out)

    assert done.code == 4
    assert done.out.startswith(code)
    assert [finding["code"] for finding in report["findings"]] == [code]
    assert report["status"] == "fail"


def test_the_pin_is_compared_with_the_first_root(approved):
    pin = json.loads(approved.run("root", "show", "--format", "json").out)["result"]["pin"]

    assert approved.run("verify", "--pin", pin).code == 0
    assert "ROOT_PIN_MISMATCH" in approved.run("verify", "--pin", "0" * 64).out
    assert approved.run("verify", "--pin", "abc").code == 2


def test_an_edit_of_what_is_limited_needs_approval_and_one_of_exceptions_is_called_so(approved):
    exception = (
        "exceptions:\n"
        "  - id: EX-1\n"
        "    guardrail: prompt_attack\n"
        "    when: {app: redteam-lab}\n"
        "    reason: the exercise of November\n"
        "    owner: assistants\n"
        '    expires: "2026-12-01"\n'
    )
    approved.write(POLICY, approved.read(POLICY) + exception.encode())

    done = approved.run(
        "record", "team-assistant", "--rationale", "an exercise", "--format", "json", by="erin"
    )

    recorded = json.loads(done.out)["result"]
    assert recorded["entry"]["action"] == "exception"
    assert recorded["need"] == {"security": 1}
    assert recorded["candidates"] == {"security": ["sam"]}
    assert approved.run("verify").code == 4
    assert approved.run("approve", "team-assistant", "--yes", by="sam").code == 0
    assert approved.run("verify").code == 0


def test_a_stage_is_not_moved_by_an_edit(recorded):
    recorded.write(POLICY, recorded.read(POLICY).replace(b"stage: logging", b"stage: enforce"))

    done = recorded.run("record", "team-assistant", "--rationale", "x", by="erin")

    assert done.code == 1
    assert "the file says stage 'enforce', and 'team-assistant' is in 'logging'" in done.err


@pytest.mark.parametrize("style", ["crlf", "quoted", "no-final-newline", "indented-comment"])
def test_every_style_of_file_keeps_its_style(world, events, recorded, style):
    text = recorded.read(POLICY).decode()
    text = {
        "crlf": text.replace("\n", "\r\n"),
        "quoted": text.replace("stage: logging ", "'stage':   'logging'"),
        "no-final-newline": text.rstrip("\n"),
        "indented-comment": text.replace("stage: logging", "# über\nstage:     logging  "),
    }[style]
    world.write(POLICY, text)
    assert world.run("record", "team-assistant", "--rationale", "style", by="erin").code == 0
    before = world.read(POLICY)

    assert promote(world, events).code == 0

    after = world.read(POLICY)
    assert after == before.replace(b"logging", b"limited", 1)
    assert (
        len(
            world.git(
                "diff", "--no-ext-diff", "--no-textconv", "-U0", "HEAD~1", "--", POLICY
            ).split("@@")
        )
        == 3
    )


def test_a_lone_founder_works_in_solo_mode_and_every_verification_says_so(
    tmp_path, people, capsys, world, events
):
    alone = type(world)(tmp_path / "alone", people, capsys)
    alone.folder.mkdir()
    assert alone.run("init", "--as", "erin", by="erin").code == 0
    policy = world_policy().replace("owner: assistants", "owner: erin")
    policy = policy.replace("owner: security", "owner: erin")
    policy = policy.replace("reviewer: sam", "reviewer: erin")
    alone.write(POLICY, policy)
    assert alone.run("record", "team-assistant", "--rationale", "x", by="erin").code == 0
    assert promote(alone, events).code == 0
    assert alone.run("approve", "team-assistant", "--yes", by="erin").code == 0

    done = alone.run("verify")

    assert done.code == 0
    assert "solo mode: 'erin' writes and approves alone" in done.out


def world_policy():
    return (Path(__file__).parent.parent / "data/team-assistant.yaml").read_text()


def registry():
    return Registry().with_resources(
        (item.name, Resource.from_contents(json.loads(item.read_text())))
        for item in shipped("schemas").iterdir()
    )


def test_every_json_report_fits_its_schema(approved, events, tmp_path):
    schema = json.loads(shipped("schemas").joinpath("report.v1.json").read_text())
    validator = jsonschema.Draft202012Validator(schema, registry=registry())
    json_reports = [
        ("validate",),
        ("show", "team-assistant"),
        ("verify",),
        ("verify", "--base", "HEAD~1", "--history"),
        ("log",),
        ("checkpoint", "--dry-run"),
        ("changelog", "--check"),
        ("root", "show"),
        ("evidence", "team-assistant", "--events", events),
        ("show", "nothing"),
        ("new", "another", "--use-case", "public-facing", "--owner", "assistants"),
        ("record", "team-assistant", "--rationale", "x"),
    ]

    for arguments in json_reports:
        done = approved.run(*arguments, "--format", "json")

        report = json.loads(done.out)
        assert [error.message for error in validator.iter_errors(report)] == [], arguments
        expected = {0: "pass", 1: "fail", 4: "fail"}.get(done.code, "not_judged")
        assert report["status"] == expected


def test_the_way_back_needs_no_evidence_but_the_approval_that_governance_asks_for(approved):
    done = approved.run(
        *("demote", "team-assistant", "--to", "logging", "--rationale", "too many complaints"),
        by="erin",
    )

    assert done.code == 0
    assert "recorded team-assistant: demote limited -> logging" in done.out
    assert b"stage: logging        # moved by policyctl" in approved.read(POLICY)
    assert approved.run("verify").code == 4
    assert approved.run("approve", "team-assistant", "--yes", by="sam").code == 0
    assert approved.run("verify").code == 0


def test_a_promotion_is_no_demotion(approved):
    before = approved.state()

    done = approved.run(
        *("demote", "team-assistant", "--to", "limited", "--rationale", "x"), by="erin"
    )

    assert (done.code, approved.state()) == (1, before)
    assert "'limited' is not a way back" in done.err


def test_a_retired_policy_loses_its_file_and_keeps_its_trail_and_may_start_anew(approved):
    text = approved.read(POLICY)
    retired = approved.run("retire", "team-assistant", "--rationale", "replaced", by="erin")
    assert retired.code == 0
    assert not (approved.folder / POLICY).exists()
    assert approved.git("status", "--porcelain") == ""
    assert approved.run("approve", "team-assistant", "--yes", by="sam").code == 0
    assert approved.run("verify").code == 0

    approved.write(POLICY, text)
    enforced = approved.run("record", "team-assistant", "--rationale", "again", by="erin")
    approved.write(POLICY, text.replace(b"stage: limited", b"stage: logging"))
    again = approved.run("record", "team-assistant", "--rationale", "again", by="erin")

    assert enforced.code == 1
    assert again.code == 0
    assert "register none -> logging" in again.out
    assert approved.run("verify").code == 0

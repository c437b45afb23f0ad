"""``verify --history``: what a branch went through, though nothing of it is left."""

import pytest

from policyctl.adapters import ssh_verification
from policyctl.core import paths

BOT = "team-assistant"
FILE, PII = paths.policy_path(BOT), paths.policy_path("pii")
WAITED = "HISTORICAL_UNAPPROVED_STATE"


def edit(scene, policy, words):
    scene.write(paths.policy_path(policy), scene.read(paths.policy_path(policy)) + words.encode())
    scene.do("record", policy, "--rationale", "because", by="erin")


def found(scene, *more):
    """The findings of the history beside the approvals that came a commit later, by code."""
    done = scene.verify("--history", *more)
    report = done.report
    assert report["result"]["level"] == "tree+history"
    findings = {item["code"]: item for item in report["findings"] if item["severity"] == "error"}
    assert done.code == (4 if findings else 0)
    return findings


def short(scene, rev):
    return scene.git("rev-parse", rev)[:12]


def test_states_that_were_all_in_order_are_counted(scene):
    done = scene.verify("--history")

    assert done.code == 0
    assert done.codes == {WAITED}
    assert done.report["result"]["history"] == {"states": 8}
    assert "history: 8 states judged" in scene.policyctl("verify", "--history").out


def test_an_edit_that_was_live_and_reverted_is_named_with_its_commits(scene):
    scene.edit(FILE, "stage: limited", "stage: enforce")
    scene.commit("oops")
    scene.write("README.md", "meanwhile\n")
    scene.commit()
    scene.git("revert", "--no-edit", "HEAD~1")
    assert scene.verify().codes == set()

    findings = found(scene)

    assert set(findings) == {"HISTORICAL_UNRECORDED_STATE"}
    finding = findings["HISTORICAL_UNRECORDED_STATE"]
    first, last = short(scene, "HEAD~2"), short(scene, "HEAD")
    assert finding["policy"] == BOT
    assert finding["message"] == (
        f"from commit {first} until {last}: {FILE} is not what entry 3 recorded: "
        "it was changed without an entry (UNRECORDED_CHANGE)"
    )
    assert finding["hint"].endswith(f"git show {first}")


def test_what_is_still_wrong_is_said_once(scene):
    scene.edit(FILE, "stage: limited", "stage: enforce")
    scene.commit("oops")

    assert set(found(scene)) == {"UNRECORDED_CHANGE"}


@pytest.mark.parametrize("way", ["--no-ff", "--squash"])
def test_the_states_of_a_branch_count_only_if_they_were_shown(scene, way):
    scene.git("switch", "-q", "-c", "side")
    scene.edit(FILE, "stage: limited", "stage: enforce")
    scene.commit("tried")
    scene.git("revert", "--no-edit", "HEAD")
    edit(scene, "pii", "# more\n")
    scene.git("switch", "-q", "main")
    scene.git("merge", "-q", way, *(("-m", "merge") if way == "--no-ff" else ()), "side")
    if way == "--squash":
        scene.git("commit", "-q", "-m", "squashed")

    assert found(scene) == {}


def test_a_rebase_merge_shows_states_that_nobody_had_approved_yet(scene):
    start = scene.git("rev-parse", "HEAD")
    edit(scene, BOT, "# more\n")
    scene.do("approve", BOT, "--yes", by="sam")

    done = scene.verify("--history")

    assert done.code == 0
    waited = [item for item in done.report["findings"] if item["entry"] == 4]
    assert [(item["code"], item["severity"]) for item in waited] == [(WAITED, "warning")]
    assert waited[0]["message"].endswith("(edit) lacks 1 x security; approved later")
    assert WAITED in scene.verify("--history", "--rev", start).codes


def test_a_change_that_was_live_without_approval_and_taken_back_is_an_error(scene):
    edit(scene, BOT, "# more\n")
    scene.git("revert", "--no-edit", "HEAD")

    findings = found(scene)

    assert set(findings) == {WAITED}
    assert findings[WAITED]["message"].endswith("taken back, never approved")


def told(scene, start):
    """Severity, policy, entry and ending of what the history says of states after a commit."""
    shown = {short(scene, commit) for commit in scene.git("rev-list", f"{start}..HEAD").split()}
    return [
        (item["severity"], item["policy"], item["entry"], item["message"].rpartition("; ")[2])
        for item in scene.verify("--history").report["findings"]
        if item["code"] == WAITED and item["message"].split()[2] in shown
    ]


def test_what_changes_no_policy_may_wait_on_the_branch(scene):
    start = scene.git("rev-parse", "HEAD")
    scene.do("record", BOT, "--reviewed", "--rationale", "looked at it", by="erin")
    scene.do("approve", BOT, "--yes", by="sam")
    scene.rotate(by=("erin", "olga"), stewards=("erin", "olga"), threshold=2)
    scene.commit("two stewards")
    scene.do("redact", BOT, "2", "--rationale", "a name", by="erin")
    scene.do("approve", BOT, "--yes", by="sam")
    scene.do("redact", BOT, "2", by="olga")
    scene.do("root", "propose", "--threshold", "1", "--rationale", "easier", by="erin")
    scene.do("root", "sign", "--yes", by="olga")
    assert told(scene, start) == []

    scene.do("void", BOT, "--rationale", "not needed", by="erin")
    scene.do("approve", BOT, "--yes", by="sam")

    assert told(scene, start) == [("warning", BOT, 6, "approved later")]


@pytest.mark.parametrize("approved", [True, False])
def test_whoever_takes_back_what_waited_is_told_whatever_it_changed(scene, approved):
    start = scene.git("rev-parse", "HEAD")
    scene.do("record", BOT, "--reviewed", "--rationale", "looked at it", by="erin")
    if approved:
        scene.do("approve", BOT, "--yes", by="sam")
    scene.git("revert", "--no-edit", *(["HEAD", "HEAD~1"] if approved else ["HEAD"]))

    findings = found(scene)

    if approved:
        assert set(findings) == {"ROLLBACK_OR_TRUNCATION", WAITED}
    assert told(scene, start)[-1:] == [("error", BOT, 4, "taken back, never approved")]


def test_a_proposal_of_a_trust_root_that_was_taken_back_is_told_and_did_nothing(scene):
    scene.rotate(by=("erin", "olga"), stewards=("erin", "olga"), threshold=2)
    scene.commit("two stewards")
    start = scene.git("rev-parse", "HEAD")
    scene.do("root", "propose", "--threshold", "1", "--rationale", "easier", by="erin")
    scene.do("root", "withdraw", by="olga")

    assert told(scene, start) == [("warning", "", None, "taken back, never approved")]


def test_a_trust_root_that_lost_a_signature_for_a_while_did_not_only_wait(scene):
    scene.rotate(by=("erin", "olga"), stewards=("erin", "olga"), threshold=2)
    scene.commit("two stewards")
    scene.remove(paths.root_signature_path(2, "olga"))
    scene.commit("strip")
    scene.git("revert", "--no-edit", "HEAD")
    assert scene.verify().codes == set()

    assert set(found(scene)) == {"ROOT_ROLLBACK"}


@pytest.mark.parametrize("broken", ["entry", "root"])
def test_what_waits_is_not_approved_by_a_state_that_is_too_broken_to_tell(scene, broken):
    scene.rotate(by=("erin", "olga"), stewards=("erin", "olga"), threshold=2)
    scene.commit("two stewards")
    start = scene.git("rev-parse", "HEAD")
    edit(scene, BOT, "# more\n")
    if broken == "entry":
        scene.write(paths.entry_path(BOT, 3), "{}")
    else:
        scene.remove(paths.root_signature_path(2, "olga"))
    scene.commit("break it")
    scene.git("revert", "--no-edit", "HEAD", "HEAD~1")
    assert scene.verify().codes == set()

    assert told(scene, start) == [("error", BOT, 4, "taken back, never approved")]


def test_a_rollback_that_was_pushed_and_repaired_is_told(scene):
    edit(scene, "pii", "# more\n")
    scene.git("revert", "--no-edit", "HEAD")
    scene.git("revert", "--no-edit", "HEAD")
    assert scene.verify().codes == set()

    findings = found(scene)

    assert set(findings) == {"ROLLBACK_OR_TRUNCATION"}
    assert findings["ROLLBACK_OR_TRUNCATION"]["message"] == (
        f"commit {short(scene, 'HEAD~1')}: entry 3 of 'pii' was there at commit "
        f"{short(scene, 'HEAD~2')} and is gone"
    )


def test_a_branch_that_takes_the_place_of_another_and_drops_its_entry_is_told(scene):
    scene.git("switch", "-q", "-c", "side")
    scene.write("app.py", "x")
    scene.commit()
    scene.git("switch", "-q", "main")
    edit(scene, "pii", "# more\n")
    scene.git("switch", "-q", "side")
    scene.git("merge", "-q", "-s", "ours", "-m", "up to date", "main")
    assert scene.verify().codes == set()

    findings = found(scene)

    entry = paths.entry_path("pii", 3)
    assert findings["ROLLBACK_OR_TRUNCATION"]["message"] == (
        f"commit {short(scene, 'HEAD')} merges a branch with {entry}, which is gone"
    )


def test_a_root_that_was_gone_for_a_while_is_told(scene):
    scene.rotate(people={**scene.root().people, "sam": scene.member("new")})
    scene.commit()
    scene.remove(paths.root_path(2), paths.root_signature_path(2, "erin"))
    scene.commit()
    scene.git("revert", "--no-edit", "HEAD")

    assert set(found(scene)) == {"ROOT_ROLLBACK"}


def test_a_name_that_did_not_belong_for_a_while_is_told(scene):
    scene.write("policies/PII.yaml", "x")
    scene.commit()
    scene.remove("policies/PII.yaml")
    scene.commit()

    assert set(found(scene)) == {"HISTORICAL_UNRECORDED_STATE"}


def test_policies_that_are_older_than_governance_are_adopted(scene, keys, place):
    folder = place / "adopted"
    folder.mkdir()
    scene.git("init", "-q", "-b", "main", str(folder))
    new = type(scene)(folder, keys, scene.world)
    new.write(PII, scene.read(PII))
    new.commit("before there was a ledger")
    new.write(PII, scene.read(PII) + b"# edited freely\n")
    new.commit("still before")
    new.git("config", "user.name", "Somebody")
    new.git("config", "user.email", "somebody@example.org")
    persons = ("--person", f"sam={keys / 'sam'}.pub", "--role", "security=sam")
    new.do("init", "--as", "erin", *persons, "--team", "assistants=erin", by="erin")
    new.do("record", "pii", "--rationale", "because", by="erin")

    assert found(new) == {}

    new.write("policies/late.yaml", scene.read(PII).replace(b"id: pii", b"id: late"))
    new.commit("not yet recorded")
    new.do("record", "late", "--rationale", "because", by="erin")
    assert set(found(new)) == {"HISTORICAL_UNRECORDED_STATE"}


def test_a_history_verifies_each_signature_once(scene, monkeypatch):
    for number in range(5):
        edit(scene, "pii", f"# {number}\n")
    seen = []
    verify = ssh_verification.verify

    def counting(signature, message):
        seen.append((signature, message))
        return verify(signature, message)

    monkeypatch.setattr(ssh_verification, "verify", counting)

    assert found(scene) == {}

    assert len(seen) == len(set(seen)) == len(list(scene.folder.rglob("*.sig")))


def test_a_hostile_state_of_the_past_is_only_a_finding(scene):
    scene.write(FILE, b"[" * 100_000)
    scene.commit()
    scene.git("revert", "--no-edit", "HEAD")
    (scene.folder / FILE).unlink()
    (scene.folder / FILE).symlink_to("/etc/passwd")
    scene.commit()
    scene.git("revert", "--no-edit", "HEAD")

    assert set(found(scene)) == {"HISTORICAL_UNRECORDED_STATE"}


def test_a_replacement_or_a_graft_does_not_hide_a_state(scene):
    scene.edit(FILE, "stage: limited", "stage: enforce")
    scene.commit("oops")
    scene.git("revert", "--no-edit", "HEAD")
    bad, good = scene.git("rev-parse", "HEAD~1", "HEAD~2").split()
    head = scene.git("rev-parse", "HEAD")
    scene.git("replace", bad, good)
    scene.git("replace", f"{bad}^{{tree}}", f"{good}^{{tree}}")
    grafts = scene.folder / ".git/info/grafts"
    grafts.parent.mkdir(exist_ok=True)
    grafts.write_text(f"{head} {good}\n")
    assert bad not in scene.git("log", "--format=%H").split()

    assert set(found(scene)) == {"HISTORICAL_UNRECORDED_STATE"}


def test_the_environment_of_a_hook_does_not_lead_to_another_history(scene, base):
    scene.edit(FILE, "stage: limited", "stage: enforce")
    scene.commit("oops")
    scene.git("revert", "--no-edit", "HEAD")
    other = base.folder / ".git"
    names = ("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH")

    done = scene.verify(
        *("--history", "--base", "HEAD~2"),
        **dict.fromkeys(names, str(other / "objects")),
        GIT_DIR=str(other),
        GIT_SHALLOW_FILE=str(other / "HEAD"),
    )

    assert (done.code, "HISTORICAL_UNRECORDED_STATE" in done.codes) == (4, True)
    assert done.report["result"]["level"] == "tree+base+history"

"""Attacks on the entries of the ledger; each function does one to a repository."""

from dataclasses import replace

import pytest

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.entry import ChangeAction, entry_bytes
from policyctl.core.stages import Stage

BOT = "team-assistant"
FILE = paths.policy_path(BOT)
STRICT = {
    "window_hours": 1000,
    "records": 10_000,
    "reviewed": 1000,
    "false_positives": "0.010000",
    "confidence": "0.990000",
    "inference": "anytime",
}
ENTRY_1, ENTRY_2, ENTRY_3 = (paths.entry_path(BOT, seq) for seq in (1, 2, 3))


def edit_the_rationale_of_an_old_entry(scene):
    """The registration is given a better reason afterwards."""
    scene.edit(ENTRY_1, "because", "approved by the board")


def edit_the_rationale_of_an_old_approved_entry(scene):
    """A promotion that was approved is given another reason afterwards."""
    scene.edit(ENTRY_2, "measured", "ordered")


def edit_the_last_entry(scene):
    """The change that is in force is given another reason."""
    scene.edit(ENTRY_3, "because", "ordered")


def delete_the_last_entry_and_keep_the_policy(scene):
    """The exception stays in the policy, its record is removed."""
    scene.remove(*scene.files_of(BOT, 3))


def delete_a_middle_entry(scene):
    """The promotion never happened, says the log."""
    scene.remove(*scene.files_of(BOT, 2))


def delete_a_middle_entry_and_close_the_gap(scene):
    """The entry that follows takes the place of the one that is removed."""
    scene.remove(*scene.files_of(BOT, 2))
    for path in scene.files_of(BOT, 3):
        scene.move(path, path.replace("000003", "000002"))


def delete_the_first_entry(scene):
    """Nobody remembers who registered the policy."""
    scene.remove(*scene.files_of(BOT, 1))


def delete_the_log_of_a_policy(scene):
    """The policy stands, its whole history is gone."""
    for seq in (1, 2, 3):
        scene.remove(*scene.files_of(BOT, seq))


def delete_everything_but_the_policies(scene):
    """The tool was uninstalled, says the commit."""
    scene.git("rm", "-rq", ".policyctl")


def swap_two_entries(scene):
    """Two entries change places, with their signatures."""
    first, third = scene.files_of(BOT, 1), scene.files_of(BOT, 3)
    for path in first:
        scene.move(path, path.replace("000001", "000009"))
    for path in third:
        scene.move(path, path.replace("000003", "000001"))
    for path in scene.files_of(BOT, 9):
        scene.move(path, path.replace("000009", "000003"))


def name_a_key_twice(scene):
    """Two readers may see two reasons."""
    scene.edit(ENTRY_3, ' "rationale"', ' "rationale": "harmless",\n "rationale"')


def convert_line_endings(scene):
    """An entry gets the line endings of another system."""
    scene.edit(ENTRY_3, "\n", "\r\n")


def add_a_field(scene):
    """An entry says more than the format knows."""
    scene.edit(ENTRY_3, ' "type"', ' "trusted": true,\n "type"')


def truncate_an_entry(scene):
    """Half of an entry is lost."""
    scene.write(ENTRY_3, scene.read(ENTRY_3)[:200])


def replay_an_entry_from_another_repository(scene, elsewhere):
    """What the same people signed in another ledger is carried over."""
    for path in [*elsewhere.files_of("visitor", 1), "policies/visitor.yaml"]:
        scene.write(path, elsewhere.read(path))


def replay_an_entry_under_another_policy(scene):
    """The registration of one policy is to register a second."""
    for path in scene.files_of(BOT, 1):
        scene.write(path.replace(BOT, "twin"), scene.read(path))
    scene.write("policies/twin.yaml", scene.git("show", f"HEAD~6:{FILE}") + "\n")


def replay_a_promotion_after_a_demotion(scene):
    """A policy that was sent back goes forward again with the old approval."""
    limited = scene.read(FILE)
    back = limited.replace(b"stage: limited", b"stage: logging")
    scene.forge(BOT, back, action=ChangeAction.DEMOTE, target=Stage.LOGGING)
    for path in scene.files_of(BOT, 2):
        scene.write(path.replace("000002", "000005"), scene.read(path))
    scene.write(FILE, limited)


def skip_a_stage_with_everybodys_signature(scene):
    """From logging to enforce in one step, and everybody signed it."""
    policy = scene.read("policies/pii.yaml")
    evidence = scene.evidence(
        BOT, 2, policy="pii", policy_digest=sha256(policy), to="enforce", gate=STRICT
    )
    scene.forge(
        "pii",
        policy.replace(b"stage: logging", b"stage: enforce"),
        action=ChangeAction.PROMOTE,
        target=Stage.ENFORCE,
        evidence=evidence,
        approved={"security": ("sam", "pia"), "risk": ("rita",)},
    )


def move_the_stage_under_the_name_of_an_edit(scene):
    """An edit, which fewer people approve, goes one stage forward."""
    policy = scene.read("policies/pii.yaml").replace(b"stage: logging", b"stage: limited")
    scene.forge("pii", policy, action=ChangeAction.EDIT, target=Stage.LIMITED)


def say_another_stage_than_the_policy(scene):
    """The entry stays in limited, and the file that it vouches for enforces."""
    policy = scene.read(FILE).replace(b"stage: limited", b"stage: enforce")
    scene.forge(BOT, policy, action=ChangeAction.EDIT)


def say_another_owner_than_the_policy(scene):
    """The entry names another owner than the file, so that the real one may approve."""
    policy = scene.read(FILE).replace(b"owner: assistants\napplies", b"owner: sam\napplies")
    assert policy != scene.read(FILE)
    scene.forge(BOT, policy, action=ChangeAction.EDIT)


def say_another_use_case_than_the_policy(scene):
    """The entry names the use case that needs fewer approvals."""
    policy = scene.read(FILE) + b"# more\n"
    scene.forge(BOT, policy, action=ChangeAction.EDIT, use_case="sandbox")


def promote_without_evidence(scene):
    """Everybody signed a promotion, and nobody measured anything."""
    policy = scene.read("policies/pii.yaml").replace(b"stage: logging", b"stage: limited")
    scene.forge("pii", policy, action=ChangeAction.PROMOTE, target=Stage.LIMITED)


def register_a_policy_that_enforces(scene):
    """A new policy begins where others arrive after weeks."""
    policy = scene.read(FILE).replace(b"id: team-assistant", b"id: quick")
    policy = policy.replace(b"stage: limited", b"stage: enforce")
    first = replace(
        scene.entry(BOT, 1),
        policy="quick",
        path="policies/quick.yaml",
        target=Stage.ENFORCE,
        after=sha256(policy),
    )
    scene.write("policies/quick.yaml", policy)
    scene.write(paths.entry_path("quick", 1), entry_bytes(first))
    scene.sign("quick", 1, "erin")


def register_a_policy_again(scene):
    """A second registration, which nobody has to approve, replaces a policy in limited."""
    policy = scene.read(FILE).replace(b"stage: limited", b"stage: logging")
    scene.forge(
        BOT,
        policy,
        action=ChangeAction.REGISTER,
        source=None,
        target=Stage.LOGGING,
        before=None,
        approved={},
    )


def sign_an_entry_as_nobody(scene):
    """Somebody without a key of the trust root writes an entry."""
    scene.forge("pii", scene.read("policies/pii.yaml") + b"# x\n", by="mallory", approved={})


def judge_an_entry_by_a_root_that_is_not_there(scene):
    """An entry names a trust root that was never made."""
    policy = scene.read("policies/pii.yaml") + b"# x\n"
    scene.forge("pii", policy, action=ChangeAction.EDIT, root=2, approved={})


def go_back_to_an_older_root(scene):
    """After an entry under root 2, the next is to be judged by root 1 again."""
    scene.rotate()
    for root in (2, 1):
        policy = scene.read("policies/pii.yaml") + b"# x\n"
        scene.forge("pii", policy, action=ChangeAction.EDIT, root=root, approved={})


def keep_both_sides_of_a_fork(scene):
    """Two branches edit one policy, and the conflict is resolved by keeping both entries."""
    for words in (b"# this\n", b"# that\n"):
        scene.git("switch", "-q", "-c", words[2:6].decode(), "attack")
        scene.write("policies/pii.yaml", scene.read("policies/pii.yaml") + words)
        scene.do("record", "pii", "--rationale", "because", by="erin")
    for path in scene.files_of("pii", 3):
        kept = scene.git("show", f"this:{path}") + "\n"
        scene.write(path.replace("000003", "000004"), scene.read(path))
        scene.write(path, kept)
    scene.git("symbolic-ref", "HEAD", "refs/heads/attack")


ATTACKS = {
    edit_the_rationale_of_an_old_entry: "SIG_INVALID AUTHOR_MISSING CHAIN_BROKEN",
    edit_the_rationale_of_an_old_approved_entry: (
        "SIG_INVALID AUTHOR_MISSING APPROVALS_MISSING CHAIN_BROKEN"
    ),
    edit_the_last_entry: "SIG_INVALID AUTHOR_MISSING APPROVALS_MISSING",
    delete_the_last_entry_and_keep_the_policy: "UNRECORDED_CHANGE",
    delete_a_middle_entry: "LOG_GAP UNRECORDED_CHANGE PATH_UNEXPECTED",
    delete_a_middle_entry_and_close_the_gap: "ENTRY_MISPLACED CHAIN_BROKEN PATH_UNEXPECTED",
    delete_the_first_entry: "LOG_GAP PATH_UNEXPECTED",
    delete_the_log_of_a_policy: "UNREGISTERED_POLICY PATH_UNEXPECTED",
    delete_everything_but_the_policies: "ROOT_MISSING UNREGISTERED_POLICY",
    swap_two_entries: "ENTRY_MISPLACED CHAIN_BROKEN UNRECORDED_CHANGE",
    name_a_key_twice: "ENTRY_DUP_KEY UNRECORDED_CHANGE",
    convert_line_endings: "ENTRY_NONCANONICAL UNRECORDED_CHANGE",
    add_a_field: "ENTRY_MALFORMED UNRECORDED_CHANGE",
    truncate_an_entry: "ENTRY_NONCANONICAL UNRECORDED_CHANGE",
    replay_an_entry_from_another_repository: "WRONG_LOG",
    replay_an_entry_under_another_policy: "ENTRY_MISPLACED",
    replay_a_promotion_after_a_demotion: "ENTRY_MISPLACED CHAIN_BROKEN UNRECORDED_CHANGE",
    skip_a_stage_with_everybodys_signature: "STAGE_SKIP",
    move_the_stage_under_the_name_of_an_edit: "ENTRY_INCONSISTENT",
    say_another_stage_than_the_policy: "STAGE_FIELD_MISMATCH",
    say_another_owner_than_the_policy: "OWNER_FIELD_MISMATCH",
    say_another_use_case_than_the_policy: "USE_CASE_FIELD_MISMATCH",
    promote_without_evidence: "EVIDENCE_MISSING",
    register_a_policy_that_enforces: "ENTRY_INCONSISTENT",
    register_a_policy_again: "CHAIN_BROKEN",
    sign_an_entry_as_nobody: "SIG_UNKNOWN_KEY AUTHOR_MISSING",
    judge_an_entry_by_a_root_that_is_not_there: "ROOT_UNKNOWN_VERSION",
    go_back_to_an_older_root: "ROOT_VERSION_REGRESSION",
    keep_both_sides_of_a_fork: "ENTRY_MISPLACED CHAIN_BROKEN",
}


def test_the_attack_is_seen_for_what_it_is(verified, codes):
    assert (verified.code, verified.codes) == (4, codes)
    assert verified.report["status"] == "fail"


def test_the_attack_is_seen_in_a_pull_request_and_refused_by_a_server(
    proposed, gated, pushed, codes
):
    assert proposed.code == (1 if proposed.codes <= {"APPROVALS_MISSING", "ROOT_THRESHOLD"} else 4)
    assert proposed.codes >= codes
    assert gated.code in (1, proposed.code)
    assert gated.codes >= codes
    assert pushed >= codes


@pytest.mark.parametrize("make", ATTACKS)
def test_an_attack_says_what_it_does(make):
    assert make.__doc__.endswith(".")

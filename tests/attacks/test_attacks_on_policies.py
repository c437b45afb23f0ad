"""Attacks on policy files, evidence, baselines and names; each function does one."""

import os

import pytest

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.entry import ChangeAction
from policyctl.core.stages import Stage

BOT = "team-assistant"
FILE = paths.policy_path(BOT)
EVIDENCE = paths.HOME + paths.evidence_name(BOT, 2)
BASELINE = paths.baseline_path("internal-facing@1")


def change_the_content_after_the_approval(scene):
    """What was approved is not what goes live."""
    scene.edit(FILE, "apps: [redteam-lab]", "apps: [redteam-lab, bank-support]")


def change_a_comment(scene):
    """Not even a comment changes without an entry."""
    scene.write(FILE, scene.read(FILE) + b"# harmless\n")


def move_the_stage_by_hand(scene):
    """The stage is edited in the file."""
    scene.edit(FILE, "stage: limited", "stage: enforce")


def add_an_exception_by_hand(scene):
    """One more exception stands in the file."""
    more = "  - {id: EX-2, guardrail: pii, reason: r, owner: sam, expires: 2027-01-01}\n"
    scene.write(FILE, scene.read(FILE) + more.encode())


def convert_the_line_endings_of_a_policy(scene):
    """Somebody's editor writes the line endings of another system."""
    scene.edit(FILE, "\n", "\r\n")


def empty_a_policy(scene):
    """Nothing is guarded any more."""
    scene.write(FILE, b"")


def blend_two_edits_in_a_clean_merge(scene):
    """One branch records an edit, another edits elsewhere in the file; git merges both."""
    scene.git("switch", "-q", "-c", "recorded")
    text = scene.read("policies/pii.yaml").decode()
    scene.write("policies/pii.yaml", text.replace("name: Team", "name: The team"))
    scene.do("record", "pii", "--rationale", "a better name", by="erin")
    scene.git("switch", "-q", "attack")
    scene.edit("policies/pii.yaml", "records: 2000", "records: 1000")
    scene.commit("a smaller sample")
    scene.git("merge", "-q", "--no-ff", "-m", "merge", "recorded")
    assert b"name: The team" in scene.read("policies/pii.yaml")


def hide_behind_aliases(scene):
    """A policy that grows a billionfold when it is read."""
    rows = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    scene.write(FILE, "a0: &a0 [x, x]\n" + "\n".join(rows) + "\n")


def nest_a_policy_deeply(scene):
    """A policy that no recursion comes to the end of."""
    scene.write(FILE, b"[" * 100_000)


def write_a_policy_that_is_no_text(scene):
    """A policy made of bytes."""
    scene.write(FILE, bytes(range(256)))


def add_a_policy_without_an_entry(scene):
    """A policy that nobody registered."""
    scene.write("policies/shadow.yaml", scene.read(FILE))


def delete_a_policy(scene):
    """A policy is gone, and nobody retired it."""
    scene.remove(FILE)


def delete_every_policy(scene):
    """All policies are gone."""
    scene.git("rm", "-rq", "policies")


def link_to_a_policy(scene):
    """The policy is wherever the link leads on each machine."""
    scene.move(FILE, "elsewhere.yaml")
    (scene.folder / FILE).symlink_to("../elsewhere.yaml")


def make_a_policy_executable(scene):
    """The policy file can be run."""
    (scene.folder / FILE).chmod(0o755)


def make_a_policy_a_repository(scene):
    """A repository of its own stands in the policy's place, as a gitlink."""
    scene.remove(FILE)
    make_repository(scene, FILE)


def link_to_the_policies(scene):
    """The folder of all policies is a link."""
    (scene.folder / "policies").rename(scene.folder / "real")
    (scene.folder / "policies").symlink_to("real")


def make_the_policies_a_repository(scene):
    """The folder of all policies is a repository of its own."""
    scene.git("rm", "-rqf", "policies")
    make_repository(scene, "policies")


def make_repository(scene, folder):
    scene.git("init", "-q", folder)
    scene.git("-C", folder, "commit", "-q", "--allow-empty", "-m", "embedded")


def add_a_policy_that_differs_in_case(scene):
    """Where case does not count, this file takes the other's place."""
    scene.write("policies/PII.yaml", b"id: pii\n")


def add_a_folder_that_differs_in_case(scene):
    """Where case does not count, the files of this folder take the places of the policies."""
    scene.write("Policies/pii.yaml", b"id: pii\n")


def add_a_look_alike(scene):
    """A name that reads like another, with a Cyrillic letter."""
    scene.write("policies/p\u0456i.yaml", b"id: pii\n")


def add_a_name_with_a_line_break(scene):
    """A name that breaks the lines of reports."""
    scene.write("policies/pii.yaml\nok", b"x")


def add_a_name_that_steers_terminals(scene):
    """A name that moves the cursor, one with a bell, one that is no UTF-8."""
    for name in ("pii\x1b[1A.yaml", "pii\x07.yaml", "pii\x01", os.fsdecode(b"pii\xff.yaml")):
        scene.write(f"policies/{name}", b"x")


def add_a_name_that_turns_the_direction(scene):
    """A name that reads backwards, and one with a letter of no width."""
    for name in ("\u202eiip.yaml", "p\u200bii.yaml"):
        scene.write(f"policies/{name}", b"x")


def hide_a_policy_in_a_folder(scene):
    """A policy below the folder that is looked at."""
    scene.write("policies/live/pii.yaml", scene.read("policies/pii.yaml"))


def hide_a_policy_behind_another_ending(scene):
    """Engines may read these endings too."""
    for ending in ("yml", "json", "YAML"):
        scene.write(f"policies/quick.{ending}", scene.read("policies/pii.yaml"))


def remove_the_evidence(scene):
    """The report of a promotion is gone."""
    scene.remove(EVIDENCE)


def edit_the_evidence(scene):
    """The report of a promotion has better numbers afterwards."""
    scene.write(EVIDENCE, scene.evidence(BOT, 2, engine="better"))


def link_to_the_evidence(scene):
    """The report is wherever the link leads on each machine."""
    scene.move(EVIDENCE, "report.json")
    (scene.folder / EVIDENCE).symlink_to("../../../report.json")


def add_evidence_that_nobody_names(scene):
    """A report stands about for a later use."""
    scene.write(EVIDENCE.replace("000002", "000003"), scene.read(EVIDENCE))


def promote(scene, evidence):
    policy = scene.read("policies/pii.yaml").replace(b"stage: logging", b"stage: limited")
    scene.forge("pii", policy, action=ChangeAction.PROMOTE, target=Stage.LIMITED, evidence=evidence)


def promote_on_the_evidence_of_another_policy(scene):
    """Everybody signed a promotion that stands on another policy's report."""
    promote(scene, scene.read(EVIDENCE))


def promote_on_the_evidence_of_another_version(scene):
    """Everybody signed a promotion that stands on a report about an older version."""
    promote(scene, scene.evidence(BOT, 2, policy="pii"))


def promote_although_the_gate_is_not_met(scene):
    """Everybody signed a promotion whose own report says no."""
    digest = sha256(scene.read("policies/pii.yaml"))
    promote(scene, scene.evidence(BOT, 2, policy="pii", policy_digest=digest, verdict="not_met"))


def promote_on_words(scene):
    """Everybody signed a promotion whose report is none."""
    promote(scene, b"we looked at it\n")


def tamper_with_a_baseline(scene):
    """Every policy that extends it is weaker from now on."""
    scene.edit(BASELINE, "sensitivity: L", "sensitivity:  L")


def remove_a_baseline(scene):
    """A baseline that governance adopted is gone."""
    scene.remove(BASELINE)


def add_a_baseline(scene):
    """A baseline that governance never saw."""
    scene.write(paths.baseline_path("internal-facing@2"), scene.read(BASELINE))


def extend_a_baseline_that_nobody_adopted(scene):
    """A signed policy rests on a baseline that governance never saw."""
    policy = scene.read("policies/pii.yaml").replace(b"internal-facing@1", b"internal-facing@9")
    scene.forge("pii", policy, action=ChangeAction.EDIT, approved={})


ATTACKS = {
    change_the_content_after_the_approval: "UNRECORDED_CHANGE",
    change_a_comment: "UNRECORDED_CHANGE",
    move_the_stage_by_hand: "UNRECORDED_CHANGE",
    add_an_exception_by_hand: "UNRECORDED_CHANGE",
    convert_the_line_endings_of_a_policy: "UNRECORDED_CHANGE",
    empty_a_policy: "UNRECORDED_CHANGE",
    blend_two_edits_in_a_clean_merge: "UNRECORDED_CHANGE",
    hide_behind_aliases: "UNRECORDED_CHANGE",
    nest_a_policy_deeply: "UNRECORDED_CHANGE",
    write_a_policy_that_is_no_text: "UNRECORDED_CHANGE",
    add_a_policy_without_an_entry: "UNREGISTERED_POLICY",
    delete_a_policy: "POLICY_FILE_MISSING",
    delete_every_policy: "POLICY_FILE_MISSING",
    link_to_a_policy: "BAD_FILE_MODE",
    make_a_policy_executable: "BAD_FILE_MODE",
    make_a_policy_a_repository: "BAD_FILE_MODE",
    link_to_the_policies: "BAD_FILE_MODE POLICY_FILE_MISSING",
    make_the_policies_a_repository: "BAD_FILE_MODE POLICY_FILE_MISSING",
    add_a_policy_that_differs_in_case: "PATH_COLLISION PATH_UNEXPECTED",
    add_a_folder_that_differs_in_case: "PATH_COLLISION PATH_UNEXPECTED",
    add_a_look_alike: "PATH_NON_ASCII",
    add_a_name_with_a_line_break: "PATH_NON_ASCII",
    add_a_name_that_steers_terminals: "PATH_NON_ASCII",
    add_a_name_that_turns_the_direction: "PATH_NON_ASCII",
    hide_a_policy_in_a_folder: "PATH_UNEXPECTED",
    hide_a_policy_behind_another_ending: "PATH_UNEXPECTED",
    remove_the_evidence: "EVIDENCE_MISSING",
    edit_the_evidence: "EVIDENCE_MISMATCH",
    link_to_the_evidence: "EVIDENCE_MISSING BAD_FILE_MODE",
    add_evidence_that_nobody_names: "PATH_UNEXPECTED",
    promote_on_the_evidence_of_another_policy: "EVIDENCE_MISMATCH",
    promote_on_the_evidence_of_another_version: "EVIDENCE_MISMATCH",
    promote_although_the_gate_is_not_met: "GATE_NOT_MET",
    promote_on_words: "EVIDENCE_MISMATCH",
    tamper_with_a_baseline: "BASELINE_MISMATCH",
    remove_a_baseline: "BASELINE_MISSING",
    add_a_baseline: "BASELINE_UNKNOWN",
    extend_a_baseline_that_nobody_adopted: "BASELINE_UNKNOWN",
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

"""Attacks through what says that nothing changed: reviews of policies that stay as they are."""

from dataclasses import replace
from datetime import timedelta

import pytest

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.entry import ChangeAction, EvidenceReference, entry_bytes
from policyctl.core.stages import Stage
from policyctl.core.trust_root import ApprovalRule

BOT = "team-assistant"
FILE, PII = paths.policy_path(BOT), paths.policy_path("pii")
REVIEW = ChangeAction.REVIEW


def review(scene, policy=BOT, **changes):
    """Put a review on the chain, as people who may would make it unless it says so; its number."""
    content = changes.pop("content", None) or scene.read(paths.policy_path(policy))
    approved = {} if policy == "pii" else {"security": ("sam",)}
    return scene.forge(policy, content, **{"action": REVIEW, "approved": approved, **changes})


def edit_under_the_name_of_a_review(scene):
    """Nothing changed, says the entry, and the policy acts in one place more."""
    wider = scene.read(FILE).replace(b"apps: [redteam-lab]", b"apps: [redteam-lab, shop]")
    assert wider != scene.read(FILE)
    review(scene, content=wider)


def add_a_comment_under_the_name_of_a_review(scene):
    """A comment suppresses a rule from then on, and nobody approved an edit."""
    review(scene, "pii", content=scene.read(PII) + b"# policyctl: ignore[x] y\n")


def move_the_stage_under_the_name_of_a_review(scene):
    """A review goes one stage forward."""
    policy = scene.read(PII).replace(b"stage: logging", b"stage: limited")
    review(scene, "pii", content=policy, target=Stage.LIMITED, approved={"security": ("sam",)})


def say_another_stage_than_the_reviewed_policy(scene):
    """The file stays, and the entry claims the next stage."""
    review(scene, target=Stage.ENFORCE)


def give_a_policy_away_in_a_review(scene):
    """The entry names another owner, so that the real one may approve."""
    review(scene, owner="ada", approved={"security": ("olga",)})


def change_the_use_case_in_a_review(scene):
    """The entry names a use case for which fewer people approve."""
    review(scene, use_case="sandbox")


def review_without_an_approval(scene):
    """Where an edit needs somebody else, one person says alone that nothing needs one."""
    review(scene, approved={})


def approve_a_review_as_the_owner(scene):
    """Who owns the policy finds that it may stay."""
    review(scene, approved={"security": ("olga",)})


def approve_a_review_oneself(scene):
    """Who reviewed approves that, too."""
    review(scene, approved={"security": ("erin",)})


def review_as_somebody_else_than_the_owner(scene):
    """Somebody of security says that the owner reviewed, where nobody has to approve that."""
    review(scene, "pii", by="sam")


def review_in_place_of_the_owner(scene):
    """Who should have approved reviews, another one approves, and the owner never looked."""
    review(scene, by="sam", approved={"security": ("pia",)})


def review_as_an_owner_of_yesterday(scene):
    """Who left the team that owns the policy reviews it once more."""
    scene.rotate(teams={"assistants": ("olga",)})
    review(scene, "pii", root=2)


def become_the_owner_by_the_review(scene):
    """Sam reviews as the owner, and the entry says that the owner is Sam."""
    review(scene, "pii", by="sam", owner="sam")


def lend_the_owner_a_name(scene):
    """Sam's key signs a file that is called after the owner."""
    seq = review(scene, "pii", by="sam")
    scene.move(paths.signature_path("pii", seq, "sam"), paths.signature_path("pii", seq, "erin"))


def review_as_a_stranger(scene):
    """Somebody whom the trust root does not know has reviewed."""
    review(scene, by="mallory")


def approve_as_for_an_edit_where_reviews_have_a_rule(scene):
    """Governance asks risk about reviews, and security approved."""
    rules = (*scene.root().approvals, ApprovalRule(need={"risk": 1}, actions=(REVIEW,)))
    scene.rotate(approvals=rules)
    review(scene, root=2)


def reuse_a_review_for_another_policy(scene):
    """What was signed about one policy is put on the chain of another."""
    seq = review(scene)
    last = scene.last("pii") + 1
    for path in scene.files_of(BOT, seq):
        other = path.replace(BOT, "pii").replace(f"{seq:06}", f"{last:06}")
        scene.write(other, scene.read(path))


def replay_the_approval_of_an_earlier_review(scene):
    """A second review stands on the approval of the first."""
    seq = review(scene)
    review(scene, approved={})
    earlier = scene.read(paths.signature_path(BOT, seq, "sam", "security"))
    scene.write(paths.signature_path(BOT, seq + 1, "sam", "security"), earlier)


def turn_an_approved_edit_into_a_review(scene):
    """An entry that was signed is called a review afterwards."""
    scene.edit(paths.entry_path(BOT, 3), '"exception"', '"review"')


def reword_a_review(scene):
    """What was looked at is said in other words than were signed."""
    seq = review(scene)
    scene.edit(paths.entry_path(BOT, seq), "because", "every dial")


def review_a_retired_policy(scene):
    """A policy that ended is looked at once more."""
    retire(scene)
    scene.forge("pii", None, action=REVIEW, approved={})


def bring_a_retired_policy_back_by_a_review(scene):
    """The file of a policy that ended stands again, and was only reviewed."""
    content = scene.read(PII)
    retire(scene)
    review(scene, "pii", content=content, source=None, target=Stage.LOGGING)


def retire(scene):
    ends = {"action": ChangeAction.RETIRE, "target": None, "approved": {"security": ("sam",)}}
    scene.forge("pii", None, **ends)
    scene.remove(PII)


def register_by_a_review(scene):
    """A policy begins its life reviewed."""
    content = scene.read(PII).replace(b"id: pii", b"id: quick")
    first = replace(
        scene.entry("pii", 1),
        policy="quick",
        path="policies/quick.yaml",
        action=REVIEW,
        after=sha256(content),
    )
    scene.write("policies/quick.yaml", content)
    scene.write(paths.entry_path("quick", 1), entry_bytes(first))
    scene.sign("quick", 1, "erin")


def review_what_nobody_approved(scene):
    """An edit that waits for approval is found good by a review."""
    edited = scene.read(FILE) + b"# more\n"
    scene.forge(BOT, edited, action=ChangeAction.EDIT, approved={})
    review(scene)


def review_on_an_unapproved_emergency(scene):
    """A step back that somebody has to look at is covered by a review."""
    back = scene.read(FILE).replace(b"stage: limited", b"stage: logging")
    step = {"action": ChangeAction.EMERGENCY_DEMOTE, "target": Stage.LOGGING}
    scene.forge(BOT, back, by="sam", approved={}, **step)
    review(scene, approved={})


def annul_a_demotion_behind_a_review(scene):
    """A void reaches past a review, to a step back."""
    blocks = scene.read(FILE)
    back = blocks.replace(b"stage: limited", b"stage: logging")
    scene.forge(BOT, back, action=ChangeAction.DEMOTE, target=Stage.LOGGING)
    review(scene, approved={})
    scene.forge(BOT, blocks, action=ChangeAction.VOID, target=Stage.LIMITED)


def annul_a_review_into_other_bytes(scene):
    """A void claims that the review before it changed something."""
    review(scene)
    scene.forge(BOT, scene.read(FILE) + b"# more\n", action=ChangeAction.VOID)


def date_a_review_ahead(scene):
    """The next review is due in ten years."""
    before = scene.entry("pii", scene.last("pii")).requested_at
    review(scene, "pii", requested_at=before + timedelta(days=3650))


def name_evidence_in_a_review(scene):
    """A review leans on the report of a promotion."""
    name = paths.evidence_name(BOT, 2)
    digest = sha256(scene.read(paths.HOME + name))
    review(scene, references=(EvidenceReference(name=name, sha256=digest),))


def remove_a_review(scene):
    """A review in the middle of the trail was never made."""
    seq = review(scene, "pii")
    scene.forge("pii", scene.read(PII) + b"# more\n", action=ChangeAction.EDIT, approved={})
    scene.remove(*scene.files_of("pii", seq))


ATTACKS = {
    edit_under_the_name_of_a_review: "ENTRY_INCONSISTENT",
    add_a_comment_under_the_name_of_a_review: "ENTRY_INCONSISTENT",
    move_the_stage_under_the_name_of_a_review: "ENTRY_INCONSISTENT",
    say_another_stage_than_the_reviewed_policy: "ENTRY_INCONSISTENT STAGE_FIELD_MISMATCH",
    give_a_policy_away_in_a_review: (
        "ENTRY_INCONSISTENT OWNER_FIELD_MISMATCH SELF_APPROVAL APPROVALS_MISSING "
        "REVIEW_NOT_BY_OWNER"
    ),
    change_the_use_case_in_a_review: "ENTRY_INCONSISTENT USE_CASE_FIELD_MISMATCH",
    review_without_an_approval: "APPROVALS_MISSING",
    approve_a_review_as_the_owner: "SELF_APPROVAL APPROVALS_MISSING",
    approve_a_review_oneself: "SELF_APPROVAL APPROVALS_MISSING",
    review_as_somebody_else_than_the_owner: "REVIEW_NOT_BY_OWNER",
    review_in_place_of_the_owner: "REVIEW_NOT_BY_OWNER",
    review_as_an_owner_of_yesterday: "REVIEW_NOT_BY_OWNER",
    become_the_owner_by_the_review: "ENTRY_INCONSISTENT OWNER_FIELD_MISMATCH",
    lend_the_owner_a_name: "SIG_UNKNOWN_KEY AUTHOR_MISSING",
    review_as_a_stranger: "SIG_UNKNOWN_KEY AUTHOR_MISSING",
    approve_as_for_an_edit_where_reviews_have_a_rule: "SIG_SURPLUS APPROVALS_MISSING",
    reuse_a_review_for_another_policy: "ENTRY_MISPLACED CHAIN_BROKEN UNRECORDED_CHANGE",
    replay_the_approval_of_an_earlier_review: "SIG_INVALID APPROVALS_MISSING",
    turn_an_approved_edit_into_a_review: (
        "ENTRY_INCONSISTENT SIG_INVALID AUTHOR_MISSING APPROVALS_MISSING"
    ),
    reword_a_review: "SIG_INVALID AUTHOR_MISSING APPROVALS_MISSING",
    review_a_retired_policy: "ENTRY_INCONSISTENT",
    bring_a_retired_policy_back_by_a_review: "ENTRY_INCONSISTENT",
    register_by_a_review: "ENTRY_INCONSISTENT",
    review_what_nobody_approved: "APPROVALS_MISSING",
    review_on_an_unapproved_emergency: "EMERGENCY_PENDING EMERGENCY_BUILT_ON",
    annul_a_demotion_behind_a_review: "ENTRY_INCONSISTENT",
    annul_a_review_into_other_bytes: "ENTRY_INCONSISTENT",
    date_a_review_ahead: "ENTRY_FROM_FUTURE",
    name_evidence_in_a_review: "ENTRY_INCONSISTENT EVIDENCE_MISSING",
    remove_a_review: "LOG_GAP UNRECORDED_CHANGE",
}

WARNINGS = {"EMERGENCY_PENDING"}
"""What a server lets pass, and says nothing about where it refuses something else."""


def test_the_attack_is_seen_for_what_it_is(verified, codes):
    assert (verified.code, verified.codes) == (4, codes)
    assert verified.report["status"] == "fail"


def test_the_attack_is_seen_in_a_pull_request_and_refused_by_a_server(
    proposed, gated, pushed, codes
):
    assert proposed.code == (1 if proposed.codes <= {"APPROVALS_MISSING"} else 4)
    assert proposed.codes >= codes
    assert gated.code in (1, proposed.code)
    assert gated.codes >= codes
    assert pushed >= codes - WARNINGS


@pytest.mark.parametrize("make", ATTACKS)
def test_an_attack_says_what_it_does(make):
    assert make.__doc__.endswith(".")

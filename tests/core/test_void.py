"""A void restores what was before the last change, and owes what that change would owe."""

import pytest

from policyctl.core.canonical import sha256
from policyctl.core.entry import ChangeAction
from policyctl.core.needs import needed
from policyctl.core.stages import Stage
from policyctl.core.trust_root import ApprovalRule

LOGGING, LIMITED, ENFORCE = Stage
VOID = ChangeAction.VOID


@pytest.fixture
def edited(governed):
    """A registered policy with one edit."""
    governed.record(governed.entry())
    governed.first = governed.content("policies/bot.yaml")
    governed.record(governed.entry())
    return governed


def annulling(forge, **changes):
    """The entry that annuls the last one, or says something else."""
    last = forge.chain["bot"]
    return forge.entry(
        **{"action": VOID, "target": last.source, "after": last.before, **changes},
    )


def test_it_restores_the_bytes_from_before_the_last_change(edited):
    edited.record(annulling(edited), file=edited.first)

    assert edited.codes() == set()


def test_it_reaches_past_a_review_to_the_last_change(edited):
    change = edited.chain["bot"]
    review = {"action": ChangeAction.REVIEW, "after": change.after}
    edited.record(edited.entry(**review), file=edited.content("policies/bot.yaml"))
    edited.record(annulling(edited, after=change.before), file=edited.first)

    assert edited.codes() == set()


def test_it_takes_back_a_registration_with_its_file(governed):
    governed.record(governed.entry())
    governed.record(annulling(governed))
    assert governed.codes() == set()

    governed.record(governed.entry(action=ChangeAction.REGISTER, target=LOGGING))

    assert governed.codes() == set()


def test_it_takes_a_promotion_one_stage_back(edited):
    before = edited.content("policies/bot.yaml")
    edited.record(edited.entry(action=ChangeAction.PROMOTE, target=LIMITED))
    edited.record(annulling(edited), file=before)

    assert edited.codes() == {"EVIDENCE_MISSING"}  # of the forged promotion


@pytest.mark.parametrize(
    "changes",
    [
        {"after": "0" * 64},
        {"after": None, "target": None},
        {"target": LIMITED},
        {"owner": "ada"},
        {"use_case": "public"},
    ],
)
def test_it_restores_nothing_else(edited, changes):
    edited.record(annulling(edited, **changes), file=edited.first)

    [finding] = [item for item in edited.judge().findings if item.code == "ENTRY_INCONSISTENT"]

    assert "a void of entry 2 restores" in finding.message


@pytest.mark.parametrize("action", [ChangeAction.DEMOTE, ChangeAction.EMERGENCY_DEMOTE, VOID])
def test_it_is_no_way_forward_without_evidence(edited, action):
    if action is VOID:
        edited.record(annulling(edited), file=edited.first)
    else:
        edited.record(edited.entry(action=ChangeAction.PROMOTE, target=LIMITED))
        edited.record(edited.entry(action=action, target=LOGGING))
    edited.record(annulling(edited))

    messages = [item.message for item in edited.judge().findings if item.entry >= 4]

    assert any(f"not a {action.value}" in message for message in messages)


def test_it_does_not_begin_a_chain(governed):
    governed.record(governed.entry(action=VOID, source=None, target=None, after=None))

    [finding] = governed.judge().findings
    assert (finding.code, finding.entry) == ("ENTRY_INCONSISTENT", 1)
    assert finding.message.endswith("not nothing")


def test_a_retirement_is_not_annulled(edited):
    edited.record(edited.entry(action=ChangeAction.RETIRE, target=None, after=None))
    last = edited.content(".policyctl/log/bot/000002.json")
    assert last
    edited.record(annulling(edited), file=b"bot logging assistants internal\n\n")

    assert "ENTRY_INCONSISTENT" in edited.codes()


@pytest.mark.parametrize(
    ("source", "target", "roles"),
    [
        (LIMITED, LIMITED, {"edits", "exceptions", "voids"}),
        (LIMITED, LOGGING, {"voids", "demotions"}),
        (LOGGING, None, {"voids", "ends"}),
    ],
)
def test_it_owes_what_a_change_of_the_file_and_of_the_stage_would_owe(forge, source, target, roles):
    rules = (
        ApprovalRule(actions=(ChangeAction.EDIT,), to=(LIMITED,), need={"edits": 1}),
        ApprovalRule(actions=(ChangeAction.EXCEPTION,), to=(LIMITED,), need={"exceptions": 1}),
        ApprovalRule(actions=(VOID,), need={"voids": 1}),
        ApprovalRule(actions=(ChangeAction.DEMOTE,), need={"demotions": 1}),
        ApprovalRule(actions=(ChangeAction.RETIRE,), need={"ends": 1}),
    )
    digest = sha256(b"") if target else None
    entry = forge.entry(action=VOID, source=source, target=target, before="0" * 64, after=digest)

    assert set(needed(forge.root(approvals=rules), entry, None)) == roles

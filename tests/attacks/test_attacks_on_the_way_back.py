"""Attacks through what is meant for mistakes: emergencies, voids and redactions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from policyctl.adapters.ssh_signing import sign
from policyctl.core import paths
from policyctl.core.canonical import decode, encode, sha256
from policyctl.core.entry import ChangeAction
from policyctl.core.redaction import reference_to
from policyctl.core.stages import Stage
from policyctl.core.tombstone import tombstone_bytes, tombstone_of
from policyctl.core.trust_root import REDACT_NAMESPACE

BOT = "team-assistant"
FILE = paths.policy_path(BOT)
ENTRY_2 = paths.entry_path(BOT, 2)
APPROVED = {"security": ("pia",)}


def back(scene):
    return scene.read(FILE).replace(b"stage: limited", b"stage: logging")


def step_back(scene, *, by="sam", **changes):
    """Put an emergency on the chain, approved by nobody unless it says so."""
    known = {"approved": {}, "action": ChangeAction.EMERGENCY_DEMOTE, "target": Stage.LOGGING}
    return scene.forge(BOT, back(scene), by=by, **{**known, **changes})


def bury(scene, seq, *, by=("erin",), **changes):
    """Put a tombstone in an entry's place, signed by stewards; its bytes."""
    place = paths.entry_path(BOT, seq)
    files = [path for path in scene.files_of(BOT, seq) if path.endswith(".sig")]
    found = tombstone_of(scene.entry(BOT, seq), {path: sha256(scene.read(path)) for path in files})
    content = tombstone_bytes(replace(found, **changes))
    scene.write(place, content)
    for who in by:
        made = sign(content, namespace=REDACT_NAMESPACE, key=scene.keys / who)
        scene.write(paths.tombstone_signature_path(BOT, seq, who), made)
    return content


def put_on_record(scene, content, seq=2, **changes):
    """Record a redaction, written and approved by people who may."""
    references = (reference_to(BOT, seq, content),)
    known = {"action": ChangeAction.REDACT, "references": references}
    return scene.forge(BOT, scene.read(FILE), **{**known, **changes})


def call_it_an_emergency_without_the_role(scene):
    """Somebody who may not steps back at once."""
    step_back(scene, by="rita")


def change_more_than_the_stage_in_an_emergency(scene):
    """What takes effect at once also lets a guardrail go that nobody is asked about."""
    content = back(scene).replace(b"data_sensitivity: confidential", b"data_sensitivity: public")
    assert content != back(scene)
    scene.forge(
        BOT,
        content,
        by="sam",
        approved={},
        action=ChangeAction.EMERGENCY_DEMOTE,
        target=Stage.LOGGING,
    )


def suppress_a_rule_on_the_way_back(scene):
    """A comment that suppresses a rule comes with a way back, where nobody reads it."""
    content = back(scene) + b"# policyctl: ignore[purpose-thin] because\n"
    scene.forge(BOT, content, action=ChangeAction.DEMOTE, target=Stage.LOGGING)


def call_it_an_emergency_and_never_ask(scene):
    """The deadline passed days ago, and nobody approved."""
    before = scene.entry(BOT, scene.last(BOT)).requested_at
    step_back(scene, requested_at=before - timedelta(days=30))


def date_an_emergency_ahead(scene):
    """The deadline is put off by a time that has not come yet."""
    before = scene.entry(BOT, scene.last(BOT)).requested_at
    step_back(scene, requested_at=before + timedelta(days=3650))


def go_forward_on_an_unapproved_emergency(scene):
    """What was stopped at once goes live again, before anybody looked at why."""
    blocks = scene.read(FILE)
    step_back(scene)
    proof = scene.evidence(BOT, 2, policy_digest=sha256(back(scene)))
    promotion = {"action": ChangeAction.PROMOTE, "target": Stage.LIMITED, "evidence": proof}
    scene.forge(BOT, blocks, **promotion)


def approve_an_emergency_oneself(scene):
    """The one who stepped back approves that as well."""
    step_back(scene, approved={"security": ("sam",)})


def void_a_demotion(scene):
    """A stage forward without evidence: the step back is annulled."""
    blocks = scene.read(FILE)
    scene.forge(BOT, back(scene), action=ChangeAction.DEMOTE, target=Stage.LOGGING)
    scene.forge(BOT, blocks, action=ChangeAction.VOID, target=Stage.LIMITED)


def void_an_emergency(scene):
    """The same, where the step back was an emergency."""
    blocks = scene.read(FILE)
    step_back(scene, approved=APPROVED)
    scene.forge(BOT, blocks, action=ChangeAction.VOID, target=Stage.LIMITED)


def void_with_other_bytes(scene):
    """An annulment restores something that never was."""
    other = scene.read(FILE).replace(b"apps: [redteam-lab]", b"apps: [assistant]")
    scene.forge(BOT, other, action=ChangeAction.VOID)


def void_twice(scene):
    """An annulment of an annulment brings back what nobody approved again."""
    edited = scene.read(FILE)
    before = scene.git("show", f"HEAD~4:{FILE}").encode() + b"\n"
    assert sha256(before) == scene.entry(BOT, 3).before
    scene.forge(BOT, before, action=ChangeAction.VOID)
    scene.forge(BOT, edited, action=ChangeAction.VOID)


def void_without_approval(scene):
    """Whoever owns a policy annuls a change of it alone."""
    before = scene.git("show", f"HEAD~4:{FILE}").encode() + b"\n"
    scene.forge(BOT, before, action=ChangeAction.VOID, approved={})


def redact_without_stewards(scene):
    """Somebody with commit rights takes a reason out."""
    put_on_record(scene, bury(scene, 2, by=("sam",)))


def redact_without_a_record(scene):
    """Stewards take a reason out and tell nobody."""
    bury(scene, 2)


def redact_the_last_entry(scene):
    """The change in force loses its reason."""
    bury(scene, 3)


def redact_an_entry_into_another(scene):
    """A tombstone says something else than the entry whose digest it carries."""
    original = scene.entry(BOT, 2)
    content = bury(scene, 2, entry=replace(original, rationale="x", after="0" * 64))
    put_on_record(scene, content)


def change_a_tombstone_afterwards(scene):
    """A tombstone that is on record gets another owner."""
    put_on_record(scene, bury(scene, 2))
    data = decode(scene.read(ENTRY_2))
    scene.write(ENTRY_2, encode({**data, "owner": "rita"}))


def launder_an_unapproved_entry(scene):
    """An entry without approval is buried, and an old approval is put beside it."""
    place = paths.signature_path(BOT, 2, "sam", "security")
    other = scene.read(paths.signature_path(BOT, 3, "sam", "security"))
    scene.remove(place)
    content = bury(scene, 2)
    scene.write(place, other)
    put_on_record(scene, content)


def redact_a_redaction(scene):
    """The reason why a reason is gone is to go as well."""
    put_on_record(scene, bury(scene, 2))
    scene.forge(BOT, scene.read(FILE) + b"# more\n", action=ChangeAction.EDIT)
    put_on_record(scene, bury(scene, 4), 4)


def redact_twice(scene):
    """Two entries claim the same redaction."""
    content = bury(scene, 2)
    put_on_record(scene, content)
    put_on_record(scene, content)


def sign_a_tombstone_that_is_not_there(scene):
    """A steward's signature lies in wait for a redaction."""
    made = sign(scene.read(ENTRY_2), namespace=REDACT_NAMESPACE, key=scene.keys / "erin")
    scene.write(paths.tombstone_signature_path(BOT, 2, "erin"), made)


UNVOUCHED = "TOMBSTONE_UNVOUCHED PATH_UNEXPECTED"
ATTACKS = {
    call_it_an_emergency_without_the_role: "EMERGENCY_NOT_ALLOWED EMERGENCY_PENDING",
    call_it_an_emergency_and_never_ask: "EMERGENCY_OVERDUE ENTRY_BACKDATED",
    date_an_emergency_ahead: "EMERGENCY_PENDING ENTRY_FROM_FUTURE",
    go_forward_on_an_unapproved_emergency: "EMERGENCY_PENDING EMERGENCY_BUILT_ON",
    approve_an_emergency_oneself: "EMERGENCY_PENDING SELF_APPROVAL",
    void_a_demotion: "ENTRY_INCONSISTENT",
    void_an_emergency: "ENTRY_INCONSISTENT",
    void_with_other_bytes: "ENTRY_INCONSISTENT",
    void_twice: "ENTRY_INCONSISTENT",
    void_without_approval: "APPROVALS_MISSING",
    change_more_than_the_stage_in_an_emergency: "ENTRY_MISNAMED EMERGENCY_PENDING",
    suppress_a_rule_on_the_way_back: "ENTRY_MISNAMED",
    redact_without_stewards: "TOMBSTONE_THRESHOLD SIG_NOT_IN_ROLE",
    redact_without_a_record: UNVOUCHED,
    redact_the_last_entry: UNVOUCHED,
    redact_an_entry_into_another: "CHAIN_BROKEN",
    change_a_tombstone_afterwards: f"REDACTION_INVALID {UNVOUCHED}",
    launder_an_unapproved_entry: "TOMBSTONE_SIGNATURES",
    redact_a_redaction: f"REDACTION_INVALID {UNVOUCHED}",
    redact_twice: "REDACTION_INVALID",
    sign_a_tombstone_that_is_not_there: "PATH_UNEXPECTED",
}


def test_the_attack_is_seen_for_what_it_is(verified, codes):
    assert verified.codes == codes
    assert verified.code == 4
    assert verified.report["status"] == "fail"


@pytest.mark.parametrize("make", ATTACKS)
def test_an_attack_says_what_it_does(make):
    assert make.__doc__.endswith(".")


def test_what_stood_on_an_emergency_before_it_was_approved_is_told_by_the_history(scene):
    """Once everybody has agreed the tip owes nothing; that it was built on is what happened."""
    go_forward_on_an_unapproved_emergency(scene)
    scene.commit("a promotion on an emergency")
    before = scene.verify()
    emergency = scene.last(BOT) - 1
    scene.sign(BOT, emergency, "pia", "security")
    scene.commit("the emergency is approved")

    tip, history = scene.verify(), scene.verify("--history")

    assert before.codes == {"EMERGENCY_PENDING", "EMERGENCY_BUILT_ON"}
    assert (tip.code, tip.codes) == (0, set())
    assert history.code == 4
    [finding] = [item for item in history.report["findings"] if item["severity"] == "error"]
    assert finding["code"] == "HISTORICAL_UNRECORDED_STATE"
    assert "(EMERGENCY_BUILT_ON)" in finding["message"]

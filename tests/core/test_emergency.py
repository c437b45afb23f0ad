"""Emergencies: who may step back at once, until when they are approved, and what follows them."""

from datetime import UTC, datetime, timedelta

import pytest

from policyctl.core import paths
from policyctl.core.emergency import deadline
from policyctl.core.entry import ChangeAction
from policyctl.core.finding import Severity
from policyctl.core.stages import Stage
from policyctl.core.trust_root import ApprovalRule, Emergency, Role

LOGGING, LIMITED, ENFORCE = Stage
SAM, PIA = {"security": ("sam",)}, {"security": ("pia",)}
DUE = timedelta(hours=72)
ON_CALL = Emergency(role="security", within="72h")


def governed_by(forge, *, emergency=ON_CALL, **changes):
    """A policy that was registered and acts, so that there is something to step back from."""
    forge.put_root(forge.root(emergency=emergency, **changes))
    forge.record(forge.entry())
    forge.record(forge.entry(action=ChangeAction.EDIT))
    return forge


def step_back(forge, **signed):
    """An emergency from ``limited``; the entry before it says that it was there."""
    forge.chain["bot"] = forge.record(
        forge.entry(action=ChangeAction.PROMOTE, target=LIMITED), approved=SAM
    )
    entry = forge.entry(action=ChangeAction.EMERGENCY_DEMOTE, target=LOGGING)
    return forge.record(entry, **{"by": ("sam",), "approved": {}, **signed})


def found(forge, now=None):
    """The codes that are about emergencies and times."""
    beside = {"EVIDENCE_MISSING"}  # the forged promotions have none
    return forge.codes(now=now) - beside


def test_it_is_in_force_at_once_and_what_it_owes_is_a_warning_until_the_deadline(forge):
    entry = step_back(governed_by(forge))
    due = entry.requested_at + DUE

    for now, code, severity, words in (
        (None, "EMERGENCY_PENDING", Severity.WARNING, "owes 1 x security until 2026-10-08T08:00"),
        (due, "EMERGENCY_PENDING", Severity.WARNING, "owes 1 x security until 2026-10-08T08:00"),
        (
            due + timedelta(seconds=1),
            "EMERGENCY_OVERDUE",
            Severity.ERROR,
            "lacks 1 x security, which was due on 2026-10-08T08:00:00Z",
        ),
    ):
        ledger = forge.judge(now=now)
        [finding] = [item for item in ledger.findings if item.code.startswith("EMERGENCY")]
        assert (finding.code, finding.severity) == (code, severity)
        assert words in finding.message
        assert "APPROVALS_MISSING" not in forge.codes(now=now)


def test_once_approved_nothing_is_said_about_it_any_more(forge):
    entry = step_back(governed_by(forge), approved=PIA)

    assert found(forge, entry.requested_at + 100 * DUE) == set()


def test_its_author_does_not_approve_it(forge):
    step_back(governed_by(forge), approved=SAM)

    assert found(forge) == {"SELF_APPROVAL", "EMERGENCY_PENDING"}


@pytest.mark.parametrize(
    ("rules", "owed"),
    [
        ([ChangeAction.DEMOTE], True),
        ([ChangeAction.EMERGENCY_DEMOTE], True),
        ([ChangeAction.RETIRE], False),
    ],
)
def test_it_owes_what_rules_ask_of_either_kind_of_demotion(forge, rules, owed):
    others = tuple(set(ChangeAction) - {*rules, ChangeAction.DEMOTE, ChangeAction.EMERGENCY_DEMOTE})
    approvals = (
        ApprovalRule(actions=tuple(rules), need={"security": 1}),
        ApprovalRule(actions=(*others, ChangeAction.DEMOTE), need={}),
    )
    forge.put_root(forge.root(emergency=ON_CALL, approvals=approvals))
    forge.record(forge.entry(), approved={})
    forge.record(forge.entry(action=ChangeAction.PROMOTE, target=LIMITED), approved={})
    forge.record(
        forge.entry(action=ChangeAction.EMERGENCY_DEMOTE, target=LOGGING), by=("sam",), approved={}
    )

    assert found(forge) == ({"EMERGENCY_PENDING"} if owed else set())


@pytest.mark.parametrize(
    ("emergency", "by", "codes"),
    [
        (ON_CALL, ("sam",), {"EMERGENCY_PENDING"}),
        (ON_CALL, ("erin", "sam"), {"EMERGENCY_PENDING"}),
        (
            ON_CALL,
            ("erin",),
            {"EMERGENCY_PENDING", "EMERGENCY_NOT_ALLOWED"},
        ),
        (
            ON_CALL,
            (),
            {"EMERGENCY_PENDING", "EMERGENCY_NOT_ALLOWED", "AUTHOR_MISSING"},
        ),
        (
            Emergency(role="risk", within="72h"),
            ("sam",),
            {"EMERGENCY_PENDING", "EMERGENCY_NOT_ALLOWED"},
        ),
        (None, ("sam",), {"EMERGENCY_NOT_ALLOWED"}),
    ],
)
def test_only_the_role_that_governance_names_steps_back_at_once(forge, emergency, by, codes):
    step_back(governed_by(forge, emergency=emergency), by=by)

    assert found(forge) == codes


@pytest.mark.parametrize("touched", [True, False])
def test_a_role_that_asks_for_touched_keys_asks_for_them_here_too(forge, touched):
    key = forge.key("sam", hardware=True)
    roles = {
        "security": Role(members=("pia",)),
        "oncall": Role(members=("sam",), touch=True),
    }
    people = {**forge.root().people, "sam": forge.member(key)}
    governed = forge.root(
        people=people, roles=roles, emergency=Emergency(role="oncall", within="72h")
    )
    forge.put_root(governed)
    forge.record(forge.entry(), approved=PIA)
    forge.record(forge.entry(action=ChangeAction.PROMOTE, target=LIMITED), approved=PIA)
    forge.record(
        forge.entry(action=ChangeAction.EMERGENCY_DEMOTE, target=LOGGING),
        by=("sam",),
        approved=PIA,
        keys={"sam": key},
        touched=touched,
    )

    assert found(forge) == (set() if touched else {"EMERGENCY_NOT_ALLOWED"})


@pytest.mark.parametrize(
    ("action", "target", "refused"),
    [
        (ChangeAction.EDIT, LIMITED, False),
        (ChangeAction.EXCEPTION, LIMITED, False),
        (ChangeAction.DEMOTE, LOGGING, False),
        (ChangeAction.EMERGENCY_DEMOTE, LOGGING, False),
        (ChangeAction.PROMOTE, ENFORCE, True),
        (ChangeAction.RETIRE, None, True),
    ],
)
@pytest.mark.parametrize("approved", [True, False])
def test_only_what_leads_no_stage_forward_stands_on_an_unapproved_one(
    forge, action, target, refused, approved
):
    governed_by(forge)
    forge.record(forge.entry(action=ChangeAction.PROMOTE, target=LIMITED))
    forge.record(forge.entry(action=ChangeAction.PROMOTE, target=ENFORCE))
    back = forge.entry(action=ChangeAction.EMERGENCY_DEMOTE, target=LIMITED)
    forge.record(back, by=("sam",), approved=PIA if approved else {})
    gone = {"after": None} if target is None else {}
    emergency = action is ChangeAction.EMERGENCY_DEMOTE
    forge.record(
        forge.entry(action=action, target=target, **gone),
        by=("sam",) if emergency else ("erin",),
        approved=PIA,
    )

    codes = set() if approved else {"EMERGENCY_PENDING"}
    assert found(forge) == codes | ({"EMERGENCY_BUILT_ON"} if refused and not approved else set())


def test_a_deadline_beyond_the_calendar_is_its_end(forge):
    entry = forge.entry(requested_at=datetime(9999, 12, 31, tzinfo=UTC))

    assert deadline(entry, Emergency(role="security", within="2w")).year == 9999


@pytest.mark.parametrize(
    ("hours", "codes"), [(0, set()), (24, set()), (25, {"ENTRY_FROM_FUTURE"}), (-9000, set())]
)
def test_an_entry_is_not_from_more_than_a_day_ahead(governed, hours, codes):
    entry = governed.record(governed.entry())

    assert governed.codes(now=entry.requested_at - timedelta(hours=hours)) == codes
    assert governed.codes(now=None) == set()


@pytest.mark.parametrize(
    ("hours", "codes"), [(-24, set()), (-25, {"ENTRY_BACKDATED"}), (25, set())]
)
def test_time_does_not_go_back_by_more_than_a_day_within_a_chain(governed, hours, codes):
    first = governed.record(governed.entry())
    governed.record(governed.entry(requested_at=first.requested_at + timedelta(hours=hours)))

    assert governed.codes() == codes


def test_time_does_not_go_back_in_small_steps_either(governed):
    first = governed.record(governed.entry())
    for days in (0.9, 1.8):
        later = first.requested_at - timedelta(days=days)
        governed.record(governed.entry(requested_at=later))

    finding = governed.judge().findings[0]

    assert (finding.code, finding.entry) == ("ENTRY_BACKDATED", 3)
    assert finding.file == paths.entry_path("bot", 3)

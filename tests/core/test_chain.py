"""One policy's chain: who signed each entry, who approved it, and whether it follows."""

from dataclasses import replace

import pytest

from policyctl.core import paths
from policyctl.core.canonical import encode, sha256
from policyctl.core.entry import ChangeAction, entry_bytes
from policyctl.core.needs import needed, owners
from policyctl.core.stages import Stage
from policyctl.core.trust_root import ApprovalRule, Role, approval_namespace

ENTRY_1, ENTRY_2 = paths.entry_path("bot", 1), paths.entry_path("bot", 2)
AUTHOR_1 = paths.signature_path("bot", 1, "erin")
APPROVAL_1 = paths.signature_path("bot", 1, "sam", "security")
LOGGING, LIMITED, ENFORCE = Stage


@pytest.fixture
def recorded(governed):
    """A registered policy with one edit, each approved by Sam for security."""
    governed.record(governed.entry())
    governed.record(governed.entry())
    return governed


def under(forge, *rules, **changes):
    """The forge with a first root that has these rules."""
    forge.put_root(forge.root(approvals=rules, **changes))
    return forge


def test_an_honest_chain_has_no_findings_and_counts_its_signatures(recorded):
    ledger = recorded.judge()

    assert ledger.findings == ()
    assert (ledger.entries, ledger.signatures) == (2, 4)
    assert ledger.chains["bot"].last.approvals == {"security": frozenset({"sam"})}


OWED = {"APPROVALS_MISSING"}
SECURITY, BOTH = {"security": 1}, {"security": 1, "risk": 1}
TWO_AND_ONE = {"security": 2, "risk": 1}
SAM, PIA_SAM = {"security": ("sam",)}, {"security": ("pia", "sam")}


@pytest.mark.parametrize(
    ("needs", "approved", "codes"),
    [
        ([{}], {}, set()),
        ([SECURITY], {}, OWED),
        ([SECURITY], SAM, set()),
        ([{"security": 2}], SAM, OWED),
        ([{"security": 2}], PIA_SAM, set()),
        ([SECURITY, {"security": 2}], SAM, OWED),
        ([BOTH], SAM, OWED),
        ([BOTH], {**SAM, "risk": ("rita",)}, set()),
        # Pia fills both roles, and still only one slot.
        ([BOTH], {"security": ("pia",), "risk": ("pia",)}, OWED),
        ([BOTH], {**PIA_SAM, "risk": ("pia",)}, set()),
        ([TWO_AND_ONE], {**PIA_SAM, "risk": ("pia",)}, OWED),
        ([TWO_AND_ONE], {**PIA_SAM, "risk": ("pia", "rita")}, set()),
        ([{"security": 2, "risk": 2}], {**PIA_SAM, "risk": ("pia", "rita")}, OWED),
        # More people than a role owes is fine; a role that owes nothing is not.
        ([SECURITY], PIA_SAM, set()),
        ([SECURITY], {**SAM, "risk": ("rita",)}, {"SIG_SURPLUS"}),
        ([{}], SAM, {"SIG_SURPLUS"}),
    ],
)
def test_each_person_fills_one_slot_of_the_roles_that_are_owed(forge, needs, approved, codes):
    under(forge, *(ApprovalRule(need=need) for need in needs))
    forge.record(forge.entry(), approved=approved)

    assert forge.codes() == codes


def test_what_is_still_owed_is_told_by_role(forge):
    under(forge, ApprovalRule(need={"security": 2, "risk": 1}))
    forge.record(forge.entry(), approved={"security": ("sam",)})

    last = forge.judge().chains["bot"].last

    assert last.missing == {"security": 1, "risk": 1}
    assert last.findings[0].message == (
        "entry 1 of 'bot' (register none -> logging) lacks 1 x risk, 1 x security"
    )


@pytest.mark.parametrize(
    ("entry", "by", "approved", "codes"),
    [
        # (owner of the entry), authors, approvers for security
        ("assistants", ("erin",), ("sam",), set()),
        ("assistants", ("sam",), ("sam",), {"SELF_APPROVAL", "APPROVALS_MISSING"}),
        ("assistants", ("sam",), ("sam", "pia"), {"SELF_APPROVAL"}),
        ("assistants", ("sam",), ("pia",), set()),
        ("assistants", ("erin", "sam"), ("sam",), {"SELF_APPROVAL", "APPROVALS_MISSING"}),
        ("sam", ("erin",), ("sam",), {"SELF_APPROVAL", "APPROVALS_MISSING"}),
        ("guards", ("erin",), ("sam",), {"SELF_APPROVAL", "APPROVALS_MISSING"}),
        ("guards", ("erin",), ("pia",), set()),
        ("assistants", (), ("sam",), {"AUTHOR_MISSING"}),
    ],
)
def test_neither_author_nor_owner_approves(forge, entry, by, approved, codes):
    teams = {"assistants": ("erin", "ada"), "guards": ("sam", "rita")}
    under(forge, ApprovalRule(need={"security": 1}), teams=teams)
    forge.record(forge.entry(owner=entry), by=by, approved={"security": approved})

    assert forge.codes() == codes


def test_the_owner_before_a_change_does_not_approve_it_either(recorded):
    recorded.record(recorded.entry(owner="sam"), approved={"security": ("pia",)})
    recorded.record(recorded.entry(owner="erin"), by=("ada",), approved={"security": ("sam",)})
    assert recorded.codes() == {"SELF_APPROVAL", "APPROVALS_MISSING"}

    recorded.record(recorded.entry(), by=("ada",), approved={"security": ("sam",)})
    chain = recorded.judge().chains["bot"]

    assert [len(item.findings) for item in chain.entries] == [0, 0, 0, 2, 0]
    assert owners(recorded.root(), chain.entries[3].entry, chain.entries[2].entry) == {
        "sam",
        "erin",
    }


def test_the_members_of_a_role_that_owns_a_policy_do_not_approve_it(governed):
    governed.record(governed.entry(owner="security"))

    assert governed.codes() == {"SELF_APPROVAL", "APPROVALS_MISSING"}


def test_a_lone_person_of_a_solo_root_approves_their_own_work(forge):
    people = {"erin": forge.root().people["erin"]}
    forge.put_root(
        forge.root(
            people=people,
            roles={"security": Role(members=("erin",))},
            teams={},
            stewards=("erin",),
            solo=True,
        )
    )
    forge.record(forge.entry(owner="erin"), approved={"security": ("erin",)})
    assert forge.codes() == set()

    forge.drop(paths.signature_path("bot", 1, "erin", "security"))

    assert forge.codes() == {"APPROVALS_MISSING"}


def test_an_approval_needs_a_touch_where_the_role_asks_for_it(forge):
    token = forge.key("token", hardware=True)
    people = {
        **forge.root().people,
        "sam": forge.member(token),
        "pia": forge.member(forge.key("pia")),
    }
    roles = {"security": Role(members=("sam", "pia"), touch=True)}
    under(forge, ApprovalRule(need={"security": 1}), people=people, roles=roles)

    entry = forge.record(forge.entry(), keys={"sam": token}, touched=True)
    assert forge.codes() == set()
    forge.record(entry, keys={"sam": token}, touched=False)
    assert forge.codes() == {"SIG_NOT_TOUCHED", "APPROVALS_MISSING"}
    forge.drop(APPROVAL_1)
    forge.record(entry, approved={"security": ("pia",)})
    assert forge.codes() == {"SIG_NOT_TOUCHED", "APPROVALS_MISSING"}


def test_every_key_of_a_person_signs_and_two_keys_are_still_one_person(forge):
    laptop, token = forge.key("laptop"), forge.key("token", hardware=True)
    people = {**forge.root().people, "sam": forge.member(laptop, token)}
    under(forge, ApprovalRule(need={"security": 2}), people=people)
    entry = forge.record(forge.entry(), approved={"security": ("sam", "pia")}, keys={"sam": laptop})
    assert forge.codes() == set()
    forge.record(entry, approved={"security": ("sam",)}, keys={"sam": token})
    assert forge.codes() == set()

    # The same person once more, under the name of another approver.
    signature = token.sign(forge.content(ENTRY_1), approval_namespace("security"))
    forge.put(paths.signature_path("bot", 1, "pia", "security"), signature)

    assert forge.codes() == {"SIG_UNKNOWN_KEY", "APPROVALS_MISSING"}


@pytest.mark.parametrize(
    ("path", "who", "namespace", "codes"),
    [
        # a file's name, whose key signs, what for
        ("erin", "erin", "git", {"SIG_WRONG_NAMESPACE", "AUTHOR_MISSING"}),
        ("erin", "mallory", "policyctl/author", {"SIG_UNKNOWN_KEY", "AUTHOR_MISSING"}),
        ("mallory", "mallory", "policyctl/author", {"SIG_UNKNOWN_KEY"}),
        ("ada", "ada", "policyctl/author", set()),
        ("sam.security", "sam", "policyctl/author", {"SIG_WRONG_NAMESPACE", "APPROVALS_MISSING"}),
        ("sam.security", "pia", "policyctl/approve/security", {"SIG_UNKNOWN_KEY", *OWED}),
        ("sam.security", "sam", "policyctl/approve/risk", {"SIG_WRONG_NAMESPACE", *OWED}),
        ("rita.security", "rita", "policyctl/approve/security", {"SIG_NOT_IN_ROLE"}),
        ("rita.ghosts", "rita", "policyctl/approve/ghosts", {"SIG_NOT_IN_ROLE"}),
        ("rita.risk", "rita", "policyctl/approve/risk", {"SIG_SURPLUS"}),
        ("pia.security", "pia", "policyctl/approve/security", set()),
    ],
)  # fmt: skip
def test_a_signature_file_says_who_signed_and_what_for(governed, path, who, namespace, codes):
    governed.record(governed.entry())
    signature = governed.key(who).sign(governed.content(ENTRY_1), namespace)
    governed.put(f"{ENTRY_1}.{path}.sig", signature)

    assert governed.codes() == codes


def test_a_revoked_key_does_not_sign_under_the_root_that_revokes_it(recorded):
    first = recorded.root()
    people = {**first.people, "sam": recorded.member(recorded.key("new"))}
    recorded.put_root(recorded.following(first, people=people))
    assert recorded.codes() == set()
    entry = recorded.record(recorded.entry(root=2), keys={"sam": recorded.key("new")})
    assert recorded.codes() == set()

    recorded.record(entry)

    assert recorded.codes() == {"SIG_REVOKED_KEY", "APPROVALS_MISSING"}


def test_a_person_who_left_is_told_from_one_who_never_was(recorded):
    first = recorded.root()
    people = {who: member for who, member in first.people.items() if who != "ada"}
    teams = {"assistants": ("erin",)}
    recorded.put_root(recorded.following(first, people=people, teams=teams))

    recorded.record(recorded.entry(root=2), by=("ada", "mallory"))

    assert recorded.codes() == {"SIG_REVOKED_KEY", "SIG_UNKNOWN_KEY", "AUTHOR_MISSING"}


def test_each_entry_is_judged_by_the_root_that_it_names(recorded):
    first = recorded.root()
    stricter = (ApprovalRule(need={"security": 2}),)
    recorded.put_root(recorded.following(first, approvals=stricter))
    assert recorded.codes() == set()

    recorded.record(recorded.entry(root=2))
    assert recorded.codes() == {"APPROVALS_MISSING"}
    recorded.record(recorded.chain["bot"], approved={"security": ("pia",)})
    assert recorded.codes() == set()
    recorded.record(recorded.entry(root=1))
    assert recorded.codes() == {"ROOT_VERSION_REGRESSION"}
    recorded.record(recorded.entry(root=3))
    assert recorded.codes() == {"ROOT_VERSION_REGRESSION", "ROOT_UNKNOWN_VERSION"}


@pytest.mark.parametrize(
    ("before", "after", "codes"),
    [
        ("internal", "public", {"APPROVALS_MISSING"}),
        ("public", "internal", {"APPROVALS_MISSING"}),
        ("internal", "internal", set()),
    ],
)
def test_a_change_of_use_case_needs_what_either_use_case_needs(forge, before, after, codes):
    under(
        forge,
        ApprovalRule(need={"security": 1}),
        ApprovalRule(need={"security": 2}, use_cases=("public",)),
    )
    both = {"security": ("sam", "pia")} if before == "public" else {"security": ("sam",)}
    forge.record(forge.entry(use_case=before), approved=both)
    entry = forge.record(forge.entry(use_case=after))
    assert forge.codes() == codes

    forge.record(entry, approved={"security": ("sam", "pia")})

    assert forge.codes() == set()
    chain = forge.judge().chains["bot"]
    root = forge.judge().roots.latest
    expected = {"security": 2 if "public" in (before, after) else 1}
    assert needed(root, entry, chain.entries[0].entry) == expected


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"policy": "other"}, {"ENTRY_MISPLACED", "ID_FIELD_MISMATCH"}),
        ({"seq": 4}, {"ENTRY_MISPLACED"}),
        ({"path": "policies/other.yaml"}, {"ENTRY_MISPLACED"}),
        ({"path": "policies/../bot.yaml"}, {"ENTRY_MISPLACED"}),
        ({"log": "cd" * 32}, {"WRONG_LOG"}),
        ({"prev": None}, {"CHAIN_BROKEN"}),
        ({"prev": "0" * 64}, {"CHAIN_BROKEN"}),
        ({"before": "0" * 64}, {"CHAIN_BROKEN"}),
        ({"before": None}, {"CHAIN_BROKEN"}),
        ({"source": LIMITED, "target": LIMITED}, {"CHAIN_BROKEN", "STAGE_FIELD_MISMATCH"}),
        ({"source": None}, {"CHAIN_BROKEN", "ENTRY_INCONSISTENT"}),
        ({"root": 2}, {"ROOT_UNKNOWN_VERSION"}),
    ],
)
def test_an_entry_stands_in_its_place_and_follows_from_the_one_before(recorded, changes, codes):
    entry = replace(recorded.entry(), **changes)
    content = entry_bytes(entry)
    recorded.record(recorded.entry())
    recorded.put(paths.entry_path("bot", 3), content)
    for who, role, namespace in (
        ("erin", "", "policyctl/author"),
        ("sam", "security", approval_namespace("security")),
    ):
        path = paths.signature_path("bot", 3, who, role)
        recorded.put(path, recorded.key(who).sign(content, namespace))

    assert recorded.codes() == codes


@pytest.mark.parametrize(
    ("action", "source", "target", "code"),
    [
        ("edit", LIMITED, LIMITED, None),
        ("edit", LOGGING, LIMITED, "ENTRY_INCONSISTENT"),
        ("edit", LIMITED, None, "ENTRY_INCONSISTENT"),
        ("exception", LIMITED, LIMITED, None),
        ("exception", LIMITED, ENFORCE, "ENTRY_INCONSISTENT"),
        ("promote", LIMITED, ENFORCE, None),
        ("promote", LOGGING, LIMITED, None),
        ("promote", LOGGING, ENFORCE, "STAGE_SKIP"),
        ("promote", LIMITED, LIMITED, "STAGE_SKIP"),
        ("promote", ENFORCE, LIMITED, "STAGE_SKIP"),
        ("promote", LIMITED, None, "STAGE_SKIP"),
        ("demote", ENFORCE, LOGGING, None),
        ("demote", ENFORCE, LIMITED, None),
        ("demote", LIMITED, LIMITED, "ENTRY_INCONSISTENT"),
        ("demote", LOGGING, LIMITED, "ENTRY_INCONSISTENT"),
        ("retire", LIMITED, None, None),
        ("retire", LIMITED, LIMITED, "ENTRY_INCONSISTENT"),
        ("register", LIMITED, LIMITED, "ENTRY_INCONSISTENT"),
        ("void", LIMITED, LIMITED, "ENTRY_INCONSISTENT"),
        ("emergency_demote", LIMITED, LOGGING, None),
        ("emergency_demote", LOGGING, LIMITED, "ENTRY_INCONSISTENT"),
        ("emergency_demote", LIMITED, None, "ENTRY_INCONSISTENT"),
        ("redact", LIMITED, LIMITED, "ENTRY_INCONSISTENT"),
    ],
)
def test_an_action_and_its_stages_fit_together(governed, action, source, target, code):
    entry = governed.record(governed.entry(target=source))
    changes = {"after": None} if target is None else {}
    governed.record(
        governed.entry(action=ChangeAction(action), source=source, target=target, **changes)
    )

    found = [
        item.code
        for item in governed.judge().chains["bot"].findings
        if item.entry == 2 and item.code != "EVIDENCE_MISSING"
    ]

    assert entry.source is None
    assert found == ([code] if code else [])


@pytest.mark.parametrize("stage", [LIMITED, ENFORCE])
def test_a_policy_begins_in_logging(governed, stage):
    governed.record(governed.entry(target=stage))

    assert governed.codes() == {"ENTRY_INCONSISTENT"}


def test_an_entry_records_a_change(recorded):
    recorded.record(recorded.entry(after=recorded.chain["bot"].after))

    assert "ENTRY_INCONSISTENT" in recorded.codes()


def test_a_retired_policy_may_begin_again(recorded):
    recorded.record(recorded.entry(action=ChangeAction.RETIRE, target=None, after=None))
    assert recorded.codes() == set()

    recorded.record(recorded.entry(action=ChangeAction.REGISTER, target=LOGGING))

    assert recorded.codes() == set()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda c: c.replace(b'"seq": 1', b'"seq": 1,\n "seq": 1'), "ENTRY_DUP_KEY"),
        (lambda c: c.replace(b"\n", b"\r\n"), "ENTRY_NONCANONICAL"),
        (lambda c: b"\xef\xbb\xbf" + c, "ENTRY_NONCANONICAL"),
        (lambda c: c[:-1], "ENTRY_NONCANONICAL"),
        (lambda c: c + b" ", "ENTRY_NONCANONICAL"),
        (lambda c: c.replace(b"it is", "\u0131t is".encode()), "ENTRY_NONCANONICAL"),
        (lambda c: c.replace(b"it is", b"\\u0069t is"), "ENTRY_NONCANONICAL"),
        (lambda c: c.replace(b'"seq": 1', b'"seq": 1.0'), "ENTRY_NONCANONICAL"),
        (lambda c: c.replace(b'"seq": 1', b'"seq": -0'), "ENTRY_NONCANONICAL"),
        (lambda c: c.replace(b'"seq": 1', b'"seq": NaN'), "ENTRY_NONCANONICAL"),
        (lambda c: c.replace(b'"seq": 1', b'"seq": 9007199254740993'), "ENTRY_NONCANONICAL"),
        (lambda c: c[: len(c) // 2], "ENTRY_NONCANONICAL"),
        (lambda c: b"\0" * 100, "ENTRY_NONCANONICAL"),
        (lambda c: b"[" * 200_000, "ENTRY_NONCANONICAL"),
        (lambda c: encode([]), "ENTRY_MALFORMED"),
        (lambda c: encode({}), "ENTRY_MALFORMED"),
        (lambda c: c.replace(b'"seq": 1', b'"seq": 0'), "ENTRY_MALFORMED"),
        (lambda c: c.replace(b'"seq": 1', b'"seq": true'), "ENTRY_MALFORMED"),
        (lambda c: c.replace(b"it is time", b"it is\\ntime"), "ENTRY_MALFORMED"),
        (lambda c: c.replace(b"it is time", b"\\u202eemit"), "ENTRY_MALFORMED"),
        (lambda c: c.replace(b'"register"', b'"launch"'), "ENTRY_MALFORMED"),
        (lambda c: c.replace(b"entry/v1", b"entry/v2"), "ENTRY_MALFORMED"),
    ],
)
def test_an_entry_has_one_spelling(governed, spoil, code):
    governed.record(governed.entry())
    content = governed.content(ENTRY_1)
    assert spoil(content) != content
    governed.put(ENTRY_1, spoil(content))

    assert governed.codes() == {code}


@pytest.mark.parametrize(
    ("gone", "codes"),
    [
        ([ENTRY_1], {"LOG_GAP"}),
        ([ENTRY_1, AUTHOR_1, APPROVAL_1], {"LOG_GAP"}),
        ([ENTRY_2], {"LOG_GAP", "UNRECORDED_CHANGE"}),
        ([AUTHOR_1], {"AUTHOR_MISSING"}),
        ([APPROVAL_1], {"APPROVALS_MISSING"}),
    ],
)
def test_a_file_that_is_missing_is_a_finding(recorded, gone, codes):
    for path in gone:
        recorded.drop(path)

    assert recorded.codes() == codes


def test_a_number_that_no_entry_can_have_is_a_gap(recorded):
    recorded.put(paths.entry_path("bot", 0), recorded.content(ENTRY_1))

    assert "LOG_GAP" in recorded.codes()


def test_an_edit_of_an_old_entry_breaks_its_signatures_and_the_next_link(recorded):
    content = recorded.content(ENTRY_1)
    recorded.put(ENTRY_1, content.replace(b"it is time", b"it was time"))

    assert recorded.codes() == {
        "SIG_INVALID",
        "AUTHOR_MISSING",
        "APPROVALS_MISSING",
        "CHAIN_BROKEN",
    }
    assert sha256(content) == recorded.chain["bot"].prev

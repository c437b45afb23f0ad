"""What a trust root asks for, and what it tells stock tools."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from policyctl.core.canonical import decode
from policyctl.core.entry import ChangeAction
from policyctl.core.root_document import parse_root
from policyctl.core.stages import Stage
from policyctl.core.trust_root import (
    ApprovalRule,
    Emergency,
    allowed_signers,
    root_bytes,
    unanswered,
)

EDIT, PROMOTE, REVIEW = ChangeAction.EDIT, ChangeAction.PROMOTE, ChangeAction.REVIEW
LOGGING, LIMITED, ENFORCE = Stage


@pytest.mark.parametrize(
    ("rule", "action", "target", "use_case", "covered"),
    [
        ({}, EDIT, LOGGING, "internal", True),
        ({}, ChangeAction.RETIRE, None, "internal", True),
        ({"actions": (PROMOTE,)}, PROMOTE, LIMITED, "internal", True),
        ({"actions": (PROMOTE,)}, EDIT, LIMITED, "internal", False),
        ({"to": (LIMITED, ENFORCE)}, EDIT, ENFORCE, "internal", True),
        ({"to": (LIMITED, ENFORCE)}, EDIT, LOGGING, "internal", False),
        ({"to": (LIMITED,)}, ChangeAction.RETIRE, None, "internal", False),
        ({"use_cases": ("public",)}, EDIT, LOGGING, "public", True),
        ({"use_cases": ("public",)}, EDIT, LOGGING, "internal", False),
        ({"use_cases": ("public",)}, EDIT, LOGGING, "public-facing", False),
    ],
)
def test_a_rule_covers_what_fits_all_its_conditions(rule, action, target, use_case, covered):
    assert ApprovalRule(need={}, **rule).covers(action, target, use_case) is covered


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        ([], {}),
        ([{}], {}),
        ([{"security": 1}, {"security": 2}], {"security": 2}),
        ([{"security": 2}, {"security": 1}], {"security": 2}),
        ([{"security": 1}, {"risk": 1}], {"security": 1, "risk": 1}),
        ([{"security": 1, "risk": 2}, {"security": 3}, {}], {"security": 3, "risk": 2}),
    ],
)
def test_rules_that_cover_a_change_merge_to_the_highest_number_of_each_role(forge, needs, expected):
    root = forge.root(approvals=tuple(ApprovalRule(need=need) for need in needs))

    assert root.need(EDIT, LOGGING, {"internal"}) == expected


def test_a_rule_that_covers_another_change_asks_for_nothing(forge):
    root = forge.root(
        approvals=(
            ApprovalRule(need={"security": 1}),
            ApprovalRule(need={"security": 2}, actions=(PROMOTE,), to=(ENFORCE,)),
        )
    )

    assert root.need(PROMOTE, LIMITED, {"internal"}) == {"security": 1}
    assert root.need(PROMOTE, ENFORCE, {"internal"}) == {"security": 2}


def test_the_use_cases_before_and_after_a_change_both_count(forge):
    root = forge.root(
        approvals=(
            ApprovalRule(need={"security": 1}),
            ApprovalRule(need={"security": 2}, use_cases=("public",)),
            ApprovalRule(need={"risk": 1}, use_cases=("regulated",)),
        )
    )

    assert root.need(EDIT, LIMITED, {"internal"}) == {"security": 1}
    assert root.need(EDIT, LIMITED, {"internal", "public"}) == {"security": 2}
    assert root.need(EDIT, LIMITED, {"public", "regulated"}) == {"security": 2, "risk": 1}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], {}),
        ([{"need": {"security": 1}}], {"security": 1}),
        ([{"need": {"security": 1}, "actions": (EDIT,)}], {"security": 1}),
        ([{"need": {"security": 1}, "actions": (EDIT,), "to": (LIMITED,)}], {}),
        ([{"need": {"security": 1}, "actions": (PROMOTE,)}], {}),
        (
            [{"need": {"security": 1}, "actions": (EDIT,)}, {"need": {}, "actions": (REVIEW,)}],
            {},
        ),
        (
            [{"need": {"security": 1}}, {"need": {"risk": 1}, "actions": (REVIEW,)}],
            {"security": 1, "risk": 1},
        ),
        (
            [
                {"need": {"security": 1}, "actions": (EDIT,)},
                {"need": {"risk": 1}, "actions": (REVIEW,), "use_cases": ("public",)},
                {"need": {"risk": 1}, "actions": (REVIEW,), "to": (ENFORCE,)},
            ],
            {"security": 1},
        ),
    ],
)
def test_a_review_is_judged_as_an_edit_where_no_rule_names_it(forge, rules, expected):
    root = forge.root(approvals=tuple(ApprovalRule(**rule) for rule in rules))

    assert root.need(REVIEW, LOGGING, {"internal"}) == expected


def test_a_kind_of_change_that_no_rule_covers_everywhere_is_unanswered(forge):
    root = forge.root(
        approvals=(
            ApprovalRule(need={}, actions=(ChangeAction.REGISTER, EDIT, ChangeAction.EXCEPTION)),
            ApprovalRule(need={}, actions=(PROMOTE,), to=(LIMITED,)),
            ApprovalRule(need={}, actions=(PROMOTE,), to=(ENFORCE,), use_cases=("public",)),
            ApprovalRule(need={}, actions=(ChangeAction.DEMOTE,)),
        )
    )

    assert unanswered(root) == ("promote to enforce", "retire")
    assert unanswered(root, ["public"]) == ("retire",)


@pytest.mark.parametrize(
    ("owner", "people"),
    [("assistants", {"erin", "ada"}), ("sam", {"sam"}), ("nobody", {"nobody"})],
)
def test_the_owners_are_the_person_or_the_members_of_the_team(forge, owner, people):
    assert forge.root().owners(owner) == people


def test_every_key_of_a_person_leads_to_the_person_and_no_other_key_to_anybody(forge):
    people = {**forge.root().people, "erin": forge.member(forge.key("old"), forge.key("new"))}
    root = forge.root(people=people)

    assert [root.holder(forge.key(name).public) for name in ("old", "new", "sam")] == [
        "erin",
        "erin",
        "sam",
    ]
    assert root.holder(forge.key("erin").public) is None


def test_a_root_knows_people_teams_and_roles(forge):
    root = forge.root()

    assert [root.knows(name) for name in ("erin", "assistants", "security", "mallory")] == [
        True,
        True,
        True,
        False,
    ]
    assert root.roles_of("pia") == ("risk", "security")
    assert root.roles_of("erin") == ()


def test_bytes_and_value_are_one_and_the_same(forge):
    root = forge.root(
        gates={"limited": {"window": "7d", "records": 10, "false_positives": "2.5%"}},
        appetite={"public": {"restricted": ("L3", "L4")}},
        baselines={"house@1": "0" * 64},
        emergency=Emergency(role="security", within="72h"),
    )

    assert parse_root(root_bytes(root)) == root


def test_a_time_in_another_zone_is_written_in_utc(forge):
    noon = datetime(2026, 10, 5, 12, tzinfo=timezone(timedelta(hours=2)))

    written = decode(root_bytes(forge.root(created_at=noon)))

    assert written["created_at"] == "2026-10-05T10:00:00Z"
    assert parse_root(root_bytes(forge.root(created_at=noon))).created_at == noon.astimezone(UTC)


def test_the_signers_file_names_each_key_with_the_namespaces_of_its_person(forge):
    people = {
        who: forge.member(forge.key(who), *([forge.key("spare")] if who == "sam" else []))
        for who in ("erin", "pia", "sam")
    }
    root = forge.root(people=people, stewards=("erin", "pia"))

    assert allowed_signers(root).splitlines() == [
        f'{who} namespaces="{names}" {forge.key(key).public.line}'
        for who, key, names in (
            (
                "erin",
                "erin",
                "policyctl/author,policyctl/changelog,policyctl/root,policyctl/redact,"
                "policyctl/checkpoint",
            ),
            (
                "pia",
                "pia",
                "policyctl/author,policyctl/changelog,policyctl/root,policyctl/redact,"
                "policyctl/checkpoint,policyctl/approve/risk,policyctl/approve/security",
            ),
            ("sam", "sam", "policyctl/author,policyctl/changelog,policyctl/approve/security"),
            ("sam", "spare", "policyctl/author,policyctl/changelog,policyctl/approve/security"),
        )
    ]

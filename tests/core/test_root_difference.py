"""What a new trust root changes, and whether that is looser or tighter."""

from dataclasses import replace

import pytest

from policyctl.core.diff.effect import Effect
from policyctl.core.entry import ChangeAction
from policyctl.core.root_difference import root_changes
from policyctl.core.stages import Stage
from policyctl.core.trust_root import ApprovalRule, Emergency, Role

LIMITED = {"records": 1000, "window": "7d", "false_positives": "5%", "confidence": "95%"}


@pytest.fixture
def root(forge):
    return replace(
        forge.root(),
        approvals=(ApprovalRule(need={"security": 1}),),
        roles={"security": Role(members=("sam", "pia")), "risk": Role(members=("rita", "pia"))},
        teams={"shop": ("ada",)},
        gates={"limited": LIMITED},
        appetite={"regulated": {"public": ("L3", "L4")}},
        emergency=Emergency(role="security", within="72h"),
        baselines={"default@1": "0" * 64},
    )


@pytest.mark.parametrize(
    ("changes", "text", "effect"),
    [
        ({"teams": {"shop": ("ada", "pia")}}, "'pia' owns what team 'shop' owns", "tighter"),
        ({"teams": {"shop": ()}}, "'ada' left team 'shop'", "looser"),
        ({"teams": {}}, "team 'shop' is gone", "looser"),
        ({"stewards": ("erin",)}, "'pia' may not sign the next trust root any more", "tighter"),
        ({"threshold": 2}, "the next trust root needs 2 of 2 stewards (was 1 of 2)", "tighter"),
        ({"solo": True}, "one person writes and approves", "looser"),
        ({"emergency": None}, "nobody may step back", "tighter"),
        (
            {"emergency": Emergency(role="security", within="4d")},
            "with full approval within 4d (was role 'security' within 72h)",
            "looser",
        ),
        ({"emergency": Emergency(role="risk", within="72h")}, "role 'risk' may step", "neutral"),
        ({"gates": {}}, "asks for records nothing (was 1000)", "looser"),
        ({"gates": {"limited": {**LIMITED, "window": "2w"}}}, "window 2w (was 7d)", "tighter"),
        ({"gates": {"limited": {**LIMITED, "window": "36h"}}}, "window 36h", "looser"),
        (
            {"gates": {"limited": {**LIMITED, "false_positives": "10%"}}},
            "false positives 10% (was 5%)",
            "looser",
        ),
        ({"gates": {"limited": {**LIMITED, "confidence": "99%"}}}, "confidence 99%", "tighter"),
        ({"gates": {"limited": {**LIMITED, "inference": "fixed"}}}, "inference fixed", "looser"),
        ({"gates": {"limited": {**LIMITED, "promote": "subset"}}}, "promote subset", "tighter"),
        ({"gates": {"limited": {**LIMITED, "promote": "all"}}}, "promote all", "neutral"),
        ({"appetite": {}}, "regulated with public data may run at any sensitivity", "looser"),
        (
            {"appetite": {"regulated": {"public": ("L4",)}}},
            "may run at L4 (was L3, L4)",
            "tighter",
        ),
        (
            {"appetite": {"regulated": {"public": ("L1", "L4")}}},
            "may run at L1, L4 (was L3, L4)",
            "neutral",
        ),
        ({"baselines": {}}, "no policy may extend default@1 any more", "tighter"),
        ({"baselines": {"default@1": "1" * 64}}, "default@1 is another file", "looser"),
        (
            {"approvals": (ApprovalRule(need={"security": 2}),)},
            "needs 2 x security (was 1 x security)",
            "tighter",
        ),
        ({"approvals": (ApprovalRule(need={}),)}, "needs nobody (was 1 x security)", "looser"),
        (
            {"approvals": (ApprovalRule(need={"risk": 1}),)},
            "needs 1 x risk (was 1 x security)",
            "neutral",
        ),
        (
            {
                "approvals": (
                    ApprovalRule(need={"security": 1}),
                    ApprovalRule(
                        need={"risk": 1},
                        actions=(ChangeAction.PROMOTE,),
                        to=(Stage.ENFORCE,),
                        use_cases=("regulated",),
                    ),
                )
            },
            "promote to enforce for regulated needs 1 x risk + 1 x security (was 1 x security)",
            "tighter",
        ),
        (
            {"roles": {"security": Role(members=("sam", "pia"), touch=True)}},
            "role 'security' needs a touched hardware key",
            "tighter",
        ),
    ],
)
def test_a_change_is_said_with_the_way_it_goes(root, changes, text, effect):
    found = root_changes(root, replace(root, **changes))

    assert [one.effect for one in found if text in one.text] == [Effect(effect)]


def test_equal_governance_has_no_changes(root):
    assert root_changes(root, replace(root, version=2)) == ()


def test_people_and_their_keys_are_told_apart(forge, root):
    people = {
        **root.people,
        "erin": forge.member(forge.key("pia")),
        "zoe": forge.member(forge.key("zoe")),
    }
    del people["ada"]

    said = [
        (one.text.partition(":")[0], one.effect.value)
        for one in root_changes(root, replace(root, people=people))
        if one.topic == "people"
    ]

    assert said == [
        ("'ada' is gone", "tighter"),
        ("'erin' may also sign with SHA256", "looser"),
        ("'erin' may no longer sign with SHA256", "tighter"),
        ("'zoe' may write changes, signing with SHA256", "looser"),
    ]

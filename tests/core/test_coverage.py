"""Policies against frameworks: what is claimed, by whom, in which stage, and what is not."""

from __future__ import annotations

from policyctl.core.catalogue import Application, catalogue_from
from policyctl.core.coverage import Claim, cover
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Policy
from policyctl.core.stages import Stage


def catalogue(name, controls, applies=None):
    return catalogue_from(
        {
            "id": name,
            "title": name.upper(),
            "edition": name.rpartition("-")[2],
            "published": "2026-01-01",
            "source": {"publisher": "P", "document": "D", "url": f"https://example.org/{name}"},
            "licence": "CC0-1.0",
            "controls": [
                {"id": one, "title": f"About {one}"}
                | ({"applies": applies[one]} if applies and one in applies else {})
                for one in controls
            ],
            "superseded": {},
            "spellings": {},
        }
    )


def policy(name, stage=Stage.LOGGING, **controls):
    return Policy(
        id=name,
        name=name,
        purpose="p",
        use_case="u",
        data_sensitivity="internal",
        owner="o",
        stage=stage,
        sensitivity=Sensitivity.L2,
        guardrails=(),
        controls={key.replace("_", "-"): tuple(ids) for key, ids in controls.items()},
    )


CATALOGUES = {
    item.id: item
    for item in (
        catalogue(
            "risks-1", ["R2", "R1", "R3"], {"R3": [{"from": "2027-12-02", "what": "all of it"}]}
        ),
        catalogue("other-1", ["O1"]),
    )
}


def test_gaps_and_claimed_controls_keep_the_frameworks_order():
    found = cover([policy("b", risks_1=["R3"])], CATALOGUES)
    (framework,) = found.frameworks

    assert [control.id for control in framework.gaps] == ["R2", "R1"]
    assert [control.id for control in framework.covered] == ["R3"]
    assert framework.size == 3


def test_a_claim_names_the_policy_and_its_stage():
    policies = [policy("b", Stage.ENFORCE, risks_1=["R1"]), policy("a", risks_1=["R1"])]
    (framework,) = cover(policies, CATALOGUES).frameworks

    assert framework.covered[0].claims == (
        Claim(policy="a", stage=Stage.LOGGING),
        Claim(policy="b", stage=Stage.ENFORCE),
    )


def test_a_control_tells_from_when_it_applies():
    (framework,) = cover([], CATALOGUES, "risks-1").frameworks

    assert framework.gaps[2].applies == (Application(start="2027-12-02", what="all of it"),)
    assert framework.gaps[0].applies == ()


def test_only_frameworks_that_a_policy_names_are_shown():
    found = cover([policy("a", risks_1=["R1"])], CATALOGUES)

    assert [framework.id for framework in found.frameworks] == ["risks-1"]
    assert found.unnamed == ("other-1",)


def test_a_framework_that_was_asked_for_is_shown_though_nobody_names_it():
    found = cover([policy("a", risks_1=["R1"])], CATALOGUES, "other-1")

    assert [framework.id for framework in found.frameworks] == ["other-1"]
    assert found.unnamed == ()
    assert found.silent == ("a",)


def test_policies_that_claim_nothing_are_named():
    found = cover([policy("b"), policy("a", risks_1=["R1"])], CATALOGUES)

    assert found.policies == ("a", "b")
    assert found.silent == ("b",)


def test_an_id_that_the_framework_does_not_have_is_no_claim():
    found = cover([policy("a", risks_1=["R9"])], CATALOGUES)

    assert found.silent == ("a",)
    assert len(found.frameworks[0].gaps) == 3


def test_without_policies_every_framework_is_unnamed():
    found = cover([], CATALOGUES)

    assert found.frameworks == found.policies == ()
    assert found.unnamed == ("other-1", "risks-1")

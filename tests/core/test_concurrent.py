"""Which changes can stand on top of others that came first."""

from __future__ import annotations

import pytest

from policyctl.core.concurrent import stand_apart

MINE = ("policies/a.yaml", ".policyctl/log/a/000002.json", ".policyctl/evidence/a/000002.json")


@pytest.mark.parametrize(
    "theirs",
    [
        (),
        ("README.md", "src/policies/a.yaml"),
        ("policies/b.yaml", ".policyctl/log/b/000001.json.erin.sig"),
        (".policyctl/evidence/b/000001.json", ".policyctl/log/b/000001.tombstone.sam.sig"),
    ],
)
def test_other_policies_and_other_files_are_no_matter(theirs):
    assert stand_apart(MINE, theirs)


@pytest.mark.parametrize(
    "path",
    [
        "policies/a.yaml",
        ".policyctl/log/a/000002.json.sam.security.sig",
        ".policyctl/log/a/000001.tombstone.sam.sig",
        ".policyctl/root/0002.json",
        ".policyctl/baselines/default@1.yaml",
        ".policyctl/unknown",
        ".POLICYCTL/log/b/000001.json",
        "policies/B.yaml",
        "Policies/b.yaml",
        "catalogues/own.json",
        "policyctl.toml",
    ],
)
def test_the_same_policy_and_what_all_rest_on_matter(path):
    assert not stand_apart(MINE, ("policies/b.yaml", path))


def test_a_change_of_what_all_rest_on_stands_on_nothing_new_that_is_governed():
    assert not stand_apart((".policyctl/root/0002.json",), ("policies/b.yaml",))
    assert stand_apart((".policyctl/root/0002.json",), ("README.md",))

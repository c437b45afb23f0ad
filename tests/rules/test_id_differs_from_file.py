"""Corner cases of id-differs-from-file."""

from __future__ import annotations

import pytest

from policyctl.core.frozen import replace
from policyctl.rules.id_differs_from_file import RULE
from policyctl.rules.rule import Problem


def test_another_name_is_found_with_what_the_file_should_be_called(compact, subject_of):
    assert list(RULE.check(subject_of(compact, file="policies/help.yaml"))) == [
        Problem(
            message="policy 'support' stands in a file called 'help.yaml'",
            at=("id",),
            hint="rename the file to 'support.yaml', or change the id",
        )
    ]


@pytest.mark.parametrize(
    "file",
    ["policies/support.yml", "policies/Support.yaml", "eu/policies/help.yaml", "policies/support"],
)
def test_any_other_name_in_a_folder_called_policies_is_found(compact, subject_of, file):
    assert len(list(RULE.check(subject_of(compact, file=file)))) == 1


@pytest.mark.parametrize(
    ("file", "here", "found"),
    [
        ("help.yaml", "policies", 1),
        ("support.yaml", "policies", 0),
        ("help.yaml", "archive", 0),
        ("../policies/help.yaml", "archive", 1),
        ("archive/help.yaml", "policies", 0),
    ],
)
def test_from_within_a_folder_its_own_name_counts(compact, subject_of, file, here, found):
    subject = replace(subject_of(compact, file=file), here=here)
    assert len(list(RULE.check(subject))) == found


@pytest.mark.parametrize(
    "file",
    [
        "policies/support.yaml",
        "eu/policies/support.yaml",
        "help.yaml",
        "policies.yaml",
        "examples/help.yaml",
        "old-policies/help.yaml",
        "policies/archive/help.yaml",
    ],
)
def test_the_right_name_and_every_other_folder_are_accepted(compact, subject_of, file):
    assert list(RULE.check(subject_of(compact, file=file))) == []

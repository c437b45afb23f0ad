"""One path is one file, on whichever system it is checked out."""

import pytest

from policyctl.core.portable_names import is_device, is_governed_folder, problem_elsewhere


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("policies/pii.yaml.", "ends in a dot or a space"),
        ("policies/pii.yaml ", "ends in a dot or a space"),
        ("policies/pii.yaml. .", "ends in a dot or a space"),
        ("policies./pii.yaml", "ends in a dot or a space"),
        ("policies/pii.yaml:more", "holds a colon"),
        ("policies/pii.yaml::$DATA", "holds a colon"),
        ("policies\\pii.yaml", "holds a colon or a backslash"),
        ("policies/con.yaml", "is a device"),
        ("policies/AUX", "is a device"),
        ("policies/nul.tar.gz", "is a device"),
        (".policyctl/log/com1/000001.json", "is a device"),
        ("policies/TEAM-A~1.YAM", "is the short name"),
        ("POLICY~1/root/0001.json", "is the short name"),
    ],
)
def test_a_name_that_is_another_file_elsewhere_is_told(path, said):
    assert said in problem_elsewhere(path)


@pytest.mark.parametrize(
    "path",
    [
        "policies/pii.yaml",
        "policies/console.yaml",
        "policies/my-con.yaml",
        "policies/com10.yaml",
        "policies/null.yaml",
        "policies/a~b.md",
        "policies/CHANGELOG.md.sig",
        ".policyctl/log/auxiliary/000001.json.erin.security.sig",
    ],
)
def test_a_name_that_is_the_same_everywhere_is_not(path):
    assert problem_elsewhere(path) == ""


@pytest.mark.parametrize(
    "name",
    [
        *("policies", "Policies", "policies.", "policies ", "policies . ", "policies:x"),
        *("policies\\pii.yaml", ".policyctl", ".PolicyCtl.", "POLICY~1", "policy~12"),
        *("poli\u200ccies", ".policyctl\ufeff", "\uff50olicies"),
    ],
)
def test_a_folder_that_is_somewhere_taken_for_a_governed_one_is_looked_into(name):
    assert is_governed_folder(name)


@pytest.mark.parametrize("name", ["policies2", "policy", "src", "..policies", "", "policyctl"])
def test_other_folders_are_left_alone(name):
    assert not is_governed_folder(name)


def test_no_policy_is_called_like_a_device():
    assert is_device("con")
    assert is_device("LPT1")
    assert not is_device("contacts")

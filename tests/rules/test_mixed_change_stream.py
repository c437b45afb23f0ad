"""Corner cases of mixed-change-stream, and the globs that it compares paths with."""

from __future__ import annotations

import pytest

from policyctl.rules.mixed_change_stream import RULE
from policyctl.rules.path_globs import matches
from policyctl.rules.rule import Problem
from policyctl.rules.settings import Settings


def found(changes, settings=None):
    return [
        (change.subject, problem) for change, problem in RULE.check(changes, settings or Settings())
    ]


def test_both_sides_are_named_with_their_number(changes_of):
    changes = changes_of(
        "Tune\n  policies/b.yaml\n  policies/a.yaml\nBoth\n  policies/b.yaml\n  policies/a.yaml\n"
        "  src/app.py\n  docs/a.md\n"
    )

    assert found(changes) == [
        (
            "Both",
            Problem(
                message="it changes policies/a.yaml and 1 more together with src/app.py",
                hint="give the policy a commit of its own:"
                " the two are tested, approved and taken back separately",
            ),
        )
    ]


@pytest.mark.parametrize(
    ("paths", "count"),
    [
        ("policies/a.yaml tests/test_a.py README.md", 0),
        ("src/app.py models/m.bin", 0),
        ("policies/a.yaml", 0),
        (".policyctl/root/0002.json Dockerfile", 1),
        ("policies/a.yaml images/bot/Dockerfile.prod", 1),
        ("policies/a.yaml infra/eu/main.tf", 1),
        ("policies/main.tf policies/a.yaml", 0),
        ("other/policies/a.yaml src/app.py", 0),
    ],
)
def test_governed_files_and_deployed_ones_are_told_apart(changes_of, paths, count):
    listed = "".join(f"  {path}\n" for path in paths.split())

    assert len(found(changes_of(f"One\n{listed}"))) == count


def test_an_organisation_says_what_it_deploys(changes_of):
    changes = changes_of("One\n  policies/a.yaml\n  charts/a.yaml\n")

    assert found(changes) == []
    assert len(found(changes, Settings(deployment_paths=("charts/*",)))) == 1


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("Dockerfile*", "Dockerfile", True),
        ("Dockerfile*", "a/Dockerfile", False),
        ("**/Dockerfile*", "Dockerfile", True),
        ("**/Dockerfile*", "a/b/Dockerfile.dev", True),
        ("src/**", "src/a/b.py", True),
        ("src/**", "src", False),
        ("src/*", "src/a/b.py", False),
        ("src/*.py", "src/a.py", True),
        ("a/**/z", "a/z", True),
        ("a/**/z", "a/b/c/z", True),
        ("a/**/z", "a/b/c/y", False),
        ("a/**/b/**", "a/x/b/y", True),
        ("**", "a", True),
        ("[ab].txt", "a.txt", True),
        ("a?", "ab", True),
        ("a?", "a/", False),
        ("A", "a", False),
    ],
)
def test_globs_speak_of_whole_paths(glob, path, fits):
    assert matches(path, glob) is fits


def test_many_stars_take_no_time():
    assert not matches("/".join("a" * 200), "/".join(["**", "a"] * 100) + "/b")

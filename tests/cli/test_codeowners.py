"""`policyctl codeowners`: from governance, for two forges, beside lines of people."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from policyctl.adapters.resources import shipped
from policyctl.core.marked_block import BEGIN, END

HANDLES = '[handles]\nerin = "@erin-h"\nsam = "@sam-h"\nsecurity = "@acme/security"\n'
GITHUB = """\
/policies/ @erin-h
/.policyctl/ @erin-h
/policyctl.toml @erin-h
/.github/actions/policyctl/ @erin-h
/.github/workflows/policies.yml @erin-h
/.github/workflows/policy-*.yml @erin-h
/.github/CODEOWNERS @erin-h
/policies/team-assistant.yaml @erin-h @acme/security
/.policyctl/log/team-assistant/ @erin-h @acme/security
/.policyctl/evidence/team-assistant/ @erin-h @acme/security
"""
GITLAB = """\
[policyctl stewards]
/policies/ @erin-h
/.policyctl/ @erin-h
/policyctl.toml @erin-h
/.gitlab-ci.yml @erin-h
/.gitlab/policyctl.yml @erin-h
/CODEOWNERS @erin-h
^[policyctl owners]
/policies/team-assistant.yaml @erin-h
/.policyctl/log/team-assistant/ @erin-h
/.policyctl/evidence/team-assistant/ @erin-h
[policyctl security 1][1]
/policies/team-assistant.yaml @acme/security
/.policyctl/log/team-assistant/ @acme/security
/.policyctl/evidence/team-assistant/ @acme/security
"""


@pytest.fixture
def handled(recorded):
    recorded.write("policyctl.toml", HANDLES)
    return recorded


def test_each_forge_gets_its_own_syntax(handled):
    assert handled.run("codeowners").out == GITHUB
    assert handled.run("codeowners", "--forge", "gitlab").out == GITLAB


def test_gitlab_is_meant_where_only_its_files_are_there(handled):
    handled.write(".gitlab-ci.yml", "")
    assert handled.run("codeowners").out == GITLAB

    handled.write(".github/x", "")
    assert handled.run("codeowners").out == GITHUB


def test_a_team_or_role_without_a_handle_is_its_members(handled):
    handled.write("policyctl.toml", HANDLES.replace("security", "assistants"))

    done = handled.run("codeowners")

    assert "/policies/team-assistant.yaml @acme/assistants @sam-h\n" in done.out


def test_an_address_of_the_trust_root_is_taken_and_nothing_is_made_up(empty, people):
    empty.git("init", "-q", "-b", "main")
    empty.git("config", "user.name", "Erin")
    empty.git("config", "user.email", "erin@example.org")
    founded = empty.run(
        *("init", "--as", "erin", "--role", "security=sam"),
        *("--person", f"sam={people / 'sam.pub'}"),
        by="erin",
    )
    assert founded.code == 0, founded.err

    assert empty.run("codeowners").out.startswith("/policies/ erin@example.org\n")


def test_whoever_has_no_handle_is_named(recorded):
    done = recorded.run("codeowners")

    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "policyctl: no handle is known for erin, sam\n"
        '  = policyctl.toml: [handles], then erin = "@…" as the forge calls them\n'
    )


def test_it_is_written_below_the_lines_of_people_and_then_up_to_date(handled):
    handled.write(".github/CODEOWNERS", "# ours\n* @everybody\n")

    first = handled.run("codeowners", "--out", ".github/CODEOWNERS")
    again = handled.run("codeowners", "--out", ".github/CODEOWNERS")

    assert (first.code, first.out) == (0, "wrote .github/CODEOWNERS\n")
    assert again.out == "up to date: .github/CODEOWNERS\n"
    assert handled.read(".github/CODEOWNERS").decode() == (
        f"# ours\n* @everybody\n\n{BEGIN}\n{GITHUB}{END}\n"
    )
    assert handled.run("codeowners", "--check").code == 0


def test_check_says_what_differs_and_changes_nothing(handled):
    handled.run("codeowners", "--out", ".github/CODEOWNERS")
    text = handled.read(".github/CODEOWNERS").decode()
    changed = text.replace("/policyctl.toml @erin-h\n", "/policyctl.toml @mallory\n")
    handled.write(".github/CODEOWNERS", f"{changed}\n# a word\n/policies/ @mallory\n")

    done = handled.run("codeowners", "--check")

    assert (done.code, done.out) == (
        1,
        "not up to date: .github/CODEOWNERS\n"
        "  missing: /policyctl.toml @erin-h\n"
        "  too much: /policyctl.toml @mallory\n"
        "  below the block, where it decides instead of it: /policies/ @mallory\n"
        "    = policyctl codeowners --out .github/CODEOWNERS\n",
    )
    assert handled.read(".github/CODEOWNERS").decode().startswith(changed)


def test_another_order_is_a_difference(handled):
    lines = GITHUB.splitlines()
    handled.write(".github/CODEOWNERS", "\n".join([BEGIN, *reversed(lines), END, ""]))

    done = handled.run("codeowners", "--check")

    assert done.code == 1
    assert "the lines are in another order, and the last match decides" in done.out


def test_a_change_of_governance_makes_it_outdated(handled):
    handled.run("codeowners", "--out", ".github/CODEOWNERS")
    done = handled.run(
        *("root", "propose", "--add-steward", "ada", "--threshold", "1"),
        *("--rationale", "two are better"),
        by="erin",
    )
    assert done.code == 0, done.err
    handled.write("policyctl.toml", f'{HANDLES}ada = "@ada-h"\n')

    done = handled.run("codeowners", "--check")

    assert done.code == 1
    assert "  missing: /.policyctl/ @erin-h @ada-h\n" in done.out


def test_check_without_a_file_fails(handled):
    done = handled.run("codeowners", "--check")

    assert done.code == 1
    assert "  there is no such file\n" in done.out


def test_marks_that_are_no_pair_are_not_written_over(handled):
    handled.write("CODEOWNERS", f"{BEGIN}\n* @x\n")

    done = handled.run("codeowners", "--out", "CODEOWNERS")

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("policyctl: CODEOWNERS: one block is expected")
    assert handled.read("CODEOWNERS").decode() == f"{BEGIN}\n* @x\n"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('erin = "erin"', "the handle of 'erin' is 'erin'"),
        ('erin = "@a @b"', "the handle of 'erin' is '@a @b'"),
        ('erin = "@a\\n* @b"', "the handle of 'erin' is "),
        ("erin = 1", "the handle of 'erin' is 1"),
        ('nobody = "@x"', "[handles] names 'nobody', whom the trust root does not know"),
    ],
)
def test_a_table_with_a_mistake_is_refused(recorded, table, said):
    recorded.write("policyctl.toml", f"[handles]\n{table}\n")

    done = recorded.run("codeowners")

    assert (done.code, done.out) == (2, "")
    assert f"policyctl.toml: {said}" in done.err


def test_the_table_is_no_matter_of_lint(handled):
    assert handled.run("lint").code == 0


def test_a_policy_that_cannot_be_read_is_not_left_out(handled):
    handled.write("policies/broken.yaml", "id: [\n")

    done = handled.run("codeowners", "--check")

    assert done.code == 3
    assert "policies/broken.yaml cannot be read as a policy" in done.err


def test_a_symbolic_link_is_not_followed(handled, tmp_path):
    (handled.folder / "CODEOWNERS").symlink_to(tmp_path / "elsewhere")

    done = handled.run("codeowners", "--out", "CODEOWNERS")

    assert done.code == 2
    assert "CODEOWNERS is a symbolic link" in done.err
    assert not (tmp_path / "elsewhere").exists()


def test_outside_of_governance_nothing_can_be_said(empty):
    assert empty.run("codeowners").code == 3


def test_the_json_report_fits_its_schema(handled):
    names = ("report.v1.json", "root.v1.json")
    schemas = {name: json.loads(shipped("schemas").joinpath(name).read_text()) for name in names}
    registry = Registry().with_resources(
        (name, Resource.from_contents(schema)) for name, schema in schemas.items()
    )
    validator = Draft202012Validator(schemas["report.v1.json"], registry=registry)

    before = json.loads(handled.run("codeowners", "--check", "--format", "json").out)
    wrote = json.loads(handled.run("codeowners", "--out", "CODEOWNERS", "--format", "json").out)

    for report in (before, wrote):
        assert not list(validator.iter_errors(report)), report
    assert (before["status"], before["result"]["current"]) == ("fail", False)
    assert (wrote["status"], wrote["result"]["wrote"]) == ("pass", True)

"""`policyctl init --ci`: the files for a forge, in new repositories and in governed ones."""

from __future__ import annotations

import json
import subprocess

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from policyctl.adapters.ci_files import ci_files
from policyctl.adapters.resources import shipped
from policyctl.core.forge import Forge

FOUNDER = ("init", "--as", "erin")


def committed(world, path):
    return world.git("show", f"HEAD:{path}").encode()


@pytest.mark.parametrize("forge", Forge)
def test_a_new_repository_holds_exactly_the_files_that_travel_with_policyctl(empty, forge):
    done = empty.run(*FOUNDER, "--ci", forge.value, by="erin")

    assert done.code == 0, done.err
    files = ci_files(forge)
    assert len(files) == {Forge.GITHUB: 15, Forge.GITLAB: 2}[forge]
    for path, content in files.items():
        assert committed(empty, path) == content
    assert empty.git("status", "--porcelain") == ""
    assert "POLICYCTL_PIN" in done.out


def test_without_the_option_nothing_is_written_and_the_option_is_named(empty):
    done = empty.run(*FOUNDER, by="erin")

    assert "policyctl init --ci github|gitlab" in done.out
    assert not (empty.folder / ".github").exists()
    assert not list(empty.folder.glob(".gitlab*"))


def test_a_file_that_is_there_stays_as_it_is_and_is_named(empty):
    subprocess.run(["git", "init", "-q", "-b", "main", str(empty.folder)], check=True)
    empty.write(".gitlab-ci.yml", "stages: [test]\n")
    empty.git("add", ".")
    empty.git("commit", "-qm", "x")

    done = empty.run(*FOUNDER, "--ci", "gitlab", by="erin")

    assert done.code == 0, done.err
    assert empty.read(".gitlab-ci.yml") == b"stages: [test]\n"
    assert "  kept      .gitlab-ci.yml\n" in done.out
    assert "add to .gitlab-ci.yml: include: [{local: .gitlab/policyctl.yml}]" in done.out


def test_a_governed_repository_gets_the_files_in_a_commit_of_their_own(recorded):
    recorded.write(".github/workflows/policies.yml", "mine\n")
    recorded.git("config", "user.name", "Erin")
    recorded.git("config", "user.email", "erin@example.org")

    done = recorded.run("init", "--ci", "github")

    assert done.code == 0, done.err
    assert recorded.read(".github/workflows/policies.yml") == b"mine\n"
    names = recorded.git("show", "--name-only", "--format=%s", "HEAD").split("\n")
    assert names[0] == "policyctl: have github judge pull requests"
    assert set(names[2:-1]) == ci_files(Forge.GITHUB).keys() - {".github/workflows/policies.yml"}
    assert "  kept      .github/workflows/policies.yml\n" in done.out
    assert recorded.run("verify").code == 0


def test_a_second_time_there_is_nothing_to_write(world):
    world.git("config", "user.name", "Erin")
    world.git("config", "user.email", "erin@example.org")
    assert world.run("init", "--ci", "gitlab").code == 0
    before = world.state()

    done = world.run("init", "--ci", "gitlab")

    assert (done.code, done.err) == (
        1,
        "policyctl: the files for gitlab are there already\n",
    )
    assert world.state() == before


def test_a_file_that_differs_is_named_where_nothing_else_is_to_write(world):
    world.git("config", "user.name", "Erin")
    world.git("config", "user.email", "erin@example.org")
    assert world.run("init", "--ci", "gitlab").code == 0
    world.write(".gitlab/policyctl.yml", "mine\n")

    done = world.run("init", "--ci", "gitlab")

    assert (done.code, done.err) == (
        1,
        "policyctl: the files for gitlab are there already, and .gitlab/policyctl.yml would be "
        "another now\n  = remove what should be written anew\n",
    )


def test_a_governed_repository_is_not_founded_again(world):
    done = world.run(*FOUNDER, "--ci", "github", by="erin")

    assert done.code == 1
    assert done.err.startswith("policyctl: this repository is governed already\n")


def test_the_json_report_fits_its_schema(empty):
    names = ("report.v1.json", "root.v1.json")
    schemas = {name: json.loads(shipped("schemas").joinpath(name).read_text()) for name in names}
    registry = Registry().with_resources(
        (name, Resource.from_contents(schema)) for name, schema in schemas.items()
    )
    founded = empty.run(*FOUNDER, "--ci", "gitlab", "--format", "json", by="erin")
    empty.git("config", "user.name", "Erin")
    empty.git("config", "user.email", "erin@example.org")
    added = empty.run("init", "--ci", "github", "--format", "json")

    validator = Draft202012Validator(schemas["report.v1.json"], registry=registry)
    for done, forge in ((founded, "gitlab"), (added, "github")):
        report = json.loads(done.out)
        assert not list(validator.iter_errors(report)), report
        assert report["result"]["forge"] == forge
        assert ".gitlab-ci.yml" in report["result"]["files"] or forge == "github"


def test_git_has_to_know_who_commits(world):
    done = world.run("init", "--ci", "github")

    assert (done.code, done.err) == (
        2,
        "policyctl: git does not know who you are\n  = git config user.name, and user.email\n",
    )
    assert not (world.folder / ".github").exists()

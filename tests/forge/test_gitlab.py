"""The template for GitLab: its scripts run in pipelines of merge requests and after merges."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as ET

import pytest
import yaml

from policyctl.adapters.ci_files import ci_files
from policyctl.core.forge import Forge

FILES = ci_files(Forge.GITLAB)
TEMPLATE = yaml.safe_load(FILES[".gitlab/policyctl.yml"])
POLICY = "policies/team-assistant.yaml"
VARIABLES = {
    "CI_DEFAULT_BRANCH": "main",
    "CI_PROJECT_ID": "7",
    "CI_MERGE_REQUEST_PROJECT_ID": "7",
}


@pytest.fixture
def pipeline(origin, job):
    """Runs the script of a job, in a clone, as GitLab's runner does."""

    def run(name, head, **variables):
        place = origin.clone()
        subprocess.run(["git", "fetch", "-q", "origin", head], cwd=place, check=True)
        subprocess.run(["git", "checkout", "-q", head], cwd=place, check=True)
        made = job(place, "", {})
        (place / "policyctl-report").mkdir()  # the last line of before_script
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", "\n".join(TEMPLATE[name]["script"])],
            cwd=place,
            env={**made.variables, **VARIABLES, "CI_COMMIT_SHA": head, **variables},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        return done, place / "policyctl-report"

    return run


def edited(origin, record=True):
    author = origin.author
    author.git("switch", "-q", "-c", "feature")
    text = author.read(POLICY).replace(b"questions of colleagues", b"their questions")
    author.write(POLICY, text)
    if record:
        assert author.run("record", "team-assistant", "--rationale", "x", by="erin").code == 0
    else:
        author.git("commit", "-qam", "x")
    return origin.push("feature")


def test_a_merge_request_that_is_recorded_passes_and_leaves_its_reports(origin, pipeline):
    head = edited(origin)

    done, report = pipeline("policy-check", head)

    assert done.returncode == 0, done.stderr
    assert (report / "policy-check.md").read_text().startswith("### ")
    assert ET.parse(report / "lint.xml").getroot().tag == "testsuites"


def test_a_merge_request_that_is_not_recorded_fails_and_leaves_its_report(origin, pipeline):
    head = edited(origin, record=False)

    done, report = pipeline("policy-check", head)

    assert done.returncode in (1, 4)
    assert "team-assistant" in (report / "policy-check.md").read_text()


def test_a_pipeline_for_merged_results_judges_what_its_author_wrote(origin, pipeline):
    head = edited(origin, record=False)
    base = origin.commit("main")

    done, _ = pipeline(
        "policy-check",
        base,
        CI_MERGE_REQUEST_TARGET_BRANCH_SHA=base,
        CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=head,
    )

    assert done.returncode in (1, 4)


def test_a_merge_request_is_judged_by_its_target_as_it_is_now(origin, pipeline):
    head = edited(origin)
    author = origin.author
    author.git("switch", "-q", "main")
    author.run("record", "team-assistant", "--rationale", "x", by="erin")
    author.write(POLICY, author.read(POLICY) + b"# meanwhile\n")
    assert author.run("record", "team-assistant", "--rationale", "y", by="erin").code == 0
    origin.push("main")

    done, report = pipeline("policy-check", head)

    assert done.returncode == 1
    assert "has another entry 2" in (report / "policy-check.md").read_text()


def test_the_pipeline_of_a_fork_asks_the_project_that_it_should_be_merged_into(origin, pipeline):
    head = edited(origin)

    done, _ = pipeline(
        "policy-check",
        head,
        CI_PROJECT_ID="8",
        CI_MERGE_REQUEST_PROJECT_URL="file:///nowhere/acme",
    )

    assert done.returncode == 128
    assert "/nowhere/acme.git" in done.stderr


def test_after_a_merge_the_branch_is_verified_and_the_changelog_kept(origin, pipeline):
    done, report = pipeline("policy-merged", origin.commit("main"))

    assert done.returncode == 0, done.stderr
    assert "team-assistant" in (report / "CHANGELOG.md").read_text()


def test_jobs_say_when_they_run_and_fetch_the_whole_history():
    assert yaml.safe_load(FILES[".gitlab-ci.yml"]) == {
        "include": [{"local": ".gitlab/policyctl.yml"}]
    }
    common = TEMPLATE[".policyctl"]
    assert common["variables"]["GIT_DEPTH"] == "0"
    assert common["before_script"][-2:] == ["rm -rf policyctl-report", "mkdir policyctl-report"]
    for name in ("policy-check", "policy-merged"):
        assert TEMPLATE[name]["extends"] == ".policyctl"
        assert "== $CI_DEFAULT_BRANCH" in TEMPLATE[name]["rules"][0]["if"]


def test_no_variable_that_others_choose_is_taken_for_code():
    scripts = "\n".join(line for name in TEMPLATE for line in TEMPLATE[name].get("script", ()))

    for chosen in ("TITLE", "DESCRIPTION", "REF_NAME", "BRANCH_NAME", "COMMIT_MESSAGE"):
        assert chosen not in scripts

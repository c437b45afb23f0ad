"""policyctl in the real pre-commit, installed by it from a copy of this checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import policyctl
from policyctl.rules.registry import RULES
from policyctl.rules.wider import EstateRule

pytest.importorskip("pre_commit", reason="pre-commit is not installed: the extra 'test' has it")

CHECKOUT = Path(policyctl.__file__).parent.parent
MANIFEST = CHECKOUT / ".pre-commit-hooks.yaml"
SOUND = (CHECKOUT / "tests" / "data" / "team-assistant.yaml").read_text(encoding="utf-8")
BROKEN = SOUND.replace("stage: logging", "stage: loging")
NAME = "policies/team-assistant.yaml"
WRONG = "12:8: error: 'stage' is 'loging', which is not one of its values [wrong-value]"
VALIDATE, LINT = "policyctl validate", "policyctl lint"
VALIDATE_ALL, LINT_ALL = "policyctl validate, all policies", "policyctl lint, all policies"


def named(policy_id, text=SOUND):
    return text.replace("id: team-assistant", f"id: {policy_id}")


def test_the_manifest_is_one_and_the_page_names_all_its_hooks(config):
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST)], check=False
    )
    hooks = [hook["id"] for hook in yaml.safe_load(MANIFEST.read_text("utf-8"))]
    [used] = yaml.safe_load(config)["repos"]

    assert done.returncode == 0
    assert sorted(hook["id"] for hook in used["hooks"]) == sorted(hooks)


def test_the_lint_hook_for_files_leaves_out_the_rules_about_all_policies():
    hooks = {hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text("utf-8"))}
    left_out = hooks["policyctl-lint"]["entry"].rpartition(" ")[2].split(",")

    assert left_out == [rule.id for rule in RULES if isinstance(rule, EstateRule)]


def test_a_sound_policy_is_committed(repository):
    repository.stage(NAME, SOUND)
    done = repository.commit()

    assert done.ok, done.said
    assert done.verdicts() == {
        VALIDATE: "Passed",
        VALIDATE_ALL: "Skipped",
        LINT: "Passed",
        LINT_ALL: "Passed",
    }
    assert repository.git("status", "--porcelain") == ""


def test_a_broken_policy_stops_the_commit_with_file_line_and_column(repository):
    repository.stage(NAME, BROKEN)
    repository.stage("policies/second.yaml", named("second"))
    before = repository.git("rev-parse", "HEAD")
    done = repository.commit()

    assert not done.ok
    assert f"\n{NAME}:{WRONG}\n" in done.said
    assert "policies/second.yaml" not in done.said
    assert done.verdicts()[VALIDATE] == "Failed"
    assert repository.git("rev-parse", "HEAD") == before


def test_a_commit_without_policies_runs_no_hook(repository):
    repository.stage("README.md", "hello\n")
    done = repository.commit()

    assert done.ok, done.said
    assert set(done.verdicts().values()) == {"Skipped"}


def test_what_is_staged_counts_though_the_working_tree_is_broken(repository):
    repository.stage(NAME, SOUND)
    repository.write(NAME, BROKEN)
    done = repository.commit()

    assert done.ok, done.said
    assert repository.read(NAME) == BROKEN


def test_what_is_staged_counts_though_the_working_tree_is_mended(repository):
    repository.stage(NAME, BROKEN)
    repository.write(NAME, SOUND)
    done = repository.commit()

    assert not done.ok
    assert f"\n{NAME}:{WRONG}\n" in done.said
    assert repository.read(NAME) == SOUND


def test_a_deleted_policy_is_not_looked_for(repository):
    repository.stage(NAME, SOUND)
    repository.stage("policies/second.yaml", named("second"))
    repository.git("commit", "-qnm", "policies")
    repository.git("rm", "-q", NAME)
    repository.stage("policies/second.yaml", named("second") + "sensitivity: L3\n")
    done = repository.check("policyctl-validate")

    assert done.ok, done.said
    assert done.verdicts() == {VALIDATE: "Passed"}


def test_a_renamed_policy_is_checked_under_its_new_name(repository):
    repository.stage(NAME, SOUND)
    repository.git("commit", "-qnm", "a policy")
    repository.git("mv", NAME, "policies/renamed.yaml")
    wrong = repository.check("policyctl-validate")
    repository.stage("policies/renamed.yaml", named("renamed"))
    right = repository.check("policyctl-validate")

    assert not wrong.ok
    assert (
        "policies/renamed.yaml:3:5: error: policy 'team-assistant' stands in a file" in wrong.said
    )
    assert right.ok, right.said


def test_names_with_spaces_and_beyond_ascii_reach_policyctl_as_they_are(repository):
    """Such a name cannot be a policy's id, so it is a finding; such a folder is none."""
    repository.stage("policies/größe & maß.yaml", SOUND)
    repository.stage("policies/team größe/team-assistant.yaml", SOUND)
    repository.stage("policies/team größe/ü b.yaml", BROKEN)
    done = repository.check("policyctl-validate")

    assert not done.ok
    assert "policies/größe & maß.yaml:3:5: error: policy 'team-assistant' stands in" in done.said
    assert f"policies/team größe/ü b.yaml:{WRONG}" in done.said
    assert "policies/team größe/team-assistant.yaml" not in done.said


def test_a_policy_that_is_a_link_is_checked_too(repository):
    repository.stage("shared/team-assistant.yaml", BROKEN)
    repository.git("commit", "-qnm", "not a policy yet")
    (repository.folder / "policies").mkdir()
    (repository.folder / NAME).symlink_to("../shared/team-assistant.yaml")
    repository.git("add", NAME)
    done = repository.check("policyctl-validate")

    assert not done.ok
    assert f"shared/team-assistant.yaml:{WRONG}" in done.said


def test_a_policy_with_the_other_ending_is_told_which_one_to_use(repository):
    repository.stage("policies/team-assistant.yml", SOUND)
    done = repository.check("policyctl-validate")

    assert not done.ok
    assert "rename the file to 'team-assistant.yaml'" in done.said


def test_many_policies_come_in_batches_and_none_is_missed(repository):
    deep = "policies/" + "/".join(["a-folder-with-a-rather-long-name-so-that-arguments-fill"] * 3)
    count = 800  # more than 128 KiB of names, which pre-commit never hands over at once
    for number in range(count):
        text = BROKEN if number % 200 == 0 else SOUND
        repository.write(f"{deep}/p{number:03}.yaml", named(f"p{number:03}", text))
    repository.git("add", "policies")
    done = repository.check("policyctl-validate")
    batches = [int(number) for number in re.findall(r"errors? in (\d+) files", done.said)]

    assert not done.ok
    assert [f"{deep}/p{number:03}.yaml:{WRONG}" in done.said for number in (0, 200, 400, 600)] == [
        True
    ] * 4
    assert len(batches) > 1
    assert sum(batches) <= count
    assert len(re.findall("wrong-value", done.said)) == 4


def test_a_rule_about_all_policies_judges_them_together_and_once(repository):
    repository.stage("policies/first.yaml", named("first"))
    repository.git("commit", "-qnm", "one policy")
    public = SOUND.replace("data_sensitivity: confidential", "data_sensitivity: public")
    repository.stage("policies/second.yaml", named("second", public))
    done = repository.commit()

    assert done.verdicts()[LINT] == "Passed"
    assert done.verdicts()[LINT_ALL] == "Failed"
    assert "policies/second.yaml:7:10: warning: 'internal-facing@1' serves" in done.said
    assert done.said.count("[baseline-for-different-use]") == 1


@pytest.fixture
def governed(repository):
    """A repository with a baseline of its own and a policy that extends it."""
    baseline = (CHECKOUT / "baselines" / "internal-facing@1.yaml").read_text(encoding="utf-8")
    repository.stage(".policyctl/baselines/internal-facing@1.yaml", baseline)
    repository.stage(NAME, SOUND)
    repository.git("commit", "-qnm", "a baseline and a policy")
    return repository


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (".policyctl/schemas/policy.v1.json", "{}\n"),
        (".policyctl/root/note.txt", "new\n"),
        ("policyctl.toml", '[lint]\nlogging_deadline = "90d"\n'),
        ("catalogues/README.md", "ours\n"),
    ],
)
def test_what_all_policies_rest_on_has_them_all_checked(governed, path, content):
    governed.stage(path, content)
    done = governed.check("policyctl-validate-repository", "--verbose")

    assert done.verdicts() == {VALIDATE_ALL: "Passed"}
    assert "\nok: 1 file, nothing found\n" in done.said


def test_a_changed_baseline_finds_the_policy_that_nobody_touched(governed):
    path = ".policyctl/baselines/internal-facing@1.yaml"
    without = re.sub(r"(?m)^  - \{detector: prompt_attack,.*\n", "", governed.read(path))
    assert without != governed.read(path)
    governed.stage(path, without)
    done = governed.commit()

    assert not done.ok
    assert done.verdicts()[VALIDATE_ALL] == "Failed"
    assert done.verdicts()[VALIDATE] == "Skipped"
    assert re.search(
        rf"^{NAME}:17:\d+: error: .*\[limited-matches-nothing\]$", done.said, re.MULTILINE
    )


def test_a_commit_that_only_deletes_runs_no_hook_and_a_run_over_all_files_does(governed):
    governed.stage(".policyctl/baselines/other@1.yaml", "later\n")
    governed.git("commit", "-qnm", "another baseline")
    governed.git("rm", "-q", ".policyctl/baselines/internal-facing@1.yaml")
    done = governed.commit()
    every = governed.check("--all-files")

    assert done.ok, done.said
    assert set(done.verdicts().values()) == {"Skipped"}
    assert not every.ok
    assert every.verdicts()[VALIDATE_ALL] == "Failed"
    assert "[unknown-baseline]" in every.said


def test_where_there_is_no_policy_the_hook_for_all_fails_and_can_be_skipped(repository):
    repository.stage("policyctl.toml", "[lint]\n")
    done = repository.commit()
    repository.environment["SKIP"] = "policyctl-validate-repository,policyctl-lint-repository"

    assert not done.ok
    assert "there is no policy file in policies/" in done.said
    assert repository.commit().ok


def test_the_hook_for_messages_says_what_no_entry_records_and_refuses_on_request(repository):
    repository.stage(NAME, SOUND)
    noted = repository.commit()
    repository.stage(NAME, SOUND + "sensitivity: L3\n")
    repository.git("config", "policyctl.commitMsg", "refuse")
    refused = repository.commit()

    assert noted.ok, noted.said
    assert f"policyctl: note: {NAME} is new, and no entry of the ledger records it\n" in noted.said
    assert not refused.ok
    assert f"policyctl: refused: {NAME} is new, and no entry of the ledger" in refused.said
    assert re.search(r"^policyctl hook commit-msg\.+Failed$", refused.said, re.MULTILINE)


@pytest.mark.parametrize("first", ["pre-commit", "policyctl"])
def test_the_hook_of_install_stands_beside_that_of_pre_commit_whoever_came_first(
    found, config, tmp_path, first
):
    repository = found(tmp_path / "both")

    def install():
        command = [sys.executable, "-m", "policyctl", "hook", "install"]
        where = {"cwd": repository.folder, "env": repository.environment}
        subprocess.run(command, **where, check=True, capture_output=True)

    if first == "policyctl":
        install()
    for _ in range(2):
        repository.install(config)
        install()
    repository.stage(NAME, SOUND)
    done = repository.commit()

    assert done.ok, done.said
    assert "bug" not in done.said
    assert done.said.count("is new, and no entry of the ledger records it") == 2
    assert re.search(r"^policyctl hook commit-msg\.+Passed$", done.said, re.MULTILINE)


def test_what_init_writes_works_with_the_policyctl_on_the_path(world, found):
    repository = found(world.folder)
    here = str(Path(sys.executable).parent)
    repository.environment["PATH"] = os.pathsep.join([here, repository.environment["PATH"]])
    repository.install(repository.read(".pre-commit-config.yaml"))
    repository.stage(NAME, BROKEN)
    broken = repository.commit()
    repository.stage(NAME, SOUND)
    sound = repository.commit()
    repository.stage("catalogues/acme.json", "[]\n")
    changed = repository.commit()

    assert not broken.ok
    assert f"{NAME}:{WRONG}" in broken.said
    assert sound.ok, sound.said
    assert sound.verdicts() == {VALIDATE: "Passed", VALIDATE_ALL: "Skipped"}
    assert not changed.ok
    assert changed.verdicts() == {VALIDATE: "Skipped", VALIDATE_ALL: "Failed"}


def test_the_page_shows_the_file_that_init_writes(world):
    page = (CHECKOUT / "docs" / "pre-commit.md").read_text(encoding="utf-8")
    fences = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)

    assert world.read(".pre-commit-config.yaml").decode() == fences[1]

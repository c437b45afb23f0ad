"""`policyctl lint` in a governed repository: what it finds, exempts, cures and never does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

POLICY = "policies/team-assistant.yaml"
SCHEMAS = Path(__file__).parents[2] / "schemas"
THIN = b"purpose: Answers questions of colleagues."
NOW = ("--now", "2026-12-01")


def in_days(days):
    """The option for a present so many days from now, when the fixtures record."""
    return "--now", f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}"


def edit(world, old, new, path=POLICY):
    content = world.read(path)
    assert old in content
    world.write(path, content.replace(old, new))


def with_exception(world, comment=""):
    """Give the policy an exception that has no ticket."""
    text = (
        "exceptions:\n"
        "  - id: EX-1\n"
        "    guardrail: prompt_attack\n"
        "    when: {app: assistant}\n"
        "    reason: the assistant of the security team quotes attacks in its training course\n"
        "    owner: assistants\n"
        '    expires: "2027-02-01"\n'
    )
    if comment:
        text = text.replace("  - id: EX-1\n", f"  {comment}\n  - id: EX-1\n")
    world.write(POLICY, world.read(POLICY) + text.encode())


def codes(world, *arguments):
    """The exit code, and the codes of what is reported."""
    done = world.run("lint", *NOW, "--format", "json", *arguments)
    assert done.err == "", done.err
    return done.code, [finding["code"] for finding in json.loads(done.out)["findings"]]


def result(world, *arguments):
    return json.loads(world.run("lint", *NOW, "--format", "json", *arguments).out)["result"]


def commit(world, message="change"):
    world.git("add", "-A")
    world.git("commit", "-qm", message)
    return world.git("rev-parse", "HEAD").strip()


def test_the_recorded_policy_has_no_findings(recorded):
    done = recorded.run("lint")

    assert (done.code, done.out, done.err) == (0, "ok: 1 file, nothing found\n", "")


@pytest.mark.parametrize(
    ("use_case", "baseline"),
    [
        ("regulated", "default@1"),
        ("public-facing", "public-facing@1"),
        ("internal-facing", "internal-facing@1"),
        ("prompt-defense", "prompt-defense@1"),
        ("content-safety", "content-safety@1"),
    ],
)
def test_a_new_policy_of_each_baseline_lacks_nothing_but_its_purpose(world, use_case, baseline):
    new = ("new", "fresh", "--use-case", use_case, "--baseline", baseline, "--owner", "assistants")
    done = world.run(*new)
    assert done.code == 0, done.err

    assert codes(world) == (1, ["placeholder-purpose"])
    fresh = world.read("policies/fresh.yaml")
    purpose = b"purpose: Answers questions of colleagues about travel expenses.\n"
    world.write("policies/fresh.yaml", re.sub(rb"(?m)^purpose: .*\n", purpose, fresh))
    assert codes(world) == (0, [])


def test_a_finding_is_shown_with_its_place_and_exits_1(recorded):
    with_exception(recorded)

    done = recorded.run("lint", *NOW)

    assert done.code == 1
    assert f"{POLICY}:" in done.out
    assert "[exception-without-ticket]" in done.out
    assert done.out.endswith("1 note in 1 file\n")


def test_nothing_to_check_is_not_a_pass(world):
    done = world.run("lint")

    assert done.code == 3
    assert "there is no policy file in policies/" in done.err


def test_broken_yaml_is_a_finding_that_nothing_ignores(recorded):
    edit(recorded, b"stage: logging", b"stage: logging\nstage: logging")

    assert codes(recorded, "--ignore", "duplicate-guardrail") == (1, ["duplicate-key"])


def test_the_present_can_be_chosen(recorded):
    done = recorded.run("lint", *in_days(100))

    assert done.code == 1
    assert "[parked-in-logging]" in done.out


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif", "junit", "markdown"])
def test_every_format_reports_it(recorded, form):
    with_exception(recorded)

    done = recorded.run("lint", *NOW, "--format", form)

    assert (done.code, done.err) == (1, "")
    assert "exception-without-ticket" in done.out


def validator():
    resources = [
        (path.name, DRAFT202012.create_resource(json.loads(path.read_text("utf-8"))))
        for path in SCHEMAS.glob("*.json")
    ]
    schema = json.loads((SCHEMAS / "report.v1.json").read_text("utf-8"))
    return Draft202012Validator(schema, registry=Registry().with_resources(resources))


def test_the_json_follows_its_schema(recorded):
    with_exception(recorded)
    edit(recorded, b"stage: logging ", b"stage: limited ")

    done = recorded.run("lint", *NOW, "--fix", "--format", "json")

    report = json.loads(done.out)
    assert list(validator().iter_errors(report)) == []
    assert report["result"]["fixed"][0]["value"] == "logging"


class TestChoosing:
    """--select, --ignore and policyctl.toml."""

    def test_only_what_is_selected_runs(self, recorded):
        with_exception(recorded)

        assert codes(recorded, "--select", "purpose-thin,duplicate-guardrail") == (0, [])
        assert codes(recorded, "--select", "exception-without-ticket") == (
            1,
            ["exception-without-ticket"],
        )

    def test_what_is_ignored_does_not_run(self, recorded):
        with_exception(recorded)

        assert codes(recorded, "--ignore", "exception-without-ticket") == (0, [])

    @pytest.mark.parametrize("option", ["--select", "--ignore"])
    def test_an_unknown_rule_is_wrong_use(self, recorded, option):
        done = recorded.run("lint", option, "exception-without-tiket")

        assert (done.code, done.out) == (2, "")
        assert done.err == (
            f"policyctl: {option}: there is no rule 'exception-without-tiket'\n"
            "  = did you mean 'exception-without-ticket'?\n"
        )

    def test_a_choice_that_leaves_no_rule_is_wrong_use(self, recorded):
        arguments = ("--select", "purpose-thin", "--ignore", "purpose-thin")

        assert recorded.run("lint", *arguments).code == 2

    def test_rules_about_commits_alone_need_commits(self, recorded):
        done = recorded.run("lint", "--select", "mixed-change-stream")

        assert done.code == 2
        assert done.err.endswith("  = add --range BASE..HEAD\n")

    def test_the_file_ignores_weighs_and_sets_limits(self, recorded):
        with_exception(recorded)
        recorded.write(
            "policyctl.toml",
            '[lint]\nseverity = {exception-without-ticket = "error"}\nlogging_deadline = "1d"\n',
        )

        done = recorded.run("lint", *in_days(5), "--format", "json")

        found = {item["code"]: item["severity"] for item in json.loads(done.out)["findings"]}
        assert found["exception-without-ticket"] == "error"
        assert "parked-in-logging" in found

    def test_the_command_line_selects_whatever_the_file_ignores(self, recorded):
        with_exception(recorded)
        recorded.write("policyctl.toml", '[lint]\nignore = ["exception-without-ticket"]\n')

        assert codes(recorded) == (0, [])
        assert codes(recorded, "--select", "exception-without-ticket")[0] == 1

    def test_a_mistake_in_the_file_ends_the_run(self, recorded):
        recorded.write("policyctl.toml", "[lint]\nmax_exception = 3\n")

        done = recorded.run("lint")

        assert (done.code, done.out) == (2, "")
        assert done.err == (
            "policyctl: policyctl.toml:2: unknown key 'max_exception' in [lint]\n"
            "  = did you mean 'max_exceptions'?\n"
        )


class TestSuppressing:
    """Comments in the policy."""

    IGNORE = "# policyctl: ignore[exception-without-ticket]"

    def test_a_suppressed_finding_is_counted_and_not_reported(self, recorded):
        with_exception(recorded, f"{self.IGNORE} until 2026-12-31: tickets are being moved")

        done = recorded.run("lint", *NOW)

        assert (done.code, done.out) == (0, "ok: 1 file, nothing found; 1 suppressed\n")

    def test_it_ends_on_its_last_day(self, recorded):
        with_exception(recorded, f"{self.IGNORE} until 2026-12-31: tickets are being moved")

        found = codes(recorded, "--now", "2027-01-01")

        assert found == (1, ["suppression-expired", "exception-without-ticket"])

    def test_one_that_is_not_needed_is_found(self, recorded):
        edit(recorded, THIN, b"# policyctl: ignore[purpose-thin]: agreed\n" + THIN)

        assert codes(recorded) == (1, ["suppression-unused"])
        assert codes(recorded, "--ignore", "purpose-thin") == (0, [])

    def test_one_without_a_reason_has_no_effect(self, recorded):
        with_exception(recorded, self.IGNORE)

        assert codes(recorded) == (1, ["suppression-malformed", "exception-without-ticket"])

    def test_findings_about_suppressions_cannot_be_suppressed(self, recorded):
        with_exception(recorded, "# policyctl: ignore[suppression-unused]: agreed")

        assert codes(recorded) == (1, ["suppression-malformed", "exception-without-ticket"])


class TestKnownFindings:
    """--write-baseline and --baseline."""

    def test_what_was_there_is_counted_and_what_is_new_is_reported(self, recorded):
        with_exception(recorded)

        done = recorded.run("lint", *NOW, "--write-baseline", "known.json")
        assert (done.code, done.out) == (0, "ok: 1 file, nothing found; 1 known\n")

        done = recorded.run("lint", *NOW, "--baseline", "known.json")
        assert (done.code, done.out) == (0, "ok: 1 file, nothing found; 1 known\n")
        edit(recorded, b"  - id: EX-1\n", b"  - id: EX-0\n")
        assert codes(recorded, "--baseline", "known.json") == (
            1,
            ["baseline-stale", "exception-without-ticket"],
        )

    def test_the_file_is_the_same_bytes_each_time(self, recorded):
        with_exception(recorded)
        recorded.run("lint", *NOW, "--write-baseline", "known.json")
        first = recorded.read("known.json")
        recorded.run("lint", *NOW, "--write-baseline", "known.json")

        assert recorded.read("known.json") == first
        assert json.loads(first)["findings"] == [
            {
                "policy": "team-assistant",
                "code": "exception-without-ticket",
                "at": "exceptions[EX-1].id",
                "count": 1,
            }
        ]

    def test_what_is_gone_is_a_note_so_that_the_file_shrinks(self, recorded):
        before = recorded.read(POLICY)
        with_exception(recorded)
        recorded.run("lint", *NOW, "--write-baseline", "known.json")
        recorded.write(POLICY, before)

        done = recorded.run("lint", *NOW, "--baseline", "known.json")

        assert done.code == 1
        assert done.out == (
            "known.json:4:1: note: the known finding 'exception-without-ticket' of "
            "'team-assistant' is gone [baseline-stale]\n"
            "    = shrink the file: policyctl lint --write-baseline known.json\n"
            "\n1 note in 1 file\n"
        )

    def test_nothing_is_called_gone_that_was_not_looked_for(self, recorded):
        before = recorded.read(POLICY)
        with_exception(recorded)
        recorded.run("lint", *NOW, "--write-baseline", "known.json")
        recorded.write(POLICY, before)
        recorded.write("policies/other.yaml", before.replace(b"team-assistant", b"other"))

        known = ("--baseline", "known.json")
        assert codes(recorded, *known, "--ignore", "exception-without-ticket") == (0, [])
        assert codes(recorded, *known, "policies/other.yaml") == (0, [])
        assert codes(recorded, *known, POLICY) == (1, ["baseline-stale"])

    def test_a_file_that_cannot_be_read_cannot_be_known(self, recorded):
        edit(recorded, b"stage: logging", b"stage: loging")

        done = recorded.run("lint", "--write-baseline", "known.json")

        assert done.code == 1
        assert "[wrong-value]" in done.out
        assert codes(recorded, "--baseline", "known.json") == (1, ["wrong-value"])

    @pytest.mark.parametrize(
        "other",
        [(POLICY,), ("--select", "purpose-thin"), ("--baseline", "x"), ("--range", "HEAD~1..")],
    )
    def test_it_is_written_about_everything_or_not_at_all(self, recorded, other):
        done = recorded.run("lint", "--write-baseline", "known.json", *other)

        assert done.code == 2
        assert not (recorded.folder / "known.json").exists()

    def test_another_file_is_not_overwritten(self, recorded):
        before = recorded.read(POLICY)

        done = recorded.run("lint", "--write-baseline", POLICY)

        assert done.code == 2
        assert done.err.endswith("nothing was written: name another file\n")
        assert recorded.read(POLICY) == before

    def test_a_missing_file_says_how_to_make_it(self, recorded):
        done = recorded.run("lint", "--baseline", "nope.json")

        assert (done.code, done.err) == (
            2,
            "policyctl: there is no nope.json\n  = policyctl lint --write-baseline nope.json\n",
        )


class TestFixing:
    """--fix."""

    def test_only_the_bytes_of_the_cure_change(self, recorded):
        before = recorded.read(POLICY)
        edit(recorded, b"stage: logging ", b"stage: limited ")
        (recorded.folder / POLICY).chmod(0o640)

        done = recorded.run("lint", *NOW, "--fix")

        assert recorded.read(POLICY) == before
        assert (recorded.folder / POLICY).stat().st_mode & 0o777 == 0o640
        assert done.code == 0, done.out
        assert done.out.startswith(f"fixed {POLICY}:")
        assert "now 'logging' [stage-differs-from-ledger]\n\n" in done.out
        assert done.out.endswith("ok: 1 file, nothing found; 1 fixed\n")

    def test_without_it_nothing_is_written(self, recorded):
        edit(recorded, b"stage: logging ", b"stage: limited ")
        before = recorded.read(POLICY)

        assert "stage-differs-from-ledger" in codes(recorded)[1]
        assert recorded.read(POLICY) == before

    def test_what_cannot_be_cured_safely_is_reported_and_left(self, recorded):
        edit(recorded, b"stage: logging ", b"stage: &stage limited ")
        before = recorded.read(POLICY)

        code, found = codes(recorded, "--fix")

        assert (code, "stage-differs-from-ledger" in found) == (1, True)
        assert recorded.read(POLICY) == before

    def test_what_is_suppressed_is_left(self, recorded):
        line = b"# policyctl: ignore[stage-differs-from-ledger]: on its way\nstage: limited "
        edit(recorded, b"stage: logging ", line)
        before = recorded.read(POLICY)

        assert result(recorded, "--fix")["fixed"] == []
        assert recorded.read(POLICY) == before

    def test_what_does_not_run_cures_nothing(self, recorded):
        edit(recorded, b"stage: logging ", b"stage: limited ")

        assert result(recorded, "--fix", "--ignore", "stage-differs-from-ledger")["fixed"] == []

    def test_code_scanning_is_offered_the_same_cure(self, recorded):
        edit(recorded, b"stage: logging ", b'stage: "limited" ')

        log = json.loads(recorded.run("lint", *NOW, "--format", "sarif").out)

        (found,) = [
            item
            for item in log["runs"][0]["results"]
            if item["ruleId"] == "stage-differs-from-ledger"
        ]
        change = found["fixes"][0]["artifactChanges"][0]["replacements"][0]
        assert change["insertedContent"]["text"] == '"logging"'
        assert change["deletedRegion"] == found["locations"][0]["physicalLocation"]["region"]

    def test_a_link_stays_a_link(self, recorded):
        edit(recorded, b"stage: logging ", b"stage: limited ")
        link = recorded.folder / "link.yaml"
        link.symlink_to(recorded.folder / POLICY)

        recorded.run("lint", "--fix", "link.yaml")

        assert link.is_symlink()
        assert b"stage: logging " in recorded.read(POLICY)


class TestEstate:
    """Rules about all policies together."""

    @pytest.fixture
    def pair(self, recorded):
        """Two policies with the same dials for different uses, which is a smell."""
        copy = recorded.read(POLICY).replace(b"team-assistant", b"shop-assistant")
        copy = copy.replace(b"use_case: internal-facing", b"use_case: public-facing")
        recorded.write("policies/shop-assistant.yaml", copy)
        own = (
            b"guardrails:\n  - {detector: prompt_attack, sensitivity: L4, reason: two incidents}\n"
        )
        for path in (POLICY, "policies/shop-assistant.yaml"):
            edit(recorded, b"stage: logging", own + b"stage: logging", path)
        return recorded

    def test_the_repository_is_compared_even_if_one_file_is_named(self, pair):
        everything = json.loads(pair.run("lint", "--format", "json").out)["findings"]
        smells = [item for item in everything if item["code"] == "copied-thresholds"]
        assert smells

        for smell in smells:
            named = json.loads(pair.run("lint", smell["file"], "--format", "json").out)

            assert smell in named["findings"]
            assert {item["file"] for item in named["findings"]} == {smell["file"]}
            assert named["result"]["files"] == 1

    def test_a_broken_neighbour_does_not_matter_to_the_named_file(self, pair):
        pair.write("policies/broken.yaml", "a: [")

        _, found = codes(pair, POLICY)

        assert "yaml-syntax" not in found


class TestRange:
    """--range BASE..HEAD: the form for pull requests."""

    def test_a_commit_that_mixes_policy_and_application_is_found(self, recorded):
        base = recorded.git("rev-parse", "HEAD").strip()
        edit(recorded, b"name: Team assistant", b"name: Assistant")
        recorded.write("src/app.py", "pass\n")
        made = commit(recorded, "policy and application")

        done = recorded.run("lint", *NOW, "--range", f"{base}..HEAD")

        assert done.code == 1
        assert f"commit {made[:12]}: " in done.out

    def test_a_merge_is_not_blamed_for_what_it_merges(self, recorded):
        base = recorded.git("rev-parse", "HEAD").strip()
        main = recorded.git("branch", "--show-current").strip()
        recorded.git("checkout", "-qb", "application")
        recorded.write("src/app.py", "pass\n")
        commit(recorded, "application")
        recorded.git("checkout", "-q", main)
        edit(recorded, b"name: Team assistant", b"name: Assistant")
        commit(recorded, "policy")
        recorded.git("merge", "-q", "--no-edit", "application")

        assert codes(recorded, "--range", f"{base}..HEAD") == (0, [])

    def test_a_suppression_of_the_range_does_not_count_yet(self, recorded):
        with_exception(recorded)
        base = commit(recorded)
        edit(
            recorded,
            b"  - id: EX-1\n",
            b"  # policyctl: ignore[exception-without-ticket]: x\n  - id: EX-1\n",
        )
        commit(recorded)

        done = recorded.run("lint", *NOW, "--range", f"{base}..HEAD")

        assert done.code == 1
        assert "is new in this range: it counts once merged" in done.out
        assert codes(recorded, "--range", "HEAD..HEAD") == (0, [])

    def test_settings_of_the_range_do_not_count_yet_but_are_checked(self, recorded):
        with_exception(recorded)
        base = commit(recorded)
        recorded.write("policyctl.toml", '[lint]\nignore = ["exception-without-ticket"]\n')
        commit(recorded)

        assert codes(recorded) == (0, [])
        assert codes(recorded, "--range", f"{base}..") == (1, ["exception-without-ticket"])
        recorded.write("policyctl.toml", "[lint]\nignores = []\n")
        assert recorded.run("lint", "--range", f"{base}..").code == 2

    def test_settings_that_the_range_removes_still_count(self, recorded):
        recorded.write("policyctl.toml", '[lint]\nlogging_deadline = "1d"\n')
        base = commit(recorded)
        (recorded.folder / "policyctl.toml").unlink()
        commit(recorded)

        assert codes(recorded, *in_days(5)) == (0, [])
        found = codes(recorded, *in_days(5), "--range", f"{base}..")
        assert found == (1, ["parked-in-logging"])

    def test_a_broken_file_from_before_exempts_nobody_and_blocks_nothing(self, recorded):
        recorded.write("policyctl.toml", '[lint]\nignore = ["a-rule-of-old"]\n')
        base = commit(recorded)
        (recorded.folder / "policyctl.toml").unlink()
        commit(recorded)

        assert codes(recorded, "--range", f"{base}..") == (0, [])

    def test_a_baseline_of_the_range_does_not_count_yet(self, recorded):
        with_exception(recorded)
        base = commit(recorded)
        recorded.run("lint", *NOW, "--write-baseline", "known.json")
        commit(recorded)

        known = ("--baseline", "known.json")
        assert codes(recorded, *known) == (0, [])
        assert codes(recorded, *known, "--range", f"{base}..") == (1, ["exception-without-ticket"])
        assert codes(recorded, *known, "--range", "HEAD..") == (0, [])

    @pytest.mark.parametrize("text", ["HEAD", "..HEAD", "HEAD...HEAD", "", "a..b..c"])
    def test_what_is_no_range_is_wrong_use(self, recorded, text):
        done = recorded.run("lint", "--range", text)

        assert done.code == 2
        assert done.err == (
            f"policyctl: --range {text!r} is not BASE..HEAD\n  = as in origin/main..HEAD\n"
        )

    def test_an_unknown_commit_is_named(self, recorded):
        done = recorded.run("lint", "--range", "nowhere..HEAD")

        assert done.code == 2
        assert "there is no commit 'nowhere'" in done.err

    def test_a_shallow_clone_cannot_be_judged(self, recorded, tmp_path, shell):
        base = recorded.git("rev-parse", "HEAD~1").strip()
        source = recorded.folder.as_uri()
        subprocess.run(
            ["git", "clone", "-q", "--depth", "1", source, str(tmp_path / "clone")], check=True
        )

        done = shell("lint", "--range", f"{base}..HEAD", cwd=tmp_path / "clone")

        assert done.code == 3
        assert "fetch-depth: 0" in done.err


def test_it_loads_neither_git_nor_signatures(recorded):
    program = (
        "import sys\nfrom policyctl.cli import main\nmain(['lint'])\n"
        "sys.stderr.write(' '.join({'git', 'ruamel', 'cryptography', 'rich.console'}"
        " & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        cwd=recorded.folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )

    assert done.stderr == ""


def test_without_git_it_still_works(tmp_path, shell, recorded):
    (tmp_path / "bin").mkdir()

    assert shell("lint", cwd=recorded.folder, PATH=str(tmp_path / "bin")).code == 0

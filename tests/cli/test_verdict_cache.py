"""What `validate` remembers saves work, and never changes what it says or how it ends."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policyctl
from policyctl.adapters.plain_paths import PACKAGE
from policyctl.adapters.remembered_findings import RememberedFindings, findings_from, text_of
from policyctl.adapters.verdicts import FINE, Verdicts
from policyctl.cli.formats import FindingsFormat
from policyctl.core.finding import Finding, Severity, Span

POLICY = "policies/team-assistant.yaml"
GOOD = (Path(__file__).parents[1] / "data/team-assistant.yaml").read_bytes()
COUNT = 9
"""How many policies there are."""


def assert_same_as_without_cache(said, *arguments):
    assert said(*arguments) == said(*arguments, POLICYCTL_CACHE="0")


# A hit


@pytest.mark.parametrize("form", [form.value for form in FindingsFormat])
def test_with_a_cache_every_format_says_what_it_says_without(here, said, form, cache, memories):
    arguments = ("validate", "--format", form)

    plain = said(*arguments, POLICYCTL_CACHE="0")

    assert not cache.exists()
    assert [said(*arguments) for _ in range(3)] == [plain] * 3
    assert len(memories()) == 1


@pytest.mark.parametrize("colour", ["", "1"])
def test_with_a_cache_colours_are_the_same(here, said, colour):
    once = said("validate", "policies/good.yaml", FORCE_COLOR=colour)

    assert said("validate", "policies/good.yaml", FORCE_COLOR=colour) == once


def test_what_is_known_is_not_judged_again(here, said, judged):
    said()
    assert len(judged) == COUNT

    said()

    assert len(judged) == COUNT


def test_an_unreadable_file_among_known_ones_is_the_same_error(here, said):
    said()
    (here / "policies/middle.yaml").symlink_to("nowhere")
    files = [f"policies/{name}" for name in ("good.yaml", "middle.yaml", "bad.yaml")]

    assert_same_as_without_cache(said, "validate", *files)
    assert said("validate", *files)[0] == 2


def test_a_pipe_is_read_once_whatever_is_remembered(here, shell):
    shell("validate", cwd=here)
    bad = "policies/bad.yaml"

    def piped(**variables):
        done = subprocess.run(
            [sys.executable, "-P", "-m", "policyctl", "validate", bad, "/dev/stdin"],
            cwd=here,
            env={**os.environ, **variables},
            input=(here / "policies/bad.yaml").read_bytes(),
            capture_output=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    first = piped(POLICYCTL_CACHE="0")

    assert first[0] == 1
    assert first[1].count(b"loging") > 1
    assert [piped(), piped()] == [first, first]


finding = st.builds(
    Finding,
    code=st.text(max_size=9),
    severity=st.sampled_from(Severity),
    message=st.text(st.characters(), max_size=30),
    hint=st.text(max_size=9),
    file=st.text(st.characters(), max_size=9),
    span=st.none() | st.builds(Span, *[st.integers(0, 2**40)] * 4),
    at=st.lists(st.text(st.characters(), max_size=5) | st.integers(0), max_size=3).map(tuple),
    policy=st.text(max_size=5),
    entry=st.integers(0),
    hidden=st.booleans(),
)


@given(st.lists(finding, max_size=4).map(tuple))
def test_findings_are_remembered_as_they_were(findings):
    text = text_of(findings)

    assert b"\n" not in text
    assert (text == FINE) == (findings == ())
    assert findings_from(text) == findings


@given(st.lists(finding, min_size=1, max_size=2).map(tuple), st.data())
def test_a_verdict_that_cannot_be_read_is_none(tmp_path_factory, findings, data):
    text = text_of(findings)
    cut = data.draw(st.integers(1, len(text) - 1))
    verdicts = Verdicts(str(tmp_path_factory.getbasetemp()), "unsaved")
    for wrong in (text[:cut], b"[[]]", b"[1]", b"{}x", b"null", b'[{"x":1}]', b"[" * 100_000):
        verdicts.known = {}
        verdicts.keep("a", b"b", wrong)
        verdicts.known = verdicts.added
        verdicts.added = {}

        assert RememberedFindings(verdicts).recall("a", b"b") is None


# A miss


def edited(path, old, new):
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))


def other_content(folder):
    edited(folder / POLICY, b"stage: logging", b"stage: loging")


def other_name(folder):
    (folder / POLICY).rename(folder / "policies/renamed.yaml")


def another_root(folder):
    edited(folder / ".policyctl/root/0001.json", b'"assistants"', b'"assistantz"')


def a_broken_root(folder):
    edited(folder / ".policyctl/root/0001.json", b'"assistants"', b'"assistants" ')


def an_unreadable_root(folder):
    (folder / ".policyctl/root/0002.json").symlink_to("/dev/zero")


def another_baseline(folder):
    for path in (folder / ".policyctl/baselines").glob("*.yaml"):
        path.write_bytes(path.read_bytes().replace(b"schema:", b"schemas:"))


def no_baselines_at_all(folder):
    for path in (folder / ".policyctl/baselines").glob("*.yaml"):
        path.unlink()


def the_shipped_baselines(folder):
    shutil.rmtree(folder / ".policyctl/baselines")


def an_own_catalogue(folder):
    own = folder / "catalogues/owasp-llm-2026.json"
    own.parent.mkdir()
    shutil.copy(Path(PACKAGE, "catalogues", own.name), own)
    edited(own, b'"LLM01"', b'"LLM91"')


def a_broken_catalogue(folder):
    own = folder / "catalogues/mine.json"
    own.parent.mkdir()
    own.write_bytes(b"{")


def settings(folder):
    (folder / "policyctl.toml").write_bytes(b"[lint]\nmax_exceptions = 1\n")


CHANGES = [
    *(other_content, other_name, another_root, a_broken_root, an_unreadable_root),
    *(another_baseline, no_baselines_at_all, the_shipped_baselines),
    *(an_own_catalogue, a_broken_catalogue, settings),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_of_anything_that_counts_is_a_miss(recorded, monkeypatch, said, judged, change):
    monkeypatch.chdir(recorded.folder)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    edited(Path(POLICY), b"stage: logging", b"stage: logging\ncontrols: {owasp-llm-2026: [LLM01]}")
    assert said()[0] == said()[0] == 0
    assert len(judged) == 1

    change(recorded.folder)

    found = said()
    assert len(judged) == 2 or found[0] == 2
    assert found == said() == said(POLICYCTL_CACHE="0")
    # What was undone is known again, or judged again: never is it the other verdict.
    assert said("validate", "--format", "json") == said(
        "validate", "--format", "json", POLICYCTL_CACHE="0"
    )


def test_what_a_rule_says_of_a_name_belongs_to_that_name(here, said):
    said()
    good = here / "policies/good.yaml"
    shutil.copy(good, here / "policies/copy.yaml")

    assert said("validate", "policies/good.yaml")[0] == 0
    assert said("validate", "policies/copy.yaml")[0] == 1


@pytest.mark.parametrize("command", ["validate", "lint"])
def test_a_wrong_name_is_found_from_within_the_folder_too(here, said, monkeypatch, command):
    for folder in ("drafts", "policies"):
        path = here / folder / "wrong.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(GOOD)
        monkeypatch.chdir(path.parent)

        found = said(command, "wrong.yaml")

        assert ("id-differs-from-file" in found[1]) is (folder == "policies")
        assert said(command, "wrong.yaml") == found
    monkeypatch.chdir(here)
    assert "id-differs-from-file" in said(command, "policies/wrong.yaml")[1]


def test_what_is_fine_without_governance_is_judged_again_under_it(here, said):
    (here / POLICY).write_bytes(GOOD)
    assert said("validate", POLICY)[0] == 0
    (here / ".policyctl/baselines").mkdir(parents=True)
    (here / ".policyctl/baselines/README.md").write_text("none yet")

    assert_same_as_without_cache(said, "validate", POLICY)
    assert said("validate", POLICY)[0] == 1


def test_lint_remembers_nothing_so_that_an_exception_can_expire(here, said):
    file = here / "policies/good.yaml"
    exception = (
        "exceptions:\n  - id: EX-1\n    guardrail: prompt_attack\n    when: {app: a}\n"
        '    reason: the newsletter repeats it\n    owner: assistants\n    expires: "2026-12-24"\n'
    )
    file.write_bytes(file.read_bytes() + exception.encode())
    arguments = ("lint", "policies/good.yaml", "--select", "exception-expired", "--now")
    said("validate")

    assert said(*arguments, "2026-12-24")[0] == 0
    assert said(*arguments, "2026-12-25")[0] == 1


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A copy of policyctl with all it ships, to be changed."""
    home = tmp_path_factory.mktemp("installed")
    ignored = shutil.ignore_patterns("__pycache__", "demo_data", "_data")
    shutil.copytree(PACKAGE, home / "policyctl", ignore=ignored)
    for kind in ("schemas", "baselines"):
        shutil.copytree(Path(PACKAGE).parent / kind, home / kind)
    return home


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("policyctl/__init__.py", f'"{policyctl.__version__}"', '"99.0"'),
        ("policyctl/rules/id_differs_from_file.py", "def check", "\ndef check"),
        ("policyctl/core/policy.py", '"""', '"""\n'),
        ("policyctl/adapters/schema_acceptance.py", '"""', '"""\n'),
        ("policyctl/usecases/reading.py", '"""', '"""\n'),
        ("policyctl/catalogues/owasp-llm-2026.json", '"LLM01"', '"LLM91"'),
        ("schemas/policy.v1.json", '"title"', '"titles"'),
        ("baselines/default@1.yaml", "schema:", "schemas:"),
    ],
)
def test_another_version_of_any_part_is_a_miss(here, installed, file, old, new, memories):
    text = (
        "schema: policyctl/policy/v1\nid: p\nname: A name\npurpose: Answers questions.\n"
        "use_case: internal-facing\ndata_sensitivity: internal\nowner: support\nstage: logging\n"
        "extends: default@1\ncontrols: {owasp-llm-2026: [LLM01]}\n"
    )
    (here / "p.yaml").write_text(text)

    def run(**variables):
        return subprocess.run(
            [sys.executable, "-B", "-P", "-m", "policyctl", "validate", "p.yaml"],
            env={**os.environ, "PYTHONPATH": str(installed), **variables},
            capture_output=True,
            check=False,
        )

    assert run().returncode == 0
    before = memories()
    path = installed / file
    original = path.read_text()
    try:
        assert old in original
        path.write_text(original.replace(old, new, 1))
        found, plain = run(), run(POLICYCTL_CACHE="0")
    finally:
        path.write_text(original)

    assert (found.returncode, found.stdout, found.stderr) == (
        *(plain.returncode, plain.stdout, plain.stderr),
    )
    assert set(memories()) - set(before) or found.returncode == 2


def test_code_that_is_compiled_in_between_changes_nothing(here, installed, memories):
    (here / "p.yaml").write_bytes(GOOD)
    compiled = installed / "policyctl/rules/__pycache__"

    def run():
        command = [sys.executable, "-B", "-P", "-m", "policyctl", "validate", "p.yaml"]
        environment = {**os.environ, "PYTHONPATH": str(installed)}
        subprocess.run(command, env=environment, capture_output=True, check=False)
        return set(memories())

    before = run()
    assert before
    compiled.mkdir()
    (compiled / "registry.pyc").write_bytes(b"compiled")

    assert run() == before

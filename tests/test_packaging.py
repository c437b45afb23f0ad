"""The wheel, installed elsewhere, works the same with no checkout around."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import policyctl

CHECKOUT = Path(policyctl.__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    if not (CHECKOUT / "pyproject.toml").exists():
        pytest.skip("policyctl is not installed from a checkout: run it in one")
    source = tmp_path_factory.mktemp("source") / "policyctl"
    shutil.copytree(
        CHECKOUT, source, ignore=shutil.ignore_patterns(".git", ".venv", ".*_cache", "__pycache__")
    )
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(target), str(source)],
        check=True,
        capture_output=True,
    )
    return next(target.glob("*.whl"))


def test_it_carries_every_schema_baseline_catalogue_and_the_demo_records(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())

    for kind in ("schemas", "baselines"):
        for file in (CHECKOUT / kind).iterdir():
            assert f"policyctl/_data/{kind}/{file.name}" in inside
    for kind, folder in (("ci-action", ".github/actions/policyctl"),):
        for file in (CHECKOUT / folder).iterdir():
            assert f"policyctl/_data/{kind}/{file.name}" in inside
    assert "policyctl/_data/ci-reusable/policy-check.yml" in inside
    assert "policyctl/_data/ci-reusable/ci.yml" not in inside
    for kind in ("catalogues", "starters/github", "starters/gitlab"):
        for file in (CHECKOUT / "policyctl" / kind).iterdir():
            assert f"policyctl/{kind}/{file.name}" in inside
    assert "policyctl/demo_data/records.jsonl.gz" in inside
    assert "policyctl/py.typed" in inside
    assert [name for name in inside if name.endswith("/share/man/man1/policyctl.1")]
    assert not [name for name in inside if name.startswith(("tests", "docs"))]


def test_it_plays_the_demo_and_writes_workflows_in_a_fresh_environment(wheel, tmp_path):
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv/bin/python"
    subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", str(wheel)],
        check=True,
        capture_output=True,
    )

    done = subprocess.run(
        [str(tmp_path / "venv/bin/policyctl"), "demo", "story"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr

    story = tmp_path / "story"
    done = subprocess.run(
        [str(tmp_path / "venv/bin/policyctl"), "report", "--out", "report.html"],
        cwd=story,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr

    for key, value in (("user.name", "Erin"), ("user.email", "erin@example.org")):
        subprocess.run(["git", "-C", str(story), "config", key, value], check=True)
    done = subprocess.run(
        [str(tmp_path / "venv/bin/policyctl"), "init", "--ci", "github"],
        cwd=story,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    action = story / ".github/actions/policyctl/action.yml"
    assert action.read_bytes() == (CHECKOUT / ".github/actions/policyctl/action.yml").read_bytes()

"""What a release consists of: the same bytes for the same commit, with a bill of materials."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import policyctl

CHECKOUT = Path(policyctl.__file__).parent.parent
WHEEL = f"policyctl-{policyctl.__version__}-py3-none-any.whl"
SDIST = f"policyctl-{policyctl.__version__}.tar.gz"
BILL = f"policyctl-{policyctl.__version__}.cdx.json"

if not (CHECKOUT / ".ci/build").exists():
    pytest.skip("no scripts beside the package: run this in a checkout", allow_module_level=True)


@pytest.fixture(scope="module")
def tools(environments):
    return environments.python(("build==1.6.1", "cyclonedx-bom==7.5.0"))


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """The checkout as one commit of a repository of its own."""
    folder = tmp_path_factory.mktemp("release") / "source"
    ignored = shutil.ignore_patterns(".git", ".venv", ".*_cache", "__pycache__")
    shutil.copytree(CHECKOUT, folder, ignore=ignored)
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "all")):
        git = ("git", "-c", "user.name=Erin", "-c", "user.email=erin@example.org")
        moment = {"GIT_COMMITTER_DATE": "2026-11-23T08:00:00Z"}
        subprocess.run([*git, *arguments], cwd=folder, check=True, env={**os.environ, **moment})
    return folder


def build(source, into, tools, *tag):
    return subprocess.run(
        [str(source / ".ci/build"), str(into), *tag],
        cwd=source,
        env={**os.environ, "TOOLS": str(tools), "PYTHON": str(tools)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_release_is_reproducible_and_says_what_it_brings_along(source, tools, tmp_path):
    done = build(source, tmp_path / "one", tools, f"v{policyctl.__version__}")
    assert done.returncode == 0, done.stderr

    again = source.with_name("again")
    shutil.copytree(source, again)
    for file in again.rglob("*"):
        os.utime(file, (1_000_000_000, 1_000_000_000))
    epoch = {"SOURCE_DATE_EPOCH": "1795420800"}  # the commit's
    quiet = (str(tools), "-m", "build", "--outdir", str(tmp_path / "two"))
    subprocess.run(quiet, cwd=again, check=True, capture_output=True, env={**os.environ, **epoch})

    one = tmp_path / "one"
    assert sorted(item.name for item in one.iterdir()) == ["SHA256SUMS", WHEEL, BILL, SDIST]
    for name in (WHEEL, SDIST):
        assert (one / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    for line in (one / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((one / name).read_bytes()).hexdigest() == digest
    bill = json.loads((one / BILL).read_bytes())
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "policyctl")
    names = {part["name"].lower() for part in bill["components"]}
    assert {"cryptography", "jinja2", "ruamel.yaml", "typer"} <= names
    assert not {"pip", "build", "cyclonedx-bom", "pytest"} & names


def test_a_tag_that_is_not_the_version_builds_nothing(source, tools, tmp_path):
    done = build(source, tmp_path / "one", tools, "v99.0")

    assert done.returncode == 1
    assert done.stderr == f"the tag is v99.0, and this is version {policyctl.__version__}\n"
    assert not (tmp_path / "one").exists()

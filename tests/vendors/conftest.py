"""The vendors' own libraries, in an environment of their own that is kept between runs."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

WHOLE = (
    *("botocore==1.44.5", "google-cloud-modelarmor==0.7.3", "openai==3.54.0"),
    *("fastuuid>=0.14", "httpx>=0.28"),
)
TYPES_ALONE = ("litellm==1.109.1", "nemoguardrails==0.24.1", "openai-guardrails==0.3.6")
"""Of these only the modules with types are loaded; all that they depend on would be a gigabyte."""

IN_CI = bool(os.environ.get("CI"))
SCRIPT = Path(__file__).with_name("ask_vendors.py")


@pytest.fixture(scope="session")
def vendors(request):
    """Ask the vendors' libraries something; the answer."""
    named = hashlib.sha256(repr((WHOLE, TYPES_ALONE, sys.version_info[:2])).encode()).hexdigest()
    folder = request.config.cache.mkdir("vendors") / named[:12]
    python = folder / "bin/python"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        for packages in (WHOLE, ("--no-deps", *TYPES_ALONE)):
            done = _pip(python, *packages)
            if done.returncode and not IN_CI and _out_of_reach(python):
                pytest.skip("the package index cannot be reached; CI reaches it")
            assert done.returncode == 0, done.stderr
        (folder / "complete").touch()

    def ask(question, *arguments):
        done = subprocess.run(
            [str(python), "-W", "ignore", str(SCRIPT), question, *map(str, arguments)],
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


def _pip(python, *packages):
    return subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def _out_of_reach(python):
    """Whether not even a package that surely exists can be had."""
    return _pip(python, "--force-reinstall", "--no-cache-dir", "--no-deps", "idna").returncode != 0

"""The vendors' own libraries, in an environment of their own that is kept between runs."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from functools import partial
from pathlib import Path

import pytest

WHOLE = (
    *("botocore==1.44.5", "google-cloud-modelarmor==0.7.3", "openai==3.54.0"),
    *("fastuuid>=0.14", "httpx>=0.28"),
)
TYPES_ALONE = ("litellm==1.109.1", "nemoguardrails==0.24.1", "openai-guardrails==0.3.6")
"""Of these only the modules with types are loaded; all that they depend on would be a gigabyte."""

LITELLM = (
    *("litellm==1.106.2", "fastapi", "orjson", "backoff", "redis", "websockets", "apscheduler"),
    *("mcp", "expression", "fastapi-sso", "soundfile"),
)
"""What its proxy needs, without the extra that brings a proprietary package."""

IN_CI = bool(os.environ.get("CI"))
SCRIPT = Path(__file__).with_name("ask_vendors.py")


class Vendors:
    """Environments with vendors' libraries, made when they are first asked for."""

    def __init__(self, cache):
        self._cache = cache

    def python(self, *steps):
        """The Python of an environment in which each step's packages are installed, in turn."""
        named = hashlib.sha256(repr((steps, sys.version_info[:2])).encode()).hexdigest()
        folder = self._cache.mkdir("vendors") / named[:12]
        python = folder / "bin/python"
        # Another process that runs tests may want the same one at the same time.
        with folder.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "complete").exists():
                self._make(folder, python, steps)
        return python

    def _make(self, folder, python, steps):
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        for packages in steps:
            done = _pip(python, *packages)
            if done.returncode and not IN_CI and _out_of_reach(python):
                pytest.skip("the package index cannot be reached; CI reaches it")
            assert done.returncode == 0, done.stderr
        (folder / "complete").touch()

    def ask(self, python, script, question, *arguments):
        """Have a script answer a question in an environment; the answer, decoded."""
        done = subprocess.run(
            [str(python), "-W", "ignore", str(script), question, *map(str, arguments)],
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="session")
def environments(request):
    """Environments with vendors' libraries."""
    return Vendors(request.config.cache)


@pytest.fixture(scope="session")
def litellm_python(environments):
    """The Python of an environment with LiteLLM's proxy."""
    return environments.python(LITELLM)


@pytest.fixture(scope="session")
def vendors(environments):
    """Ask the vendors' libraries something about the formats of their logs; the answer."""
    python = environments.python(WHOLE, ("--no-deps", *TYPES_ALONE))
    return partial(environments.ask, python, SCRIPT)


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

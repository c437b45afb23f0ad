"""What runs policyctl without being asked: hooks and pipelines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from policyctl.adapters.git_repo import Workspace
from policyctl.usecases.doctor import Check, advice, fine

_PIPELINES = (
    *(".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.yml", "Jenkinsfile"),
    *("azure-pipelines.yml", ".circleci/config.yml", "bitbucket-pipelines.yml", ".gitlab/*.yml"),
    *(".forgejo/workflows/*.y*ml", ".gitea/workflows/*.y*ml", ".woodpecker/*.y*ml", ".ci/*"),
)
_MAX_FILE = 1024 * 1024
_MOST = 200


def guard_checks(workspace: Workspace) -> Iterator[Check]:
    """Whether policies are checked before a commit, and the ledger before a merge."""
    top = workspace.location.work_tree
    if not _mentions(top / ".pre-commit-config.yaml"):
        yield advice(
            "pre-commit", "no .pre-commit-config.yaml runs policyctl", "see docs/pre-commit.md"
        )
    elif not _hook(workspace):
        yield advice(
            "pre-commit",
            "the hooks in .pre-commit-config.yaml are not installed in this clone",
            "pip install pre-commit && pre-commit install",
        )
    else:
        yield fine("pre-commit", "policies are checked before each commit")
    found = next((file for file in _pipelines(top) if _mentions(file)), None)
    if found is None:
        yield advice(
            "pipeline",
            "no CI configuration here runs policyctl",
            "have it run 'policyctl verify' on each pull request",
        )
    else:
        yield fine("pipeline", f"{found.relative_to(top).as_posix()} runs policyctl")


def _hook(workspace: Workspace) -> bool:
    location = workspace.location
    named = workspace.setting("core.hooksPath")
    folder = (
        location.work_tree / Path(named).expanduser() if named else location.common_dir / "hooks"
    )
    hook = folder / "pre-commit"
    return hook.is_file() and os.access(hook, os.X_OK)


def _pipelines(top: Path) -> Iterator[Path]:
    for pattern in _PIPELINES:
        yield from sorted(islice(top.glob(pattern), _MOST))


def _mentions(file: Path) -> bool:
    if not file.is_file():  # opening a pipe would wait for somebody
        return False
    try:
        with file.open("rb") as stream:
            return b"policyctl" in stream.read(_MAX_FILE)
    except OSError:
        return False

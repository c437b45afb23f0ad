"""Everything that ``doctor`` looks at, in order, and everything it can put right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from policyctl.adapters.doctor.cache import cache_checks, repair_cache
from policyctl.adapters.doctor.clock import clock_checks
from policyctl.adapters.doctor.extras import extra_checks
from policyctl.adapters.doctor.memory import memory_checks
from policyctl.adapters.doctor.signing import signing_checks
from policyctl.adapters.doctor.tools import git_checks, python_checks, ssh_checks
from policyctl.adapters.git_location import find
from policyctl.adapters.working_governance import governed_folder
from policyctl.errors import RepositoryError
from policyctl.usecases.doctor import Check, Examination


def examinations(
    here: Path, environment: Mapping[str, str], key: str | None
) -> dict[str, Examination]:
    """What is looked at from a folder, by name; none of it changes anything.

    Args:
        here: the folder.
        environment: the process's variables.
        key: the signing key that the user named.
    """
    return {
        "python": python_checks,
        "git": git_checks,
        "ssh-keygen": ssh_checks,
        "signing key": lambda: signing_checks(key, _git_key(here), here),
        "cache": lambda: cache_checks(environment),
        "verifier's memory": lambda: memory_checks(environment, here),
        "clock": lambda: clock_checks(governed_folder(here), datetime.now(UTC)),
        "extras": extra_checks,
        "repository": lambda: _repository(here),
    }


def repairs(here: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Put right what is safe to put right; what was done, one sentence each.

    Raises:
        RepositoryError: somebody is at work, or a file cannot be written.
    """
    # Not at the top: where git is missing, the rest can still be told.
    from policyctl.adapters.doctor.traces import repair_traces

    yield from repair_cache(environment)
    try:
        location = find(here)
    except RepositoryError:
        return
    yield from repair_traces(location)


def _repository(here: Path) -> Iterator[Check]:
    # Not at the top: where git is missing, this is what cannot be looked at.
    from policyctl.adapters.doctor.branch import branch_checks
    from policyctl.adapters.doctor.clone import clone_checks
    from policyctl.adapters.doctor.guards import guard_checks
    from policyctl.adapters.doctor.hooks import driver_checks, hook_checks
    from policyctl.adapters.doctor.identity import identity_checks
    from policyctl.adapters.doctor.settings import setting_checks
    from policyctl.adapters.doctor.traces import trace_checks
    from policyctl.adapters.git_repo import Workspace

    workspace = Workspace.open(here)
    yield from clone_checks(workspace)
    yield from branch_checks(workspace)
    yield from identity_checks(workspace)
    yield from trace_checks(workspace.location)
    yield from setting_checks(workspace)
    yield from hook_checks(workspace)
    yield from driver_checks(workspace)
    yield from guard_checks(workspace)


def _git_key(here: Path) -> str | None:
    try:
        from policyctl.adapters.git_repo import Workspace

        return Workspace.open(here).signing_key()
    except RepositoryError:
        return None

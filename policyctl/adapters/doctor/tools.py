"""The programs and packages that policyctl works with."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata

from policyctl.errors import RepositoryError
from policyctl.usecases.doctor import Check, advice, fine, repair

_DURABLE_GIT = (2, 36)
_REQUIRED = re.compile(r"([A-Za-z0-9._-]+)")


def python_checks() -> Iterator[Check]:
    """The interpreter, and each package that policyctl needs."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield fine("python", f"python {version} runs policyctl {_version('policyctl')}")
    missing = [name for name in _needed() if not _version(name)]
    if missing:
        yield repair(
            "packages",
            f"these packages are missing: {', '.join(missing)}",
            "install policyctl again: pip install --force-reinstall policyctl",
        )
    else:
        yield fine("packages", ", ".join(f"{name} {_version(name)}" for name in _needed()))


def git_checks() -> Iterator[Check]:
    """The git that is found first."""
    # Not at the top: where git is missing, that is what has to be said.
    from policyctl.adapters.git_process import installed_version

    version = installed_version()
    text = ".".join(map(str, version))
    if version < _DURABLE_GIT:
        yield advice(
            "git",
            f"git {text} may lose the newest commit's place on its branch when the power fails",
            "use git 2.36 or newer",
        )
    else:
        yield fine("git", f"git {text} has all that is needed")


def ssh_checks() -> Iterator[Check]:
    """OpenSSH, which signs."""
    program = shutil.which("ssh-keygen")
    if program is None:
        yield repair("ssh-keygen", "ssh-keygen was not found", "install the OpenSSH client")
        return
    try:
        said = subprocess.run(
            [program, "-Y", "sign"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        ).stderr
    except OSError as error:
        raise RepositoryError(f"ssh-keygen cannot be run: {error.strerror}") from error
    if "unknown option" in said.lower() or "unsupported operation" in said.lower():
        yield repair("ssh-keygen", f"{program} cannot sign files", "install OpenSSH 8.1 or newer")
    else:
        yield fine("ssh-keygen", f"{program} can sign")


def _needed() -> list[str]:
    try:
        requirements = metadata.requires("policyctl") or []
    except metadata.PackageNotFoundError:
        return []
    names = [_REQUIRED.match(text) for text in requirements if "extra ==" not in text]
    return [match[1] for match in names if match]


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""

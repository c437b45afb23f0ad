"""The user's key: whether it can sign, and for whom it speaks."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from policyctl.adapters.document_bytes import read_kept
from policyctl.adapters.ssh_signing import Key, find_key, public_key
from policyctl.adapters.working_governance import WorkingGovernance, governed_folder
from policyctl.core.paths import root_path
from policyctl.core.root_document import parse_root
from policyctl.core.ssh_keys import PublicKey
from policyctl.errors import PolicyctlError, SigningError
from policyctl.usecases.doctor import Check, advice, fine, repair

_NAME = "signing key"
_OTHERS = 0o077
_NO_AGENT = 2  # ssh-add's exit code where it cannot reach one


def signing_checks(option: str | None, git_key: str | None, here: Path) -> Iterator[Check]:
    """Whether the key that would be taken can sign, and whether the trust root knows it.

    Nothing is signed, and nobody is asked for a passphrase or a touch.
    """
    try:
        found = find_key(option, os.environ, git_key, Path.home())
    except SigningError as error:
        if option or git_key or "POLICYCTL_KEY" in os.environ:
            yield repair(_NAME, error.message, error.hint)
        else:  # who only reads and verifies needs none
            yield advice(_NAME, f"{error.message}; only signing needs one", error.hint)
        return
    if isinstance(found, Path) and _would_ask(found):
        yield advice(
            _NAME,
            f"{found} has a passphrase, and without {found}.pub it cannot be told whose key it is",
            f"ssh-keygen -y -f {found} > {found}.pub",
        )
        return
    key = public_key(found)
    yield from _agent(found, key)
    yield _usable(found, key)
    yield from _known(key, here)


def _usable(path: Key, key: PublicKey) -> Check:
    name = str(path) if isinstance(path, Path) else key.fingerprint
    if _in_agent(key):
        return fine(_NAME, f"{name} is held by the SSH agent")
    if not isinstance(path, Path):
        return repair(
            _NAME,
            f"git's user.signingkey is the key {name}, and no agent holds its private half",
            "load it with 'ssh-add'",
        )
    private = path.with_suffix("") if path.suffix == ".pub" else path
    if not private.is_file():
        return repair(
            _NAME,
            f"only the public half of {path} is here, and no agent holds the other",
            "load it with 'ssh-add', or plug in the security key",
        )
    mode = stat.S_IMODE(private.stat().st_mode)
    if mode & _OTHERS and private.stat().st_uid == os.getuid():
        return repair(_NAME, f"others may read {private}", f"chmod 600 {private}")
    if key.type.startswith("sk-"):
        return fine(_NAME, f"{path} signs with a security key, which will have to be touched")
    if _opens_without_passphrase(private):
        return fine(_NAME, f"{path} can sign")
    return fine(_NAME, f"{path} can sign, and will ask for its passphrase")


def _agent(path: Key, key: PublicKey) -> Iterator[Check]:
    """What is to be said of the SSH agent; nothing where the key does without."""
    socket, program = os.environ.get("SSH_AUTH_SOCK", ""), shutil.which("ssh-add")
    if socket and program and _run(program, "-L").returncode == _NO_AGENT:
        yield advice(
            "ssh agent",
            f"no agent answers at {socket}, which SSH_AUTH_SOCK names",
            "eval \"$(ssh-agent)\", then 'ssh-add'",
        )
    elif isinstance(path, Path) and _is_locked(path) and not _in_agent(key):
        yield advice(
            "ssh agent",
            f"{path} has a passphrase and no agent holds it, so each signature asks for it",
            f'eval "$(ssh-agent)" && ssh-add {path}' if not socket else f"ssh-add {path}",
        )


def _is_locked(path: Path) -> bool:
    private = path.with_suffix("") if path.suffix == ".pub" else path
    return (
        private.is_file()
        and not stat.S_IMODE(private.stat().st_mode) & _OTHERS
        and not _opens_without_passphrase(private)
    )


def _known(key: PublicKey, here: Path) -> Iterator[Check]:
    folder = governed_folder(here)
    root = WorkingGovernance(folder).root
    if root is None or folder is None:
        return
    who = root.holder(key)
    if who is not None:
        yield fine("signer", f"the trust root knows the key as that of '{who}'")
        return
    earlier = _earlier_holder(key, folder, root.version)
    if earlier:
        yield advice(
            "signer",
            f"the key {key.fingerprint} was that of '{earlier}' and has been revoked",
            "name your present key with '--key' or POLICYCTL_KEY: policyctl root show",
        )
        return
    yield advice(
        "signer",
        f"the key {key.fingerprint} belongs to nobody whom the trust root knows",
        "name another with '--key' or POLICYCTL_KEY, or have a steward add you",
    )


def _earlier_holder(key: PublicKey, folder: Path, version: int) -> str:
    """The person for whom a key spoke in an earlier trust root, or empty."""
    for number in range(version - 1, 0, -1):
        name = root_path(number)
        # What cannot be read is for `verify` to name.
        with suppress(PolicyctlError, ValueError):
            who = parse_root(read_kept(str(folder / name), file=name)).holder(key)
            if who is not None:
                return who
    return ""


def _would_ask(path: Path) -> bool:
    """True if the public half could only be had by asking for a passphrase."""
    is_private = path.is_file() and path.suffix != ".pub"
    beside = path.with_name(f"{path.name}.pub")
    return is_private and not beside.exists() and not _opens_without_passphrase(path)


def _in_agent(key: PublicKey) -> bool:
    program = shutil.which("ssh-add")
    if program is None or "SSH_AUTH_SOCK" not in os.environ:
        return False
    done = _run(program, "-L")
    return any(key.line.split() == row.split()[:2] for row in done.stdout.splitlines())


def _opens_without_passphrase(private: Path) -> bool:
    program = shutil.which("ssh-keygen")
    return program is not None and _run(program, "-y", "-P", "", "-f", str(private)).returncode == 0


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise SigningError(f"{command[0]} cannot be run: {error.strerror}") from error

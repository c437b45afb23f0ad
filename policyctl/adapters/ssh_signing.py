"""Signs with ``ssh-keygen``, so that agents, security keys and passphrases stay its business."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from policyctl.core.ssh_keys import PublicKey, parse_public_key
from policyctl.core.sshsig import dearmor
from policyctl.errors import SignatureError, SigningError

_LOG = logging.getLogger(__name__)

Key = Path | PublicKey
"""A file with a private or a public key, or a public key whose private half an SSH agent holds."""

_STANDARD_KEYS = ("id_ed25519", "id_ecdsa", "id_ed25519_sk", "id_ecdsa_sk", "id_rsa")
_MAX_KEY_FILE = 64 * 1024
_LITERAL = ("key::", "ssh-", "ecdsa-sha2-", "sk-")  # as git tells a key from a path
_HINTS = (
    ("too open", "make the key yours alone: chmod 600 {key}"),
    ("bad permissions", "make the key yours alone: chmod 600 {key}"),
    ("incorrect passphrase", "run it again, or unlock the key once with 'ssh-add {key}'"),
    ("agent refused operation", "unlock the SSH agent or confirm its question, then run it again"),
    ("no private key", "load the key into an SSH agent, or name the private key's file"),
)


def sign(message: bytes, *, namespace: str, key: Key) -> bytes:
    """The armor of a signature over ``message``.

    A passphrase is asked for on the terminal or by ``SSH_ASKPASS``.

    Raises:
        SigningError: no signature was made; the message says what ``ssh-keygen`` said.
    """
    asked = public_key(key)
    if asked.type.startswith("sk-"):
        _LOG.warning("touch the security key if it blinks")
    with tempfile.TemporaryDirectory(prefix="policyctl-sign-") as folder:
        # ssh-keygen could read the message from standard input, but without a terminal it takes
        # the passphrase from there too.
        payload = Path(folder, "message")
        payload.write_bytes(message)
        if isinstance(key, PublicKey):
            line, key = key.line, Path(folder, "key.pub")
            key.write_text(f"{line}\n", encoding="ascii", newline="\n")
        run_ssh("ssh-keygen", ["-Y", "sign", "-n", namespace, "-f", str(key), str(payload)], key)
        text = Path(folder, "message.sig").read_bytes()
    try:
        made_by = dearmor(text).key
    except SignatureError as error:
        raise SigningError(f"ssh-keygen made an unusable signature: {error}") from error
    if made_by != asked:
        raise SigningError(
            f"the signature was made by {made_by.fingerprint}, not by {asked.fingerprint}",
            hint=f"{key} and {key}.pub do not belong together",
        )
    return text


def public_key(key: Key) -> PublicKey:
    """The public half of a key.

    Raises:
        SigningError: there is no such file, or no key that signatures may be made with.
    """
    if isinstance(key, PublicKey):
        return key
    text = _public_line(key)
    try:
        return parse_public_key(text)
    except SignatureError as error:
        raise SigningError(
            f"the key {key} cannot be used: {error}",
            hint="make one with 'ssh-keygen -t ed25519'",
        ) from error


def find_key(
    option: str | None, environ: Mapping[str, str], git_signing_key: str | None, home: Path
) -> Key:
    """The key to sign with.

    The first of: ``option``, the variable ``POLICYCTL_KEY``, git's ``user.signingkey`` if that
    names an SSH key's file or is an SSH key, and the standard files in ``home/.ssh``.

    Raises:
        SigningError: there is none, or what was asked for is not there.
    """
    if named := option or environ.get("POLICYCTL_KEY"):
        path = _expand(named, home)
        if not _exists(path):
            raise _absent(path)
        return path
    if git_signing_key:
        if git_signing_key.startswith(_LITERAL):
            return _literal(git_signing_key.removeprefix("key::"))
        path = _expand(git_signing_key, home)
        if _is_ssh_key(path):
            return path
    for name in _STANDARD_KEYS:
        path = home / ".ssh" / name
        if _exists(path):
            return path
    raise SigningError(
        "no SSH signing key was found",
        hint="make one with 'ssh-keygen -t ed25519', or name one with '--key'",
    )


def _literal(line: str) -> PublicKey:
    try:
        return parse_public_key(line)
    except SignatureError as error:
        raise SigningError(
            f"the key in git's user.signingkey cannot be used: {error}",
            hint="name another with '--key'",
        ) from error


def make_key(path: Path, comment: str) -> None:
    """Write a new ed25519 key without a passphrase to ``path`` and ``path.pub``.

    Raises:
        SigningError: the file exists, or ``ssh-keygen`` could not write it.
    """
    if path.exists():
        raise SigningError(f"the key {path} exists already", hint="choose another path")
    made = ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)]
    run_ssh("ssh-keygen", made, path)


def _public_line(key: Path) -> str:
    text = _read(key)
    if text is not None and not _is_private(text):
        return text
    beside = _read(_beside(key))
    if beside is not None:
        return beside
    if text is None:
        raise _absent(key)
    return run_ssh("ssh-keygen", ["-y", "-f", str(key)], key)


def _read(path: Path) -> str | None:
    """The beginning of a key file as text, or None if there is no such file."""
    try:
        with path.open("rb") as file:
            return file.read(_MAX_KEY_FILE).decode("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise SigningError(f"cannot read the key {path}: {error.strerror}") from error


def _is_private(text: str) -> bool:
    return text.startswith("-----BEGIN ") and "PRIVATE KEY-----" in text.partition("\n")[0]


def _is_ssh_key(path: Path) -> bool:
    """True if the file holds an SSH key; git's setting may as well be the name of a GPG key."""
    text = _read(path) if path.is_file() else _read(_beside(path))
    if text is None:
        return False
    try:
        return _is_private(text) or bool(parse_public_key(text))
    except SignatureError:
        return False


def _beside(key: Path) -> Path:
    return key.with_name(key.name + ".pub")


def _exists(key: Path) -> bool:
    return key.is_file() or _beside(key).is_file()


def _expand(text: str, home: Path) -> Path:
    return home / text[2:] if text.startswith("~/") else Path(text)


def _absent(key: Path) -> SigningError:
    return SigningError(
        f"the signing key {key} was not found",
        hint="make one with 'ssh-keygen -t ed25519', or name another with '--key'",
    )


def run_ssh(name: str, arguments: list[str], key: Path, **variables: str) -> str:
    """What a program of the OpenSSH client prints; it may ask for the passphrase of ``key``.

    Raises:
        SigningError: it is not installed, or it ended with an error.
    """
    program = ssh_program(name)
    with _terminal() as terminal:
        done = subprocess.run(
            [program, *arguments],
            stdin=terminal,
            capture_output=True,
            text=True,
            errors="replace",
            env={**os.environ, "LC_ALL": "C", **variables},
            check=False,
        )
    if done.returncode != 0:
        said = _one_line(done.stderr) or _one_line(done.stdout) or "no reason given"
        raise SigningError(f"{name} refused: {said}", hint=_hint(said, key))
    return done.stdout


def ssh_program(name: str) -> str:
    """Where a program of the OpenSSH client is installed.

    Raises:
        SigningError: nowhere.
    """
    program = shutil.which(name)
    if program is None:
        raise SigningError(f"{name} was not found", hint="install the OpenSSH client")
    return program


@contextmanager
def _terminal() -> Iterator[int]:
    """Where a passphrase is read from: the terminal even if standard input is something else."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        yield subprocess.DEVNULL
        return
    try:
        yield terminal
    finally:
        os.close(terminal)


def _one_line(text: str) -> str:
    lines = (line.strip("@ \r\t") for line in text.splitlines())
    return "; ".join("".join(filter(str.isprintable, line)) for line in lines if line)


def _hint(said: str, key: Path) -> str:
    lower = said.lower()
    private = key.with_suffix("") if key.suffix == ".pub" else key
    return next((hint.format(key=private) for words, hint in _HINTS if words in lower), "")

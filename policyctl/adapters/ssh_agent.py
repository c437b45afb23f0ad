"""Signatures over plain bytes from an SSH agent (draft-ietf-sshm-ssh-agent).

The agent holds the private key, so passphrases and confirmations stay OpenSSH's business.
"""

from __future__ import annotations

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from policyctl.adapters.ssh_signing import run_ssh, ssh_program
from policyctl.core.ssh_keys import PublicKey
from policyctl.core.ssh_wire import Reader, string
from policyctl.errors import SignatureError, SigningError

_LIST, _KEYS = 11, 12
_SIGN, _SIGNED = 13, 14
_RSA_SHA2_256 = 2
_MOST = 256 * 1024
_WAIT = 10.0
_PATIENCE = 120.0


class Agent:
    """A running agent, reached by its socket."""

    def __init__(self, path: str) -> None:
        self._path = path

    def keys(self) -> frozenset[bytes] | None:
        """The wire forms of the keys that the agent holds, or None if it does not answer."""
        try:
            reader = self._ask(bytes([_LIST]), _KEYS)
            blobs = set()
            for _ in range(reader.number()):
                blobs.add(reader.string())
                reader.string()
        except (SigningError, SignatureError):
            return None
        return frozenset(blobs)

    def holds(self, key: PublicKey) -> bool:
        """True if the agent answers and says that it has the key."""
        return key.blob in (self.keys() or ())

    def sign(self, key: PublicKey, data: bytes) -> tuple[str, bytes]:
        """The algorithm and the body of the key's signature over ``data``; RSA with SHA-256.

        Raises:
            SigningError: the agent does not answer, or made no signature.
        """
        request = (
            bytes([_SIGN]) + string(key.blob) + string(data) + _RSA_SHA2_256.to_bytes(4, "big")
        )
        try:
            inner = Reader(self._ask(request, _SIGNED).string(), "answer of the SSH agent")
            algorithm, body = inner.text(), inner.string()
            inner.end()
        except SignatureError as error:
            raise SigningError(f"the SSH agent cannot be understood: {error}") from error
        return algorithm, body

    def _ask(self, request: bytes, expected: int) -> Reader:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
                link.settimeout(_PATIENCE)
                link.connect(self._path)
                link.sendall(string(request))
                length = int.from_bytes(_receive(link, 4), "big")
                if not 0 < length <= _MOST:
                    raise SigningError("the SSH agent gave an answer of an absurd length")
                answer = _receive(link, length)
        except OSError as error:
            raise SigningError(f"the SSH agent cannot be reached: {error}") from error
        if answer[0] != expected:
            raise SigningError(
                "the SSH agent refused to sign",
                hint="unlock the SSH agent or confirm its question, then run it again",
            )
        return Reader(answer[1:], "answer of the SSH agent")


@contextmanager
def agent_of_one_key(path: Path) -> Iterator[Agent]:
    """An agent of our own with one private key, which is gone afterwards.

    ``ssh-add`` asks for the passphrase, on the terminal or by ``SSH_ASKPASS``.

    Raises:
        SigningError: the agent does not start, or the key cannot be loaded.
    """
    with tempfile.TemporaryDirectory(prefix="policyctl-agent-") as folder:
        place = Path(folder, "agent")
        process = subprocess.Popen(
            [ssh_program("ssh-agent"), "-D", "-a", str(place)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            agent = Agent(str(place))
            deadline = time.monotonic() + _WAIT
            # The socket's file is there a moment before the agent listens.
            while agent.keys() is None:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SigningError("ssh-agent did not start")
                time.sleep(0.005)
            run_ssh("ssh-add", ["-q", str(path)], path, SSH_AUTH_SOCK=str(place))
            yield agent
        finally:
            process.terminate()
            process.wait()


def _receive(link: socket.socket, count: int) -> bytes:
    parts = b""
    while len(parts) < count:
        part = link.recv(count - len(parts))
        if not part:
            raise SigningError("the SSH agent ended in the middle of its answer")
        parts += part
    return parts

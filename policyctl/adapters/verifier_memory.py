"""The verifier's memory: one private file per repository and ledger, in the user's state folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from policyctl.adapters.cache_folder import is_below, is_own
from policyctl.adapters.plain_paths import joined, real
from policyctl.core.canonical import sha256
from policyctl.core.judged_before import JudgedBefore, judged_bytes, parse_judged
from policyctl.core.remembered import Remembered, parse_remembered, remembered_bytes
from policyctl.errors import InputError
from policyctl.usecases.witness_ports import Recollection

_HINT = "run 'policyctl verify --forget' if you know why, or set POLICYCTL_MEMORY=off"


def memory_folder(environment: Mapping[str, str], here: str) -> Path | None:
    """The folder of the memory, made if need be; None if nothing may or can be kept.

    Args:
        environment: the process's variables; ``POLICYCTL_MEMORY=off`` forbids it.
        here: the top of the repository, which must not bring a memory of its own.
    """
    if environment.get("POLICYCTL_MEMORY", "").lower() in ("off", "0", "no"):
        return None
    base = environment.get("XDG_STATE_HOME", "")
    if not base.startswith("/"):  # the specification says to ignore a relative one
        base = joined(environment.get("HOME", ""), ".local/state")
    folder = joined(base, "policyctl")
    if not folder.startswith("/") or not is_own(folder) or not os.access(folder, os.W_OK):
        return None
    return None if is_below(real(folder), real(here)) else Path(folder)


class MemoryFolder:
    """Satisfies `witness_ports.VerifierMemory` and `judge_commit.JudgedMemory`.

    A file's name is made of the repository's place and of the ledger's id, so that either is found
    again by the other: a ledger that was replaced in its place, and another clone of a known one.
    """

    def __init__(self, folder: Path, repository: Path) -> None:
        self._folder = folder
        self._place = sha256(os.fsencode(repository.resolve()))[:32]

    def recall(self, log: str) -> Recollection:
        """What is remembered that has to do with a ledger.

        Raises:
            InputError: a file cannot be read as what it should be.
        """
        same = self._file(log)
        others = sorted(path for path in self._folder.glob(f"{self._place}.*.json") if path != same)
        elsewhere = sorted(path for path in self._folder.glob(f"*.{_short(log)}.json"))
        clones = [path for path in elsewhere if path != same]
        return Recollection(
            same=_read(same),
            other=_read(others[0]) if others else None,
            elsewhere=_read(clones[0]) if clones else None,
        )

    def keep(self, memory: Remembered, *, instead_of: Remembered | None) -> None:
        """Remember this, unless another run has remembered something else meanwhile.

        Raises:
            InputError: it cannot be written.
        """
        file = self._file(memory.log)
        try:
            with self._locked():
                if _read(file) != instead_of:
                    return
                _write(file, remembered_bytes(memory))
        except OSError as error:
            raise InputError(
                f"cannot write the verifier's memory {file}: {error.strerror}", hint=_HINT
            ) from error

    def judged(self, log: str) -> JudgedBefore | None:
        """What was judged of a ledger in this repository.

        Raises:
            InputError: the file cannot be read as what it should be.
        """
        file = self._judged_file(log)
        try:
            return parse_judged(file.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise InputError(f"cannot read {file}: {error.strerror}") from error
        except ValueError as error:
            raise InputError(f"what was judged before ({file}) is damaged: {error}") from error

    def keep_judged(self, log: str, memory: JudgedBefore) -> None:
        """Remember this.

        Raises:
            InputError: it cannot be written.
        """
        file = self._judged_file(log)
        try:
            with self._locked():
                _write(file, judged_bytes(memory))
        except OSError as error:
            raise InputError(f"cannot write {file}: {error.strerror}", hint=_HINT) from error

    def forget(self) -> bool:
        """Drop what is remembered of this repository; whether there was anything."""
        with self._locked():
            for file in self._folder.glob(f"{self._place}.*.judged"):
                file.unlink(missing_ok=True)
            files = list(self._folder.glob(f"{self._place}.*.json"))
            for file in files:
                file.unlink(missing_ok=True)
        return bool(files)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with open(self._folder / "lock", "ab", opener=_private) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _file(self, log: str) -> Path:
        return self._folder / f"{self._place}.{_short(log)}.json"

    def _judged_file(self, log: str) -> Path:
        return self._folder / f"{self._place}.{_short(log)}.judged"


def _short(log: str) -> str:
    return log[:32]


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _write(file: Path, content: bytes) -> None:
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with open(beside, "xb", opener=_private) as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _read(file: Path) -> Remembered | None:
    try:
        return parse_remembered(file.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        message = f"cannot read the verifier's memory {file}: {error.strerror}"
        raise InputError(message, hint=_HINT) from error
    except ValueError as error:
        raise InputError(f"the verifier's memory {file} is damaged: {error}", hint=_HINT) from error

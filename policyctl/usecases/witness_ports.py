"""What is needed from outside to compare a commit with what others saw."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from policyctl.core.comparison import KeptNote
from policyctl.core.frozen import frozen
from policyctl.core.remembered import Remembered
from policyctl.usecases.ports import Person


class Checkpoints(Protocol):
    """The checkpoints that are kept in the repository, beside the branch."""

    def notes(self) -> tuple[KeptNote, ...]:
        """The notes that are kept; one that cannot be read has no content."""

    def timestamps(self) -> dict[int, bytes]:
        """The time stamp beside each checkpoint, by number; empty where it cannot be read."""

    def keep(self, number: int, note: bytes, *, commit: str, by: Person, now: datetime) -> str:
        """Keep a new note with a commit; the name under which it is kept."""

    def stamp(self, number: int, token: bytes, *, by: Person, now: datetime) -> str:
        """Keep a time stamp beside a checkpoint; the name under which it is kept."""


class Line(Protocol):
    """How the commit that is judged stands to others in the history."""

    def follow(self, name: str) -> None:
        """Take a ref for the main line, too, that was it when a commit of it was remembered."""

    def name(self) -> str:
        """The ref that is the main line, below ``refs/``; empty if nobody can tell."""

    def contains(self, commit: str) -> bool:
        """True if the judged commit is this one or came after it."""

    def is_on_a_branch(self, commit: str) -> bool:
        """True if a branch, local or fetched, contains the commit."""

    def is_tip(self) -> bool:
        """True if the judged commit is the newest one of the main line."""

    def is_on_main(self) -> bool:
        """True if the main line contains the judged commit."""

    def is_ahead_of_main(self) -> bool:
        """True if the main branch is checked out, with commits that its remote lacks."""

    def doubt(self) -> str:
        """What a reader has to know about how the main line was told; empty if it is known."""

    def is_shallow(self) -> bool:
        """True if the history was cut off, so that a "no" may be wrong."""


@frozen
class Recollection:
    """What is remembered that has to do with a ledger.

    Attributes:
        same: of this ledger in this repository.
        other: of another ledger in this repository.
        elsewhere: of this ledger in another repository on this machine.
    """

    same: Remembered | None = None
    other: Remembered | None = None
    elsewhere: Remembered | None = None


class VerifierMemory(Protocol):
    """What the verifier remembers between two runs, for one repository."""

    def recall(self, log: str) -> Recollection:
        """What is remembered that has to do with a ledger."""

    def keep(self, memory: Remembered, *, instead_of: Remembered | None) -> None:
        """Remember this, unless another run has remembered something else meanwhile."""

    def forget(self) -> bool:
        """Drop what is remembered of this repository; whether there was anything."""

"""Checkpoints that were kept, and what became of comparing a ledger with them."""

from __future__ import annotations

from policyctl.core.checkpoint import Checkpoint
from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.merkle import GrowingTree


@frozen
class KeptNote:
    """A note that somebody kept, and where.

    Attributes:
        source: where it was kept, as a message names it.
        content: the note's bytes.
        commit: the commit that its tag names; empty for a note that was kept elsewhere.
        number: the number in its tag's name; 0 for a note that was kept elsewhere.
    """

    source: str
    content: bytes
    commit: str = ""
    number: int = 0


@frozen
class Link:
    """A checkpoint whose note can be read.

    Attributes:
        signers: people with a valid signature; nobody where its trust root is gone.
        note: the note it came from.
    """

    checkpoint: Checkpoint
    signers: tuple[str, ...]
    note: KeptNote

    @property
    def name(self) -> str:
        """How messages name it."""
        return f"checkpoint {self.checkpoint.number}"


@frozen
class Loss:
    """Something that a witness saw and the ledger does not hold, and the commit it was seen at.

    Attributes:
        commit: empty where the witness names none; then the ledger has to hold it.
    """

    finding: Finding
    commit: str


class Comparison:
    """Checkpoints, compared with a ledger.

    Attributes:
        links: checkpoints in order from 1, as far as they follow from each other.
        known: sha256 of the text of every checkpoint with a valid signature, by number.
        lengths: how many entries of each policy the compared checkpoints cover.
        compared: how many of the links the ledger was compared with and agrees with.
        tree: the tree of the entries that the compared checkpoints cover.
        findings: what is wrong whatever commit is judged.
        losses: what is wrong unless the judged commit is older than the checkpoint.
        gaps: what could not be compared.
    """

    def __init__(self) -> None:
        self.links: list[Link] = []
        self.known: dict[int, str] = {}
        self.lengths: dict[str, int] = {}
        self.compared = 0
        self.tree = GrowingTree()
        self.findings: list[Finding] = []
        self.losses: list[Loss] = []
        self.gaps: list[Finding] = []

    @property
    def last(self) -> Link | None:
        """The newest checkpoint with which the ledger was compared."""
        return self.links[self.compared - 1] if self.compared else None

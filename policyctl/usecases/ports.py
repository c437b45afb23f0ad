"""What the use cases need from outside."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from policyctl.core.frozen import frozen

if TYPE_CHECKING:
    from policyctl.core.catalogue import Catalogue
    from policyctl.core.document import Document
    from policyctl.core.evidence import RecordSource
    from policyctl.core.finding import Finding, Path
    from policyctl.core.history import Dropped, State, Way
    from policyctl.core.measuring import Measured
    from policyctl.core.policy import Policy
    from policyctl.core.record import Record
    from policyctl.core.replay import Replay
    from policyctl.core.sensitivity_choice import LevelCounts
    from policyctl.core.snapshot import Snapshot
    from policyctl.core.ssh_keys import PublicKey
    from policyctl.core.tally import Tally
    from policyctl.core.trust_root import TrustRoot
    from policyctl.rules.wider import Change


class Documents(Protocol):
    """Reads, checks and edits YAML."""

    def parse(self, content: bytes, file: str) -> tuple[Document | None, tuple[Finding, ...]]:
        """The document in ``content``, and what is wrong with its YAML."""

    def check(self, document: Document, schema: str) -> tuple[Finding, ...]:
        """What the schema (``policy.v1``) has against the document."""

    def replace_scalar(self, content: bytes, at: Path, value: str) -> bytes:
        """The content with one scalar changed and every other byte as it was."""

    def rename_key(self, content: bytes, at: Path, name: str) -> bytes:
        """The content with one key renamed and every other byte as it was."""

    def read_alike(self, content: bytes, document: Document) -> bool:
        """Whether a second, independent YAML reader finds the same values."""


class Governance(Protocol):
    """What surrounds a policy file: baselines, control frameworks, the trust root."""

    @property
    def root(self) -> TrustRoot | None:
        """The trust root, where there is one that can be read."""

    @property
    def catalogues(self) -> Mapping[str, Catalogue]:
        """Control frameworks by their id."""

    def baseline_names(self) -> tuple[str, ...]:
        """The baselines that a policy may extend, as ``id@version``."""

    def baseline(self, name: str) -> bytes | None:
        """The bytes of a baseline, or None if there is no such baseline."""


class Memory(Protocol):
    """What was found in files before, with everything around them as it is now."""

    def recall(self, name: str, content: bytes) -> tuple[Finding, ...] | None:
        """What was found in a file with this name and content, or None if it was never judged."""

    def keep(self, name: str, content: bytes, findings: tuple[Finding, ...]) -> None:
        """Remember what was found in a file."""


class Trails(Protocol):
    """The ledger's entries as the working tree has them, verified or not."""

    def entries(self, policy: str) -> Iterator[bytes]:
        """The bytes of a policy's entries; what cannot be read is left out."""


class History(Protocol):
    """A range of commits, and the files from before it."""

    def changes(self) -> tuple[Change, ...]:
        """The commits of the range, oldest first."""

    def before(self, file: str) -> bytes | None:
        """The bytes of a file where the range branched off, or None if it was not there.

        ``file`` is named as findings name it.
        """


@frozen
class Person:
    """Who made a commit."""

    name: str
    email: str


class Repository(Protocol):
    """A git repository at the moment it was opened."""

    @property
    def head(self) -> str:
        """The id of the commit that is checked out."""

    def snapshot(self, under: Sequence[str] | None = None) -> Snapshot:
        """The governed files of the commit that is checked out.

        With ``under`` only those in these folders.
        """

    def working_file(self, path: str) -> bytes | None:
        """The bytes of a file of the working tree, or None if there is no regular file."""

    def require_ready(self, paths: Sequence[str], *, edited: str = "") -> None:
        """Raise `RepositoryError` unless a commit would lose nobody's work.

        A branch must be checked out, nothing like a merge under way, and none of ``paths``
        changed since the commit. ``edited`` may differ in the working tree, but not in a third
        way in the index.
        """

    def past_content(self, path: str, digest: str) -> bytes | None:
        """The bytes with this sha256 that the path once had, or None if no commit has them."""

    def commit(
        self,
        changes: Mapping[str, bytes | None],
        *,
        message: str,
        by: Person,
        now: datetime,
        keep: Collection[str] = (),
    ) -> str:
        """Commit exactly these changes, or nothing at all; the id of the commit.

        What others committed since the repository was opened stays, as long as it concerns other
        policies only.
        What the working tree holds at the paths in ``keep`` stays there.
        """

    def is_upstream(self, path: str) -> bool:
        """Whether the branch's upstream, as it was last fetched, holds this very file."""

    def identity(self) -> Person | None:
        """Who git says its user is."""


class Listed(Protocol):
    """A file as a commit lists it: its mode, and the id of what it holds."""

    @property
    def mode(self) -> str:
        """Git's mode, such as ``100644``."""

    @property
    def oid(self) -> str:
        """The id of the object."""


class Commits(Protocol):
    """The commits of a repository, as verification compares them."""

    def resolve(self, rev: str) -> str:
        """The id of the commit that ``rev`` names."""

    def snapshot(self, commit: str) -> Snapshot:
        """The governed files of a commit."""

    def files(self, commit: str, under: Sequence[str]) -> Snapshot:
        """The governed files of a commit at and below these paths."""

    def names(self, commit: str) -> Snapshot:
        """The governed files of a commit, by name and mode alone."""

    def listed(self, commit: str) -> Mapping[str, Listed]:
        """The governed files of a commit, as its tree lists them."""

    def read(self, files: Mapping[str, Listed]) -> Snapshot:
        """Files of a commit; none of them is kept."""

    def merge_bases(self, one: str, other: str) -> tuple[str, ...]:
        """The newest commits that two commits both come from; `NotJudgedError` if cut off."""

    def changed(self, old: str, new: str) -> tuple[str, ...]:
        """The governed files that differ between two commits."""

    def states(self, head: str) -> Iterator[State]:
        """The first-parent states that changed governed files; `NotJudgedError` if cut off."""

    def way(self, base: str, head: str) -> Way:
        """How a branch goes on from its base."""

    def states_since(self, base: str, head: str) -> Iterator[State]:
        """The states on this way."""

    def dropped(self, head: str) -> Iterator[Dropped]:
        """What the merges of a branch do not have as the commits had it that they merged."""


class CommitFiles(Protocol):
    """Files of commits, governed or not, and which of them differ."""

    def content(self, commit: str, path: str) -> bytes | None:
        """The bytes of a regular file of a commit, or None if there is none."""

    def below(self, commit: str, folder: str) -> Mapping[str, bytes]:
        """The regular files directly in a folder of a commit, by their names in it."""

    def versions(self, path: str, head: str, since: Sequence[str]) -> Iterator[bytes]:
        """What a file was in the commits that a branch has and none of ``since``, newest first."""

    def changed(self, old: str, new: str) -> tuple[str, ...]:
        """All files that differ between two commits, a rename being two of them."""

    def require_reach(self, one: str, other: str) -> None:
        """Raise `NotJudgedError` if the history is cut off where the two commits differ."""


class Signer(Protocol):
    """Signs with the user's key."""

    @property
    def key(self) -> PublicKey:
        """The key that signs."""

    def sign(self, message: bytes, namespace: str) -> bytes:
        """An armoured SSH signature."""


class BareSigner(Protocol):
    """Signs bytes as they are with the user's key, without SSH's format around them."""

    @property
    def key(self) -> PublicKey:
        """The key that signs."""

    def sign(self, message: bytes) -> bytes:
        """A signature as DSSE knows it."""


class RecordFiles(Protocol):
    """Detection records, and what the files were that they came from."""

    def __iter__(self) -> Iterator[Record]:
        """The records of all files, in order."""

    def manifest(self) -> tuple[RecordSource, ...]:
        """What was read; complete once the records were iterated to their end."""


class Analysis(RecordFiles, Protocol):
    """Detection records, counted under policies by some engine; every engine counts the same."""

    @property
    def engine(self) -> str:
        """What counts, such as ``duckdb``."""

    def tally(self, old: Policy, new: Policy) -> Tally:
        """What `core.tally.tally` says of the records."""

    def measure(
        self,
        old: Policy,
        new: Policy,
        *,
        size: int = 0,
        repeats: bool = False,
        scores: bool = False,
    ) -> Measured:
        """What `core.measuring.measure` says of the records."""

    def replay(self, old: Policy | None, new: Policy | None) -> Replay:
        """What `core.replaying.replay` says of the records."""

    def level_counts(self, policy: Policy) -> LevelCounts:
        """What `core.sensitivity_choice.level_counts` says of the records."""

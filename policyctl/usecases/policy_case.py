"""One policy that a branch changes, with everything that its judgement rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.entry import ChangeAction, Entry
from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.recorded import Recorded
from policyctl.core.snapshot import content_of
from policyctl.core.trust_root import TrustRoot
from policyctl.usecases.branch_changes import BranchChanges, BranchLedgers
from policyctl.usecases.diff import PolicyDiff
from policyctl.usecases.ports import CommitFiles, Documents
from policyctl.usecases.reading import Reader, Reading

_WAY_BACK = frozenset(
    {ChangeAction.DEMOTE, ChangeAction.EMERGENCY_DEMOTE, ChangeAction.RETIRE, ChangeAction.REDACT}
)


@frozen(slots=False)
class PolicyCase:
    """One changed policy.

    Attributes:
        diff: what changes in policy terms; None where nothing of the policy itself does.
        reading: the branch's file, read under the base's governance; None where it is gone.
        findings: what is wrong with its chain, here or since the base.
        linted: the errors that the rules find in its file.
        reader: reads versions of the policy under the base's governance.
        now: the present.
    """

    policy: str
    changes: BranchChanges
    ledgers: BranchLedgers
    diff: PolicyDiff | None
    reading: Reading | None
    findings: tuple[Finding, ...]
    linted: tuple[Finding, ...]
    documents: Documents
    reader: Reader
    files: CommitFiles
    now: datetime

    @property
    def file(self) -> str:
        """The policy file's path."""
        return paths.policy_path(self.policy)

    @property
    def root(self) -> TrustRoot:
        """The trust root of the base."""
        return self.ledgers.root

    @cached_property
    def known(self) -> int:
        """How many entries are not the branch's own."""
        return self.ledgers.known(self.policy)

    @cached_property
    def chain(self) -> tuple[Recorded, ...]:
        """All entries of the branch."""
        chain = self.ledgers.head.chains.get(self.policy)
        return chain.entries if chain else ()

    @cached_property
    def entries(self) -> tuple[Recorded, ...]:
        """The entries that the branch adds."""
        return self.chain[self.known :]

    @cached_property
    def settling(self) -> tuple[Recorded, ...]:
        """The entries whose approvals count here: the new ones, and those that the base awaits."""
        tip = self.ledgers.tip.chains.get(self.policy)
        waiting = {item.digest for item in tip.entries if item.missing} if tip else set()
        return tuple(
            item
            for number, item in enumerate(self.chain)
            if number >= self.known or item.digest in waiting
        )

    @cached_property
    def goes_back(self) -> bool:
        """Whether the branch only takes the policy back, which no rule may hold up."""
        return bool(self.entries) and all(item.entry.action in _WAY_BACK for item in self.entries)

    @cached_property
    def base_content(self) -> bytes | None:
        """What the policy file was where the branch left its base.

        Where there are several such commits, that of the last entry which the branch has from them.
        """
        last = self.chain[self.known - 1].entry.after if self.known else None
        if last and last in self.contents:
            return self.contents[last]
        return content_of(self.ledgers.snapshots[self.changes.forks[0]], self.file)

    @cached_property
    def before(self) -> Mapping[str, Any] | None:
        """The values of the policy file where the branch left its base, if it can be read."""
        return self.values_of(self.base_content)

    def gates_of(self, content: bytes | None) -> Mapping[str, Mapping[str, Any]]:
        """The gates in force with these bytes, by target stage; none where nobody can tell."""
        effective = self.reader.read(content, self.file).effective if content else None
        return effective.data.get("gates", {}) if effective else {}

    @cached_property
    def contents(self) -> Mapping[str, bytes]:
        """What the policy file was, by sha256: at both ends, and between them where that counts."""
        commits = (self.changes.head, *self.changes.references)
        ends = [content_of(self.ledgers.snapshots[commit], self.file) for commit in commits]
        found = {sha256(content): content for content in ends if content is not None}
        wanted = {item.entry.after for item in self.entries} - {None, *found}
        between = self.files.versions(self.file, self.changes.head, self.changes.references)
        while wanted and (content := next(between, None)) is not None:
            found[sha256(content)] = content
            wanted.discard(sha256(content))
        return found

    def values_of(self, content: bytes | None) -> Mapping[str, Any] | None:
        """The values that the policy file has with these bytes, if they can be read."""
        document, _ = self.documents.parse(content, self.file) if content else (None, ())
        data = document.data if document else None
        return data if isinstance(data, dict) else None

    @property
    def after(self) -> Mapping[str, Any] | None:
        """The values of the branch's policy file, if it can be read."""
        document = self.reading.document if self.reading else None
        data = document.data if document else None
        return data if isinstance(data, dict) else None

    def entry_before(self, item: Recorded) -> Entry | None:
        """The entry before one of the chain."""
        seq = item.entry.seq
        return self.chain[seq - 2].entry if 1 < seq <= len(self.chain) else None

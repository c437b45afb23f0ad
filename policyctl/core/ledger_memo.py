"""Ledgers judged policy by policy, so that what did not change is not judged again.

A policy's verdict rests on its own files, on the trust roots and on the adopted baselines. Two
commits share nearly all of them: a pull request and its base, a push and what was there before,
neighbours in a history.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.finding import Finding, in_order
from policyctl.core.frozen import fresh, frozen
from policyctl.core.ledger import Ledger, PolicyFacts, ReadFacts
from policyctl.core.signature_files import VerifySignature
from policyctl.core.snapshot import File, Snapshot, check_names
from policyctl.core.sshsig import Signature

CheckLedger = Callable[[Snapshot], Ledger]
"""Judges the governed files of one commit."""

_Key = tuple[frozenset[tuple[str, File]], frozenset[tuple[str, File]]]
_REMEMBERED = 4


@frozen
class Parts:
    """The governed files of a commit, by what they are about.

    Attributes:
        shared: trust roots, their signatures, and baselines: every policy rests on them.
        policies: the files of each policy: itself, its entries, signatures and evidence.
        others: files without a meaning, which may only stand in the way of others.
    """

    shared: dict[str, File] = fresh(default_factory=dict)
    policies: dict[str, dict[str, File]] = fresh(default_factory=dict)
    others: dict[str, File] = fresh(default_factory=dict)

    @classmethod
    def of(cls, snapshot: Snapshot) -> Parts:
        """The files of a commit, sorted."""
        parts = cls()
        for path, file in snapshot.items():
            parts.put(path, file)
        return parts

    def put(self, path: str, file: File | None) -> str | None:
        """Set a file, or remove it where there is None; the policy that it is about.

        Returns:
            the policy's id; empty where every policy is concerned, None where none is.
        """
        policy = policy_of(path)
        place = self._place(policy)
        if file is not None:
            place[path] = file
        else:
            place.pop(path, None)
            if policy and not place:
                del self.policies[policy]
        return policy

    def get(self, path: str) -> File | None:
        """The file at a path, or None if there is none."""
        policy = policy_of(path)
        if policy and policy not in self.policies:
            return None
        return self._place(policy).get(path)

    def _place(self, policy: str | None) -> dict[str, File]:
        if policy is None:
            return self.others
        return self.policies.setdefault(policy, {}) if policy else self.shared


def policy_of(path: str) -> str | None:
    """The policy that a governed file is about; empty: all of them; None: no policy."""
    match paths.place_of(path):
        case None | paths.ChangelogFile():
            return None
        case paths.RootFile() | paths.RootSignature() | paths.BaselineFile():
            return ""
        case place:
            return place.policy


class LedgerMemo:
    """Judges commits, and remembers for each policy the last few verdicts by the exact bytes."""

    def __init__(self, check: CheckLedger) -> None:
        """Make one.

        Args:
            check: judges the files that concern one policy as if they were a whole commit.
        """
        self._check = check
        self._known: dict[str, OrderedDict[_Key, Ledger]] = {}

    def judge(self, snapshot: Snapshot) -> Ledger:
        """The ledger of a commit, as judging it in one piece would give it."""
        parts = Parts.of(snapshot)
        return joined(self.parts(parts, ("", *parts.policies)), check_others(parts))

    def parts(self, parts: Parts, policies: Iterable[str]) -> dict[str, Ledger]:
        """The ledger of each of these policies alone; the empty one holds what all share."""
        shared = frozenset(parts.shared.items())
        return {policy: self._part(parts, policy, shared) for policy in sorted(set(policies))}

    def _part(self, parts: Parts, policy: str, shared: frozenset[tuple[str, File]]) -> Ledger:
        own = parts.policies.get(policy, {})
        key = (shared, frozenset(own.items()))
        known = self._known.setdefault(policy, OrderedDict())
        if key not in known:
            known[key] = self._check({**parts.shared, **own})
            if len(known) > _REMEMBERED:
                known.popitem(last=False)
        known.move_to_end(key)
        return known[key]


def check_others(parts: Parts) -> tuple[Finding, ...]:
    """Findings about files without a meaning, and files that collide with one of them."""
    if not parts.others:
        return ()
    names = {path.casefold() for path in parts.others}
    near = dict(parts.others)
    for files in (parts.shared, *parts.policies.values()):
        near |= {path: file for path, file in files.items() if path.casefold() in names}
    return in_order(check_names(near))


def joined(parts: Mapping[str, Ledger], others: Iterable[Finding] = ()) -> Ledger:
    """The ledger that these parts make up.

    Args:
        parts: the ledger of each policy, and under the empty name what they share.
        others: findings about no policy.
    """
    found = {finding for part in parts.values() for finding in part.findings}
    return Ledger(
        roots=parts[""].roots,
        chains={
            policy: chain for name in sorted(parts) for policy, chain in parts[name].chains.items()
        },
        findings=in_order([*found, *others]),
    )


def remembered_signatures(verify: VerifySignature) -> VerifySignature:
    """The same question, asked once about each signature and message."""
    known: dict[tuple[Signature, str], bool] = {}

    def ask(signature: Signature, message: bytes) -> bool:
        key = (signature, sha256(message))
        if key not in known:
            known[key] = verify(signature, message)
        return known[key]

    return ask


def remembered_facts(read: ReadFacts) -> ReadFacts:
    """The same question, asked once about each policy file and content."""
    known: dict[tuple[str, str], PolicyFacts | None] = {}

    def ask(file: str, content: bytes) -> PolicyFacts | None:
        key = (file, sha256(content))
        if key not in known:
            known[key] = read(file, content)
        return known[key]

    return ask

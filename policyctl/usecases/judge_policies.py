"""Some policies of a commit judged one after the other, so that only one is held at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from policyctl.core.chain import Chain
from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.held import HeldChain, held
from policyctl.core.judged_before import (
    JudgedPolicy,
    files_digest,
    held_again,
    judged,
    spared,
    trail_digest,
)
from policyctl.core.ledger import ReadFacts, check_ledger
from policyctl.core.root_chain import Roots
from policyctl.core.signature_files import VerifySignature
from policyctl.core.snapshot import Snapshot
from policyctl.usecases.ports import Listed

ReadFiles = Callable[[Mapping[str, Listed]], Snapshot]
"""Reads files that a commit lists."""


@frozen
class Task:
    """Policies that have to be judged.

    Attributes:
        policies: the files of each policy, as the commit lists them; whoever judges one takes it
            out, so that a long list is let go of on the way.
        shared: trust roots, their signatures and baselines.
        roots: the trust roots that hold.
        known: what this verifier judged before, by policy.
        same: whether what is shared is what it was then.
        remembered: whether a later run will ask what was judged.
        whole: whether the entries are asked for, and not their digests alone.
        now: the present; None if nothing that depends on a clock is judged.
    """

    policies: dict[str, dict[str, Listed]]
    shared: Snapshot
    roots: Roots
    known: Mapping[str, JudgedPolicy]
    same: bool
    remembered: bool
    whole: bool
    now: datetime | None


class Share:
    """What came out for some policies.

    Attributes:
        chains: the chains with their entries, where these were asked for.
        apart: the chains by their digests, where they were not.
        before: how many of the entries were judged before.
        sound: the policies in which nothing was found, for the next run.
    """

    def __init__(self) -> None:
        self.findings: set[Finding] = set()
        self.chains: dict[str, Chain] = {}
        self.apart: dict[str, HeldChain] = {}
        self.before = 0
        self.sound: dict[str, JudgedPolicy] = {}

    def add(self, other: Share) -> None:
        """Take in what came out for other policies."""
        self.findings |= other.findings
        self.chains |= other.chains
        self.apart |= other.apart
        self.before += other.before
        self.sound |= other.sound


def judge_policies(
    task: Task, *, read: ReadFiles, verify: VerifySignature, read_facts: ReadFacts
) -> Share:
    """Judge the policies of a task.

    Args:
        task: what has to be judged.
        read: reads their files.
        verify: whether a signature was made over a message.
        read_facts: what a policy file says of itself.
    """
    share = Share()
    for policy in sorted(task.policies):
        own = read(task.policies.pop(policy))
        known = task.known.get(policy)
        if known and task.same and not task.whole and known.files == files_digest(own):
            share.apart[policy] = held_again(policy, own, known, task.roots.by_version)
            share.sound[policy] = known
            share.before += known.entries
            continue
        ask = verify
        if known and known.trail == trail_digest(own, known.entries):
            ask = spared(verify, own, known.entries)
            share.before += known.entries
        part = check_ledger(
            {**task.shared, **own},
            verify=ask,
            read_facts=read_facts,
            now=task.now,
            roots=task.roots,
        )
        share.findings |= set(part.findings)
        chain = part.chains.get(policy)
        if chain is None:
            continue
        if task.whole:
            share.chains[policy] = chain
        else:
            share.apart[policy] = _let_go(chain, task.roots)
        if task.remembered and not part.findings and (sound := judged(chain, own)):
            share.sound[policy] = sound
    return share


def _let_go(chain: Chain, roots: Roots) -> HeldChain:
    return HeldChain(
        entries=tuple(held(item, roots.by_version) for item in chain.entries),
        signatures=sum(
            len(item.authors) + sum(map(len, item.approvals.values())) for item in chain.entries
        ),
        redacted=sum(1 for item in chain.entries if item.tombstone is not None),
    )

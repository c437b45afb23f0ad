"""What a branch would change in its base, and the ledgers of both as far as that concerns them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile

from policyctl.core import paths
from policyctl.core.base_growth import check_branch, owed
from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.ledger import Ledger
from policyctl.core.ledger_memo import LedgerMemo, Parts, check_others, joined, policy_of
from policyctl.core.snapshot import Snapshot
from policyctl.core.trust_root import TrustRoot
from policyctl.errors import NotJudgedError, RepositoryError, TamperingError
from policyctl.usecases.ports import Commits

_SHARED = (paths.ROOTS.rstrip("/"), paths.BASELINES.rstrip("/"))
_MANY = 500
"""Policies by whose paths git is not asked any more, because a command line has an end."""
_MOST_FORKS = 32
_NOT_YET = frozenset({"ROOT_MISSING", "ROOT_THRESHOLD"})

_READ = 12


@frozen
class BranchChanges:
    """The governed files that a merge would change.

    Attributes:
        base: the base, as the user named it.
        tip: the commit at its end.
        head: the commit that should be merged.
        forks: the newest commits that both come from; several where they merged each other.
        files: what differs from a fork, and from the tip.
    """

    base: str
    tip: str
    head: str
    forks: tuple[str, ...]
    files: tuple[str, ...]

    @property
    def base_name(self) -> str:
        """The base as people read it: as it was named, and of a commit's whole id the beginning."""
        return self.base[:_READ] if self.base == self.tip else self.base

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies whose files, entries, signatures or evidence differ."""
        return tuple(sorted({policy for policy in map(policy_of, self.files) if policy}))

    @property
    def governs(self) -> bool:
        """Whether the trust root or an adopted baseline differs, on which every policy rests."""
        return any(policy_of(file) == "" for file in self.files)

    @property
    def has_others(self) -> bool:
        """Whether a file differs that is about no policy."""
        return any(policy_of(file) is None for file in self.files)

    @property
    def references(self) -> tuple[str, ...]:
        """The commits that speak for the base: its tip, and where the branch left it."""
        return tuple(dict.fromkeys((self.tip, *self.forks)))


def branch_changes(*, base: str, head: str, commits: Commits) -> BranchChanges:
    """Find what a merge would change.

    Where branch and base merged each other, a file counts that differs from any of the commits at
    which they parted: whoever made the branch chose these commits. What the tip has already stays
    as it is, whatever it was before.

    Raises:
        NotJudgedError: the history is cut off, or the two have no commit in common.
        RepositoryError: there is no such revision.
    """
    tip, commit = commits.resolve(base), commits.resolve(head)
    try:
        forks = commits.merge_bases(tip, commit)
    except RepositoryError as error:
        hint = "git fetch --unshallow, or name the branch that this one started from"
        raise NotJudgedError(error.message, hint=hint) from error
    if len(forks) > _MOST_FORKS:
        raise NotJudgedError(
            f"'{base}' and the branch parted at {len(forks)} commits, more than are compared",
            hint=f"merge '{base}' into the branch",
        )
    differing = {file for fork in forks for file in commits.changed(fork, commit)}
    if forks != (tip,):
        differing &= set(commits.changed(tip, commit))
    return BranchChanges(
        base=base, tip=tip, head=commit, forks=forks, files=tuple(sorted(differing))
    )


@frozen
class BranchLedgers:
    """The ledgers of branch and base, as far as the changed policies are concerned.

    Attributes:
        snapshots: the files that were read, by commit.
        head: the ledger of the branch.
        tip: that of the base's tip.
        root: the trust root of the base's tip, by which the branch is judged.
        whole: whether all policies were read, because something changed on which they all rest.
        forks: those of the commits where the two parted.
        findings: what is wrong with the branch, or was lost on the way.
        owed: those of them that wait for somebody's signature.
    """

    snapshots: Mapping[str, Snapshot]
    head: Ledger
    tip: Ledger
    root: TrustRoot
    whole: bool
    forks: Mapping[str, Ledger]
    findings: tuple[Finding, ...]
    owed: frozenset[Finding]

    def known(self, policy: str) -> int:
        """How many entries the chain of a policy shares with one that the base has or had."""
        mine = _digests(self.head, policy)
        return max(
            _shared(mine, _digests(ledger, policy)) for ledger in (self.tip, *self.forks.values())
        )

    def taken_back(self, policy: str) -> int:
        """The first entry that the branch still has from its base and the base has not; or 0."""
        mine, theirs = _digests(self.head, policy), _digests(self.tip, policy)
        shared = _shared(mine, theirs)
        return shared + 1 if shared == len(theirs) and shared < self.known(policy) else 0


def _digests(ledger: Ledger, policy: str) -> tuple[str, ...]:
    chain = ledger.chains.get(policy)
    return tuple(item.digest for item in chain.entries) if chain else ()


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many entries two chains begin with alike."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def branch_ledgers(changes: BranchChanges, commits: Commits, memo: LedgerMemo) -> BranchLedgers:
    """Judge the chains that changed on both sides, or all of them where what they share did.

    Raises:
        NotJudgedError: the base has no trust root by which anything could be judged.
    """
    policies = changes.policies
    whole = changes.governs or len(policies) > _MANY
    commits_read = dict.fromkeys((changes.head, *changes.references))
    snapshots = {
        commit: commits.snapshot(commit) if whole else commits.files(commit, _under(policies))
        for commit in commits_read
    }
    parts = {commit: Parts.of(snapshot) for commit, snapshot in snapshots.items()}
    named = {"", *policies}
    if whole:
        named |= {policy for part in parts.values() for policy in part.policies}
    ledgers = {commit: joined(memo.parts(part, named)) for commit, part in parts.items()}
    head, tip = ledgers[changes.head], ledgers[changes.tip]
    forks = {fork: ledgers[fork] for fork in changes.forks}
    return BranchLedgers(
        snapshots=snapshots,
        head=head,
        tip=tip,
        root=_require_root(tip, changes),
        whole=whole,
        forks=forks,
        findings=(
            *head.findings,
            *check_branch(head, tip, forks, name=changes.base),
            *(_strays(changes, commits) if changes.has_others else ()),
        ),
        owed=owed(head.findings, forks.values()),
    )


def _require_root(tip: Ledger, changes: BranchChanges) -> TrustRoot:
    root = tip.roots.latest
    if root is not None:
        return root
    broken = [item for item in tip.roots.findings if item.code not in _NOT_YET]
    if broken:
        raise TamperingError(
            f"the trust root of '{changes.base}' does not hold: {broken[0].message}",
            hint=f"policyctl verify --rev {changes.base}",
        )
    raise NotJudgedError(
        f"'{changes.base}' has no trust root that holds, so nothing says who may change policies",
        hint="merge 'policyctl init' first, once somebody looked at the people it names",
    )


def _under(policies: Iterable[str]) -> list[str]:
    """What the verdict about these policies rests on."""
    under = list(_SHARED)
    for policy in policies:
        under += (paths.policy_path(policy), paths.LOG + policy, paths.EVIDENCE + policy)
    return under


def _strays(changes: BranchChanges, commits: Commits) -> set[Finding]:
    """Names that do not belong, and that the base does not have."""
    after = set(check_others(Parts.of(commits.names(changes.head))))
    return after - set(check_others(Parts.of(commits.names(changes.tip))))

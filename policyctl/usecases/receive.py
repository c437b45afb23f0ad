"""A push judged by the server that receives it, before any ref moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from policyctl.core import paths
from policyctl.core.comparison import KeptNote
from policyctl.core.finding import Finding, Severity, in_order
from policyctl.core.frozen import frozen
from policyctl.core.growth import check_growth, extent_of
from policyctl.core.ledger_memo import LedgerMemo, Parts, check_others, joined, policy_of
from policyctl.core.push import (
    HEADS,
    RefUpdate,
    branch_absent,
    check_ref,
    covers,
    is_checkpoint,
    ledger_missing,
)
from policyctl.core.pushed_checkpoint import check_pushed_checkpoint
from policyctl.core.signature_files import VerifySignature
from policyctl.usecases.base import files_about
from policyctl.usecases.ports import Commits

_SINCE = "the last push"


@frozen
class Received:
    """What a push asks for, and why it is refused, if it is.

    Attributes:
        refused: the refs that are, each with what is wrong with it.
    """

    refused: tuple[tuple[str, tuple[Finding, ...]], ...]


class PushedTags(Protocol):
    """The checkpoints of a repository, and those that are pushed to it."""

    def notes(self) -> tuple[KeptNote, ...]:
        """The note of each checkpoint tag."""

    def pushed(self, ref: str, oid: str) -> KeptNote:
        """The note of a tag that is not there yet."""


def judge_push(
    updates: Iterable[RefUpdate],
    *,
    branches: Iterable[str],
    target: Callable[[str], str],
    exists: Callable[[str], bool],
    commits: Commits,
    tags: PushedTags,
    memo: LedgerMemo,
    verify: VerifySignature,
) -> Received:
    """Judge every ref of a push; what is wrong with one refuses them all.

    Args:
        updates: what the push asks for.
        branches: the branches whose ledgers must hold.
        target: the ref that moves when one is pushed.
        exists: whether a branch is there already.
        commits: the repository, with the objects that were pushed.
        tags: its checkpoints.
        memo: judges ledgers.
        verify: whether a signature was made over a message.
    """
    governed, wanted = tuple(branches), tuple(updates)
    refused = []

    def governs(ref: str) -> bool:
        return covers(governed, ref) or covers(governed, target(ref))

    # A pattern may cover branches of any name, so nothing can be said to be absent.
    absent = not any("*" in name or exists(name) for name in governed) and not any(
        update.creates and governs(update.ref) for update in wanted
    )
    for update in wanted:
        is_governed = governs(update.ref)
        found = tuple(check_ref(update, governed=is_governed))
        if not found and is_governed:
            found = _judge_branch(update, commits, memo)
        elif not found and absent and _brings_policies(update, commits):
            found = (branch_absent(governed),)
        elif not found and update.creates and is_checkpoint(update.ref):
            pushed = tags.pushed(update.ref, update.new)
            ledger = memo.judge(commits.snapshot(commits.resolve(pushed.commit)))
            found = check_pushed_checkpoint(pushed, tags.notes(), ledger, verify)
        errors = tuple(item for item in found if item.severity is Severity.ERROR)
        if errors:
            refused.append((update.ref, errors))
    return Received(refused=tuple(refused))


def _brings_policies(update: RefUpdate, commits: Commits) -> bool:
    if update.deletes or not update.ref.startswith(HEADS):
        return False
    return bool(commits.names(commits.resolve(update.new)))


def _judge_branch(update: RefUpdate, commits: Commits, memo: LedgerMemo) -> tuple[Finding, ...]:
    new = commits.resolve(update.new)
    if update.creates:
        snapshot = commits.snapshot(new)
        if not any(path.startswith(paths.HOME) for path in snapshot):
            return (ledger_missing(),)
        return memo.judge(snapshot).findings
    old = commits.resolve(update.old)
    changed = commits.changed(old, new)
    if not changed:
        return ()
    touched = {policy_of(path) for path in changed}
    return in_order(
        [
            *_judge_changed(commits, memo, old, new, touched - {None}),
            *(_strays(commits, old, new) if None in touched else ()),
        ]
    )


def _judge_changed(
    commits: Commits, memo: LedgerMemo, old: str, new: str, touched: set[str | None]
) -> tuple[Finding, ...]:
    """Judge the policies whose files differ, or all of them where what they share does."""
    policies = {policy for policy in touched if policy}
    if not touched:
        return ()

    def read(commit: str) -> Parts:
        if "" in touched:
            return Parts.of(commits.snapshot(commit))
        return Parts.of(files_about(policies, commit, commits))

    before, after = read(old), read(new)
    if "" in touched:
        policies |= {*before.policies, *after.policies}
    was = joined(memo.parts(before, {"", *policies}))
    now = joined(memo.parts(after, {"", *policies}))
    return (*now.findings, *check_growth(extent_of(was), now, since=_SINCE))


def _strays(commits: Commits, old: str, new: str) -> set[Finding]:
    """Names that do not belong, and were not there before."""
    before, after = (check_others(Parts.of(commits.names(commit))) for commit in (old, new))
    return set(after) - set(before)

"""What a new trust root would do to policies that stand: owners lost, approvals out of reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policyctl.core.approval_difference import KINDS
from policyctl.core.approvals import unfilled
from policyctl.core.chain import Chain, Recorded
from policyctl.core.frozen import frozen
from policyctl.core.needs import needed, needed_for_emergency, owners
from policyctl.core.root_chain import Roots
from policyctl.core.stages import Stage
from policyctl.core.trust_root import TrustRoot


@frozen
class Orphan:
    """A policy whose owner the new root does not know, or knows as a group of nobody."""

    policy: str
    owner: str


def live(chains: Mapping[str, Chain]) -> Iterator[Recorded]:
    """The last entry of each policy that is not retired."""
    for _, chain in sorted(chains.items()):
        if chain.last is not None and chain.last.entry.target is not None:
            yield chain.last


def orphans(chains: Mapping[str, Chain], before: TrustRoot, after: TrustRoot) -> tuple[Orphan, ...]:
    """The policies that would lose their owner."""
    return tuple(
        Orphan(policy=last.entry.policy, owner=last.entry.owner)
        for last in live(chains)
        if _has_people(before, last.entry.owner) and not _has_people(after, last.entry.owner)
    )


def stranded(chains: Mapping[str, Chain], roots: Roots, after: TrustRoot) -> Iterator[str]:
    """A sentence for each pending entry that nobody could approve any more.

    An entry is judged by the root that it names, and a command signs only for people whom the
    newest root knows too: what counts is who stands in both with the same key.
    """
    for _, chain in sorted(chains.items()):
        last = chain.last
        judge = roots.by_version.get(last.entry.root) if last else None
        if last is None or judge is None or not last.missing:
            continue
        before = chain.entries[-2].entry if len(chain.entries) > 1 else None
        barred = frozenset() if judge.solo else owners(judge, last.entry, before) | last.authors
        able = {
            role: frozenset(last.approvals.get(role, ()))
            | {who for who in judge.roles[role].members if _same_key(judge, after, who)} - barred
            for role in needed(judge, last.entry, before)
        }
        left = unfilled(needed(judge, last.entry, before), able)
        if left:
            owed = ", ".join(f"{count} x {role}" for role, count in sorted(left.items()))
            yield (
                f"entry {last.entry.seq} of '{chain.policy}' waits for {owed} under trust root "
                f"{judge.version}, which nobody could give any more: approve it first, or take "
                "it back"
            )


def out_of_reach(chains: Mapping[str, Chain], before: TrustRoot, after: TrustRoot) -> Iterator[str]:
    """A sentence for each policy of which changes could be approved, and then could not."""
    for last in live(chains):
        entry = last.entry
        lost = [
            f"{action.value}{f' ({stage.value})' if stage else ''}"
            for action, stage in KINDS
            if not _lacks(before, entry.owner, before.need(action, stage, (entry.use_case,)))
            and _lacks(after, entry.owner, after.need(action, stage, (entry.use_case,)))
        ]
        if lost:
            yield (
                f"nobody who does not own '{entry.policy}' ({entry.owner}) could approve: "
                f"{', '.join(lost)}"
            )


def lonely_emergencies(root: TrustRoot) -> Iterator[str]:
    """A sentence for each person who may step back at once, and whom nobody else could approve.

    `demote --emergency` refuses them, for an emergency cannot be taken back: better said on a calm
    day.
    """
    if root.emergency is None or root.solo:
        return
    uses = {"", *(use_case for rule in root.approvals for use_case in rule.use_cases)}
    needs = [
        needed_for_emergency(root, stage, {use})
        for stage in (Stage.LOGGING, Stage.LIMITED)
        for use in uses
    ]
    role = root.emergency.role
    for who in sorted(root.roles[role].members):
        if any(unfilled(need, _able(root, need, frozenset({who}))) for need in needs):
            yield (
                f"an emergency demotion by '{who}', who may step back at once as {role}, would be"
                " refused: nobody else could approve it"
            )


def _lacks(root: TrustRoot, owner: str, need: Mapping[str, int]) -> bool:
    barred = frozenset() if root.solo else root.owners(owner)
    return bool(unfilled(need, _able(root, need, barred)))


def _able(
    root: TrustRoot, need: Mapping[str, int], barred: frozenset[str]
) -> dict[str, frozenset[str]]:
    """Who could approve, by role."""
    return {
        role: frozenset(who for who in root.roles[role].members if root.people[who].keys) - barred
        for role in need
    }


def _has_people(root: TrustRoot, owner: str) -> bool:
    role = root.roles.get(owner)
    return bool(owner in root.people or root.teams.get(owner, ()) or (role.members if role else ()))


def _same_key(one: TrustRoot, other: TrustRoot, who: str) -> bool:
    if who not in one.people or who not in other.people:
        return False
    return bool(
        {key.blob for key in one.people[who].keys} & {k.blob for k in other.people[who].keys}
    )

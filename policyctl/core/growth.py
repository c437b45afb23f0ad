"""What a ledger once held, and whether it only grew since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from policyctl.core import paths
from policyctl.core.entry import ChangeAction
from policyctl.core.finding import Finding
from policyctl.core.ledger import Ledger
from policyctl.core.recorded import Recorded
from policyctl.core.snapshot import violation


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEntry:
    """An entry that a ledger held, by its digests.

    Attributes:
        entry: sha256 of the entry's bytes.
        signatures: sha256 of each of its signature files, by path.
        settled: whether every approval was there; then the signatures stay as they are.
        binding: whether the entry can no longer be withdrawn: it is settled, or it took effect
            at once.
    """

    entry: str
    signatures: Mapping[str, str]
    settled: bool
    binding: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How far a ledger reached when somebody looked.

    Attributes:
        roots: sha256 of each trust root that held, from version 1.
        chains: the entries of each policy, in order.
    """

    roots: tuple[str, ...]
    chains: Mapping[str, tuple[HeldEntry, ...]]

    @property
    def entries(self) -> int:
        """How many entries were held."""
        return sum(len(chain) for chain in self.chains.values())


def extent_of(ledger: Ledger) -> Extent:
    """How far a verified ledger reaches."""
    return Extent(
        roots=tuple(ledger.roots.digests[version] for version in sorted(ledger.roots.digests)),
        chains={
            policy: tuple(_held(item) for item in chain.entries)
            for policy, chain in ledger.chains.items()
        },
    )


def check_growth(before: Extent, ledger: Ledger, *, since: str) -> Iterator[Finding]:
    """Findings about everything that a ledger held before and does not hold now.

    Args:
        before: how far the ledger reached, by a witness outside the commit that is judged.
        ledger: the ledger now.
        since: that witness, as a message names it: ``checkpoint 4``.
    """
    yield from check_kept(before, ledger, since=since)
    yield from check_new_entries(before, ledger, since=since)


def check_kept(before: Extent, ledger: Ledger, *, since: str) -> Iterator[Finding]:
    """Findings about roots, entries and signatures that are gone, or not what they were."""
    now = extent_of(ledger)
    yield from _check_roots(before, now, since)
    for policy, held in sorted(before.chains.items()):
        yield from _check_chain(policy, held, now.chains.get(policy, ()), since)


def _held(item: Recorded) -> HeldEntry:
    settled = not item.missing
    return HeldEntry(
        entry=item.digest,
        signatures=item.signatures,
        settled=settled,
        binding=settled or item.entry.action is ChangeAction.EMERGENCY_DEMOTE,
    )


def _check_roots(before: Extent, now: Extent, since: str) -> Iterator[Finding]:
    for version, digest in enumerate(before.roots, start=1):
        path = paths.root_path(version)
        if version > len(now.roots):
            message = f"trust root {version} held at {since} and does not hold now"
            yield violation("ROOT_ROLLBACK", message, file=path)
        elif now.roots[version - 1] != digest:
            message = f"trust root {version} is not the one of {since}"
            yield violation("ROOT_ROLLBACK", message, file=path)


def _check_chain(
    policy: str, held: tuple[HeldEntry, ...], now: tuple[HeldEntry, ...], since: str
) -> Iterator[Finding]:
    for seq, old in enumerate(held, start=1):
        path = paths.entry_path(policy, seq)

        def lost(message: str, file: str = path, entry: int = seq) -> Finding:
            return violation(
                "ROLLBACK_OR_TRUNCATION", message, file=file, policy=policy, entry=entry
            )

        if seq > len(now) or now[seq - 1].entry != old.entry:
            if old.binding:
                state = "is gone" if seq > len(now) else "is another one"
                yield lost(f"entry {seq} of '{policy}' was there at {since} and {state}")
            return
        new = now[seq - 1]
        for file, digest in sorted(old.signatures.items()):
            if new.signatures.get(file) != digest:
                yield lost(f"{file} is not what it was at {since}", file)
        if old.settled:
            for file in sorted(new.signatures.keys() - old.signatures.keys()):
                message = f"{file} came after {since}, when entry {seq} was settled already"
                yield violation("SIG_LATE", message, file=file, policy=policy, entry=seq)


def check_new_entries(before: Extent, ledger: Ledger, *, since: str) -> Iterator[Finding]:
    """New entries are made under the newest root that the witness saw, or a later one."""
    for policy, chain in sorted(ledger.chains.items()):
        known = len(before.chains.get(policy, ()))
        yield from check_entry_roots(chain.entries[known:], oldest=len(before.roots), since=since)


def check_entry_roots(entries: Iterable[Recorded], *, oldest: int, since: str) -> Iterator[Finding]:
    """Findings about entries that name a trust root older than one that a witness saw.

    Args:
        entries: those that the witness did not see.
        oldest: the newest root that it saw, by version.
        since: the witness, as a message names it.
    """
    for item in entries:
        entry = item.entry
        if entry.root < oldest:
            yield violation(
                "NEW_ENTRY_UNDER_OLD_ROOT",
                f"entry {entry.seq} of '{entry.policy}' is newer than {since} and names trust root "
                f"{entry.root}, where {oldest} held already",
                file=paths.entry_path(entry.policy, entry.seq),
                policy=entry.policy,
                entry=entry.seq,
                hint=f"take it back and record it again, so that trust root {oldest} judges it",
            )

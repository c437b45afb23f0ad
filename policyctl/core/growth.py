"""What a ledger once held, and whether it only grew since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from policyctl.core import paths
from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.held import HeldEntry, held
from policyctl.core.late_approvals import outdated
from policyctl.core.ledger import Ledger
from policyctl.core.snapshot import violation


@frozen
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
    roots = ledger.roots.by_version
    return Extent(
        roots=tuple(ledger.roots.digests[version] for version in sorted(ledger.roots.digests)),
        chains={
            **{policy: chain.entries for policy, chain in ledger.apart.items()},
            **{
                policy: tuple(held(item, roots) for item in chain.entries)
                for policy, chain in ledger.chains.items()
            },
        },
    )


def check_growth(before: Extent, ledger: Ledger, *, since: str) -> Iterator[Finding]:
    """Findings about everything that a ledger held before and does not hold now.

    Args:
        before: how far the ledger reached, by a witness outside the commit that is judged.
        ledger: the ledger now.
        since: that witness, as a message names it: ``checkpoint 4``.
    """
    now = extent_of(ledger)
    yield from _check_kept(before, now, ledger.taken, since)
    yield from _check_new(before, now, since)
    yield from _check_approvals(before, now, since)


def check_kept(before: Extent, ledger: Ledger, *, since: str) -> Iterator[Finding]:
    """Findings about roots, entries and signatures that are gone, or not what they were."""
    yield from _check_kept(before, extent_of(ledger), ledger.taken, since)


def _check_kept(
    before: Extent, now: Extent, taken: Mapping[str, int], since: str
) -> Iterator[Finding]:
    yield from _check_roots(before, now, since)
    for policy, chain in sorted(before.chains.items()):
        if policy in taken:
            yield from _check_count(policy, chain, taken[policy], since)
        else:
            yield from _check_chain(policy, chain, now.chains.get(policy, ()), since)


def _check_roots(before: Extent, now: Extent, since: str) -> Iterator[Finding]:
    for version, digest in enumerate(before.roots, start=1):
        path = paths.root_path(version)
        if version > len(now.roots):
            message = f"trust root {version} held at {since} and does not hold now"
            yield violation("ROOT_ROLLBACK", message, file=path)
        elif now.roots[version - 1] != digest:
            message = f"trust root {version} is not the one of {since}"
            yield violation("ROOT_ROLLBACK", message, file=path)


def _lost(policy: str, seq: int, message: str, file: str = "") -> Finding:
    path = file or paths.entry_path(policy, seq)
    return violation("ROLLBACK_OR_TRUNCATION", message, file=path, policy=policy, entry=seq)


def _check_count(
    policy: str, before: tuple[HeldEntry, ...], count: int, since: str
) -> Iterator[Finding]:
    """The same for a chain that was taken from elsewhere: all that is known is how long it is."""
    gone = count + 1
    if len(before) >= gone and before[gone - 1].binding:
        yield _lost(policy, gone, f"entry {gone} of '{policy}' was there at {since} and is gone")


def _check_chain(
    policy: str, before: tuple[HeldEntry, ...], now: tuple[HeldEntry, ...], since: str
) -> Iterator[Finding]:
    for seq, old in enumerate(before, start=1):
        if seq > len(now) or now[seq - 1].entry != old.entry:
            if old.binding:
                state = "is gone" if seq > len(now) else "is another one"
                yield _lost(
                    policy, seq, f"entry {seq} of '{policy}' was there at {since} and {state}"
                )
            return
        new = now[seq - 1]
        if (new.signatures, new.vouchers) != (old.signatures, old.vouchers):
            yield from _check_signatures(policy, seq, old, new, since)


def _check_signatures(
    policy: str, seq: int, old: HeldEntry, new: HeldEntry, since: str
) -> Iterator[Finding]:
    """Nothing of a signature set goes, and nothing comes once it is complete.

    Stewards may still agree to a tombstone later: that decides nothing.
    """
    files = {**new.signatures, **new.vouchers}
    for file, digest in sorted({**old.signatures, **old.vouchers}.items()):
        if files.get(file) != digest:
            yield _lost(policy, seq, f"{file} is not what it was at {since}", file)
    if old.settled:
        for file in sorted(new.signatures.keys() - old.signatures.keys()):
            message = f"{file} came after {since}, when entry {seq} was settled already"
            yield violation("SIG_LATE", message, file=file, policy=policy, entry=seq)


def _check_approvals(before: Extent, now: Extent, since: str) -> Iterator[Finding]:
    """Findings about approvals of what waited that a trust root of the witness rules out."""
    version = len(before.roots)
    for policy, chain in sorted(now.chains.items()):
        for old, new in zip(before.chains.get(policy, ()), chain, strict=False):
            if old.entry != new.entry:
                break
            if new.barred and not old.settled:
                for path in sorted(new.barred.keys() - old.signatures.keys()):
                    if version in new.barred[path]:
                        yield outdated(path, version, since)


def check_new_entries(before: Extent, ledger: Ledger, *, since: str) -> Iterator[Finding]:
    """New entries are made under the newest root that the witness saw, or a later one."""
    yield from _check_new(before, extent_of(ledger), since)


def _check_new(before: Extent, now: Extent, since: str) -> Iterator[Finding]:
    for policy, chain in sorted(now.chains.items()):
        known = len(before.chains.get(policy, ()))
        fresh = enumerate(chain[known:], start=known + 1)
        yield from check_entry_roots(policy, fresh, oldest=len(before.roots), since=since)


def check_entry_roots(
    policy: str, entries: Iterable[tuple[int, HeldEntry]], *, oldest: int, since: str
) -> Iterator[Finding]:
    """Findings about entries that name a trust root older than one that a witness saw.

    Args:
        policy: the policy whose entries they are.
        entries: those that the witness did not see, with their numbers.
        oldest: the newest root that it saw, by version.
        since: the witness, as a message names it.
    """
    for seq, item in entries:
        if item.root < oldest:
            yield violation(
                "NEW_ENTRY_UNDER_OLD_ROOT",
                f"entry {seq} of '{policy}' is newer than {since} and names trust root "
                f"{item.root}, where {oldest} held already",
                file=paths.entry_path(policy, seq),
                policy=policy,
                entry=seq,
                hint=f"take it back and record it again, so that trust root {oldest} judges it",
            )

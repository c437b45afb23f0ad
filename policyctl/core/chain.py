"""The chain of one policy: its entries in order, each of which follows from the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from policyctl.core import paths
from policyctl.core.canonical import DuplicateKeyError, NonCanonicalError, sha256
from policyctl.core.entry import ChangeAction, Entry
from policyctl.core.entry_shape import shape_problem
from policyctl.core.entry_signatures import read_signatures
from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.recorded import Recorded
from policyctl.core.root_chain import Roots
from policyctl.core.signature_files import VerifySignature
from policyctl.core.snapshot import Snapshot, content_of, violation
from policyctl.core.tombstone import read_record

__all__ = ["Chain", "Recorded", "read_chain"]


@frozen
class Chain:
    """A policy's entries, up to the first that cannot be read, and all that is wrong."""

    policy: str
    entries: tuple[Recorded, ...]
    findings: tuple[Finding, ...]

    @property
    def last(self) -> Recorded | None:
        """The entry that says how the policy stands now."""
        return self.entries[-1] if self.entries else None


def read_chain(
    snapshot: Snapshot,
    policy: str,
    files: Mapping[int, list[str]],
    roots: Roots,
    verify: VerifySignature,
) -> Chain:
    """The chain of one policy, checked link by link.

    Args:
        snapshot: the governed files.
        policy: the policy's id.
        files: the paths of each entry and its signatures, by the number in their names.
        roots: the trust roots that hold.
        verify: whether a signature was made over a message.
    """
    recorded: list[Recorded] = []
    earlier: list[Entry] = []
    findings: list[Finding] = []
    for expected, seq in enumerate(sorted(files), start=1):
        path = paths.entry_path(policy, seq)
        if seq != expected or path not in files[seq]:
            message = f"entry {expected} of '{policy}' is missing"
            findings.append(violation("LOG_GAP", message, file=path, policy=policy, entry=expected))
            break
        content = content_of(snapshot, path) or b""
        try:
            entry, tombstone = read_record(content)
        except ValueError as error:
            findings.append(_unreadable(error, path, policy, seq))
            break
        before = recorded[-1] if recorded else None
        findings += _check_link(entry, before, policy, seq, path, roots)
        findings += _check_shape(entry, earlier, path)
        item = read_signatures(
            snapshot,
            Recorded(
                entry=entry,
                content=content,
                approvals={},
                missing={},
                tombstone=tombstone,
                vouchers=_vouchers(snapshot, policy, seq) if tombstone else {},
            ),
            before.entry if before else None,
            files[seq],
            roots,
            verify,
        )
        findings += item.findings
        recorded.append(item)
        earlier.append(entry)
    return Chain(policy=policy, entries=tuple(recorded), findings=tuple(findings))


def _vouchers(snapshot: Snapshot, policy: str, seq: int) -> dict[str, str]:
    return {
        path: sha256(content_of(snapshot, path) or b"")
        for path in sorted(snapshot)
        if isinstance(place := paths.place_of(path), paths.TombstoneSignature)
        and (place.policy, place.seq) == (policy, seq)
    }


def _unreadable(error: ValueError, path: str, policy: str, seq: int) -> Finding:
    code = "ENTRY_MALFORMED"
    if isinstance(error, DuplicateKeyError):
        code = "ENTRY_DUP_KEY"
    elif isinstance(error, NonCanonicalError):
        code = "ENTRY_NONCANONICAL"
    return violation(code, f"{path}: {error}", file=path, policy=policy, entry=seq)


def _check_link(
    entry: Entry, before: Recorded | None, policy: str, seq: int, path: str, roots: Roots
) -> Iterator[Finding]:
    def wrong(code: str, message: str) -> Finding:
        return violation(code, message, file=path, policy=policy, entry=seq)

    if (entry.policy, entry.seq, entry.path) != (policy, seq, paths.policy_path(policy)):
        yield wrong(
            "ENTRY_MISPLACED",
            f"{path} holds entry {entry.seq} of '{entry.policy}' ({entry.path!a})",
        )
    root = roots.by_version.get(entry.root)
    if root is None:
        if _tells_of_root(before, roots):
            message = f"{path} names trust root {entry.root}, which does not hold"
            yield wrong("ROOT_UNKNOWN_VERSION", message)
    elif entry.log != root.log:
        yield wrong("WRONG_LOG", f"{path} was written for another ledger")
    if before is not None and entry.root < before.entry.root:
        yield wrong(
            "ROOT_VERSION_REGRESSION",
            f"{path} goes back from trust root {before.entry.root} to {entry.root}",
        )
    if entry.prev != (before.digest if before else None):
        yield wrong("CHAIN_BROKEN", f"{path} does not follow from the entry before it")
    state = (before.entry.after, before.entry.target) if before else (None, None)
    if (entry.before, entry.source) != state:
        yield wrong("CHAIN_BROKEN", f"{path} does not start where the entry before it ended")


def _tells_of_root(before: Recorded | None, roots: Roots) -> bool:
    """True if the entry after this one is to tell that its trust root does not hold.

    Where that is a finding already, it is not repeated; but a version that only lacks signatures
    would pass for a proposal, so the first entry of the chain that was made under it tells.
    """
    if roots.pending is None:
        return not roots.findings
    return before is None or before.entry.root in roots.by_version


def _check_shape(entry: Entry, earlier: Sequence[Entry], path: str) -> Iterator[Finding]:
    problem = shape_problem(entry, earlier)
    if problem:
        code = "STAGE_SKIP" if entry.action is ChangeAction.PROMOTE else "ENTRY_INCONSISTENT"
        message = f"{path}: {problem}"
        yield violation(code, message, file=path, policy=entry.policy, entry=entry.seq)

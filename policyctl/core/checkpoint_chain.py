"""Checkpoints in their order, each compared with the ledger as it stands now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from policyctl.core.checkpoint import (
    Checkpoint,
    checkpoint_digest,
    held_leaf,
    note_signers,
    parse_checkpoint,
)
from policyctl.core.comparison import Comparison, KeptNote, Link, Loss
from policyctl.core.finding import Finding
from policyctl.core.growth import Extent, check_entry_roots, check_growth, extent_of
from policyctl.core.held import HeldEntry
from policyctl.core.ledger import Ledger
from policyctl.core.signature_files import VerifySignature
from policyctl.core.signed_note import parse_note
from policyctl.core.snapshot import violation


def compare_notes(notes: Sequence[KeptNote], ledger: Ledger, verify: VerifySignature) -> Comparison:
    """Compare the checkpoints that were kept with each other and with the ledger.

    Args:
        notes: from tags and files, in any order.
        ledger: as it stands now.
        verify: whether a signature was made over a message.
    """
    result = Comparison()
    by_number: dict[int, Link] = {}
    for note in notes:
        try:
            link = _link(note, ledger, verify)
        except ValueError as error:
            message = f"{note.source} holds no valid checkpoint: {error}"
            hint = "find out who put it there"
            result.findings.append(violation("CHECKPOINT_INVALID", message, hint=hint))
            continue
        number = link.checkpoint.number
        known = by_number.setdefault(number, link)
        if known.signers:
            result.known[number] = checkpoint_digest(known.checkpoint)
        if known.checkpoint != link.checkpoint:
            message = f"{link.name} of {note.source} is not the one of {known.note.source}"
            result.findings.append(_fork(message))
        elif not note.commit:
            # A note that was kept elsewhere binds whatever commit is judged.
            by_number[number] = link
    result.links = list(_in_order(by_number, result))
    _Walk(ledger, result).walk()
    return result


def _link(note: KeptNote, ledger: Ledger, verify: VerifySignature) -> Link:
    """The checkpoint of a note; a ``ValueError`` says what is wrong with it."""
    parsed = parse_note(note.content)
    checkpoint = parse_checkpoint(parsed.text)
    if note.number not in (0, checkpoint.number):
        raise ValueError(f"it states number {checkpoint.number}")
    latest = ledger.roots.latest
    if latest is not None and checkpoint.log != latest.log:
        raise ValueError("it is about another ledger")
    root = ledger.roots.by_version.get(checkpoint.root)
    if root is None or ledger.roots.digests[checkpoint.root] != checkpoint.root_digest:
        # Whether its signature holds cannot be told without that root, which is a loss itself.
        return Link(checkpoint=checkpoint, signers=(), note=note)
    signers = note_signers(parsed, checkpoint, root, verify)
    if signers.problem:
        raise ValueError(signers.problem)
    if not signers.who:
        raise ValueError(f"nobody signed it who may under trust root {checkpoint.root}")
    return Link(checkpoint=checkpoint, signers=signers.who, note=note)


def _in_order(by_number: Mapping[int, Link], result: Comparison) -> Iterator[Link]:
    """The checkpoints from 1, up to a gap or to the first that does not follow."""
    before: Link | None = None
    for expected, number in enumerate(sorted(by_number), start=1):
        link = by_number[number]
        if number != expected:
            message = f"{link.name} was not compared, for checkpoint {expected} is missing"
            hint = "git fetch origin 'refs/tags/policyctl/*:refs/tags/policyctl/*'"
            result.gaps.append(violation("CHECKPOINT_MISSING", message, hint=hint))
            return
        problem = _break(before, link)
        if problem:
            result.findings.append(problem)
            return
        yield link
        before = link


def _break(before: Link | None, link: Link) -> Finding | None:
    """What is wrong with a checkpoint as the successor of another."""
    now = link.checkpoint
    if now.previous != (checkpoint_digest(before.checkpoint) if before else ""):
        return _fork(f"{link.name} of {link.note.source} does not follow from the one before it")
    if before and now.root < before.checkpoint.root:
        message = f"{link.name} goes back from trust root {before.checkpoint.root} to {now.root}"
        return violation("CHECKPOINT_INVALID", message)
    return None


class _Walk:
    """Builds the tree again, checkpoint by checkpoint, from the entries of the ledger.

    Where some chains were taken from elsewhere there is no tree; then the lengths alone count.
    """

    def __init__(self, ledger: Ledger, result: Comparison) -> None:
        self._ledger = ledger
        self._held = extent_of(ledger).chains
        self._result = result
        self._tree = result.tree

    def walk(self) -> None:
        """Compare the links with the ledger, up to the first with which it does not agree."""
        before: Checkpoint | None = None
        for link in self._result.links:
            self._check_root(link)
            if not self._agrees(link, before) or not link.signers:
                break  # what nobody is known to have signed is no witness
            before = link.checkpoint
            self._result.compared += 1
        last = self._result.last
        if last and last.signers:
            self._add(last, check_growth(self._extent(last), self._ledger, since=last.name))

    def _check_root(self, link: Link) -> None:
        if not link.signers:
            version = link.checkpoint.root
            state = "another one now" if version in self._ledger.roots.by_version else "gone"
            message = f"trust root {version} held at {link.name} and is {state}"
            self._lose(link, violation("ROOT_ROLLBACK", message))

    def _agrees(self, link: Link, before: Checkpoint | None) -> bool:
        now, lengths = link.checkpoint, self._result.lengths
        if any(length <= lengths.get(policy, 0) for policy, length in now.grew.items()):
            return self._invalid(link, "it covers less of a policy than the one before it")
        added = sum(length - lengths.get(policy, 0) for policy, length in now.grew.items())
        if now.size != sum(lengths.values()) + added:
            return self._invalid(link, "its size is not what it says that policies grew by")
        if any(self._length(policy) < length for policy, length in now.grew.items()):
            self._add(link, check_growth(self._extent(link), self._ledger, since=link.name))
            return False
        if any(self._oldest_root(policy, now.grew[policy]) > now.root for policy in now.grew):
            return self._invalid(link, "it covers entries under a newer trust root than it names")
        for policy, length in sorted(now.grew.items()):
            begin = lengths.get(policy, 0)
            fresh = list(enumerate(self._held.get(policy, ())[begin:length], start=begin + 1))
            for seq, item in fresh:
                self._tree.append(held_leaf(policy, seq, item))
            if before:
                owed = [(seq, item) for seq, item in fresh if (policy, seq) not in before.owed]
                since = f"checkpoint {before.number}"
                self._result.findings += check_entry_roots(
                    policy, owed, oldest=before.root, since=since
                )
        if self._tree.root != now.tree and not self._ledger.taken:
            message = (
                f"entries or signatures that {link.name} covers are not what they were: "
                f"of {', '.join(sorted(now.grew)) or 'no policy'}"
            )
            hint = "an approval that was added or removed later counts too; restore what was there"
            self._lose(link, violation("ROLLBACK_OR_TRUNCATION", message, hint=hint))
            return False
        lengths.update(now.grew)
        return True

    def _oldest_root(self, policy: str, length: int) -> int:
        """The oldest trust root under which a checkpoint can cover so much of a policy."""
        chain = self._held.get(policy, ())
        return max((item.root for item in chain[:length]), default=0)

    def _length(self, policy: str) -> int:
        return self._ledger.taken.get(policy, len(self._held.get(policy, ())))

    def _extent(self, link: Link) -> Extent:
        """How far the ledger reached at a checkpoint, as far as the ledger now can say it."""
        now, digests = link.checkpoint, self._ledger.roots.digests
        chains = {}
        for policy, length in {**self._result.lengths, **now.grew}.items():
            chain = self._held.get(policy, ())[:length]
            chains[policy] = (*chain, *[_GONE] * (length - len(chain)))
        for (policy, _), digest in sorted(now.owed.items()):
            chain = chains.get(policy, ())
            # A checkpoint does not say which signatures were there: none came as far as it knows.
            held = self._held.get(policy, ())[len(chain) : len(chain) + 1]
            signatures = held[0].signatures if held else {}
            owed = HeldEntry(entry=digest, signatures=signatures, settled=False, binding=True)
            chains[policy] = (*chain, owed)
        known = [digests.get(version, "") for version in range(1, min(now.root, len(digests) + 1))]
        return Extent(roots=tuple(known) + (now.root_digest,) * bool(link.signers), chains=chains)

    def _invalid(self, link: Link, text: str) -> bool:
        message = f"{link.name} of {link.note.source} is not valid: {text}"
        self._result.findings.append(violation("CHECKPOINT_INVALID", message))
        return False

    def _lose(self, link: Link, finding: Finding) -> None:
        self._result.losses.append(Loss(finding=finding, commit=link.note.commit))

    def _add(self, link: Link, found: Iterable[Finding]) -> None:
        for finding in found:
            if finding.code in ("ROLLBACK_OR_TRUNCATION", "ROOT_ROLLBACK"):
                self._lose(link, finding)
            else:
                self._result.findings.append(finding)


_GONE = HeldEntry(entry="", signatures={}, settled=True, binding=True)


def _fork(message: str) -> Finding:
    hint = "two histories were shown; ask the people who signed which of them holds"
    return violation("CHECKPOINT_FORK", message, hint=hint)

"""Redactions: rationales that were taken out of entries, and who vouches for what is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.chain import Chain
from policyctl.core.entry import ChangeAction, EvidenceReference
from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.recorded import Recorded
from policyctl.core.root_chain import Roots
from policyctl.core.signature_files import VerifySignature, check_signature
from policyctl.core.snapshot import Snapshot, content_of, violation
from policyctl.core.tombstone import Tombstone
from policyctl.core.trust_root import REDACT_NAMESPACE, TrustRoot


@frozen
class Vouching:
    """Who signed a tombstone.

    Attributes:
        stewards: those whose signatures count.
        findings: what is wrong with the others.
    """

    stewards: frozenset[str]
    findings: tuple[Finding, ...]


def reference_to(policy: str, seq: int, tombstone: bytes) -> EvidenceReference:
    """How the entry that records a redaction names the tombstone."""
    return EvidenceReference(
        name=paths.entry_path(policy, seq).removeprefix(paths.HOME), sha256=sha256(tombstone)
    )


def redaction_of(chain: Chain, seq: int) -> Recorded | None:
    """The entry that records the redaction of an entry, or None if none does."""
    tombstones = _tombstones(chain)
    for item in chain.entries:
        if item.entry.action is ChangeAction.REDACT:
            about = _redacted_by(item, tombstones)
            if about is not None and about.entry.seq == seq:
                return item
    return None


def vouching(
    snapshot: Snapshot, item: Recorded, root: TrustRoot, verify: VerifySignature
) -> Vouching:
    """Who signed a tombstone.

    Args:
        snapshot: the governed files.
        item: the tombstone.
        root: the trust root whose stewards count: that of the entry which records the redaction.
        verify: whether a signature was made over a message.
    """
    stewards: set[str] = set()
    findings: list[Finding] = []
    policy, seq = item.entry.policy, item.entry.seq
    for who in root.people:
        path = paths.tombstone_signature_path(policy, seq, who)
        if path not in snapshot:
            continue
        check = check_signature(
            signature=content_of(snapshot, path) or b"",
            message=item.content,
            namespace=REDACT_NAMESPACE,
            who=who,
            keys=root.people[who].keys,
            file=path,
            verify=verify,
            policy=policy,
            entry=seq,
        )
        findings += check.findings
        if check.valid and who in root.stewards:
            stewards.add(who)
        elif check.valid:
            message = f"'{who}' is no steward of trust root {root.version} and signed a tombstone"
            findings.append(
                violation("SIG_NOT_IN_ROLE", message, file=path, policy=policy, entry=seq)
            )
    return Vouching(stewards=frozenset(stewards), findings=tuple(findings))


def check_redactions(
    snapshot: Snapshot, chains: Mapping[str, Chain], roots: Roots, verify: VerifySignature
) -> Iterator[Finding]:
    """Findings about tombstones, the entries that record them, and who signed them."""
    judged: dict[tuple[str, int], frozenset[str]] = {}
    for chain in chains.values():
        tombstones = _tombstones(chain)
        redactions: dict[int, Recorded] = {}
        for item in chain.entries:
            if item.entry.action is ChangeAction.REDACT:
                yield from _check_record(item, tombstones, redactions)
        for seq, item in enumerate(chain.entries, start=1):
            if item.tombstone is None:
                continue
            place = (chain.policy, seq)
            judged[place] = frozenset()
            yield from _check_files(item, item.tombstone)
            redaction = redactions.get(item.entry.seq)
            if redaction is None:
                yield _wrong(
                    item,
                    "TOMBSTONE_UNVOUCHED",
                    f"entry {item.entry.seq} of '{item.entry.policy}' is a tombstone, and no "
                    "later entry records its redaction",
                    "restore the entry",
                )
            root = roots.by_version.get(redaction.entry.root) if redaction else None
            if root is not None:
                judged[place] = frozenset(root.people)
                yield from _check_vouching(snapshot, item, root, verify)
    yield from _check_strays(snapshot, judged)


def _tombstones(chain: Chain) -> Mapping[EvidenceReference, Recorded]:
    return {
        reference_to(item.entry.policy, item.entry.seq, item.content): item
        for item in chain.entries
        if item.tombstone is not None
    }


def _redacted_by(
    redaction: Recorded, tombstones: Mapping[EvidenceReference, Recorded]
) -> Recorded | None:
    references = redaction.entry.evidence
    return tombstones.get(references[0]) if len(references) == 1 else None


def _check_record(
    item: Recorded,
    tombstones: Mapping[EvidenceReference, Recorded],
    redactions: dict[int, Recorded],
) -> Iterator[Finding]:
    """Judge an entry ``redact``, and note which entry it redacted."""
    entry = item.entry
    about = _redacted_by(item, tombstones)
    if about is None or about.entry.seq >= entry.seq:
        message = "does not name the tombstone of an earlier entry of its policy"
    elif about.entry.action is ChangeAction.REDACT:
        message = f"redacts entry {about.entry.seq}, which is a redaction itself"
    elif about.entry.seq in redactions:
        message = f"redacts entry {about.entry.seq} a second time"
    else:
        redactions[about.entry.seq] = item
        return
    yield _wrong(item, "REDACTION_INVALID", f"entry {entry.seq} of '{entry.policy}' {message}")


def _check_files(item: Recorded, tombstone: Tombstone) -> Iterator[Finding]:
    """The signature files of a redacted entry are those for which the tombstone vouches."""
    found = {path.rpartition("/")[2]: digest for path, digest in item.signatures.items()}
    if found == {known.name: known.sha256 for known in tombstone.signatures}:
        return
    message = f"the signatures of entry {item.entry.seq} of '{item.entry.policy}' are not those "
    yield _wrong(item, "TOMBSTONE_SIGNATURES", f"{message}that its tombstone names", "restore them")


def _check_vouching(
    snapshot: Snapshot, item: Recorded, root: TrustRoot, verify: VerifySignature
) -> Iterator[Finding]:
    found = vouching(snapshot, item, root, verify)
    yield from found.findings
    if len(found.stewards) < root.threshold:
        entry = item.entry
        yield _wrong(
            item,
            "TOMBSTONE_THRESHOLD",
            f"the tombstone of entry {entry.seq} of '{entry.policy}' has {len(found.stewards)} of "
            f"the {root.threshold} signatures that stewards owe",
            f"policyctl redact {entry.policy} {entry.seq}, by another steward",
        )


def _check_strays(
    snapshot: Snapshot, judged: Mapping[tuple[str, int], frozenset[str]]
) -> Iterator[Finding]:
    for path in sorted(snapshot):
        place = paths.place_of(path)
        if isinstance(place, paths.TombstoneSignature) and place.who not in judged.get(
            (place.policy, place.seq), frozenset()
        ):
            yield violation(
                "PATH_UNEXPECTED", f"{path} signs no tombstone that is on record", file=path
            )


def _wrong(item: Recorded, code: str, message: str, hint: str = "") -> Finding:
    path = paths.entry_path(item.entry.policy, item.entry.seq)
    return violation(
        code, message, file=path, policy=item.entry.policy, entry=item.entry.seq, hint=hint
    )

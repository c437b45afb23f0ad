"""The chain of trust roots: each version signed by the thresholds of the one before and itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.finding import Finding
from policyctl.core.frozen import fresh, frozen
from policyctl.core.root_document import RootError, parse_root
from policyctl.core.signature_files import SignatureCheck, VerifySignature, check_signature
from policyctl.core.snapshot import Snapshot, content_of, violation
from policyctl.core.trust_root import ROOT_NAMESPACE, TrustRoot


@frozen
class PendingRoot:
    """The next version, to which nothing is wrong but that signatures are still owed.

    Attributes:
        content: its exact bytes, which the stewards sign.
        signed: the key of each valid signature, as SSH encodes it, by the person who signed.
    """

    root: TrustRoot
    content: bytes
    signed: Mapping[str, bytes]


@frozen
class Roots:
    """The trust roots that hold, by version, and what is wrong with the others.

    Attributes:
        pin: sha256 of version 1, by which somebody outside the repository can recognise it.
        signers: who signed each version that holds.
        digests: sha256 of each version that holds.
        pending: the version after the last that holds, if it only waits for signatures.
    """

    by_version: Mapping[int, TrustRoot]
    findings: tuple[Finding, ...]
    pin: str = ""
    signers: Mapping[int, tuple[str, ...]] = fresh(default_factory=dict)
    digests: Mapping[int, str] = fresh(default_factory=dict)
    pending: PendingRoot | None = None

    @property
    def latest(self) -> TrustRoot | None:
        """The root under which new entries are made."""
        return self.by_version[max(self.by_version)] if self.by_version else None


def check_roots(snapshot: Snapshot, verify: VerifySignature, pin: str = "") -> Roots:
    """The roots of a commit, read in order up to the first that does not hold.

    Args:
        snapshot: the governed files.
        verify: whether a signature was made over a message.
        pin: sha256 that version 1 must have, or empty if nobody pinned it.
    """
    versions = sorted(
        place.version
        for place in map(paths.place_of, snapshot)
        if isinstance(place, paths.RootFile)
    )
    if not versions or versions[0] != 1:
        message = "there is no trust root, so nobody's signature means anything"
        hint = "restore .policyctl/root/ from history, or start with 'policyctl init'"
        return Roots(
            by_version={},
            findings=(violation("ROOT_MISSING", message, file=paths.root_path(1), hint=hint),),
        )
    found: dict[int, TrustRoot] = {}
    findings: list[Finding] = []
    pending: PendingRoot | None = None
    first = sha256(content_of(snapshot, paths.root_path(1)) or b"")
    if pin and pin != first:
        message = f"trust root 1 has digest {first[:12]}…, and {pin[:12]}… is pinned"
        findings.append(violation("ROOT_PIN_MISMATCH", message, file=paths.root_path(1)))
    for expected, version in enumerate(versions, start=1):
        problems = list(_check_version(snapshot, version, expected, found.get(version - 1), verify))
        findings += problems
        if problems:
            if version == versions[-1] and all(one.code == "ROOT_THRESHOLD" for one in problems):
                pending = _pending(snapshot, version, found.get(version - 1), verify)
            break
        found[version] = parse_root(content_of(snapshot, paths.root_path(version)) or b"")
    findings += _check_strays(snapshot, set(versions))
    return Roots(
        by_version=found,
        findings=tuple(findings),
        pin=first,
        signers={version: _signers(snapshot, version) for version in found},
        digests={
            version: sha256(content_of(snapshot, paths.root_path(version)) or b"")
            for version in found
        },
        pending=pending,
    )


def _pending(
    snapshot: Snapshot, version: int, before: TrustRoot | None, verify: VerifySignature
) -> PendingRoot:
    content = content_of(snapshot, paths.root_path(version)) or b""
    root = parse_root(content)
    checks = _signatures(snapshot, root, before, content, verify)
    signed = {check.who: check.key for check in checks if check.valid}
    return PendingRoot(root=root, content=content, signed=signed)


def _signers(snapshot: Snapshot, version: int) -> tuple[str, ...]:
    """Who signed a version that holds, so that each of its signatures is valid."""
    places = map(paths.place_of, snapshot)
    return tuple(
        sorted(
            place.who
            for place in places
            if isinstance(place, paths.RootSignature) and place.version == version
        )
    )


def _check_strays(snapshot: Snapshot, versions: set[int]) -> Iterator[Finding]:
    for path in sorted(snapshot):
        place = paths.place_of(path)
        if isinstance(place, paths.RootSignature) and place.version not in versions:
            yield violation(
                "PATH_UNEXPECTED", f"{path} signs a trust root that is not there", file=path
            )


def _check_version(
    snapshot: Snapshot,
    version: int,
    expected: int,
    before: TrustRoot | None,
    verify: VerifySignature,
) -> Iterator[Finding]:
    path = paths.root_path(version)
    if version != expected:
        yield violation("ROOT_GAP", f"trust root {expected} is missing", file=path)
        return
    content = content_of(snapshot, path) or b""
    try:
        root = parse_root(content)
    except RootError as error:
        yield violation(error.code, error.message, file=path)
        return
    previous = content_of(snapshot, paths.root_path(version - 1))
    if root.version != version or root.prev != (sha256(previous) if previous else None):
        message = f"trust root {version} does not follow from the one before it"
        yield violation("ROOT_CHAIN_BROKEN", message, file=path)
        return
    if before is not None and root.log != before.log:
        yield violation("WRONG_LOG", f"trust root {version} is of another ledger", file=path)
        return
    yield from _check_threshold(snapshot, root, before, content, verify)


def _check_threshold(
    snapshot: Snapshot,
    root: TrustRoot,
    before: TrustRoot | None,
    content: bytes,
    verify: VerifySignature,
) -> Iterator[Finding]:
    checks = list(_signatures(snapshot, root, before, content, verify))
    for check in checks:
        yield from check.findings
    valid = [check for check in checks if check.valid]
    for check in valid:
        if not any(check.who in judge.stewards for judge in (before, root) if judge):
            file = paths.root_signature_path(root.version, check.who)
            message = f"'{check.who}' is no steward and signed trust root {root.version}"
            yield violation("SIG_NOT_IN_ROLE", message, file=file)
    for judge, whose in ((before, "the version before"), (root, "this version")):
        if judge is None:
            continue
        count = sum(_is_steward(judge, check) for check in valid)
        if count < judge.threshold:
            message = (
                f"trust root {root.version} has {count} of the {judge.threshold} signatures "
                f"that the stewards of {whose} owe"
            )
            yield violation(
                "ROOT_THRESHOLD",
                message,
                file=paths.root_path(root.version),
                hint="policyctl root sign, by the stewards who owe it",
            )


def _is_steward(judge: TrustRoot, check: SignatureCheck) -> bool:
    """True if a steward of this version signed, with a key that is theirs in this version."""
    return check.who in judge.stewards and any(
        key.blob == check.key for key in judge.people[check.who].keys
    )


def _signatures(
    snapshot: Snapshot,
    root: TrustRoot,
    before: TrustRoot | None,
    content: bytes,
    verify: VerifySignature,
) -> Iterator[SignatureCheck]:
    judges = [judge for judge in (before, root) if judge is not None]
    for path in sorted(snapshot):
        place = paths.place_of(path)
        if isinstance(place, paths.RootSignature) and place.version == root.version:
            yield check_signature(
                signature=content_of(snapshot, path) or b"",
                message=content,
                namespace=ROOT_NAMESPACE,
                who=place.who,
                keys=tuple(
                    key
                    for judge in judges
                    if place.who in judge.people
                    for key in judge.people[place.who].keys
                ),
                file=path,
                verify=verify,
            )

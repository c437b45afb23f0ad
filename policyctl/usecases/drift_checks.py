"""What engines were found to run: the statements of ``drift --attest``, verified."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from policyctl.core.applied import DriftCheck, drift_check_from
from policyctl.core.attestation import Signed, opened, pre_authentication
from policyctl.core.finding import Finding, Severity
from policyctl.core.frozen import frozen
from policyctl.core.ssh_keys import PublicKey
from policyctl.core.trust_root import TrustRoot

VerifyPlain = Callable[[PublicKey, bytes, bytes], bool]
"""Whether a key made a signature over a message."""


@frozen
class DriftChecks:
    """What can be relied on, and what cannot.

    Attributes:
        newest: the newest comparison of each policy and engine, by the policy.
        findings: statements that are no evidence, and why.
    """

    newest: Mapping[str, tuple[DriftCheck, ...]]
    findings: tuple[Finding, ...] = ()


def drift_checks(
    files: Iterable[tuple[str, bytes]], root: TrustRoot, verify: VerifyPlain
) -> DriftChecks:
    """Read statements, of which only those count that somebody signed whom governance knows.

    Args:
        files: name and bytes of each.
        root: the newest trust root, whose keys count.
        verify: whether a key made a signature.
    """
    found: dict[tuple[str, str], DriftCheck] = {}
    findings = []
    for name, content in files:
        try:
            signed = opened(content)
            stated = drift_check_from(signed.payload)
        except ValueError as error:
            findings.append(_finding("DRIFT_CHECK_UNREADABLE", name, f"is no comparison: {error}"))
            continue
        if not _is_signed(signed, stated, root, verify):
            text = f"is not signed by a key that the trust root knows as '{stated.by}'"
            findings.append(_finding("DRIFT_CHECK_UNSIGNED", name, text))
            continue
        place = stated.policy, stated.target
        if place not in found or found[place].checked < stated.checked:
            found[place] = stated
    by_policy: dict[str, tuple[DriftCheck, ...]] = {}
    for (policy, _), stated in sorted(found.items()):
        by_policy[policy] = (*by_policy.get(policy, ()), stated)
    return DriftChecks(newest=by_policy, findings=tuple(findings))


def _is_signed(signed: Signed, stated: DriftCheck, root: TrustRoot, verify: VerifyPlain) -> bool:
    member = root.people.get(stated.by)
    message = pre_authentication(signed.payload)
    return member is not None and any(
        verify(key, signed.signature, message)
        for key in member.keys
        if key.fingerprint == signed.keyid
    )


def _finding(code: str, name: str, text: str) -> Finding:
    return Finding(
        code=code,
        severity=Severity.WARNING,
        message=f"{name} {text}",
        file=name,
        hint="only statements of 'policyctl drift --attest' belong into this folder",
    )

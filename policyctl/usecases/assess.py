"""What the ledger of a commit proves of the controls that its policies claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policyctl.core.catalogue import Catalogue
from policyctl.core.control_claims import JudgedClaim, judged_claims
from policyctl.core.estate import NOT_IN_FORCE, Estate, PolicyState
from policyctl.core.finding import Finding, in_order
from policyctl.core.frozen import frozen
from policyctl.core.kept_evidence import KeptEvidence
from policyctl.core.owed_signatures import broken_in
from policyctl.errors import NotJudgedError, RefusedError, TamperingError
from policyctl.usecases.ledger_state import Hands, LedgerState, unknown_policy
from policyctl.usecases.report import kept_reports
from policyctl.usecases.verify import Verification


@frozen
class Assessment:
    """Policies, what they claim, and what stands behind it.

    Attributes:
        policies: those that were asked for, by their ids.
        named: whether each of them was asked for by its id.
        claims: what each policy's claims are worth, by its id.
        evidence: the reports that entries name and the commit has, by policy and number.
        catalogues: control frameworks by their id.
    """

    estate: Estate
    verification: Verification
    policies: tuple[PolicyState, ...]
    named: bool
    claims: Mapping[str, tuple[JudgedClaim, ...]]
    evidence: Mapping[tuple[str, int], KeptEvidence]
    catalogues: Mapping[str, Catalogue]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found of the ledger as a whole and of these policies."""
        chosen = {item.id for item in self.policies}
        others = set(self.estate.policies) - chosen
        found = [*self.verification.findings, *self.estate.findings]
        found += [finding for state in self.policies for finding in state.findings]
        return in_order(finding for finding in found if finding.policy not in others)

    @property
    def broken(self) -> tuple[Finding, ...]:
        """What is wrong that no signature of those who still have to sign would cure."""
        return broken_in(self.findings)

    @property
    def exit_code(self) -> int:
        """0, or that of tampering, or that of what could not be judged."""
        if self.broken:
            return TamperingError.exit_code
        return NotJudgedError.exit_code if self.verification.gaps else 0


def assess(
    ids: Sequence[str],
    estate: Estate,
    verification: Verification,
    state: LedgerState,
    hands: Hands,
) -> Assessment:
    """Judge what policies claim.

    Args:
        ids: the policies; none for all.
        estate: all policies, as the ledger has them.
        verification: what was verified, and how far.
        state: the ledger that was verified.
        hands: control frameworks.

    Raises:
        UsageError: there is no such policy.
    """
    for one in ids:
        if one not in estate.policies:
            raise unknown_policy(state.ledger, one)
    wanted = set(ids) or set(estate.policies)
    policies = tuple(item for name, item in estate.policies.items() if name in wanted)
    broken = broken_in(verification.findings)
    return Assessment(
        estate=estate,
        verification=verification,
        policies=policies,
        named=bool(ids),
        claims={
            item.id: judged_claims(item, hands.catalogues, broken=broken, gaps=verification.gaps)
            for item in policies
        },
        evidence=kept_reports(policies, state.snapshot),
        catalogues=hands.catalogues,
    )


def require_assessable(found: Assessment) -> None:
    """Refuse results about nothing: OSCAL knows none, and they would read as a pass.

    Raises:
        TamperingError: no policy in force claims a control, and the ledger does not verify.
        NotJudgedError: no policy in force claims a control.
    """
    if not any(found.claims.values()):
        _require_sound(found)
        raise NotJudgedError(
            "no policy in force claims a control, so there is nothing to assess",
            hint="policyctl coverage",
        )


def require_definable(found: Assessment) -> None:
    """Refuse to define components from what cannot be relied on, or is not in force.

    Raises:
        TamperingError: the ledger does not verify.
        NotJudgedError: something could not be compared.
        RefusedError: a policy that was asked for by its id is not in force.
    """
    _require_sound(found)
    if found.named:
        for state in found.policies:
            _require_in_force(state)


def _require_sound(found: Assessment) -> None:
    codes = sorted({item.code for item in found.broken if item.code != NOT_IN_FORCE})
    if codes:
        raise TamperingError(
            f"the ledger does not verify ({', '.join(codes)}), so nothing of it is exported",
            hint="policyctl verify",
        )
    if found.verification.gaps:
        gap = found.verification.gaps[0]
        raise NotJudgedError(gap.message, hint=gap.hint)


def _require_in_force(state: PolicyState) -> None:
    if state.retired:
        raise RefusedError(f"'{state.id}' is retired: there is nothing to define")
    if state.last is None:
        raise RefusedError(
            f"no entry of '{state.id}' is approved yet", hint=f"policyctl approve {state.id}"
        )
    if state.policy is None:
        unread = next(item for item in state.findings if item.code == NOT_IN_FORCE)
        raise RefusedError(unread.message, hint=unread.hint)

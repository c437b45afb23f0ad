"""What a policy's claim to serve a control is worth, as the ledger has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

from policyctl.core.applied import DriftCheck
from policyctl.core.catalogue import Catalogue
from policyctl.core.estate import PolicyState
from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.policy import Guardrail, Policy
from policyctl.core.served_controls import AGENTIC, LLM, may_be_served
from policyctl.core.stages import Stage


class Worth(Enum):
    """How far a claim goes."""

    KEPT = "kept"
    """Approved, and everything that is detected is acted on."""
    PARTLY = "partly"
    """Approved, and acted on in a part of the traffic."""
    WATCHED = "watched"
    """Approved, and nothing is acted on."""
    DRIFTED = "drifted"
    """Approved, and an engine was found to let through more."""
    UNSERVED = "unserved"
    """No enabled guardrail of the policy serves the control."""
    UNTRUSTED = "untrusted"
    """The ledger does not verify, or could not be judged."""


@frozen
class JudgedClaim:
    """A policy's claim to serve a control.

    Attributes:
        framework: the id of the control's catalogue.
        title: the control's title.
        guardrails: the enabled guardrails that serve the control, at least in some applications;
            all of them where nothing is known of any, unless it is a control of OWASP.
        why: why it is worth what it is, in one sentence.
    """

    policy: str
    framework: str
    control: str
    title: str
    guardrails: tuple[Guardrail, ...]
    worth: Worth
    why: str

    @property
    def satisfied(self) -> bool:
        """True if the claim is kept, and nothing less."""
        return self.worth is Worth.KEPT


def judged_claims(
    state: PolicyState,
    catalogues: Mapping[str, Catalogue],
    *,
    broken: Iterable[Finding] = (),
    gaps: Iterable[Finding] = (),
) -> tuple[JudgedClaim, ...]:
    """Every control that a policy in force claims, judged; in the order of the catalogues.

    Args:
        state: the policy; one that is retired or not approved yet claims nothing.
        catalogues: control frameworks; what a policy names beside them is not judged.
        broken: what is wrong with the ledger that no approval would cure.
        gaps: what could not be judged.
    """
    policy = state.policy
    if policy is None or state.last is None:
        return ()
    doubt = _doubt(policy.id, tuple(broken), tuple(gaps))
    stands = _standing(policy, state.last.entry.seq, state.checks)
    return tuple(
        _judged(policy, catalogues[framework], control, doubt, stands)
        for framework in sorted(policy.controls)
        if framework in catalogues
        for control in catalogues[framework].controls
        if control in policy.controls[framework]
    )


def unknown_controls(policy: Policy, catalogues: Mapping[str, Catalogue]) -> tuple[str, ...]:
    """What a policy claims that no catalogue has, as ``framework control``."""
    return tuple(
        f"{framework} {control}"
        for framework in sorted(policy.controls)
        for control in policy.controls[framework]
        if framework not in catalogues or control not in catalogues[framework].controls
    )


def _doubt(policy: str, broken: Sequence[Finding], gaps: Sequence[Finding]) -> str:
    """Why nothing that the ledger says of a policy can be relied on, or the empty text."""
    codes = sorted({item.code for item in broken if item.policy in ("", policy)})
    if codes:
        return f"the ledger does not verify: {', '.join(codes)}"
    missing = sorted({item.code for item in gaps if item.policy in ("", policy)})
    return f"the ledger could not be judged: {', '.join(missing)}" if missing else ""


def _standing(policy: Policy, entry: int, checks: Iterable[DriftCheck]) -> tuple[Worth, str]:
    """What any claim of the policy is worth at most."""
    approved = f"entry {entry}, which is in force, has the policy in"
    if policy.stage is Stage.LOGGING:
        return Worth.WATCHED, f"{approved} logging: nothing is blocked"
    looser = sorted(item.target for item in checks if item.differences and item.effect.may_weaken)
    if looser:
        found = f"{', '.join(looser)} may let through more than was approved"
        return Worth.DRIFTED, f"{approved} {policy.stage.value}, and {found}"
    if policy.stage is Stage.LIMITED:
        return Worth.PARTLY, f"{approved} limited: the rest is only logged"
    return Worth.KEPT, f"{approved} enforce"


def _judged(
    policy: Policy, catalogue: Catalogue, control: str, doubt: str, stands: tuple[Worth, str]
) -> JudgedClaim:
    enabled = tuple(item for item in policy.guardrails if item.enabled)
    serving = tuple(item for item in enabled if may_be_served((item,), catalogue.id, control))
    # Of the other frameworks much is served by the way in which policies are governed.
    if catalogue.id not in (LLM, AGENTIC):
        serving = serving or enabled
    worth, why = stands
    if doubt:
        worth, why = Worth.UNTRUSTED, doubt
    elif not serving:
        worth, why = Worth.UNSERVED, "no enabled guardrail of the policy serves it"
    return JudgedClaim(
        policy=policy.id,
        framework=catalogue.id,
        control=control,
        title=catalogue.controls[control],
        guardrails=serving,
        worth=worth,
        why=why,
    )

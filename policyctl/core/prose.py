"""A policy in plain words: what its stage does to traffic."""

from __future__ import annotations

from policyctl.core.policy import Guardrail, Limited, Policy
from policyctl.core.stages import Stage


def consequence(policy: Policy) -> str:
    """What the policy does with detections in its present stage, in one sentence."""
    if policy.stage is Stage.LOGGING:
        return "nothing is blocked: detections are only logged"
    if policy.stage is Stage.ENFORCE:
        return f"every guardrail acts on all traffic: {_acting(policy, None)}"
    if policy.limited is None:
        return "nothing is blocked: no limited scope is written down"
    return f"{_acting(policy, policy.limited)}, {scope(policy.limited)}; the rest is only logged"


def scope(limited: Limited) -> str:
    """The part of the traffic that a limited policy acts on."""
    parts = []
    if limited.apps:
        parts.append(f"in {_listed(limited.apps)}")
    if limited.cohorts:
        parts.append(f"for {_listed(limited.cohorts)}")
    if limited.share is not None:
        percent = f"{float(limited.share * 100):g}%"
        parts.append(f"for {percent} of the traffic, sticky by {limited.key}")
    return ", ".join(parts) or "everywhere"


def guardrail_words(guardrail: Guardrail) -> str:
    """One guardrail in a few words."""
    action = guardrail.action.value + "s"
    name = f"{guardrail.detector} {guardrail.direction.value}"
    return f"{action} {name} from {guardrail.sensitivity.name}"


def _acting(policy: Policy, limited: Limited | None) -> str:
    named = limited.guardrails if limited else ()
    acting = [
        guardrail_words(guardrail)
        for guardrail in policy.guardrails
        if guardrail.enabled
        and (not named or any(_related(name, guardrail.detector) for name in named))
    ]
    return _listed(tuple(acting)) or "no guardrail acts"


def _related(name: str, detector: str) -> bool:
    return (name + "/").startswith(detector + "/") or (detector + "/").startswith(name + "/")


def _listed(words: tuple[str, ...]) -> str:
    if len(words) < 2:  # noqa: PLR2004 - one word needs no "and"
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"

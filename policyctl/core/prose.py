"""A policy in plain words: what its stage does to traffic."""

from __future__ import annotations

from policyctl.core.covering import covering, covers
from policyctl.core.policy import Guardrail, Limited, Policy
from policyctl.core.stages import Stage


def consequence(policy: Policy) -> str:
    """What the policy does with detections in its present stage, in one sentence."""
    if policy.stage is Stage.LOGGING:
        return "nothing is blocked: detections are only logged"
    if policy.stage is Stage.ENFORCE:
        return f"{_acting(policy, None)}, on all traffic"
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


def guardrail_words(guardrail: Guardrail, detector: str = "") -> str:
    """One guardrail in a few words, or what it does with one of the detectors it covers."""
    action = guardrail.action.value + "s"
    name = f"{detector or guardrail.detector} {guardrail.direction.value}"
    return f"{action} {name} from {guardrail.sensitivity.name}"


def _acting(policy: Policy, limited: Limited | None) -> str:
    acting = [
        words
        for guardrail in policy.guardrails
        if guardrail.enabled
        for words in _acting_words(policy, guardrail, limited.guardrails if limited else ())
    ]
    return _listed(tuple(acting)) or "no guardrail acts"


def _acting_words(policy: Policy, guardrail: Guardrail, named: tuple[str, ...]) -> list[str]:
    """The guardrail, or the parts of it that are named and that it decides about."""
    if not named or any(covers(name, guardrail.detector) for name in named):
        return [guardrail_words(guardrail)]
    return [
        guardrail_words(guardrail, name)
        for name in named
        if covering(policy.guardrails, name, guardrail.direction) is guardrail
    ]


def _listed(words: tuple[str, ...]) -> str:
    if len(words) < 2:  # noqa: PLR2004 - one word needs no "and"
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"

"""What of an approved policy decides, as one document that a runtime reads without git or YAML.

Reasons, owners, gates and what detectors look for are left out: none of it is needed to decide, and
the document travels to where the traffic is. `schemas/compiled.v1.json` says the same.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from policyctl.core.frozen import frozen
from policyctl.core.policy import Guardrail, Limited, Policy, PolicyException
from policyctl.core.quantities import WHOLE

SCHEMA = "policyctl/compiled/v1"
_PERCENT = WHOLE // 100


@frozen
class Compiled:
    """A policy as a runtime knows it.

    Attributes:
        policy: what of it decides; everything else is empty.
        entry: number of the ledger's entry that was approved; 0 for a draft.
        digest: sha256 of the policy file's bytes.
    """

    policy: Policy
    entry: int
    digest: str


def compiled(policy: Policy, *, entry: int, digest: str) -> dict[str, Any]:
    """The document of a policy in force.

    Args:
        policy: the policy, joined with its baseline.
        entry: number of the ledger's entry that was approved; 0 for a draft.
        digest: sha256 of the policy file's bytes, in hexadecimal.

    Raises:
        ValueError: its share is none that a policy file can say: a percentage of four decimals.
    """
    return {
        "schema": SCHEMA,
        "policy": policy.id,
        "entry": entry,
        "digest": digest,
        "stage": policy.stage.value,
        "apps": [*policy.apps],
        "guardrails": [_guardrail(item) for item in policy.guardrails],
        "limited": None if policy.limited is None else _limited(policy.limited),
        "exceptions": [_exception(item) for item in policy.exceptions],
    }


def _guardrail(item: Guardrail) -> dict[str, Any]:
    return {
        "detector": item.detector,
        "direction": item.direction.value,
        "action": item.action.value,
        "sensitivity": item.sensitivity.name,
        "enabled": item.enabled,
    }


def _limited(item: Limited) -> dict[str, Any]:
    return {
        "guardrails": [*item.guardrails],
        "apps": [*item.apps],
        "cohorts": [*item.cohorts],
        "share": None if item.share is None else _percentage(item.share),
        "key": item.key,
        "salt": item.salt,
    }


def _exception(item: PolicyException) -> dict[str, Any]:
    return {
        "id": item.id,
        "guardrail": item.guardrail,
        "expires": None if item.expires is None else item.expires.isoformat(),
        "apps": [*item.apps],
        "cohorts": [*item.cohorts],
        "keys": [*item.keys],
        "direction": None if item.direction is None else item.direction.value,
    }


def _percentage(share: Fraction) -> str:
    """A share as a policy file says it, without a digit lost."""
    millionths = share * WHOLE
    if millionths.denominator != 1 or not 0 <= share <= 1:
        raise ValueError(f"{share} is not a percentage with four decimals at most")
    percent, rest = divmod(millionths.numerator, _PERCENT)
    return f"{percent}.{rest:04d}".rstrip("0").rstrip(".") + "%"

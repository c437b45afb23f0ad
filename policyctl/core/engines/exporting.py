"""A policy as an engine's configuration, with everything that is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from policyctl.core.diff.effect import Effect
from policyctl.core.engines.loss import Loss, Lost
from policyctl.core.engines.setting import Variant, variants
from policyctl.core.engines.target import Document, Order, Provenance, Target, Written
from policyctl.core.expiry import is_expired
from policyctl.core.frozen import replace
from policyctl.core.policy import Policy
from policyctl.core.stages import Stage
from policyctl.errors import RefusedError

ROUTING = "routing.json"
ROUTING_SCHEMA = "policyctl/routing/v1"


def exported(policy: Policy, target: Target, provenance: Provenance, now: datetime) -> Written:
    """The engine's configuration for a policy in its stage.

    Args:
        policy: the policy in force.
        target: the engine.
        provenance: what the configuration says of where it comes from.
        now: the moment by which the expiry of exceptions is judged.

    Raises:
        RefusedError: no configuration would be honest; the message says why.
    """
    _require_scope(policy)
    wanted = variants(policy)
    if not target.observes:
        _require_acting(policy, target, wanted)
    written = target.write(Order(provenance=provenance, variants=wanted))
    # Both configurations of a limited policy lose the same.
    losses = (*_exceptions(policy, now), *dict.fromkeys(written.losses))
    documents = written.documents
    if len(wanted) > 1 and not written.routed:
        documents = (*documents, _routing(policy, wanted, written))
        losses = (_unrouted(target, wanted), *losses)
    return replace(written, documents=documents, losses=losses)


def _require_scope(policy: Policy) -> None:
    share = policy.limited.share if policy.limited else None
    if policy.stage is Stage.LIMITED and share is not None and share < 1:
        raise RefusedError(
            f"'{policy.id}' is limited to a share of the traffic ({float(share):.4g} by "
            f"'{policy.limited.key if policy.limited else ''}'), and no engine divides traffic "
            "the same way for the same person",
            hint="limit it to apps or cohorts, or let policyctl.decide act (--target decide)",
        )


def _require_acting(policy: Policy, target: Target, wanted: tuple[Variant, ...]) -> None:
    logging = [item for variant in wanted for item in variant.settings if not item.acts]
    if not logging:
        return
    if policy.stage is Stage.LOGGING:
        message = (
            f"'{policy.id}' is in 'logging', and {target.title} has no way to detect without "
            "acting: a configuration would block before anybody approved that"
        )
    else:
        first = logging[0].label
        message = (
            f"'{policy.id}' is 'limited' and only logs {first} for part of the traffic; "
            f"{target.title} has no way to detect without acting"
        )
    raise RefusedError(
        message,
        hint="let policyctl.decide act (--target decide), or export it once it is in 'enforce'",
    )


def _exceptions(policy: Policy, now: datetime) -> Iterator[Loss]:
    for item in policy.exceptions:
        if is_expired(item.expires, now):
            continue
        acting = policy.stage is not Stage.LOGGING
        yield Loss(
            kind=Lost.EXCEPTION,
            subject=item.id,
            what=f"engines know no exceptions, and it lets {item.guardrail} through",
            consequence=(
                "the engine acts on what it lets through"
                if acting
                else "the engine logs what it lets through"
            ),
            effect=Effect.TIGHTER if acting else Effect.NEUTRAL,
        )


def _unrouted(target: Target, wanted: tuple[Variant, ...]) -> Loss:
    return Loss(
        kind=Lost.SCOPE,
        subject="limited",
        what=f"{target.title} does not choose between {wanted[0].name} and {wanted[-1].name}",
        consequence=f"whoever calls it has to, as routing.json says: {target.routes}",
        effect=Effect.UNKNOWN,
    )


def _routing(policy: Policy, wanted: tuple[Variant, ...], written: Written) -> Document:
    """Which configuration is for whom, in plain data."""

    def files(variant: Variant) -> list[str]:
        others = [item.name for item in wanted if item.name.startswith(f"{variant.name}-")]
        return [
            item.name
            for item in written.documents
            if item.name.startswith((f"{variant.name}.", f"{variant.name}-"))
            and not any(item.name.startswith((f"{name}.", f"{name}-")) for name in others)
        ]

    data = {
        "schema": ROUTING_SCHEMA,
        "policy": policy.id,
        "routes": [
            {
                "apps": [*variant.audience.apps],
                "cohorts": [*variant.audience.cohorts],
                "configuration": variant.name,
                "files": files(variant),
            }
            for variant in wanted
            if not variant.audience.is_everybody
        ],
        "otherwise": {"configuration": wanted[-1].name, "files": files(wanted[-1])},
    }
    return Document(name=ROUTING, data=data)

"""What runs, compared with what was approved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policyctl.core.diff.change import Kind, Place, PolicyChange
from policyctl.core.diff.effect import Effect
from policyctl.core.diff.guardrails import guardrail_changes, guardrail_data
from policyctl.core.engines.setting import Audience, Setting
from policyctl.core.engines.target import Running
from policyctl.core.frozen import replace
from policyctl.core.policy import Guardrail, Policy


def drift_between(policy: Policy, approved: Running, running: Running) -> tuple[PolicyChange, ...]:
    """The differences in policy terms: before is what was approved, after is what runs.

    Both sides come out of the engine's own configuration, one as it was exported: what the engine
    cannot express is no difference, and neither is the order or what policies do not speak of.

    Args:
        policy: the approved policy.
        approved: what the exported configuration does.
        running: what the live one does.
    """
    wanted, live = approved.settings, running.settings
    was = replace(policy, guardrails=tuple(setting.guardrail for setting in wanted))
    now = replace(policy, guardrails=tuple(_comparable(wanted, live)))
    found = [*guardrail_changes(was, now), *_acting(policy.id, wanted, live)]
    found += _audience(policy.id, approved.audience, running.audience)
    return tuple(sorted(found, key=lambda change: (change.path, change.kind.value)))


def _comparable(approved: Sequence[Setting], running: Sequence[Setting]) -> Iterator[Guardrail]:
    """What runs; where a side only logs, its configuration does not say what it would do."""
    known = {setting.side: setting for setting in approved}
    for setting in running:
        before = known.get(setting.side)
        if before is not None and not (before.acts and setting.acts):
            yield replace(setting.guardrail, action=before.guardrail.action)
        else:
            yield setting.guardrail


def _acting(
    policy: str, approved: Sequence[Setting], running: Sequence[Setting]
) -> Iterator[PolicyChange]:
    live = {setting.side: setting for setting in running}
    for setting in approved:
        found = live.get(setting.side)
        if found is None or found.acts is setting.acts:
            continue
        detector, direction = setting.side
        effect = Effect.TIGHTER if found.acts else Effect.LOOSER
        yield Place(policy, f"guardrails.{detector}.{direction.value}").change(
            Kind.STAGE, "acts", setting.acts, found.acts, effect, _note(found)
        )


def _audience(policy: str, approved: Audience, running: Audience) -> Iterator[PolicyChange]:
    """Whom the engine itself sends here; whether that is stricter depends on the others."""
    for kind, field in ((Kind.LIMITED_APPS, "apps"), (Kind.LIMITED_COHORTS, "cohorts")):
        was, now = set(getattr(approved, field)), set(getattr(running, field))
        if was != now:
            yield Place(policy, "limited").change(
                kind, field, sorted(was), sorted(now), Effect.UNKNOWN, "it runs for others"
            )


def _note(found: Setting) -> str:
    if found.acts:
        return "it acts, and was approved to log only"
    return "it only logs, and was approved to act"


def settings_data(settings: Sequence[Setting]) -> list[dict[str, object]]:
    """Settings as plain data, for reports."""
    return [
        {
            "detector": setting.guardrail.detector,
            "direction": setting.guardrail.direction.value,
            "acts": setting.acts,
            **guardrail_data(setting.guardrail),
        }
        for setting in settings
    ]

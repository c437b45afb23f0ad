"""LiteLLM's proxy: guardrails, the policies that name them, and whom these are attached to.

Types are those of ``litellm`` 1.106. LiteLLM starts without a guardrail that it cannot load, so
only what its loader really takes is written. The guardrails are its own content filter, which needs
no other service. ``mode: logging_only`` looks at copies after the fact, of all traffic. An
attachment with ``default: true`` counts for whoever no other attachment is for; weights divide no
traffic and are never written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policyctl.core.diff.effect import Effect
from policyctl.core.engines.litellm_reading import read
from policyctl.core.engines.litellm_tables import (
    AT,
    CATEGORIES,
    FILTER,
    MODES,
    PATTERNS,
    SEVERITIES,
)
from policyctl.core.engines.loss import (
    Loss,
    Lost,
    cut_short,
    merged_sensitivity,
    no_detector,
    no_dial,
)
from policyctl.core.engines.setting import Setting, Variant
from policyctl.core.engines.target import Document, Order, Syntax, Target, Written
from policyctl.core.levels import Sensitivity
from policyctl.core.sides import Action

__all__ = ["TARGET", "read", "write"]

TITLE = "LiteLLM"
_COARSE = {
    "moderated_content/sexual": "its list is about children only",
    "pii/phone_number": "its pattern is that of numbers in the United States",
    "secrets": "it knows keys of AWS, GitHub and Slack, and what is labelled as a key",
    "unknown_links": "it finds every link, whatever the domain",
}


def write(order: Order) -> Written:
    """One file for all configurations: LiteLLM itself sends traffic to the one for it."""
    guardrails: dict[str, dict[str, Any]] = {}
    policies: dict[str, Any] = {}
    losses: list[Loss] = []
    for variant in order.variants:
        # What only logs runs for all traffic, whatever policy names it: it has to be there once.
        made = [
            _guardrail(item, variant.name if item.acts else order.variants[-1].name)
            for item in variant.settings
        ]
        losses += (loss for item in variant.settings for loss in _losses(item))
        kept = {item["guardrail_name"]: item for item in made if item is not None}
        guardrails |= kept
        policies[variant.name] = {
            "description": order.provenance.mark,
            "guardrails": {"add": [*kept]},
        }
    several = len(order.variants) > 1
    if several:
        losses.append(_logged_twice())
    data = {
        "guardrails": [*guardrails.values()],
        "policies": policies,
        "policy_attachments": [_attachment(item, several=several) for item in order.variants],
    }
    name = f"{order.variants[-1].name}.litellm.yaml"
    return Written(
        documents=(Document(name=name, data=data, syntax=Syntax.YAML),),
        losses=tuple(losses),
        routed=True,
    )


def _attachment(variant: Variant, *, several: bool) -> dict[str, Any]:
    """Whom a configuration is for: apps by the alias of their keys, cohorts by tags."""
    audience = variant.audience
    made: dict[str, Any] = {"policy": variant.name}
    if audience.is_everybody:
        return {**made, "scope": "*", **({"default": True} if several else {})}
    if audience.apps:
        made["keys"] = [*audience.apps]
    if audience.cohorts:
        made["tags"] = [*audience.cohorts]
    return made


def _guardrail(setting: Setting, configuration: str) -> dict[str, Any] | None:
    guardrail = setting.guardrail
    action = "MASK" if guardrail.action is Action.REDACT else "BLOCK"
    content = _content(setting, action)
    if not content:
        return None
    side = guardrail.direction.value
    params: dict[str, Any] = {"guardrail": FILTER, "default_on": False}
    if setting.acts:
        params["mode"] = MODES[guardrail.direction]
    else:
        params |= {"mode": "logging_only", "logging_only_scope": side}
    return {
        "guardrail_name": f"{guardrail.detector}{AT}{configuration}.{side}",
        "litellm_params": {**params, **content},
    }


def _content(setting: Setting, action: str) -> dict[str, Any]:
    """What the content filter is to look for; empty if it cannot."""
    guardrail = setting.guardrail
    found: dict[str, Any] = {}
    patterns = [
        {"pattern_type": "prebuilt", "pattern_name": name, "action": action}
        for name in PATTERNS.get(guardrail.detector, ())
    ]
    patterns += [
        {
            "pattern_type": "regex",
            "pattern": pattern,
            "name": f"expression_{number}",
            "action": action,
        }
        for number, pattern in enumerate(guardrail.regex, start=1)
    ]
    if patterns:
        found["patterns"] = patterns
    if guardrail.words:
        found["blocked_words"] = [{"keyword": word, "action": action} for word in guardrail.words]
    if guardrail.detector in CATEGORIES:
        found["categories"] = [
            {
                "category": name,
                "enabled": True,
                "action": action,
                "severity_threshold": SEVERITIES[guardrail.sensitivity],
            }
            for name in CATEGORIES[guardrail.detector]
        ]
    return found


def _losses(setting: Setting) -> Iterator[Loss]:
    guardrail = setting.guardrail
    if not _content(setting, "BLOCK"):
        yield no_detector(setting, "LiteLLM's content filter")
        return
    if guardrail.detector not in CATEGORIES:
        yield no_dial(setting)
    elif guardrail.sensitivity is Sensitivity.L4:
        yield merged_sensitivity(setting, SEVERITIES[guardrail.sensitivity], "L3")
    if guardrail.topics:
        yield cut_short(setting, "topics have no place in the content filter")
    if guardrail.allowed_domains:
        yield cut_short(setting, "allowed domains have no place in the content filter")
    if guardrail.detector in _COARSE:
        yield _coarse(setting, _COARSE[guardrail.detector])
    elif guardrail.detector in CATEGORIES:
        yield _coarse(setting, "it finds the phrases of its lists, and no others")


def _logged_twice() -> Loss:
    return Loss(
        kind=Lost.SCOPE,
        subject="limited",
        what="LiteLLM runs what only logs for all traffic, the limited part included",
        consequence="what acts there is logged a second time, as if it had only been observed",
        effect=Effect.NEUTRAL,
    )


def _coarse(setting: Setting, what: str) -> Loss:
    return Loss(
        kind=Lost.CONTENT,
        subject=setting.label,
        what=f"the content filter stands for the detector, and {what}",
        consequence="measure it in 'logging' before it acts, as anything else",
        effect=Effect.UNKNOWN,
    )


TARGET = Target(
    name="litellm",
    engine="litellm",
    title=TITLE,
    write=write,
    read=read,
    observes=True,
    deploys="litellm --config FILE, or 'include:' it in the proxy's own",
    routes="LiteLLM does it: keys and tags are attached to policies",
)

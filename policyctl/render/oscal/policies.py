"""A policy as OSCAL's documents describe it."""

from __future__ import annotations

from policyctl.core.estate import PolicyState
from policyctl.core.policy import Guardrail, Policy
from policyctl.core.recorded import Recorded
from policyctl.render.oscal.parts import Part, prop
from policyctl.render.oscal.spelling import line, lines


def policy_title(state: PolicyState) -> str:
    """A policy's name, as its owner wrote it."""
    return line(state.policy.name if state.policy else state.id)


def policy_text(state: PolicyState) -> str:
    """What a policy is for, as its owner wrote it."""
    return lines(state.policy.purpose) if state.policy else line(f"The policy '{state.id}'.")


def policy_props(state: PolicyState) -> list[Part]:
    """The facts about a policy, as its entry in force and its approved file have them."""
    policy, last = state.policy, state.last
    props = [prop("policy-id", state.id), prop("owner", state.owner or "-")]
    if state.use_case:
        props.append(prop("use-case", state.use_case))
    if last is not None:
        props += [
            prop("stage", last.entry.target.value if last.entry.target else "retired"),
            prop("entry", last.entry.seq),
            prop("entry-sha256", last.digest),
        ]
        if last.entry.after:
            props.append(prop("policy-sha256", last.entry.after))
    if policy is not None:
        props += _settings(policy)
    return props


def guardrail_text(item: Guardrail) -> str:
    """A guardrail in one line."""
    return f"{item.detector} ({item.direction.value}, {item.action.value}, {item.sensitivity.name})"


def _settings(policy: Policy) -> list[Part]:
    enabled = [item for item in policy.guardrails if item.enabled]
    return [
        prop("data-sensitivity", policy.data_sensitivity),
        prop("sensitivity", policy.sensitivity.name),
        *([prop("baseline", policy.extends)] if policy.extends else []),
        *([prop("engine", policy.engine)] if policy.engine else []),
        *(prop("app", app) for app in policy.apps),
        *(prop("guardrail", guardrail_text(item)) for item in enabled),
        *(prop("exception", _exception(policy, place)) for place in range(len(policy.exceptions))),
    ]


def _exception(policy: Policy, place: int) -> str:
    item = policy.exceptions[place]
    return f"{item.id}: {item.guardrail}, until {item.expires or 'no day, so it is expired'}"


def waiting(state: PolicyState) -> tuple[Recorded, ...]:
    """The entries that are not in force, oldest first."""
    after = state.last.entry.seq if state.last else 0
    return tuple(item for item in state.entries if item.entry.seq > after)


def standing_text(state: PolicyState) -> tuple[str, ...]:
    """What is not as it should be with the entries of a policy, in sentences."""
    later = waiting(state)
    owed = [item for item in state.entries if item.missing and item not in later]
    return (
        *(f"{_called(item)} is in force, and still owes {_missing(item)}." for item in owed),
        *(f"{_called(item)} is not in force: {_why_waiting(item)}." for item in later),
    )


def _why_waiting(item: Recorded) -> str:
    return f"it waits for {_missing(item)}" if item.missing else "an entry before it waits"


def _called(item: Recorded) -> str:
    entry = item.entry
    return f"Entry {entry.seq} ({entry.action.value}, {entry.transition})"


def _missing(item: Recorded) -> str:
    return ", ".join(f"{count} x {role}" for role, count in sorted(item.missing.items()))

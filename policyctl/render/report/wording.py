"""How the report words what the ledger holds; what returns markup has escaped what it was given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from policyctl.core.entry import Entry
from policyctl.core.estate import PolicyState
from policyctl.core.frozen import frozen
from policyctl.core.origins import Value
from policyctl.core.policy import PolicyException
from policyctl.core.timeline import Moment
from policyctl.render.lines import clean

_SHOWN_ELSEWHERE = frozenset({"id", "name", "purpose", "stage", "owner", "exceptions"})
_TABLED = frozenset({"action", "sensitivity", "enabled"})
_PLACE = 4  # guardrails.<detector>.<direction>.<field>


@frozen
class GuardrailRow:
    """One guardrail in one direction, and where its values come from."""

    detector: str
    direction: str
    action: str
    sensitivity: str
    origin: str


def what(entry: Entry) -> str:
    """What an entry did: ``promote logging → limited``."""
    action = entry.action.value.replace("_", " ")
    if entry.source is entry.target:
        return action
    old = entry.source.value if entry.source else "none"
    new = entry.target.value if entry.target else "none"
    return f"{action} {old} → {new}"


def where(item: PolicyException) -> str:
    """What an exception is limited to."""
    parts = [*item.apps, *item.cohorts]
    if item.keys:
        parts.append(f"{len(item.keys)} keys" if len(item.keys) > 1 else "1 key")
    if item.direction:
        parts.append(item.direction.value)
    return ", ".join(parts) or "everywhere"


def link(policy: str) -> Markup:
    """A policy's id that leads to what is said of it."""
    return Markup('<a href="#p-{0}">{0}</a>').format(clean(policy))


def stage(state: PolicyState) -> Markup:
    """The stage that a policy is in."""
    if state.retired:
        return Markup("retired")
    if state.stage is None:
        return Markup("not approved yet")
    return Markup('<span class="stagename {0}">{0}</span>').format(state.stage.value)


def why(item: Moment) -> Markup:
    """The rationale, or that it was redacted."""
    if item.recorded.tombstone is not None:
        return Markup('<span class="open">redacted</span>')
    return Markup("{}").format(clean(item.recorded.entry.rationale))


def signatures(item: Moment) -> Markup:
    """Whose signatures verify, in which role, and what is owed."""
    found = item.recorded
    parts = [_author(who, who in found.touched) for who in sorted(found.authors)]
    if not parts:
        parts = [Markup('<span class="bad">nobody</span>')]
    for role, people in sorted(found.approvals.items()):
        if people:
            names = clean(", ".join(sorted(people)))
            parts.append(Markup("{} as {}").format(names, clean(role)))
    for role, count in sorted(found.missing.items()):
        owed = Markup('<span class="open">waits for {} x {}</span>')
        parts.append(owed.format(count, clean(role)))
    for proof in found.entry.evidence:
        parts.append(Markup("evidence <code>{}</code>").format(proof.sha256[:12]))
    return Markup("; ").join(parts)


def _author(who: str, touched: bool) -> Markup:
    return Markup("{} (author{})").format(clean(who), ", touched key" if touched else "")


def guardrails(state: PolicyState) -> Iterator[GuardrailRow]:
    """The guardrails in force, each with the origins of what it does."""
    if state.effective is None:
        return
    origins: dict[tuple[str, str], dict[str, str]] = {}
    for value in state.effective.values:
        place = _guardrail_place(value.name)
        if place is not None:
            origins.setdefault(place[:2], {})[place[2]] = value.origin
    for item in state.effective.policy.guardrails:
        found = origins.get((item.detector, item.direction.value), {})
        yield GuardrailRow(
            detector=item.detector,
            direction=item.direction.value,
            action=item.action.value if item.enabled else "off",
            sensitivity=item.sensitivity.name if item.enabled else "",
            origin=_joined(found),
        )


def _joined(origins: dict[str, str]) -> str:
    """One origin for all, or which value has which."""
    kinds = {name: origin for name, origin in origins.items() if name in _TABLED}
    if len(set(kinds.values())) <= 1:
        return next(iter(kinds.values()), "")
    return ", ".join(f"{name}: {origin}" for name, origin in sorted(kinds.items()))


def others(state: PolicyState) -> Sequence[Value]:
    """Every value in force that stands in no table."""
    if state.effective is None:
        return ()
    return [item for item in state.effective.values if not _stands_in_a_table(item.name)]


def _stands_in_a_table(name: str) -> bool:
    place = _guardrail_place(name)
    return name in _SHOWN_ELSEWHERE or (place is not None and place[2] in _TABLED)


def _guardrail_place(name: str) -> tuple[str, str, str] | None:
    """Detector, direction and field of a guardrail's value."""
    head, _, rest = name.partition(".")
    parts = rest.rsplit(".", 2)
    if head != "guardrails" or len(parts) != _PLACE - 1:
        return None
    return parts[0], parts[1], parts[2]

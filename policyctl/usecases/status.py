"""The part of an estate that somebody asks about, in the order in which they ask for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from difflib import get_close_matches
from enum import Enum

from policyctl.core.due import Due, Kind, Limits, dues_of
from policyctl.core.estate import Estate, PolicyState
from policyctl.core.frozen import frozen
from policyctl.core.stages import Stage
from policyctl.core.trust_root import TrustRoot
from policyctl.errors import UsageError
from policyctl.rules.settings import Settings


class Order(Enum):
    """What policies are sorted by, within each stage."""

    ID = "id"
    AGE = "age"
    OWNER = "owner"
    REVIEW = "review"
    GATE = "gate"
    DUE = "due"


@frozen
class Wish:
    """What somebody wants to see.

    Attributes:
        stages: only policies in one of these stages; empty for all.
        owners: only policies that one of these owns; empty for all.
        use_cases: only policies with one of these use cases; empty for all.
        person: only what this person owns, or has to do something about; empty for everybody.
        due: only policies of which something is due.
    """

    stages: tuple[Stage, ...] = ()
    owners: tuple[str, ...] = ()
    use_cases: tuple[str, ...] = ()
    person: str = ""
    due: bool = False
    order: Order = Order.ID


@frozen
class Status:
    """What somebody wanted to see.

    Attributes:
        estate: all of it.
        shown: the policies that were asked for, in order; none that is retired.
        dues: what is due of these, and of the ledger as a whole.
        hidden: how many policies were not asked for.
    """

    estate: Estate
    shown: tuple[PolicyState, ...]
    dues: tuple[Due, ...]
    hidden: int

    @property
    def tampered(self) -> bool:
        """True if the ledger does not verify, whatever was asked for."""
        return any(due.kind is Kind.TAMPERED for due in self.dues)

    def due_of(self, policy: str) -> tuple[Due, ...]:
        """What is due of one policy."""
        return tuple(due for due in self.dues if due.policy == policy)


def limits_of(settings: Settings) -> Limits:
    """How long things may stay as they are, as the organisation set it."""
    return Limits(
        soon=settings.exception_soon,
        parked={
            Stage.LOGGING: settings.logging_deadline,
            Stage.LIMITED: settings.limited_deadline,
        },
    )


def status(estate: Estate, limits: Limits, wish: Wish) -> Status:
    """What is asked for of an estate.

    Raises:
        UsageError: an owner, a use case or a person is asked for whom nothing here names.
    """
    standing = [state for state in estate.policies.values() if not state.retired]
    _require_known(estate, standing, wish)
    dues = dues_of(estate, limits)
    if wish.person:
        dues = tuple(due for due in dues if _concerns(estate, due, wish.person))
    busy = {due.policy for due in dues}
    shown = [state for state in standing if _asked_for(state, estate, wish, busy)]
    names = {"", *(state.id for state in shown)}
    if not wish.stages and not wish.owners and not wish.use_cases:
        names |= {state.id for state in estate.retired}  # a broken trail is nobody's to hide
    kept = tuple(due for due in dues if due.policy in names or due.kind is Kind.TAMPERED)
    return Status(
        estate=estate,
        shown=tuple(sorted(shown, key=_key(wish.order, kept))),
        dues=kept,
        hidden=len(standing) - len(shown),
    )


def _asked_for(state: PolicyState, estate: Estate, wish: Wish, busy: set[str]) -> bool:
    return (
        (not wish.stages or state.stage in wish.stages)
        and (not wish.owners or state.owner in wish.owners)
        and (not wish.use_cases or state.use_case in wish.use_cases)
        and (not wish.due or state.id in busy)
        and (not wish.person or state.id in busy or _answers(estate.root, state.owner, wish.person))
    )


def _concerns(estate: Estate, due: Due, person: str) -> bool:
    """True if a person has to do it, or everybody has to know of it."""
    if due.kind is Kind.TAMPERED or not due.policy:
        return True
    return any(_answers(estate.root, who, person) for who in due.who)


def _answers(root: TrustRoot | None, identity: str, person: str) -> bool:
    """True if a person is, or is one of, whom a policy names."""
    return person == identity or (root is not None and person in root.owners(identity))


def _require_known(estate: Estate, standing: Iterable[PolicyState], wish: Wish) -> None:
    states = tuple(standing)
    for asked, known, noun in (
        (wish.owners, {state.owner for state in states}, "policy is owned by"),
        (wish.use_cases, {state.use_case for state in states}, "policy has the use case"),
    ):
        for one in asked:
            _require(one, known, noun)
    if wish.person and estate.root is not None:
        _require(wish.person, set(estate.root.people), "person is known as")


def _require(one: str, known: set[str], noun: str) -> None:
    if one not in known:
        near = get_close_matches(one, known, n=1, cutoff=0.5)
        listed = ", ".join(sorted(known)) or "there is none"
        hint = f"did you mean '{near[0]}'?" if near else f"here: {listed}"
        raise UsageError(f"no {noun} '{one}'", hint=hint)


def _key(order: Order, dues: tuple[Due, ...]) -> Callable[[PolicyState], tuple[object, ...]]:
    """Sorts by stage, the furthest first, then as asked for, then by id."""
    gravest: dict[str, int] = {}
    for place, due in enumerate(dues):
        gravest.setdefault(due.policy, place)
    never = datetime.min.replace(tzinfo=UTC)

    def key(state: PolicyState) -> tuple[object, ...]:
        return (-state.stage.rank if state.stage else 1, rank(state), state.id)

    def rank(state: PolicyState) -> object:
        match order:
            case Order.AGE:
                return state.since or never
            case Order.OWNER:
                return state.owner
            case Order.REVIEW:
                return state.next_review or date.max
            case Order.GATE:
                return -state.gate.share if state.gate else 0
            case Order.DUE:
                return gravest.get(state.id, len(dues))
            case Order.ID:
                return ""

    return key

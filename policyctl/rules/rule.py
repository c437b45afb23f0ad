"""What a rule is, and what it is shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property

from policyctl.core.finding import Finding, Path, Severity
from policyctl.core.frozen import fresh, frozen
from policyctl.core.items import directions
from policyctl.rules.settings import Settings

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    # `validate` starts faster without what only annotations name.
    from datetime import datetime
    from typing import Any

    from policyctl.core.catalogue import Catalogue
    from policyctl.core.document import Document
    from policyctl.core.effective import Effective
    from policyctl.core.entry import Entry
    from policyctl.core.policy import PolicyException
    from policyctl.core.trust_root import TrustRoot
    from policyctl.rules.edit import Edit
    from policyctl.rules.wider import EstateRule


@frozen(slots=False)
class Subject:
    """One policy, as every rule sees it.

    Attributes:
        document: the file, which its schema accepts.
        data: the file's values.
        baseline: the document of the baseline it extends; None if it extends none, or none that
            can be found.
        effective: the policy in force; None where the file does not give enough for one.
        baselines: the names (``id@version``) that a policy may extend here.
        root: governance, where the repository has one that can be read.
        catalogues: control frameworks by their id.
        now: the present; None where no clock is asked (`validate`), and rules about time stay
            silent.
        trail: the policy's ledger entries, oldest first, as the working tree has them; `verify`
            judges whether they hold.
        here: what the folder is called in which a file stands that is named without one.
    """

    document: Document
    data: Mapping[str, Any]
    baseline: Mapping[str, Any] | None = None
    effective: Effective | None = None
    baselines: tuple[str, ...] = ()
    root: TrustRoot | None = None
    catalogues: Mapping[str, Catalogue] = fresh(default_factory=dict)
    now: datetime | None = None
    trail: tuple[Entry, ...] = ()
    settings: Settings = fresh(default_factory=Settings)
    here: str = ""

    @cached_property
    def guardrails(self) -> Sequence[tuple[int, Mapping[str, Any], list[str]]]:
        """The guardrails as the file lists them: index, item and the directions it speaks of."""
        below = self.sides_below
        own = self.data.get("guardrails", ())
        return [(index, item, directions(item, below)) for index, item in enumerate(own)]

    @property
    def sides_below(self) -> Collection[tuple[str, str]]:
        """Detector and direction of each of the baseline's guardrails."""
        if self.effective is not None:
            return self.effective.inherited.keys()
        return {
            (item["detector"], direction)
            for item in (self.baseline or {}).get("guardrails", ())
            for direction in directions(item)
        }

    @cached_property
    def standing(self) -> Sequence[tuple[int, PolicyException]]:
        """Index and value of each exception that has not ended; of all where no clock is."""
        from policyctl.core.expiry import is_expired
        from policyctl.core.policy import exception_from

        if self.effective is not None:
            made: Iterable[PolicyException] = self.effective.policy.exceptions
        else:
            made = map(exception_from, self.data.get("exceptions", ()))
        now = self.now
        return [
            (index, exception)
            for index, exception in enumerate(made)
            if now is None or not is_expired(exception.expires, now)
        ]

    @cached_property
    def texts(self) -> str:
        """All texts among the values, joined by NUL, for rules that seldom find anything."""
        found: list[str] = []
        waiting: list[Any] = [self.data]
        while waiting:
            held = waiting.pop()
            if held.__class__ is dict:
                waiting += held.values()
            elif held.__class__ is list:
                waiting += held
            elif held.__class__ is str:
                found.append(held)
        return "\0".join(found)


@frozen
class Problem:
    """What a rule found: a message, and where in the document.

    Attributes:
        at: the place in the document.
        key: whether the key at that place is meant rather than its value.
    """

    message: str
    at: Path = ()
    hint: str = ""
    key: bool = False


Check = Callable[[Subject], Iterable[Problem]]
Fix = Callable[[Subject, Problem], "Edit | None"]
"""What would cure a problem, or None where only a person can tell."""


@frozen
class Rule:
    """One check of a policy, explained on the page ``docs/rules/<id>.md``.

    Attributes:
        validates: whether ``validate`` runs it too: without it a policy does not mean what it
            says. All rules run in ``lint``.
        references: public documents that the rule rests on.
        fix: a safe cure, where there is one.
        hides: whether the lines it finds hold what no report may repeat.
    """

    id: str
    summary: str
    severity: Severity
    check: Check
    validates: bool = False
    references: tuple[str, ...] = ()
    fix: Fix | None = None
    hides: bool = False


def placed(
    rule: Rule | EstateRule, subject: Subject, problem: Problem, policy: str = ""
) -> Finding:
    """The finding that a problem is, with the line and column of its place."""
    document = subject.document
    return Finding(
        code=rule.id,
        severity=rule.severity,
        message=problem.message,
        hint=problem.hint,
        file=document.file,
        span=document.span(problem.at, key=problem.key),
        at=problem.at,
        policy=policy,
        hidden=isinstance(rule, Rule) and rule.hides,
    )

"""Rules that look at more than one policy: at all of a repository, or at a range of commits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from policyctl.core.finding import Finding, Severity
from policyctl.core.frozen import frozen
from policyctl.rules.rule import Problem, Rule, Subject, placed
from policyctl.rules.settings import Settings


@frozen
class Estate:
    """Every policy of a repository, for rules that compare them."""

    subjects: tuple[Subject, ...]


@frozen
class Change:
    """One commit of a range, for rules about how changes are cut.

    Attributes:
        commit: its id.
        subject: the first line of its message.
        paths: the files it changes.
    """

    commit: str
    subject: str
    paths: tuple[str, ...]


EstateCheck = Callable[[Estate], Iterable[tuple[Subject, Problem]]]
RangeCheck = Callable[[tuple[Change, ...], Settings], Iterable[tuple[Change, Problem]]]


@frozen
class EstateRule:
    """One check across the policies of a repository, explained on its page."""

    id: str
    summary: str
    severity: Severity
    check: EstateCheck
    references: tuple[str, ...] = ()

    def findings(self, estate: Estate) -> Iterator[Finding]:
        """What the rule finds, each at a place in one of the policies."""
        for subject, problem in self.check(estate):
            yield placed(self, subject, problem)


@frozen
class RangeRule:
    """One check of a range of commits, explained on its page."""

    id: str
    summary: str
    severity: Severity
    check: RangeCheck
    references: tuple[str, ...] = ()

    def findings(self, changes: tuple[Change, ...], settings: Settings) -> Iterator[Finding]:
        """What the rule finds, each about one commit."""
        for change, problem in self.check(changes, settings):
            yield Finding(
                code=self.id,
                severity=self.severity,
                message=f"commit {change.commit[:12]}: {problem.message}",
                hint=problem.hint,
            )


AnyRule = Rule | EstateRule | RangeRule

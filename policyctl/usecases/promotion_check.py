"""What the gate before a merge found: a row for governance and for each policy, and the rest."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from policyctl.core.finding import Finding, in_order
from policyctl.core.frozen import frozen
from policyctl.core.merge_verdict import Verdict, verdict_of, worst
from policyctl.usecases.branch_changes import BranchChanges
from policyctl.usecases.diff import Comparison
from policyctl.usecases.judged_policy import JudgedPolicy
from policyctl.usecases.judged_root import JudgedRoot


@frozen(slots=False)
class PromotionCheck:
    """What a branch changes, and whether it may be merged.

    Attributes:
        policies: each changed policy, and each that anything is wrong with.
        governance: what becomes of the trust root, or None where nothing does.
        others: files that do not belong.
        besides: what its author has to mend besides: changes that do not go together, settings that
            cannot be read.
        comparison: the changes in policy terms; None where there are none.
        way: what is wrong with earlier states of the branch, which a merge commit or a squash
            leaves behind.
        whole: whether all policies were judged, because what they rest on changes.
        unread: files of the branch that count only once they are merged.
        sources: the text of each policy file that has findings.
    """

    changes: BranchChanges
    policies: tuple[JudgedPolicy, ...] = ()
    governance: JudgedRoot | None = None
    others: tuple[Finding, ...] = ()
    besides: tuple[Finding, ...] = ()
    comparison: Comparison | None = None
    way: tuple[Finding, ...] = ()
    whole: bool = False
    unread: tuple[str, ...] = ()
    sources: Mapping[str, str]

    @cached_property
    def verdict(self) -> Verdict:
        """The worst of everything."""
        others = (verdict_of(item, owed=(), known=0) for item in self.others)
        besides = (Verdict.REFUSED for _ in self.besides)
        return worst([*(row.verdict for row in self.rows), *others, *besides])

    @property
    def rows(self) -> tuple[JudgedPolicy | JudgedRoot, ...]:
        """Governance, then the policies."""
        return (*((self.governance,) if self.governance else ()), *self.policies)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found, as every format tells it."""
        of_rows = (found for row in self.rows for found in row.findings)
        return in_order([*self.others, *self.besides, *of_rows])

"""Verify the ledger of a commit, from git objects alone."""

from __future__ import annotations

from policyctl.core import paths
from policyctl.core.changelog import RenderChangelog, check_changelog
from policyctl.core.finding import Finding, Severity, in_order
from policyctl.core.frozen import fresh, frozen, replace
from policyctl.core.ledger import Ledger
from policyctl.core.ledger_memo import LedgerMemo
from policyctl.core.recomputed import Recomputed, not_judged
from policyctl.core.snapshot import require_governed
from policyctl.usecases.base import BaseComparison, judge_branch
from policyctl.usecases.history import PastStates, Watch, judge_history
from policyctl.usecases.judge_commit import Judge, judge_commit
from policyctl.usecases.ports import Commits
from policyctl.usecases.witnesses import Witnessed, Witnesses, consult


@frozen
class Verification:
    """What verification found, and how far it went.

    Attributes:
        commit: the commit that was judged.
        base: how it compares with the branch that it should be merged into, if that was asked.
        history: what the branch went through, if that was asked.
        witnessed: what the comparison with checkpoints and the verifier's memory showed.
        derived: what is wrong with files that are made from the ledger.
        recomputed: evidence that was computed again; None if no records were given.
    """

    commit: str
    ledger: Ledger
    base: BaseComparison | None = None
    history: PastStates | None = None
    witnessed: Witnessed = fresh(default_factory=Witnessed)
    derived: tuple[Finding, ...] = ()
    recomputed: tuple[Recomputed, ...] | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found, by whichever comparison."""
        witnesses = [item for item in (self.witnessed, self.base, self.history) if item]
        compared = [found for item in witnesses for found in item.findings]
        again = [item.finding for item in self.recomputed or () if item.finding]
        return in_order([*self.ledger.findings, *compared, *self.derived, *again])

    @property
    def gaps(self) -> tuple[Finding, ...]:
        """What could not be judged, and has to be before this is a pass."""
        again = () if self.recomputed is None else not_judged(self.recomputed)
        return (*self.witnessed.gaps, *again)

    @property
    def level(self) -> str:
        """``tree``, everything that one commit's files can prove, and what it was compared with."""
        went = {
            "tree": True,
            "checkpoint": bool(self.witnessed.compared),
            "base": self.base is not None,
            "history": self.history is not None,
        }
        return "+".join(name for name, far in went.items() if far)

    @property
    def owed(self) -> frozenset[Finding]:
        """The findings that only say that somebody has yet to agree."""
        return self.base.owed if self.base else frozenset()

    @property
    def passed(self) -> bool:
        """True if nothing worse than a warning was found, and everything could be judged."""
        return not self._errors() and not self.gaps

    @property
    def refused(self) -> bool:
        """True if something worse than a warning was found."""
        return bool(self._errors())

    @property
    def tampered(self) -> bool:
        """True if something was found that no approval can cure."""
        return bool(self._errors() - self.owed)

    @property
    def errors(self) -> int:
        """How many findings are worse than a warning."""
        return len(self._errors())

    def _errors(self) -> set[Finding]:
        return {item for item in self.findings if item.severity is Severity.ERROR}


def verify_commit(
    *,
    commits: Commits,
    memo: LedgerMemo,
    judge: Judge,
    rev: str = "HEAD",
    base: str = "",
    history: bool = False,
    watch: Watch = iter,
    witnesses: Witnesses | None = None,
    render_changelog: RenderChangelog | None = None,
) -> Verification:
    """Judge the ledger of a commit, and compare it with what is asked for.

    Args:
        commits: where the objects are read from.
        memo: judges ledgers that are compared with each other.
        judge: judges a commit alone.
        rev: the commit that is judged.
        base: the branch that the commit should be merged into, or empty.
        history: whether to judge every state that the branch went through, too.
        watch: sees those states go by.
        witnesses: checkpoints and memory to compare the commit with, or None.
        render_changelog: how the changelog is written, or None to leave it out.

    Raises:
        NotJudgedError: the commit holds neither policies nor a ledger, or the history that was
            asked for is cut off.
    """
    commit = commits.resolve(rev)
    compared, alone = None, None
    if base:
        ledger, compared = judge_branch(head=commit, base=base, commits=commits, memo=memo)
    elif history:
        snapshot = commits.snapshot(commit)
        require_governed(snapshot)
        ledger = memo.judge(snapshot)
    else:
        alone = judge_commit(commit, commits=commits, judge=judge)
        ledger = alone.ledger
    witnessed = consult(witnesses, ledger, commit=commit) if witnesses else Witnessed()
    if alone:
        witnessed = replace(witnessed, notices=(*alone.notices, *witnessed.notices))
    found = Verification(
        commit=commit,
        ledger=ledger,
        base=compared,
        history=judge_history(head=commit, commits=commits, memo=memo, watch=watch)
        if history
        else None,
        witnessed=witnessed,
        derived=tuple(
            check_changelog(
                commits.files(commit, (paths.CHANGELOG, paths.CHANGELOG_SIGNATURE)),
                ledger,
                verify=witnesses.verify,
                render=render_changelog,
                checkpoints=witnessed.checkpoints,
            )
        )
        if witnesses and render_changelog and not ledger.taken
        else (),
    )
    latest = ledger.roots.latest
    if alone and alone.fresh and judge.memory and latest and found.passed:
        judge.memory.keep_judged(latest.log, alone.fresh)
    return found

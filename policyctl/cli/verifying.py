"""What ``policyctl verify`` does, however its command line was read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from policyctl.adapters.commits import commits_of
from policyctl.cli.formats import Format
from policyctl.cli.output import emit
from policyctl.cli.present import moment
from policyctl.cli.progress import shown
from policyctl.cli.witnessing import Wish, verified
from policyctl.core.frozen import frozen
from policyctl.errors import NotJudgedError, TamperingError, UsageError
from policyctl.render.text.verify import render as as_text

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from policyctl.usecases.verify import Verification


@frozen
class Recomputing:
    """By what evidence is computed again, if by anything.

    Attributes:
        records: files of detection records.
        labels: files of verdicts.
        requests: a file of counted requests, or None.
        engine: what counts the records; empty for what fits them.
    """

    records: Sequence[str] = ()
    labels: Sequence[str] = ()
    requests: str | None = None
    engine: str = ""


def verify_revision(rev: str, base: str, form: Format) -> int:
    """Verify the ledger of a commit, with the defaults of everything else; the exit code.

    Args:
        rev: the commit.
        base: the branch that it should be merged into, or empty.
        form: the format of the report.
    """
    return verify_ledger(Wish(now=moment(None), rev=rev, base=base), form)


def verify_ledger(wish: Wish, form: Format, evidence: Recomputing | None = None) -> int:
    """Verify the ledger of a commit and print the report; the exit code.

    Args:
        wish: which commit, compared with what.
        form: the format of the report.
        evidence: by what evidence is computed again; None for nothing.

    Raises:
        UsageError: verdicts or counts are given, and no records.
    """
    again = evidence or Recomputing()
    with commits_of(Path.cwd()) as commits:
        watch = shown("judging the history", lambda: commits.count_states(wish.rev))
        report = verified(commits, wish, watch)
    if again.records:
        from policyctl.cli.recomputing import with_records

        report = with_records(report, again)
    elif again.labels or again.requests:
        raise UsageError("verdicts and counts are compared with records", hint="--records FILE")
    elif again.engine:
        raise UsageError(f"--engine {again.engine} has no records to count", hint="--records FILE")
    emit(lambda width: as_text(report, width), lambda: _as_json(report), form)
    if report.tampered:
        return TamperingError.exit_code
    if report.refused:
        return 1
    return 0 if report.passed else NotJudgedError.exit_code


def _as_json(report: Verification) -> str:
    from policyctl.render.json.verify import render

    return render(report)

"""What ``policyctl validate`` does, however its command line was read.

Nothing is imported at the top that a run does not need in which all files are known to be fine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from policyctl.adapters.cache_folder import cache_folder
from policyctl.adapters.document_bytes import read
from policyctl.adapters.plain_paths import here, is_file
from policyctl.adapters.policy_paths import PolicyPath, policy_paths
from policyctl.adapters.verdict_state import verdict_state
from policyctl.adapters.verdicts import FINE, Verdicts
from policyctl.adapters.working_governance import WorkingGovernance, governed_above
from policyctl.cli.formats import FindingsFormat
from policyctl.cli.terminal import is_coloured
from policyctl.errors import InputError
from policyctl.render.text.fine import fine

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from policyctl.usecases.validate import Validation


def validate_files(named: Sequence[str], form: FindingsFormat) -> int:
    """Check policy files and print the report; the exit code.

    Args:
        named: files and folders, or nothing for all policies.
        form: the format of the report.
    """
    folder = governed_above(here())
    paths = policy_paths(named, here(), folder)
    governance = WorkingGovernance(folder)
    verdicts = _verdicts(governance)
    left = _unsettled(paths, verdicts)
    report = _checked(left, governance, verdicts) if left else None
    is_fine = report is None or not report.findings
    if is_fine and form is FindingsFormat.TEXT and not is_coloured():
        sys.stdout.write("".join(fine(len(paths))) + "\n")
        sys.stdout.flush()
    else:
        _print(report, len(paths), form)
    return 0 if is_fine else 1


def _verdicts(governance: WorkingGovernance) -> Verdicts | None:
    """What earlier runs found, where anything may be kept."""
    place = cache_folder(os.environ, here())
    state = None if place is None else verdict_state(governance)
    return None if place is None or state is None else Verdicts(place, state)


def _unsettled(paths: list[PolicyPath], verdicts: Verdicts | None) -> list[PolicyPath]:
    """The files that are not known to be fine, in their order."""
    if verdicts is None or not verdicts.known:
        return paths
    left: list[PolicyPath] = []
    for index, (shown, path) in enumerate(paths):
        if not is_file(path):
            # A pipe can be read once: the check reads it. Anything else it reports.
            return left + paths[index:]
        try:
            content = read(path, file=shown)
        except InputError:
            # The check reports it, unless something is wrong with an earlier file.
            return left + paths[index:]
        if verdicts.of(shown, content) != FINE:
            left.append(paths[index])
    return left


def _checked(
    paths: list[PolicyPath], governance: WorkingGovernance, verdicts: Verdicts | None
) -> Validation:
    from policyctl.cli.checking import check_files

    return check_files(paths, governance, verdicts)


def _print(report: Validation | None, count: int, form: FindingsFormat) -> None:
    from policyctl.cli.findings_output import emit_findings
    from policyctl.usecases.validate import Validation

    findings, sources = (report.findings, report.sources) if report else ((), {})
    emit_findings("validate", Validation(files=count, findings=findings, sources=sources), form)

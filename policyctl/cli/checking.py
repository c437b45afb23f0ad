"""Checks policy files: side by side on all processors where there are many."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from policyctl.adapters.document_bytes import read
from policyctl.adapters.plain_paths import folder_name, here
from policyctl.adapters.policy_paths import PolicyPath
from policyctl.adapters.remembered_findings import RememberedFindings
from policyctl.adapters.verdicts import Verdicts
from policyctl.adapters.working_governance import WorkingGovernance
from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.usecases.validate import Validation, together, validate

_Result = tuple[Validation, dict[bytes, bytes]]
"""A report on some files, and the verdicts that are new."""

_LEAST = 200
"""Files that are worth a process; a process costs as much as checking some dozens of them."""

_MOST = 8
"""Processes at most: they share the disk, and whoever has more processors has other work, too."""


def check_files(
    paths: Sequence[PolicyPath], governance: WorkingGovernance, verdicts: Verdicts | None
) -> Validation:
    """The report on files; what is new about them is remembered.

    Args:
        paths: the files, at least one.
        governance: what surrounds them.
        verdicts: where to remember, or None.

    Raises:
        PolicyctlError: the check could not be done.
    """
    if len(paths) < 2 * _LEAST:
        results = [_piece(paths, governance, verdicts)()]
    else:
        from policyctl.adapters.side_by_side import all_results, processors

        count = min(processors(), len(paths) // _LEAST, _MOST)
        size = -(-len(paths) // count)
        parts = [paths[start : start + size] for start in range(0, len(paths), size)]
        results = all_results([_piece(part, governance, verdicts) for part in parts])
    if verdicts is not None:
        verdicts.save(new for _, new in results)
    return together(report for report, _ in results)


def _piece(
    part: Sequence[PolicyPath], governance: WorkingGovernance, verdicts: Verdicts | None
) -> Callable[[], _Result]:
    def run() -> _Result:
        report = validate(
            ((shown, read(path, file=shown)) for shown, path in part),
            documents=YamlDocuments(),
            governance=governance,
            memory=None if verdicts is None else RememberedFindings(verdicts),
            here=folder_name(here()),
        )
        return report, {} if verdicts is None else dict(verdicts.added)

    return run

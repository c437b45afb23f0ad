"""Chooses what counts the records that ``--events`` names."""

from __future__ import annotations

from collections.abc import Iterable

from policyctl.adapters.records.opening import open_records
from policyctl.usecases.analysis import PlainAnalysis
from policyctl.usecases.ports import Analysis


def open_analysis(names: Iterable[str]) -> Analysis:
    """Detection records, ready to be counted.

    Args:
        names: files, patterns and folders, as `open_records` takes them.

    Raises:
        InputError: something is not there, or is not what it should be.
    """
    return PlainAnalysis(open_records(names))

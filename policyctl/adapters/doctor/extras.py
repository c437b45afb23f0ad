"""Packages that only some commands need, and which an installation may leave out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import metadata

from policyctl.usecases.doctor import Check, advice, fine

_EXTRAS = {
    "duckdb": ("evidence", "detection records in bulk: Parquet and prepared folders"),
    "pyspark": ("spark", "records that stay where Spark is"),
    "python-hcl2": ("terraform", "'import' and 'drift' from Terraform files"),
    "rfc3161-client": ("timestamp", "time stamps beside checkpoints"),
}


def extra_checks(version: Callable[[str], str] = metadata.version) -> Iterator[Check]:
    """Each optional package that is absent, with what cannot be done without it.

    Args:
        version: the version of an installed package; raises `PackageNotFoundError` for others.
    """
    there: list[str] = []
    for package, (extra, use) in _EXTRAS.items():
        try:
            there.append(f"{package} {version(package)}")
        except metadata.PackageNotFoundError:
            yield advice(
                f"extra '{extra}'",
                f"{package} is not installed, which is needed for {use}",
                f"pip install 'policyctl[{extra}]'",
            )
    if there:
        yield fine("extras", ", ".join(there))

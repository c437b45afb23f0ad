"""Collects what is wrong with a YAML file while it is read."""

from __future__ import annotations

from policyctl.adapters.yaml_limits import MAX_FINDINGS
from policyctl.adapters.yaml_scalars import Doubt
from policyctl.adapters.yaml_spans import Stretch, span
from policyctl.core.finding import Finding, Path, Severity


class StopReadingError(Exception):
    """The rest of the file is not looked at; the reason is among the findings."""


class Problems:
    """The findings of one file, in the order in which they were met."""

    def __init__(self, file: str) -> None:
        self.found: list[Finding] = []
        self._file = file

    def add(
        self, code: str, message: str, stretch: Stretch | None, hint: str = "", at: Path | None = ()
    ) -> None:
        """Note one finding.

        Raises:
            StopReadingError: there are so many that more of them would help nobody.
        """
        if len(self.found) == MAX_FINDINGS:
            code, at, hint = "too-many-findings", (), "mend these first"
            message = f"the file has more than {MAX_FINDINGS} problems"
        finding = Finding(
            code=code,
            severity=Severity.ERROR,
            message=message,
            hint=hint,
            file=self._file,
            span=span(stretch) if stretch else None,
            at=at or (),
        )
        self.found.append(finding)
        if len(self.found) > MAX_FINDINGS:
            raise StopReadingError

    def doubt(self, doubt: Doubt, stretch: Stretch, at: Path | None) -> None:
        """Note why a scalar or a tag is not accepted."""
        self.add(doubt.code, doubt.message, stretch, doubt.hint, at)

    def stop(self, code: str, message: str, stretch: Stretch | None, hint: str = "") -> None:
        """Note the finding that ends the reading.

        Raises:
            StopReadingError: always.
        """
        self.add(code, message, stretch, hint)
        raise StopReadingError

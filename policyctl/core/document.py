"""A document that was read from a file: plain values, and where each of them stands."""

from __future__ import annotations

from collections.abc import Mapping

from policyctl.core.finding import Finding, Path, Severity, Span
from policyctl.core.frozen import fresh, frozen


@frozen
class Document:
    """Plain values (dict, list, str, int, float, bool, None) with the place of each.

    Attributes:
        file: relative path with forward slashes, as findings show it.
        text: the exact text, after decoding.
        data: the values.
        values: the span of the value at each path.
        keys: the span of the key at each path that ends in a mapping's key.
    """

    file: str
    text: str
    data: object
    values: Mapping[Path, Span] = fresh(default_factory=dict)
    keys: Mapping[Path, Span] = fresh(default_factory=dict)

    def span(self, at: Path, *, key: bool = False) -> Span | None:
        """The place of the value (or key) at ``at``; of the nearest parent if it is absent."""
        found = self.keys.get(at) if key else None
        while found is None:
            found = self.values.get(at)
            if not at:
                break
            at = at[:-1]
        return found

    def finding(
        self,
        code: str,
        message: str,
        *,
        at: Path = (),
        hint: str = "",
        key: bool = False,
        severity: Severity = Severity.ERROR,
    ) -> Finding:
        """A finding about the place ``at`` of this document."""
        return Finding(
            code=code,
            severity=severity,
            message=message,
            hint=hint,
            file=self.file,
            span=self.span(at, key=key),
            at=at,
        )

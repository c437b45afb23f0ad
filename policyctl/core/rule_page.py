"""The page that explains one rule, as reports quote it."""

from __future__ import annotations

import re

from policyctl.core.finding import Severity
from policyctl.core.frozen import frozen

_HEAD = re.compile(r"# (?P<summary>.+)\n+`(?P<id>[a-z0-9-]+)` · (?P<severity>note|warning|error)\n")
_WHY = re.compile(r"^## Why\n+(.+?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


@frozen
class RulePage:
    """What a rule finds, and the page that explains it.

    Attributes:
        id: the code of its findings.
        summary: what it finds, in one line.
        severity: the severity of its findings, where an organisation sets no other.
        markdown: the whole page.
    """

    id: str
    summary: str
    severity: Severity
    markdown: str

    @property
    def why(self) -> str:
        """Why the rule is there, as one paragraph; the summary where the page does not say."""
        found = _WHY.search(self.markdown)
        return " ".join(found[1].split()) if found else self.summary


def page_from(markdown: str) -> RulePage | None:
    """The page in a text; None if its head (summary, id, severity) is not that of a rule's page."""
    head = _HEAD.match(markdown)
    if head is None:
        return None
    return RulePage(
        id=head["id"],
        summary=head["summary"].strip(),
        severity=Severity[head["severity"].upper()],
        markdown=markdown,
    )

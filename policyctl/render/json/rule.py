"""Rules as JSON."""

from __future__ import annotations

from collections.abc import Iterable

from policyctl.render.json.envelope import document
from policyctl.usecases.rule import Explanation, RuleRow


def render_rows(rows: Iterable[RuleRow]) -> str:
    """The whole output about all rules."""
    rules = [
        {
            "id": row.id,
            "severity": row.severity,
            "summary": row.summary,
            "commands": list(row.commands),
            "fixable": row.is_fixable,
            "references": list(row.references),
        }
        for row in rows
    ]
    return document("rule", "pass", result={"rules": rules})


def render_page(explanation: Explanation) -> str:
    """The whole output about one code."""
    return document("rule", "pass", result={"code": explanation.code, "page": explanation.page})

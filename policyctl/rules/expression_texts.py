"""The regular expressions in a policy file, as they are written."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Path
from policyctl.rules.rule import Subject


def expression_texts(subject: Subject) -> Iterator[tuple[str, str, Path]]:
    """Yield detector, text and place of each expression in the file."""
    for index, item in enumerate(subject.data.get("guardrails", ())):
        for position, text in enumerate(item.get("regex", ())):
            yield item["detector"], text, ("guardrails", index, "regex", position)

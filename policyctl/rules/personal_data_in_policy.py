"""A policy names nobody's card, account or mailbox."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity, pointer
from policyctl.core.sensitive_text import PERSONAL, found_in, may_be_in
from policyctl.rules.document_texts import document_texts
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each text that holds personal data, without repeating them."""
    if not may_be_in(subject.texts, PERSONAL):
        return
    for at, text in document_texts(subject.data):
        if "regex" in at:  # says how data look, and an address in it is a pattern
            continue
        for name in found_in(text, PERSONAL):
            yield Problem(
                message=f"{pointer(at)} holds what looks like {name}",
                at=at,
                hint="name a team, a role or a ticket instead:"
                " what is recorded in the ledger stays there",
            )


RULE = Rule(
    id="personal-data-in-policy",
    summary="a text of the policy holds personal data",
    severity=Severity.WARNING,
    check=check,
    hides=True,
    references=("https://eur-lex.europa.eu/eli/reg/2016/679/oj",),
)

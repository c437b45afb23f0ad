"""A policy holds no keys, tokens or passwords."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity, pointer
from policyctl.core.sensitive_text import SECRETS, found_in, may_be_in
from policyctl.rules.document_texts import document_texts
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each text that holds what looks like a secret, without repeating it."""
    if not may_be_in(subject.texts, SECRETS):
        return
    for at, text in document_texts(subject.data):
        for name in found_in(text, SECRETS):
            yield Problem(
                message=f"{pointer(at)} holds what looks like {name}",
                at=at,
                hint="have it revoked, then remove it:"
                " whoever reads the repository has it, in its history too",
            )


RULE = Rule(
    id="secret-in-policy",
    summary="a text of the policy holds a secret",
    severity=Severity.ERROR,
    check=check,
    hides=True,
    references=("https://cwe.mitre.org/data/definitions/312.html",),
)

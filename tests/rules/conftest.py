"""What the rules are tried on: a small baseline, a small trust root, and policies as text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from policyctl.adapters.catalogues import shipped_catalogues
from policyctl.adapters.yaml_files import parse
from policyctl.core.document import Document
from policyctl.core.effective import missing, resolve
from policyctl.core.trust_root import Member, Role, TrustRoot
from policyctl.rules.rule import Subject

HOUSE = """\
schema: policyctl/baseline/v1
id: house
version: 1
name: House rules
summary: A small baseline to try the rules on.
use_case: public-facing
sensitivity: L3
guardrails:
  - {detector: prompt_attack, direction: input}
  - {detector: pii, action: redact}
  - {detector: custom/competitors, direction: output, words: [Acme, Globex], regex: [Acme.*]}
  - {detector: unknown_links, direction: output, allowed_domains: [example.com]}
gates:
  limited: {records: 1000}
thresholds: {review_every: 90d}
"""

ROOT = TrustRoot(
    log="0" * 64,
    version=1,
    prev=None,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    people={name: Member(name=name.title(), keys=()) for name in ("alice", "bob")},
    roles={"ai-security": Role(members=("alice",))},
    stewards=("alice",),
    threshold=1,
    approvals=(),
    teams={"support": ("alice", "bob")},
)


@pytest.fixture
def compact() -> str:
    """A policy that every rule accepts; it takes all it can from its baseline."""
    return (
        "schema: policyctl/policy/v1\n"
        "id: support\n"
        "name: Customer support\n"
        "purpose: Answers questions about orders.\n"
        "use_case: public-facing\n"
        "data_sensitivity: internal\n"
        "owner: support\n"
        "stage: logging\n"
        "extends: house@1\n"
    )


@pytest.fixture
def subject_of() -> Callable[..., Subject]:
    """Makes the subject of a policy's text, as ``policyctl validate`` would show it to a rule."""

    def build(
        text: str,
        *,
        file: str = "policies/support.yaml",
        house: str = HOUSE,
        root: TrustRoot | None = ROOT,
    ) -> Subject:
        document = _document(text, file)
        data = document.data
        assert isinstance(data, dict)
        baselines = {"house@1": _document(house, "house@1.yaml").data}
        baseline: Any = baselines.get(data.get("extends"))
        known = baseline is not None or "extends" not in data
        complete = known and not missing(data, baseline)
        return Subject(
            document=document,
            data=data,
            baseline=baseline,
            effective=resolve(data, baseline, root.gates if root else {}) if complete else None,
            baselines=tuple(baselines),
            root=root,
            catalogues=shipped_catalogues(),
        )

    return build


def _document(text: str, file: str) -> Document:
    document, findings = parse(text.encode(), file=file)
    assert document is not None
    assert findings == ()
    return document

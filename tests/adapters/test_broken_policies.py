"""A whole policy with one thing broken in it: which finding, and exactly where."""

from __future__ import annotations

import pytest

from policyctl.adapters.schemas import check
from policyctl.adapters.yaml_files import parse

POLICY = """\
# yaml-language-server: $schema=../schemas/policy.v1.json
schema: policyctl/policy/v1
id: support-assistant
name: Kundendienst für Rückfragen
purpose: Answers order and returns questions of retail customers.
use_case: public-facing
extends: public-facing@1
data_sensitivity: confidential        # public | internal | confidential | restricted
owner: support-platform
applies_to: {apps: [shop-chat, shop-voice], engine: litellm}
stage: logging
sensitivity: L2
guardrails:
  - detector: prompt_attack
    sensitivity: L3
  - detector: custom/competitors
    direction: output
    action: block
    words: [Acme, Globex]
limited:
  share: 10%
  key: user_id
exceptions:
  - id: EX-1
    guardrail: pii/email
    when: {app: shop-newsletter}
    reason: the assistant repeats their own address
    owner: crm
    expires: "2027-02-01"
thresholds:
  owner: ai-security
  review_every: 90d
gates:
  limited: {window: 14d, records: 10000, reviewed: 300, confidence: 95%}
escalation:
  - when: flag rate above 5% for 3d
    do: tighten
controls: {owasp-llm-2026: [LLM01]}
"""

BROKEN = [
    # what is replaced, by what, the finding, its line, its column
    ("owner: crm", "owner: crm\n    owner: sales", "duplicate-key", 29, 5),
    ("owner: support-platform", "owner: no", "ambiguous-scalar", 9, 8),
    ("stage: logging", "stage: logging\non: limited", "ambiguous-scalar", 12, 1),
    ('expires: "2027-02-01"', "expires: 2027-02-01", "ambiguous-scalar", 29, 14),
    ("records: 10000", "records: 10_000", "ambiguous-scalar", 34, 35),
    ("records: 10000", "records: 010000", "ambiguous-scalar", 34, 35),
    ("records: 10000", "records: 1e4", "ambiguous-scalar", 34, 35),
    ("records: 10000", "records: .inf", "not-a-number", 34, 35),
    ("records: 10000", "records: 90071992547409930", "number-too-large", 34, 35),
    ("records: 10000", "records: !count 10000", "unknown-tag", 34, 35),
    ("id: EX-1", "<<: {id: EX-1}", "merge-key", 24, 5),
    ("stage: logging", "stage: logging\n1: one", "key-not-text", 12, 1),
    ("use_case: public-facing", "use_case: {{ use_case }}", "key-not-text", 6, 12),
    ("words: [Acme, Globex]", "words: &words [*words]", "alias-cycle", 19, 20),
    ("words: [Acme, Globex]", "words: [*.acme.com]", "yaml-syntax", 19, 14),
    ("words: [Acme, Globex]", "words: [Acme, Globex", "yaml-syntax", 20, 8),
    ("purpose: Answers", "purpose: note: Answers", "yaml-syntax", 5, 14),
    ("name: Kundendienst", "name: 'Kundendienst", "yaml-syntax", 4, 7),
    ("für Rückfragen", "für\u2028Rückfragen", "control-character", 4, 23),
    ("für Rückfragen", "für Rück\x07fragen", "control-character", 4, 28),
    ("  key: user_id", "\tkey: user_id", "tab-indentation", 22, 1),
    ("stage: logging", "stage: logging\n---", "second-document", 12, 1),
    ("stage: logging", "stgae: logging", "missing-key", 2, 1),
    ("engine: litellm", "engin: litellm", "unknown-key", 10, 45),
    ("name: Kundendienst für Rückfragen", "name: ''", "out-of-range", 4, 7),
    ("reviewed: 300", "reviewed: 0", "out-of-range", 34, 52),
    ("stage: logging", "stage: loging", "wrong-value", 11, 8),
    ("schema: policyctl/policy/v1", "schema: policyctl/policy/v7", "wrong-value", 2, 9),
    ("owner: support-platform", "owner: [support-platform]", "wrong-type", 9, 8),
    ("owner: support-platform", "owner:", "wrong-type", 9, 7),
    ("app: shop-newsletter", "app: 3", "wrong-type", 26, 17),
    ("records: 10000", 'records: "10000"', "wrong-type", 34, 35),
    ("records: 10000", "records: 10000.0", "wrong-type", 34, 35),
    ("window: 14d", "window: two weeks", "wrong-format", 34, 21),
    ("owner: crm", 'owner: "crm\\n"', "wrong-format", 28, 12),
    ("owner: crm", "owner: crm٣", "wrong-format", 28, 12),
    ("app: shop-newsletter", "app: [shop newsletter]", "wrong-format", 26, 18),
    ("controls: {owasp-llm-2026", "controls: {OWASP", "wrong-format", 38, 12),
    ("[shop-chat, shop-voice]", "[shop-chat, shop-chat]", "duplicate-item", 10, 32),
    ("  key: user_id\n", "", "missing-companion", 21, 3),
    ("    reason: the assistant repeats their own address\n", "", "missing-key", 24, 5),
]


def problems(text: str) -> list[tuple[str, int, int]]:
    document, findings = parse(text.encode(), "policies/support-assistant.yaml")
    if document is not None and not findings:
        findings = check(document, "policy.v1")
    spans = [(finding, finding.span) for finding in findings]
    return [(finding.code, span.line, span.column) for finding, span in spans if span]


def test_the_policy_itself_is_in_order() -> None:
    assert problems(POLICY) == []


@pytest.mark.parametrize(("old", "new", "code", "line", "column"), BROKEN)
def test_a_broken_policy_is_one_finding_at_the_right_place(
    old: str, new: str, code: str, line: int, column: int
) -> None:
    assert old in POLICY

    assert problems(POLICY.replace(old, new, 1))[0] == (code, line, column)


def test_windows_line_ends_do_not_move_a_finding() -> None:
    broken = POLICY.replace("stage: logging", "stage: loging")

    assert problems(broken.replace("\n", "\r\n")) == problems(broken)


def test_every_problem_is_reported_and_not_just_the_first() -> None:
    broken = POLICY.replace("stage: logging", "stage: loging").replace("crm", "C.R.M.")
    broken = broken.replace("window: 14d", "window: 14")

    assert problems(broken) == [
        ("wrong-value", 11, 8),
        ("wrong-format", 28, 12),
        ("wrong-type", 34, 21),
    ]


def test_a_mistyped_key_is_both_unknown_and_missing_where_it_is_required() -> None:
    broken = POLICY.replace("owner: support-platform", "ownr: support-platform")

    assert problems(broken) == [("missing-key", 2, 1), ("unknown-key", 9, 1)]

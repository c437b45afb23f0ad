"""Comments that exempt a line from a rule: where they are seen, and what they do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyctl.adapters.yaml_files import parse
from policyctl.core.finding import Severity, Span
from policyctl.core.suppressions import FORM, suppressed, suppressions

RULES = ("rule-a", "rule-b")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def read(text):
    document, findings = parse(text.encode(), "p.yaml")
    assert document is not None
    assert findings == ()
    return document


def lines_of(text):
    """The lines that the suppressions of a text speak of."""
    return [one.line for one in suppressions(read(text), RULES)[0]]


def judge(text, *places, code="rule-a", now=NOW, ran=RULES, before=None):
    """What is left of findings of one rule at these places, and what is said of suppressions."""
    document = read(text)
    among, malformed = suppressions(document, RULES)
    findings = [document.finding(code, "it is wrong", at=at) for at in places]
    left = suppressed(findings, among, document=document, ran=ran, now=now, before=before)
    return left, (*malformed, *left.own)


def test_a_comment_at_the_end_of_a_line_speaks_of_that_line():
    left, own = judge("a: 1\nb: 2 # policyctl: ignore[rule-a]: agreed\nc: 3\n", ("b",), ("c",))

    assert [finding.at for finding in left.findings] == [("c",)]
    assert (left.count, own) == (1, ())


def test_a_comment_alone_on_its_line_speaks_of_the_line_below():
    left, own = judge("a: 1\n# policyctl: ignore[rule-a]: agreed\nb: 2\n", ("a",), ("b",))

    assert [finding.at for finding in left.findings] == [("a",)]
    assert (left.count, own) == (1, ())


def test_comments_one_above_the_other_speak_of_the_same_line():
    text = (
        "a:\n"
        "  # policyctl: ignore[rule-a]: agreed\n"
        "  # a remark\n"
        "  # policyctl: ignore[rule-b]: agreed too\n"
        "  - b\n"
    )

    assert lines_of(text) == [5, 5]


def test_several_rules_stand_in_one_comment():
    text = "a: 1 # policyctl: ignore[rule-a, rule-b]: agreed\n"
    (one,) = suppressions(read(text), RULES)[0]

    assert one.codes == ("rule-a", "rule-b")
    assert (one.until, one.reason, one.span) == ("", "agreed", Span(1, 6, 1, 49))


def test_a_comment_may_follow_another_one():
    assert lines_of("a: 1  # moved by hand # policyctl: ignore[rule-a]: agreed\n") == [1]


def test_the_reason_goes_on_to_the_end_of_the_line():
    text = "a: 1 # policyctl: ignore[rule-a]: see #12: agreed # policyctl: ignore[rule-b]: x\r\n"
    (one,) = suppressions(read(text), RULES)[0]

    assert one.reason == "see #12: agreed # policyctl: ignore[rule-b]: x"


@pytest.mark.parametrize(
    "text",
    [
        "a: 'x # policyctl: ignore[rule-a]: agreed'\n",
        'a: "x # policyctl: ignore[rule-a]: agreed"\n',
        'a: "x\n  # policyctl: ignore[rule-a]: agreed"\n',
        "a: |\n  # policyctl: ignore[rule-a]: agreed\n  x\n",
        "a: >-\n  x\n  # policyctl: ignore[rule-a]: agreed\nb: 1\n",
        "'a # policyctl: ignore[rule-a]: agreed': 1\n",
        "a: x#policyctl:ignore[rule-a]:agreed\n",
        "a: [b, 'c # policyctl: ignore[rule-a]: agreed']\n",
        "? |\n  # policyctl: ignore[rule-a]: agreed\n: x\n",
    ],
)
def test_what_stands_in_a_value_or_a_key_is_no_comment(text):
    assert suppressions(read(text), RULES) == ((), ())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: | # policyctl: ignore[rule-a]: agreed\n  x\n", 1),
        ("a: &x !!str >-2 # policyctl: ignore[rule-a]: agreed\n    x\n", 1),
        ("a: |\n  x\n# policyctl: ignore[rule-a]: agreed\nb: 1\n", 4),
        ("a: 'it''s' # policyctl: ignore[rule-a]: agreed\n", 1),
        ("a: [b, # policyctl: ignore[rule-a]: agreed\n  c]\n", 1),
        ("a: 'x # policyctl: no' # policyctl: ignore[rule-a]: agreed\n", 1),
        ("a: # policyctl: ignore[rule-a]: agreed\n  b: 1\n", 1),
        ("'größer 大': 1 # policyctl: ignore[rule-a]: agreed\n", 1),
        ("a: 1\n# policyctl: ignore[rule-a]: agreed", 3),
    ],
)
def test_what_stands_beside_values_is_a_comment(text, line):
    assert lines_of(text) == [line]


@pytest.mark.parametrize(
    ("comment", "message", "hint"),
    [
        (
            "# policyctl: ignore[rule-a]",
            "the suppression gives no reason",
            FORM,
        ),
        ("# policyctl: ignore[rule-a]:  ", "the suppression gives no reason", FORM),
        ("# policyctl: ignore[rule-a] until 2027-01-31", "the suppression gives no reason", FORM),
        ("# policyctl: ignore[]: agreed", "the suppression names no rule", FORM),
        (
            "# policyctl: ignore[rule-c]: agreed",
            "the suppression names 'rule-c', and no rule about policies is called so",
            "did you mean 'rule-b'?",
        ),
        (
            "# policyctl: ignore[rule_a]: agreed",
            "the suppression names 'rule_a', and no rule about policies is called so",
            "did you mean 'rule-a'?",
        ),
        (
            "# policyctl: ignore[rule-a] untill 2027-01-31: agreed",
            "the suppression goes on in a way that is not understood",
            FORM,
        ),
        (
            "# policyctl: ignore: agreed",
            "the comment is no suppression, and policyctl reads no other comments",
            FORM,
        ),
        (
            "# policyctl ignore[rule-a]: agreed",
            "the comment is no suppression, and policyctl reads no other comments",
            FORM,
        ),
        (
            "# Policyctl: Ignore[rule-a]: agreed",
            "the comment is no suppression, and policyctl reads no other comments",
            FORM,
        ),
    ],
)
def test_a_malformed_suppression_is_found_and_has_no_effect(comment, message, hint):
    left, own = judge(f"a: 1 {comment}\n", ("a",))

    (found,) = own
    assert (found.code, found.message, found.hint) == ("suppression-malformed", message, hint)
    assert found.span == Span(1, 6, 1, 6 + len(comment.rstrip()))
    assert (len(left.findings), left.count) == (1, 0)


def test_a_remark_that_mentions_policyctl_is_none_of_ours():
    assert judge("a: 1  # moved by policyctl, never by hand\n", ("a",))[1] == ()


def test_the_last_day_is_inclusive_and_in_utc():
    text = "a: 1 # policyctl: ignore[rule-a] until 2026-11-22: agreed\n"
    last = datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)

    assert judge(text, ("a",), now=last)[0].count == 1
    left, own = judge(text, ("a",), now=last + timedelta(seconds=1))
    assert (left.count, len(left.findings)) == (0, 1)
    assert [(found.code, found.message) for found in own] == [
        ("suppression-expired", "the suppression of rule-a ended on 2026-11-22")
    ]


@pytest.mark.parametrize("until", ["2026-11-31", "tomorrow", "2027-1-1", "20270101"])
def test_a_last_day_that_is_no_day_counts_as_over(until):
    left, own = judge(f"a: 1 # policyctl: ignore[rule-a] until {until}: agreed\n", ("a",))

    assert (left.count, len(left.findings)) == (0, 1)
    (found,) = own
    assert found.code == "suppression-expired"
    assert found.message == f"the suppression of rule-a ends on '{until}', which is no day"


def test_each_rule_that_a_suppression_names_in_vain_is_found():
    left, own = judge("a: 1 # policyctl: ignore[rule-a, rule-b]: agreed\n", ("a",))

    (found,) = own
    assert (found.code, found.severity) == ("suppression-unused", Severity.WARNING)
    assert found.message == "the suppression of rule-b suppresses nothing"
    assert left.count == 1


def test_nothing_is_said_of_a_suppression_whose_rule_did_not_run():
    assert judge("a: 1 # policyctl: ignore[rule-a]: agreed\n", ran=["rule-b"])[1] == ()


def test_a_finding_without_a_place_cannot_be_suppressed():
    document = read("a: 1 # policyctl: ignore[rule-a]: agreed\n")
    among, _ = suppressions(document, RULES)
    from dataclasses import replace

    finding = replace(document.finding("rule-a", "it is wrong"), span=None)
    left = suppressed([finding], among, document=document, ran=RULES, now=NOW)

    assert left.findings == (finding,)


OLD = """\
guardrails:
  - detector: prompt_attack
    sensitivity: L1 # policyctl: ignore[rule-a]: agreed
  - detector: secrets
    sensitivity: L1
"""


def identities(text):
    return {one.identity for one in suppressions(read(text), RULES)[0]}


def test_a_suppression_that_was_there_before_counts_wherever_its_item_has_gone():
    new = """\
name: x
guardrails:
  - detector: secrets
    sensitivity: L1
  - detector: prompt_attack
    sensitivity: L2 # policyctl: ignore[rule-a]: agreed
"""
    left, own = judge(new, ("guardrails", 1, "sensitivity"), before=identities(OLD))

    assert (left.count, own) == (1, ())


@pytest.mark.parametrize(
    "comment",
    [
        "ignore[rule-a, rule-b]: agreed",
        "ignore[rule-a] until 2030-01-01: agreed",
        "ignore[rule-a]: agreed again",
    ],
)
def test_a_suppression_that_was_changed_does_not_count(comment):
    new = OLD.replace("ignore[rule-a]: agreed", comment)
    left, _ = judge(new, ("guardrails", 0, "sensitivity"), before=identities(OLD))

    assert left.count == 0


def test_a_suppression_that_was_moved_to_another_item_does_not_count():
    new = OLD.replace(" # policyctl: ignore[rule-a]: agreed", "").replace(
        "secrets\n    sensitivity: L1",
        "secrets\n    sensitivity: L1 # policyctl: ignore[rule-a]: agreed",
    )
    left, own = judge(new, ("guardrails", 1, "sensitivity"), before=identities(OLD))

    (finding,) = left.findings
    assert finding.hint == ("the suppression on line 5 is new in this range: it counts once merged")
    assert own == ()


@given(
    st.lists(
        st.sampled_from(["# policyctl: ignore[rule-a]: x", "a", '"', "'", "|", "\n", " ", ": "])
    )
)
def test_a_value_never_suppresses_anything(parts):
    """Whatever text a value holds, quoted as JSON it is a value and not a comment."""
    import json

    document = read("key: " + json.dumps("".join(parts)) + "\n")

    assert suppressions(document, RULES) == ((), ())


def test_a_file_full_of_suppressions_is_read_in_no_time():
    text = "# policyctl: ignore[rule-a]: agreed\n" * 20_000 + "a: 1\n"

    assert set(lines_of(text)) == {20_001}


@pytest.mark.parametrize("comment", ["# policyctl: x", "# policyctl: ignore[rule-a]: agreed"])
def test_a_thousand_comments_are_read_and_the_rest_has_no_effect(comment):
    document = read("a: 1\n" + f"{comment}\n" * 1_000)
    found, problems = suppressions(document, RULES)
    assert len(found) + len(problems) == 1_000

    document = read("a: 1\n" + f"{comment}\n" * 20_000)
    found, problems = suppressions(document, RULES)

    assert len(found) + len(problems) == 1_001
    assert problems[-1].message == (
        "the file has more than 1000 comments for policyctl: the rest has no effect"
    )
    assert problems[-1].span.line == 1_002

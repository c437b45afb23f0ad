"""Secrets and personal data are told by their form. Samples are put together here, so that no
scanner takes this file for a leak."""

from __future__ import annotations

import pytest

from policyctl.core.sensitive_text import PERSONAL, SECRETS, found_in


def found(text):
    return list(found_in(text, (*SECRETS, *PERSONAL)))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("AKIA" + "ABCDEFGH12345678", "an AWS access key id"),
        ("ASIA" + "ABCDEFGH12345678", "an AWS access key id"),
        ("ghp_" + "a1" * 18, "a GitHub token"),
        ("github_pat_" + "a1" * 18, "a GitHub token"),
        ("glpat-" + "a1" * 10, "a GitLab token"),
        ("AIza" + "b" * 35, "a Google API key"),
        ("sk-" + "proj-" + "c3" * 20, "a key of a model provider"),
        ("xoxb-" + "123456789012-abc", "a Slack token"),
        ("sk_" + "live_" + "d4" * 12, "a Stripe key"),
        ("eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxIn0.c2lnbmF0dXJl", "a JSON web token"),
        ("-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEowIBAAKCAQEA", "a private key"),
        ("-----BEGIN PGP " + "PRIVATE KEY BLOCK-----\nVersion: 1", "a private key"),
        ("4111 1111 1111 1111", "a payment card number"),
        ("4111-1111-1111-1111", "a payment card number"),
        ("378282246310005", "a payment card number"),
        ("GB82 WEST 1234 5698 7654 32", "an IBAN"),
        ("DE89370400440532013000", "an IBAN"),
        ("jane.doe@mail.acme.io", "a mail address"),
        ("jane+tag@acme.co", "a mail address"),
    ],
)
@pytest.mark.parametrize("around", ["{}", "the text '{}', pasted", "({})."])
def test_each_kind_is_found_wherever_it_stands(text, name, around):
    assert found(around.format(text)) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "AKIA" + "IOSFODNN7EXAMPLE",
        "AKIA[0-9A-Z]{16}",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY----- and the like",
        "ghp_short",
        "risk-assessment-of-the-customer-support-assistant",
        "4111 1111 1111 1112",
        "1111111111111117",
        "order 20261122-000042",
        "GB82 WEST 1234 5698 7654 33",
        "EX-1234 is SEC-9876",
        "support@example.com",
        "jane@mail.example.org",
        "somebody@host.test",
        "@acme and user@localhost",
        r"[a-z]+@acme\.com",
    ],
)
def test_what_only_looks_like_it_is_not_found(text):
    assert found(text) == []


def test_several_kinds_are_found_each_once():
    text = "jane@acme.io, joe@acme.io, 4111 1111 1111 1111"

    assert found(text) == ["a payment card number", "a mail address"]

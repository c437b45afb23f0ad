"""The shipped pages are those of the rules."""

from __future__ import annotations

from policyctl.adapters.rule_pages import documentation_uri, rule_pages
from policyctl.rules.registry import RULES


def test_there_is_a_page_for_every_rule_with_its_summary_and_severity():
    pages = rule_pages()

    for rule in RULES:
        page = pages[rule.id]
        assert (page.summary, page.severity) == (rule.summary, rule.severity)
        assert page.why != page.summary


def test_the_address_of_the_documents_is_absolute_or_empty():
    uri = documentation_uri()

    assert not uri or (uri.startswith("https://") and uri.endswith("/"))

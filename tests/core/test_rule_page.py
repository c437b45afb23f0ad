"""A rule's page, read back."""

import pytest

from policyctl.core.finding import Severity
from policyctl.core.rule_page import page_from

TEXT = """\
# a policy is wrong

`wrong-policy` · warning

## Why

Because it
is `wrong`.

It is.

## Finds

All.
"""


def test_a_page_gives_summary_id_severity_and_reason():
    page = page_from(TEXT)

    assert page is not None
    assert (page.id, page.summary, page.severity) == (
        "wrong-policy",
        "a policy is wrong",
        Severity.WARNING,
    )
    assert page.why == "Because it is `wrong`. It is."
    assert page.markdown == TEXT


def test_a_page_that_gives_no_reason_has_its_summary():
    page = page_from("# a policy is wrong\n\n`wrong-policy` · error\n")

    assert page is not None
    assert page.why == "a policy is wrong"


@pytest.mark.parametrize(
    "text", ["", "# a title\n", "# a title\n\n`x` · fatal\n", "`wrong-policy` · error\n"]
)
def test_another_text_is_no_page(text):
    assert page_from(text) is None

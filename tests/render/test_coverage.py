"""Coverage for people and machines, with text that means harm."""

from __future__ import annotations

import json

import pytest

from policyctl.core.catalogue import Application
from policyctl.core.coverage import Claim, ControlCoverage, Coverage, FrameworkCoverage
from policyctl.core.finding import Finding, Severity, Span
from policyctl.core.stages import Stage
from policyctl.render import coverage_markdown
from policyctl.render.json import coverage as as_json
from policyctl.render.json import envelope
from policyctl.render.lines import plain
from policyctl.render.text import coverage as as_text
from policyctl.usecases.coverage import CoverageReport

GAP = ControlCoverage(
    id="Article 9",
    title="Risk | `manage` <b>\x1b[31m 50%",
    claims=(),
    applies=(
        Application(start="2027-12-02", what="Annex III"),
        Application(start="2028-08-02", what="Annex I, | all"),
    ),
)
CLAIMED = ControlCoverage(
    id="Article 4",
    title="Literacy 😀 \u202eevil",
    claims=(
        Claim(policy="support", stage=Stage.LIMITED),
        Claim(policy="team-assistant", stage=Stage.LOGGING),
    ),
)
RICH = CoverageReport(
    coverage=Coverage(
        policies=("quiet", "support", "team-assistant"),
        silent=("quiet",),
        frameworks=(
            FrameworkCoverage(
                id="law-1",
                title="A [law](x), edition 1",
                url="https://example.org/a>b",
                gaps=(GAP,),
                covered=(CLAIMED,),
            ),
        ),
        unnamed=("other-1", "other-2"),
    ),
    unread=("policies/a|b.yaml",),
    findings=(
        Finding(
            code="wrong-type",
            severity=Severity.ERROR,
            message="the key 'x' holds <i>, 100%\nand more",
            file="policies/a|b.yaml",
            span=Span(1, 1, 1, 2),
        ),
    ),
    sources={"policies/a|b.yaml": "x: [\n"},
)
EMPTY = CoverageReport(
    coverage=Coverage(policies=(), silent=(), frameworks=(), unnamed=()),
    unread=(),
    findings=(),
    sources={},
)
FORMATS = {
    "txt": lambda report: plain(as_text.render(report)),
    "json": as_json.render,
    "md": coverage_markdown.render,
}


@pytest.fixture(autouse=True)
def version(monkeypatch):
    """A version that no release changes."""
    monkeypatch.setattr(envelope, "__version__", "1.2.3")


@pytest.mark.parametrize("name", FORMATS)
def test_a_rich_and_an_empty_report(name, golden):
    golden(f"coverage.{name}", FORMATS[name](RICH))
    golden(f"coverage-empty.{name}", FORMATS[name](EMPTY))


@pytest.mark.parametrize("name", FORMATS)
def test_gaps_come_first(name):
    text = FORMATS[name](RICH)

    assert text.index("Article 9") < text.index("Article 4")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_names_what_is_missing(name):
    text = FORMATS[name](RICH)

    for expected in ("quiet", "other-1", "other-2", "2027-12-02", "limited", "logging"):
        assert expected in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_file_that_could_not_be_read_is_no_pass():
    assert json.loads(as_json.render(RICH))["status"] == "not_judged"
    assert json.loads(as_json.render(EMPTY))["status"] == "pass"

"""Lint as a use case: what rules are shown, what is left out, and what is cured."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from policyctl.adapters.catalogues import shipped_catalogues
from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.core.entry import ChangeAction, Entry, entry_bytes
from policyctl.core.finding import Severity
from policyctl.core.findings_baseline import parse_baseline
from policyctl.core.stages import Stage
from policyctl.errors import InputError
from policyctl.rules.edit import Edit
from policyctl.rules.rule import Problem, Rule
from policyctl.rules.settings import Settings
from policyctl.rules.wider import Change, EstateRule, RangeRule
from policyctl.usecases import selection
from policyctl.usecases.exemptions import what_counts
from policyctl.usecases.fix import mend
from policyctl.usecases.lint import adopt, lint
from policyctl.usecases.lint_reading import Surroundings, read_for_rules

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAME = "policies/support.yaml"
TEXT = b"""\
schema: policyctl/policy/v1
id: support
name: Customer support
purpose: Answers questions about orders.
use_case: public-facing
data_sensitivity: internal
owner: support
stage: logging
sensitivity: L3
guardrails:
  - detector: prompt_attack
"""
OTHER = TEXT.replace(b"id: support", b"id: other")


class Shipped:
    """Governance with neither root nor baselines."""

    root = None
    catalogues = shipped_catalogues()

    def baseline_names(self):
        return ()

    def baseline(self, name):
        return None


class Trail:
    def __init__(self, *contents):
        self.contents = contents

    def entries(self, policy):
        yield from self.contents


class Past:
    def __init__(self, changes=(), **files):
        self.all = changes
        self.files = files

    def changes(self):
        return self.all

    def before(self, file):
        return self.files.get(file)


def around(**more):
    given = {
        "documents": YamlDocuments(),
        "governance": Shipped(),
        "trails": Trail(),
        "settings": Settings(),
        "now": NOW,
    }
    return Surroundings(**given | more)


def entry(seq, policy="support"):
    return Entry(
        log="0" * 64,
        policy=policy,
        path=NAME,
        seq=seq,
        prev=None,
        change="c1",
        action=ChangeAction.EDIT,
        source=Stage.LOGGING,
        target=Stage.LOGGING,
        before=None,
        after=None,
        owner="support",
        use_case="public-facing",
        rationale="as agreed",
        root=1,
        requested_at=NOW,
    )


def dial(subject):
    """Finds a dial that is not L4."""
    if subject.data["sensitivity"] != "L4":
        yield Problem(message=f"the dial is {subject.data['sensitivity']}", at=("sensitivity",))


def rule(check=dial, name="low-dial", **more):
    return Rule(id=name, summary="the dial is low", severity=Severity.WARNING, check=check, **more)


@pytest.fixture
def rules(monkeypatch):
    """Replaces all rules."""

    def use(*found):
        monkeypatch.setattr(selection, "RULES", found)
        ids = frozenset(one.id for one in found)
        for module in ("selection", "lint"):
            monkeypatch.setattr(f"policyctl.usecases.{module}.KNOWN", ids)
        for module in ("selection", "exemptions", "fix"):
            monkeypatch.setattr(f"policyctl.usecases.{module}.ABOUT_POLICIES", ids)

    return use


def codes(report):
    return [finding.code for finding in report.findings]


def test_a_rule_is_shown_the_present_the_settings_and_the_trail_in_order():
    past = Trail(*(entry_bytes(one) for one in (entry(2), entry(1), entry(3, "other"))), b"{}")
    settings = Settings(max_exceptions=7)

    subject = read_for_rules(NAME, TEXT, around(trails=past, settings=settings)).subject

    assert subject is not None
    assert (subject.now, subject.settings) == (NOW, settings)
    assert [one.seq for one in subject.trail] == [1, 2]


def test_a_finding_names_its_policy_and_has_the_severity_of_the_settings(rules):
    rules(rule())

    report = lint(
        [(NAME, TEXT)], around=around(settings=Settings(severity={"low-dial": Severity.NOTE}))
    )

    (finding,) = report.findings
    assert (finding.policy, finding.severity) == ("support", Severity.NOTE)
    assert (report.files, set(report.sources)) == (1, {NAME})


def test_a_file_that_cannot_be_read_has_its_own_findings_only(rules):
    rules(rule())

    assert codes(lint([(NAME, TEXT + b"stage: limited\n")], around=around())) == ["duplicate-key"]


def test_rules_about_the_estate_see_all_of_it_and_speak_of_what_was_asked(rules):
    seen = []

    def check(estate):
        seen.append([subject.data["id"] for subject in estate.subjects])
        for subject in estate.subjects:
            yield subject, Problem(message="it is one of several", at=("id",))

    rules(EstateRule(id="several", summary="s", severity=Severity.NOTE, check=check))
    estate = [("policies/other.yaml", OTHER), ("policies/broken.yaml", b"a: [")]

    report = lint([(NAME, TEXT)], around=around(), estate=[*estate, (NAME, TEXT)])

    assert seen == [["other", "support"]]
    assert [(finding.file, finding.policy) for finding in report.findings] == [(NAME, "support")]


def test_the_estate_is_not_read_where_no_rule_asks(rules):
    rules(rule())

    def estate():
        raise AssertionError("read")
        yield

    assert codes(lint([(NAME, TEXT)], around=around(), estate=estate())) == ["low-dial"]


def test_rules_about_commits_run_on_a_range_only(rules):
    def check(changes, settings):
        for change in changes:
            yield change, Problem(message="it changes much")

    rules(rule(), RangeRule(id="big", summary="s", severity=Severity.NOTE, check=check))
    past = Past((Change(commit="a" * 40, subject="x", paths=("y",)),))

    assert codes(lint([(NAME, TEXT)], around=around())) == ["low-dial"]
    report = lint([(NAME, TEXT)], around=around(history=past))
    assert [finding.message for finding in report.findings] == [
        "commit aaaaaaaaaaaa: it changes much",
        "the dial is L3",
    ]


def test_a_baseline_hides_what_it_knows_and_nothing_else(rules):
    rules(rule())

    _, content = adopt([(NAME, TEXT)], around=around())
    known = parse_baseline(content, "known.json")

    report = lint([(NAME, TEXT), ("policies/other.yaml", OTHER)], around=around(), baseline=known)
    assert [finding.policy for finding in report.findings] == ["other"]
    assert report.unreported is not None
    assert report.unreported.known == 1


def test_of_a_policy_that_is_gone_all_known_findings_are_stale(rules):
    rules(rule())
    _, content = adopt([(NAME, TEXT)], around=around())
    known = parse_baseline(content, "known.json")
    cured = OTHER.replace(b"L3", b"L4")

    assert codes(lint([("o.yaml", cured)], around=around(), baseline=known)) == ["baseline-stale"]


def test_of_policies_that_were_not_read_nothing_is_stale(rules):
    rules(rule())
    _, content = adopt([(NAME, TEXT)], around=around())
    known = parse_baseline(content, "known.json")
    cured = OTHER.replace(b"L3", b"L4")

    assert codes(lint([("o.yaml", cured)], around=around(), estate=(), baseline=known)) == []
    broken = [("o.yaml", cured), (NAME, b"a: [")]
    assert codes(lint(broken, around=around(), baseline=known)) == ["yaml-syntax"]


def to(value):
    return lambda subject, problem: Edit(at=problem.at, value=value)


def test_a_cure_changes_one_scalar(rules):
    rules(rule(fix=to("L4")))

    mended = mend(NAME, TEXT, around())

    assert mended.after == TEXT.replace(b"L3", b"L4")
    assert [(one.finding.message, one.value) for one in mended.fixed] == [("the dial is L3", "L4")]


def test_cures_build_upon_each_other(rules):
    steps = {"L1": "L2", "L2": "L3", "L3": "L4"}

    def step(subject, problem):
        return Edit(at=problem.at, value=steps[subject.data["sensitivity"]])

    rules(rule(fix=step))

    mended = mend(NAME, TEXT.replace(b"L3", b"L1"), around())

    assert mended.after == TEXT.replace(b"L3", b"L4")
    assert [one.value for one in mended.fixed] == ["L2", "L3", "L4"]


def test_rules_that_undo_each_other_come_to_an_end(rules):
    def high(subject):
        if subject.data["sensitivity"] == "L4":
            yield Problem(message="the dial is high", at=("sensitivity",))

    rules(rule(fix=to("L4")), rule(high, "high-dial", fix=to("L3")))

    assert len(mend(NAME, TEXT, around()).fixed) == 2


def test_a_cure_that_would_break_the_policy_is_not_applied(rules):
    rules(rule(fix=to("L9")))

    mended = mend(NAME, TEXT, around())

    assert (mended.after, mended.fixed) == (TEXT, ())


def test_a_cure_that_cannot_be_written_is_not_applied(rules):
    rules(rule(fix=lambda *_: Edit(at=("nowhere",), value="x")))

    assert mend(NAME, TEXT, around()).fixed == ()


def test_what_a_range_changes_in_its_exemptions_counts_later():
    def read(content):
        if content == b"broken":
            raise InputError("broken")
        return content

    assert what_counts("f", b"new", read, None) == b"new"
    assert what_counts("f", b"new", read, Past(f=b"old")) == b"old"
    assert what_counts("f", b"new", read, Past()) is None
    assert what_counts("f", b"new", read, Past(f=b"broken")) is None
    with pytest.raises(InputError):
        what_counts("f", b"broken", read, Past(f=b"old"))


def test_a_suppression_counts_if_it_was_there_before_the_range(rules):
    rules(rule())
    line = b"sensitivity: L3 # policyctl: ignore[low-dial]: agreed"
    text = TEXT.replace(b"sensitivity: L3", line)
    past = Past()
    past.files = {NAME: b"# moved\n" + text}

    assert codes(lint([(NAME, text)], around=around(history=past))) == []
    past.files = {NAME: TEXT}
    assert codes(lint([(NAME, text)], around=around(history=past))) == ["low-dial"]
    past.files = {NAME: b"a: ["}
    assert codes(lint([(NAME, text)], around=around(history=past))) == ["low-dial"]

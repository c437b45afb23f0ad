"""The gate's report as text: the verdict, each criterion, the numbers behind them."""

from __future__ import annotations

from policyctl.core.criterion import Outcome
from policyctl.core.evidence import EvidenceReport
from policyctl.render.evidence_notes import notes
from policyctl.render.lines import BAD, BOLD, DIM, GOOD, WARN, Line, Part, line, table
from policyctl.render.terminal_charts import charts

_MARKS = {
    Outcome.MET: Part("met      ", GOOD),
    Outcome.NOT_MET: Part("not met  ", BAD),
    Outcome.UNDECIDED: Part("undecided", WARN),
}
_VERDICTS = {
    Outcome.MET: Part("met", GOOD),
    Outcome.NOT_MET: Part("not met", BAD),
    Outcome.UNDECIDED: Part("not yet decidable", WARN),
}


def render(report: EvidenceReport, width: int | None = None) -> list[Line]:
    """The whole report."""
    lines = [
        line(
            Part(f"{report.policy}: {report.source.value} -> {report.target.value}", BOLD),
            "   gate ",
            _VERDICTS[report.verdict],
        ),
        (),
    ]
    lines += [
        line("  ", _MARKS[item.outcome], "  ", Part(f"{item.name}: ", DIM), item.sentence)
        for item in report.criteria
    ]
    acting = [
        stratum for stratum in report.tally.strata if stratum.flagged or stratum.newly_blocked
    ]
    if acting:
        lines.append(())
        lines += [line("  ", *row) for row in _counts(report, width)]
    if width is not None:
        lines += charts(report, width)
    lines.append(())
    said = tuple(notes(report))
    room = max(len(topic) for topic, _ in said)
    lines += [line(Part(f"  {topic:<{room}}  ", DIM), text) for topic, text in said]
    return lines


def _counts(report: EvidenceReport, width: int | None) -> list[Line]:
    rows = [
        [
            Part(f"{stratum.guardrail} ({stratum.direction.value})"),
            Part(stratum.app),
            Part(str(stratum.evaluations)),
            Part(str(stratum.flagged)),
            Part(str(stratum.newly_blocked)),
            Part(str(stratum.reviewed)),
            Part(str(stratum.false_positives)),
        ]
        for stratum in report.tally.strata
        if stratum.flagged or stratum.newly_blocked
    ]
    headers = ["guardrail", "app", "evaluated", "flagged", "newly blocked", "reviewed", "false"]
    return table(headers, rows, width - 2 if width else None)

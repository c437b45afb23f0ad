"""The gate's report as one page of HTML that needs nothing else and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from policyctl.core.canonical import sha256
from policyctl.core.criterion import Outcome
from policyctl.core.evidence import EvidenceReport, evidence_bytes
from policyctl.render import svg
from policyctl.render.evidence_notes import WORDS, notes
from policyctl.render.evidence_pictures import (
    bound_rows,
    level_rows,
    rate_series,
    score_rows,
    waterfall,
)
from policyctl.render.lines import clean

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --dim: #59636e; --paper: #fff; --edge: #d1d9e0;
  --good: #1a7f37; --bad: #cf222e; --open: #9a6700; --blue: #0969da; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --dim: #9198a1; --paper: #0d1117;
  --edge: #3d444d; --good: #3fb950; --bad: #f85149; --open: #d29922; --blue: #58a6ff; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem;
  border-bottom: 1px solid var(--edge); overflow-wrap: anywhere; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.met { color: var(--good); } .not_met { color: var(--bad); } .undecided { color: var(--open); }
.met, .not_met, .undecided { font-weight: 600; white-space: nowrap; }
dt { color: var(--dim); } dd { margin: 0 0 .5rem 0; overflow-wrap: anywhere; }
svg { display: block; margin: .5rem 0 1.5rem; break-inside: avoid; }
svg text { font-size: 11px; fill: var(--ink); }
.axis { stroke: var(--edge); } .whisker { stroke: var(--dim); }
.rate { fill: none; stroke: var(--blue); stroke-width: 1.5; } .dot { fill: var(--blue); }
.bound { stroke-width: 6; } .good { stroke: var(--good); } .bad { stroke: var(--bad); }
.open { stroke: var(--open); } .limit { stroke: var(--ink); stroke-dasharray: 3 2; }
.level1 { fill: var(--bad); } .level2 { fill: #bf5b00; } .level3 { fill: var(--open); }
.level4 { fill: var(--blue); } .level5 { fill: var(--dim); }
.total { fill: var(--blue); } .less { fill: var(--edge); }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } }
"""


def render(report: EvidenceReport) -> str:
    """The whole page: the same bytes for the same report."""
    title = _text(f"{report.policy}: {report.source.value} → {report.target.value}")
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{title}</h1>\n<p>Gate: {_outcome(report.verdict)}</p>\n"
        f"{_criteria(report)}{_pictures(report)}{_strata(report)}{_notes(report)}"
        "</body>\n</html>\n"
    )


def _criteria(report: EvidenceReport) -> str:
    rows = "".join(
        f"<tr><td>{_text(item.name)}</td><td>{_outcome(item.outcome)}</td>"
        f"<td>{_text(item.sentence)}</td></tr>\n"
        for item in report.criteria
    )
    head = "<tr><th>criterion</th><th>outcome</th><th>what the records say</th></tr>"
    return f"<table>\n{head}\n{rows}</table>\n"


def _pictures(report: EvidenceReport) -> str:
    parts = []
    bound, levels = bound_rows(report), level_rows(report)
    if bound:
        parts.append(f"<h2>False positives</h2>\n{svg.false_positives(bound)}")
    if any(stratum.flagged for stratum in report.tally.strata):
        parts.append(f"<h2>What the promotion would do</h2>\n{svg.steps(waterfall(report))}")
    series = rate_series(report)
    if series:
        drawn = "".join(f"<h3>{_text(item.name)}</h3>\n{svg.rates(item)}" for item in series)
        parts.append(f"<h2>Flag rate by day</h2>\n{drawn}")
    if levels:
        parts.append(f"<h2>Detections by level</h2>\n{svg.levels(levels)}")
    scores = score_rows(report)
    if scores:
        parts.append(f"<h2>Detections by score</h2>\n{svg.scores(scores)}")
    return "".join(parts)


def _strata(report: EvidenceReport) -> str:
    acting = [item for item in report.tally.strata if item.flagged or item.newly_blocked]
    if not acting:
        return ""
    numbers = ["evaluated", "flagged", "newly blocked", "reviewed", "false"]
    head = "".join(f'<th class="number">{name}</th>' for name in numbers)
    rows = []
    for item in acting:
        counts = (
            item.evaluations,
            item.flagged,
            item.newly_blocked,
            item.reviewed,
            item.false_positives,
        )
        cells = "".join(f'<td class="number">{count}</td>' for count in counts)
        name = _text(f"{item.guardrail} ({item.direction.value})")
        rows.append(f"<tr><td>{name}</td><td>{_text(item.app)}</td>{cells}</tr>\n")
    title = "<h2>Counts</h2>\n"
    return (
        f"{title}<table>\n<tr><th>guardrail</th><th>app</th>{head}</tr>\n{''.join(rows)}</table>\n"
    )


def _notes(report: EvidenceReport) -> str:
    said = [*notes(report), ("digest of this evidence", sha256(evidence_bytes(report)))]
    items = "".join(f"<dt>{_text(topic)}</dt><dd>{_text(text)}</dd>\n" for topic, text in said)
    return f"<h2>Beside</h2>\n<dl>\n{items}</dl>\n"


def _outcome(outcome: Outcome) -> str:
    return f'<span class="{outcome.value}">{WORDS[outcome]}</span>'


def _text(text: str) -> str:
    return escape(clean(text))

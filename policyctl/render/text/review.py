"""The sample to review, and what came back, as text."""

from __future__ import annotations

from policyctl.core.criterion import counted
from policyctl.render.lines import BOLD, DIM, GOOD, WARN, Line, Part, line, table
from policyctl.render.text.findings import finding_lines
from policyctl.usecases.review import Imported, Sample, settled


def render_sample(sample: Sample, out: str) -> list[Line]:
    """What was drawn, from how much, and what to do with it."""
    why = "as many as the gate needs" if sample.planned else "as many as were asked for"
    rows = [
        [
            Part(f"{stratum.guardrail} ({stratum.direction.value})"),
            Part(stratum.app),
            Part(str(stratum.detections)),
            Part(str(stratum.clusters)),
            Part(str(len(stratum.drawn))),
        ]
        for stratum in sample.strata
    ]
    headers = ["guardrail", "app", "newly blocked", "independent", "drawn"]
    return [
        line(
            Part(_title(sample), BOLD),
            f"   {counted(sample.drawn, 'detection')} to review in {out}",
        ),
        (),
        *(line("  ", *row) for row in table(headers, rows, None)),
        (),
        line(Part("  size     ", DIM), f"{sample.size} of each, {why}"),
        line(
            Part("  verdict  ", DIM),
            "true_positive, false_positive or unsure; a row left blank counts as false_positive",
        ),
        line(
            Part("  then     ", DIM),
            f"policyctl review import {sample.policy.id} {out} --events … --out labels.json",
        ),
    ]


def render_import(imported: Imported, out: str) -> list[Line]:
    """What was taken in, what is missing, and what kept it from being taken."""
    if imported.findings:
        count = counted(len(imported.findings), "problem")
        return [
            *finding_lines(imported.findings, {}),
            line(Part(f"{count}: nothing was written", BOLD)),
        ]
    reviews = imported.reviews
    lines = [
        line(
            Part(_title(imported.sample), BOLD),
            f"   {counted(len(imported.labels.verdicts), 'verdict')} in {out}",
        ),
        (),
    ]
    for item in reviews.strata:
        said = f"{item.reviewed} of {item.drawn} reviewed, {item.false_positives} count as false"
        if item.unsure or item.disputed:
            said += f" ({item.unsure} unsure, {item.disputed} disputed)"
        if item.missing:
            said += f"; {item.missing} missing, which count as false too"
        mark = Part("  complete    ", GOOD) if not item.missing else Part("  incomplete  ", WARN)
        lines.append(line(mark, f"{item.sample.name}: {said}"))
    lines += [(), line(Part("  reviewers  ", DIM), _reviewers(imported))]
    if reviews.outside:
        lines.append(
            line(
                Part("  outside    ", DIM),
                f"{counted(reviews.outside, 'verdict')} outside of the sample of {reviews.size} do"
                f" not count, {reviews.outside_false} of them false positives",
            )
        )
    lines += [
        line(Part("  needed     ", DIM), text)
        for text in settled(imported.more, imported.sample.gate)
    ]
    return lines


def _reviewers(imported: Imported) -> str:
    reviews = imported.reviews
    said = ", ".join(reviews.reviewers) or "nobody"
    if reviews.twice:
        said += f"; {reviews.twice} reviewed twice, {reviews.agreed} alike"
        if reviews.kappa is not None:
            said += f", kappa {reviews.kappa:.2f}"
    return said


def _title(sample: Sample) -> str:
    policy = sample.policy
    return f"{policy.id}: {policy.stage.value} -> {sample.target.value}"

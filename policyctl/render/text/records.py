"""An import of records as text: what was read, what could not be used and why."""

from __future__ import annotations

from policyctl.core.records_manifest import ImportedFile
from policyctl.render.lines import BOLD, DIM, GOOD, WARN, Line, Part, line, table
from policyctl.render.summary import several
from policyctl.usecases.import_records import ImportReport


def render(report: ImportReport, width: int | None = None) -> list[Line]:
    """A row for each new input, reasons, and what the folder holds now."""
    lines: list[Line] = []
    if report.added:
        headers = ["file", "lines", "used", "records", "not used"]
        lines += [*table(headers, [_row(item) for item in report.added], width), ()]
    for item in report.added:
        lines += _remarks(item, report.folder)
    if report.known:
        known = several(len(report.known), "file")
        lines.append(line(Part("there already: ", DIM), f"{known} ({', '.join(report.known)})"))
    inputs = report.manifest.inputs
    records = sum(item.records for item in inputs)
    firsts, lasts = [one.first for one in inputs if one.first], [one.last for one in inputs]
    window = f" from {min(firsts)} to {max(lasts)}" if firsts else ""
    word = Part("prepared", GOOD if not report.rejected else WARN)
    held = f" {report.folder}: {several(records, 'record')} of {several(len(inputs), 'file')}"
    lines.append(line(word, held + window))
    return lines


def _row(item: ImportedFile) -> list[Part]:
    refused = sum(count for _, count in item.rejected)
    return [
        Part(item.name, BOLD),
        Part(str(item.lines)),
        Part(str(item.used)),
        Part(str(item.records)),
        Part(str(refused), WARN if refused else ""),
    ]


def _remarks(item: ImportedFile, folder: str) -> list[Line]:
    said = [
        line(Part(f"{item.name}: ", BOLD), f"{several(count, 'line')}: {reason}")
        for reason, count in sorted(item.rejected, key=lambda pair: (-pair[1], pair[0]))
    ]
    if said:
        said.append(line(Part(f"  which ones: {folder}/rejects/{item.short}.jsonl", DIM)))
    if item.silent:
        silent = f"{several(item.silent, 'line')} without any detector's answer"
        said.append(line(Part(f"{item.name}: ", BOLD), silent))
    return said

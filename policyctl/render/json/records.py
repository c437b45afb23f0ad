"""An import of records as JSON."""

from __future__ import annotations

from policyctl.core.records_manifest import ImportedFile
from policyctl.render.json.envelope import document
from policyctl.usecases.import_records import ImportReport


def render(report: ImportReport) -> str:
    """The whole output."""
    result = {
        "folder": report.folder,
        "added": [_input(item) for item in report.added],
        "known": list(report.known),
        "inputs": len(report.manifest.inputs),
        "records": sum(item.records for item in report.manifest.inputs),
    }
    return document("records import", "fail" if report.rejected else "pass", result=result)


def _input(item: ImportedFile) -> dict[str, object]:
    return {
        "name": item.name,
        "sha256": item.sha256,
        "lines": item.lines,
        "used": item.used,
        "silent": item.silent,
        "records": item.records,
        "rejected": dict(item.rejected),
        "first": item.first or None,
        "last": item.last or None,
    }

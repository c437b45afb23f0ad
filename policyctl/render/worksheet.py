"""The sheet that reviewers fill in: one line a detection, ids only, never a text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from policyctl.usecases.review import Sample

COLUMNS = (
    "guardrail", "app", "place", "request_id", "detector", "direction", "ts",
    "verdict", "reviewer", "reviewed_at",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "'")


def as_csv(sample: Sample) -> str:
    """The worksheet for a spreadsheet.

    A spreadsheet would execute a cell that begins like a formula, and ids come from outside: such
    a cell begins with an apostrophe, which the import takes away again.
    """
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in _rows(sample):
        writer.writerow([_guarded(str(row[column])) for column in COLUMNS])
    return page.getvalue()


def as_json_lines(sample: Sample) -> str:
    """The worksheet for a program."""
    return "".join(json.dumps(row, ensure_ascii=True) + "\n" for row in _rows(sample))


def _rows(sample: Sample) -> Iterator[dict[str, object]]:
    for stratum in sample.strata:
        for drawn in stratum.drawn:
            yield {
                "guardrail": stratum.guardrail,
                "app": stratum.app,
                "place": drawn.place,
                "request_id": drawn.case.request_id,
                "detector": drawn.case.detector,
                "direction": drawn.case.direction.value,
                "ts": drawn.time.isoformat().replace("+00:00", "Z"),
                "verdict": "",
                "reviewer": "",
                "reviewed_at": "",
            }


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell

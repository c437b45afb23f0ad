"""Makes the sample of real detection records that travels with policyctl.

Takes a file of JSON lines, one score of one detector on one text a line, and keeps three
applications and one third-party classifier of prompt attacks. What it writes are records as
`schemas/record.v1.json` describes them, without any text. The same input gives the same bytes.

A corpus knows which texts are attacks; a review only ever sees detections. So a label is written
where the detector found something: an attack is a true positive, a benign text a false one.

    python docs/examples/make_demo_records.py scores.jsonl policyctl/demo_data/records.jsonl.gz
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

APPS = {"assistant", "bank-support", "redteam-lab"}
DETECTOR = "prompt_attack/jailguard"
LEVELS = {
    "l1": "l1_confident",
    "l2": "l2_very_likely",
    "l3": "l3_likely",
    "l4": "l4_less_likely",
    "none": "none",
}
LABELS = {"attack": "true_positive", "benign": "false_positive"}


def sample(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The records of the sample, in the order of the lines."""
    for line in lines:
        scored = json.loads(line)
        if scored["app"] in APPS and scored["detector"] == DETECTOR:
            yield record(scored)


def record(scored: dict[str, Any]) -> dict[str, Any]:
    """The record of one score, as an engine that only observes would have written it."""
    detected = scored["level"] != "none"
    found = {
        "ts": scored["ts"],
        "request_id": scored["request_id"],
        "app": scored["app"],
        "direction": scored["direction"],
        "detector": scored["detector"],
        "level": LEVELS[scored["level"]],
        "status": "ok",
        "detected": detected,
        "blocked": False,
    }
    if detected and scored["label"] is not None:
        found |= {"label": LABELS[scored["label"]], "reviewer": "corpus"}
    return found


def main() -> None:
    """Write the sample."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="the scores, as JSON lines")
    parser.add_argument("target", type=Path, help="the records to write, as JSON lines in gzip")
    arguments = parser.parse_args()
    with arguments.source.open(encoding="utf-8") as lines:
        text = "".join(json.dumps(item, separators=(",", ":")) + "\n" for item in sample(lines))
    # No name and no time in the header, so that the same records are the same bytes.
    arguments.target.write_bytes(gzip.compress(text.encode("ascii"), 9, mtime=0))


if __name__ == "__main__":
    main()

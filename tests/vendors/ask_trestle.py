"""Has compliance-trestle read OSCAL documents, and says as JSON what it made of them.

Runs in the environment that holds it, as `python ask_trestle.py read FOLDER`. Every file
``component-definition.json`` and ``assessment-results.json`` below the folder is read by trestle's
models, which are generated from NIST's own schemas, written again, and given to the validators of
`trestle validate`.
"""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from trestle.common.err import TrestleError
from trestle.core.validator_factory import validator_factory
from trestle.oscal import OSCAL_VERSION
from trestle.oscal.assessment_results import AssessmentResults
from trestle.oscal.component import ComponentDefinition

MODELS = {"component-definition": ComponentDefinition, "assessment-results": AssessmentResults}
VALIDATORS = ("duplicates", "refs", "all")


def read(file):
    """What trestle says of one document."""
    try:
        model = MODELS[file.stem].oscal_read(file)
    except TrestleError as error:
        return {"wrong": [str(error)], "same": False}
    checks = {name: validator_factory.get(Namespace(mode=name)) for name in VALIDATORS}
    wrong = [
        name for name, one in checks.items() if not one.model_is_valid(model, True, file.parent)
    ]
    again = json.loads(model.oscal_serialize_json().replace('+00:00"', 'Z"'))
    return {"wrong": wrong, "same": again == json.loads(file.read_text("utf-8"))}


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    files = sorted(item for item in folder.rglob("*.json") if item.stem in MODELS)
    said = {str(file.relative_to(folder)): read(file) for file in files}
    print(json.dumps({"version": OSCAL_VERSION, "documents": said}))

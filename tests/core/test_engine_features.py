"""The table of engines speaks of engines and detectors that exist."""

from __future__ import annotations

import json
from pathlib import Path

from policyctl.core.detectors import is_known
from policyctl.core.engine_features import ENGINES

SCHEMA = Path(__file__).parents[2] / "schemas" / "policy.v1.json"


def test_the_table_has_every_engine_that_a_policy_can_name():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))

    named = schema["$defs"]["applies_to"]["properties"]["engine"]["enum"]
    assert set(named) == {*ENGINES, "other"}


def test_the_table_names_only_detectors_that_exist():
    for engine in ENGINES.values():
        assert all(map(is_known, (*engine.lacks, *engine.merged)))
        assert set(engine.own_expressions) <= set(engine.lacks)

"""Configurations of real projects: each becomes a policy that validates, or a clear refusal."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from policyctl.adapters.engine_files import read_configurations
from policyctl.adapters.working_governance import WorkingGovernance
from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.core.detectors import FAMILIES
from policyctl.core.engines.exporting import exported
from policyctl.core.engines.target import Provenance, Raw
from policyctl.core.engines.targets import TARGETS
from policyctl.core.frozen import replace
from policyctl.core.stages import Stage
from policyctl.errors import PolicyctlError, RefusedError
from policyctl.usecases.import_configuration import ImportWish, import_configuration

REAL = Path(os.environ.get("POLICYCTL_REAL_CONFIGS", "/nowhere"))
NOW = datetime(2026, 3, 1, tzinfo=UTC)
FOLDERS = {
    "bedrock": "bedrock",
    "lakera": "lakera",
    "litellm": "litellm",
    "model-armor": "model_armor",
    "nemo": "nemo",
    "openai-guardrails": "openai_guardrails",
}
FILES = [
    (target, file)
    for target, folder in FOLDERS.items()
    if target in TARGETS
    for file in sorted((REAL / folder).glob("*"))
]

if not FILES:
    pytest.skip(
        "POLICYCTL_REAL_CONFIGS names no folder of real configurations", allow_module_level=True
    )


def imported(target, file, name=""):
    return import_configuration(
        read_configurations([str(file)]),
        TARGETS[target],
        ImportWish(
            owner="ann", use_case="any", data_sensitivity="internal", id="real", configuration=name
        ),
        schema="policy.v1.json",
        documents=YamlDocuments(),
        governance=WorkingGovernance(None),
    )


def attempt(target, file):
    """The policy, or what was said instead."""
    try:
        return imported(target, file), None
    except PolicyctlError as error:
        return None, error


@pytest.mark.parametrize(("target", "file"), FILES, ids=lambda value: getattr(value, "name", value))
def test_it_becomes_a_policy_that_is_exported_again_or_is_refused(target, file):
    made, refused = attempt(target, file)
    if made is None:
        assert refused.exit_code == 2
        assert file.name in refused.message or "configuration" in refused.message
        return
    assert made.policy.id == "real"
    try:
        written = exported(
            replace(made.policy, stage=made.stage),
            TARGETS[target],
            Provenance(policy="real", entry=1, digest="ab" * 32),
            NOW,
        )
    except RefusedError:
        assert made.stage is not Stage.ENFORCE
        return
    (again,) = TARGETS[target].read([Raw(item.name, item.data) for item in written.documents])
    sides = {item.side for item in made.running.settings}
    families = {side for side in sides if side[0] in FAMILIES}  # they come back as their members
    assert sides - families <= {item.side for item in again.settings}


def test_all_that_have_a_guardrail_known_here_become_policies():
    made = [target for target, file in FILES if attempt(target, file)[0] is not None]

    for target, least in {
        "bedrock": 4,
        "model-armor": 1,
        "nemo": 3,
        "openai-guardrails": 1,
    }.items():
        assert made.count(target) == least

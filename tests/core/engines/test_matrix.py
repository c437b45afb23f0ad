"""What each engine can be told: the tables of docs/engines/README.md are made of the code."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from policyctl.core.detectors import DETECTORS, FAMILIES
from policyctl.core.engine_features import ENGINES
from policyctl.core.engines.exporting import ROUTING, exported
from policyctl.core.engines.loss import Lost
from policyctl.core.engines.target import Provenance, Raw
from policyctl.core.engines.targets import TARGETS
from policyctl.core.frozen import replace
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail, Limited, Topic
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage
from policyctl.errors import RefusedError

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PAGE = Path(__file__).parents[3] / "docs" / "engines" / "README.md"
BEGIN, END = "<!-- made by tests/core/engines/test_matrix.py -->\n", "<!-- end -->\n"
CONTENT = {
    "topic": {"topics": (Topic(name="Medicine", definition="Advice on doses."),)},
    "custom": {"words": ("Acme",)},
}
NAMES = [item.name for item in DETECTORS if item.name not in FAMILIES]
STAGES = {
    "`logging`": (Stage.LOGGING, None),
    "`limited` to guardrails": (Stage.LIMITED, Limited(guardrails=("prompt_attack",))),
    "`limited` to apps or cohorts": (Stage.LIMITED, Limited(cohorts=("pilot",))),
    "`limited` to a share": (Stage.LIMITED, Limited(share=Fraction(1, 10), key="user")),
    "`enforce`": (Stage.ENFORCE, None),
}
# One template of one engine in two spellings.
SHOWN = [name for name in TARGETS if name != "bedrock-api"]


@pytest.fixture
def make(from_baseline):
    """Exports some guardrails to an engine; losses, and what the configuration does."""
    base = from_baseline("public-facing@1")

    def export(name, guardrails, stage=Stage.ENFORCE, limited=None):
        policy = replace(base, guardrails=tuple(guardrails), stage=stage, limited=limited)
        provenance = Provenance(policy=policy.id, entry=1, digest="ab" * 32)
        written = exported(policy, TARGETS[name], provenance, NOW)
        raws = [Raw(it.name, it.data) for it in written.documents if it.name != ROUTING]
        return written, TARGETS[name].read(raws)

    return export


def guardrail(name, direction=Direction.INPUT, action=Action.BLOCK, dial=Sensitivity.L2):
    detector = f"{name}/own" if name in CONTENT else name
    content = CONTENT.get(name, {})
    return Guardrail(
        detector=detector, direction=direction, action=action, sensitivity=dial, **content
    )


def cell(make, name, detector):
    """How an engine finds a detector: on which sides, and whether wholly."""
    sides, partly = [], False
    for direction in Direction:
        written, running = make(name, [guardrail(detector, direction)])
        if not any(item.settings for item in running):
            continue
        sides.append(direction.value)
        partly |= any(
            loss.kind is Lost.DETECTOR or "stands for" in loss.what for loss in written.losses
        )
    if not sides:
        return "-"
    where = "both" if len(sides) == len(Direction) else sides[0]
    return f"{where}, partly" if partly else where


def stage_cell(make, name, stage, limited):
    """What becomes of a stage."""
    try:
        written, running = make(
            name, [guardrail("prompt_attack"), guardrail("moderated_content/hate")], stage, limited
        )
    except RefusedError:
        return "refused"
    if len(running) > 1:
        return "yes" if written.routed else "two configurations"
    return "yes"


def dial_cell(make, name):
    """How many of the four sensitivities an engine tells apart."""
    found = set()
    for dial in Sensitivity:
        _, (running,) = make(name, [guardrail("moderated_content/hate", dial=dial)])
        found.add(running.settings[0].guardrail.sensitivity)
    return str(len(found)) if len(found) > 1 else "-"


def redacts(make, name):
    """Whether an engine can take a part out of a message."""
    _, (running,) = make(name, [guardrail("pii/credit_card", action=Action.REDACT)])
    done = [item.guardrail.action for item in running.settings]
    return "yes" if Action.REDACT in done else "-"


def tables(make):
    head = ["", *(f"[{name}]({name}.md)" for name in SHOWN)]
    rows = [[f"`{item}`", *(cell(make, name, item) for name in SHOWN)] for item in NAMES]
    more = [
        [text, *(stage_cell(make, name, *args) for name in SHOWN)] for text, args in STAGES.items()
    ]
    more.append(["sensitivities told apart", *(dial_cell(make, name) for name in SHOWN)])
    more.append(["`redact` of a card number", *(redacts(make, name) for name in SHOWN)])
    return "\n".join(table(head, part) for part in (rows, more))


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(row) + " |\n" for row in lines)


def test_the_page_shows_what_the_code_does(make):
    if not PAGE.exists():
        pytest.skip("no docs beside the tests: run this in a checkout")
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    shown, _, after = rest.partition(END)
    wanted = "\n" + tables(make) + "\n"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        PAGE.write_text(before + BEGIN + wanted + END + after, encoding="utf-8")
        return
    assert shown == wanted


@pytest.mark.parametrize("name", SHOWN)
def test_lint_says_the_same_of_an_engine_as_its_exporter(name, make):
    features = ENGINES[TARGETS[name].engine]
    found = {item: cell(make, name, item) for item in NAMES}

    for item in features.lacks:
        assert found[item] == "-" or "partly" in found[item], item
    assert features.only_logs is TARGETS[name].observes
    collapses = dial_cell(make, name) not in ("4", "-")
    assert collapses is ("moderated_content" in features.merged)

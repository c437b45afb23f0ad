"""What holds for every engine that policies are exported to."""

from __future__ import annotations

import copy
import json
import random
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyctl.adapters.engine_files import written_bytes
from policyctl.adapters.resources import shipped_names
from policyctl.adapters.working_governance import WorkingGovernance
from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.core.detectors import DETECTORS, FAMILIES
from policyctl.core.diff.effect import Effect
from policyctl.core.engines.drift import drift_between
from policyctl.core.engines.exporting import exported
from policyctl.core.engines.loss import Lost
from policyctl.core.engines.setting import variants
from policyctl.core.engines.target import Provenance, Raw
from policyctl.core.engines.targets import TARGETS
from policyctl.core.frozen import replace
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail, Limited, PolicyException, Topic
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage
from policyctl.errors import InputError, RefusedError
from policyctl.render.lines import plain
from policyctl.render.text.export import notes, render
from policyctl.usecases.approved import Approved
from policyctl.usecases.export import export
from policyctl.usecases.import_configuration import ImportWish, import_configuration

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FROM = Provenance(policy="support-assistant", entry=3, digest="ab" * 32)
BASELINES = [name.removesuffix(".yaml") for name in shipped_names("baselines")]
WITHOUT_ROOM = ("openai-guardrails",)
"""Their formats have no place for a word about where a configuration comes from."""
SCOPES = {
    "everything": Limited(),
    "guardrails": Limited(guardrails=("prompt_attack",)),
    "apps": Limited(guardrails=("prompt_attack",), apps=("shop-chat",)),
    "cohorts": Limited(cohorts=("beta-testers",)),
}


@pytest.fixture(params=sorted(TARGETS))
def target(request):
    return TARGETS[request.param]


def read_back(target, written):
    """What the written files do, through the bytes that the engine gets."""
    raws = [Raw(item.name, item.data) for item in written.documents if item.name != "routing.json"]
    return target.read(raws)


def needed(asked, found):
    """The kinds of loss of which one has to explain each difference."""
    if found is None:
        yield {Lost.DETECTOR, Lost.DIRECTION, Lost.CONTENT}
        return
    if found.acts is not asked.acts:
        yield {Lost.STAGE}
    one, other = asked.guardrail, found.guardrail
    # Where it only logs, no engine says what it would do otherwise.
    if asked.acts and one.action is not other.action:
        yield {Lost.ACTION}
    if one.sensitivity is not other.sensitivity:
        yield {Lost.SENSITIVITY}
    if any(
        set(getattr(one, field)) != set(getattr(other, field))
        for field in ("words", "regex", "topics", "allowed_domains")
    ):
        yield {Lost.CONTENT, Lost.DETECTOR}


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("baseline", BASELINES)
def test_each_baseline_at_each_stage_is_exported_or_refused_with_a_reason(
    target, baseline, stage, scope, from_baseline
):
    policy = from_baseline(baseline, stage, SCOPES[scope])
    try:
        written = exported(policy, target, FROM, NOW)
    except RefusedError as error:
        refused = error
    else:
        refused = None
    if refused is not None:
        assert target.title in refused.message
        assert refused.hint
        return
    assert written.documents
    assert len({item.name for item in written.documents}) == len(written.documents)
    assert_nothing_is_lost_silently(target, policy, written)


def assert_nothing_is_lost_silently(target, policy, written):
    """Each guardrail comes back as it was, or a loss of the right kind names it."""
    back = {item.name: item for item in read_back(target, written)}
    for variant in variants(policy):
        running = back[variant.name]
        assert not running.unread
        found = {item.side: item for item in running.settings}
        for setting in variant.settings:
            told = {loss.kind for loss in written.losses if loss.subject == setting.label}
            for kinds in needed(setting, found.get(setting.side)):
                assert told & kinds, f"{setting} came back as {found.get(setting.side)}"


TEXTS = st.text("abcdefgh -äß\n", min_size=1, max_size=30).filter(str.strip)
NAMES = [item.name for item in DETECTORS if item.name not in FAMILIES]


@st.composite
def guardrails(draw):
    name = draw(
        st.sampled_from([*NAMES, "moderated_content", "pii", "topic/money", "custom/words"])
    )
    own = name.startswith(("custom", "secrets"))
    return Guardrail(
        detector=name,
        direction=draw(st.sampled_from(Direction)),
        action=draw(st.sampled_from(Action)),
        sensitivity=draw(st.sampled_from(Sensitivity)),
        enabled=draw(st.booleans()),
        words=tuple(draw(st.lists(TEXTS, max_size=3, unique=True))) if own else (),
        regex=("[A-Z]{3}-[0-9]+",) if own and draw(st.booleans()) else (),
        topics=(
            (Topic(name="Money", definition=draw(TEXTS), examples=("what to buy",)),)
            if name.startswith("topic")
            else ()
        ),
        allowed_domains=("example.org",) if name == "unknown_links" and draw(st.booleans()) else (),
    )


@settings(max_examples=60)
@given(
    items=st.lists(
        guardrails(), min_size=1, max_size=8, unique_by=lambda item: (item.detector, item.direction)
    ),
    stage=st.sampled_from(Stage),
    scope=st.sampled_from(sorted(SCOPES)),
    name=st.sampled_from(sorted(TARGETS)),
)
def test_nothing_of_any_policy_is_lost_silently(items, stage, scope, name, from_baseline):
    policy = replace(from_baseline(BASELINES[0], stage, SCOPES[scope]), guardrails=tuple(items))
    try:
        written = exported(policy, TARGETS[name], FROM, NOW)
    except RefusedError:
        return
    assert_nothing_is_lost_silently(TARGETS[name], policy, written)


def test_a_share_of_the_traffic_is_refused(target, from_baseline):
    limited = Limited(share=Fraction(1, 10), key="user_id")

    with pytest.raises(RefusedError, match="share of the traffic"):
        exported(from_baseline(BASELINES[0], Stage.LIMITED, limited), target, FROM, NOW)


def test_an_exception_in_force_is_a_loss_and_an_expired_one_is_none(target, from_baseline):
    policy = replace(
        from_baseline(BASELINES[0]),
        exceptions=tuple(
            PolicyException(
                id=name, guardrail="pii/email", reason="", owner="ann", expires=date(year, 1, 1)
            )
            for name, year in (("EX-1", 2027), ("EX-2", 2025))
        ),
    )

    found = [
        loss for loss in exported(policy, target, FROM, NOW).losses if loss.kind is Lost.EXCEPTION
    ]

    assert [(loss.subject, loss.effect) for loss in found] == [("EX-1", Effect.TIGHTER)]


def test_the_output_is_the_same_bytes_whatever_the_order_of_the_guardrails(target, from_baseline):
    policy = from_baseline("public-facing@1")
    mixed = list(policy.guardrails)
    random.Random(7).shuffle(mixed)

    one, other = (
        [written_bytes(item) for item in exported(version, target, FROM, NOW).documents]
        for version in (policy, replace(policy, guardrails=tuple(mixed)))
    )

    assert one == other


def test_the_provenance_is_in_the_configuration_or_its_comments(target, from_baseline):
    written = exported(from_baseline("public-facing@1"), target, FROM, NOW)

    # Some have room for 63 characters only.
    told = [FROM.digest[:63] in json.dumps(item.data) for item in written.documents]
    told += [item.syntax.value != "json" for item in written.documents]  # comments hold it
    assert any(told) is (target.name not in WITHOUT_ROOM)


def test_what_was_exported_has_not_drifted_whatever_the_vendor_adds(target, from_baseline):
    policy = from_baseline("public-facing@1")
    written = exported(policy, target, FROM, NOW)
    ours = read_back(target, written)
    for item in written.documents:
        if isinstance(item.data, dict):
            item.data["addedByTheVendor"] = {"etag": "x"}
    theirs = read_back(target, written)

    for mine, live in zip(ours, theirs, strict=True):
        assert drift_between(policy, mine, live) == ()
        assert not live.unread
        assert len(live.surplus) >= len(mine.surplus)


@pytest.mark.parametrize("stage", [Stage.LOGGING, Stage.LIMITED, Stage.ENFORCE])
@pytest.mark.parametrize("baseline", BASELINES)
def test_what_is_exported_imported_and_exported_again_does_the_same(
    target, baseline, stage, from_baseline
):
    policy = from_baseline(baseline, stage, SCOPES["guardrails"])
    try:
        written = exported(policy, target, FROM, NOW)
    except RefusedError:
        return
    before = {item.name: item.settings for item in read_back(target, written)}
    made = import_configuration(
        [Raw(item.name, item.data) for item in written.documents],
        target,
        ImportWish(
            owner="ann",
            use_case="any",
            data_sensitivity="internal",
            id=policy.id,
        ),
        schema="policy.v1.json",
        documents=YamlDocuments(),
        governance=WorkingGovernance(None),
    )

    assert made.policy.stage is Stage.LOGGING

    again = exported(replace(made.policy, stage=made.stage), target, FROM, NOW)

    assert {item.name: item.settings for item in read_back(target, again)} == before
    assert (made.target, made.running.unread) == (target, ())


@pytest.mark.parametrize("content", [None, 3, "text", [], {}, [{}], {"guardrails": 3}])
def test_something_else_is_a_clear_error(target, content):
    with pytest.raises(InputError) as error:
        target.read([Raw("some.json", copy.deepcopy(content))])

    assert "some.json" in error.value.message


def test_the_configuration_of_a_baseline_is_this_to_the_byte(target, from_baseline, golden):
    limited = Limited(guardrails=("prompt_attack", "pii/email"), apps=("shop-chat",))
    stage = Stage.LIMITED if target.observes else Stage.ENFORCE
    approved = Approved(policy=from_baseline("public-facing@1", stage, limited), provenance=FROM)
    done = export(approved, target, now=NOW, strict=False)

    golden(f"engines/{target.name}.txt", plain(render(done)))
    for item in done.written.documents:
        told = replace(item, notes=notes(done))
        golden(f"engines/{target.name}/{item.name}", written_bytes(told).decode())


def test_each_target_has_a_page():
    docs = Path(__file__).parents[3] / "docs" / "engines"
    if not docs.is_dir():
        pytest.skip("no docs beside the tests: run this in a checkout")

    assert {page.stem for page in docs.glob("*.md")} - {"README"} == set(TARGETS)

"""Every engine's reader on one log with its traps: what is found, and what was done about it."""

from __future__ import annotations

import json
from contextlib import suppress
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyctl.core.engine_logs.engines import READERS
from policyctl.core.engine_logs.identities import Identities, Keys
from policyctl.core.engine_logs.level_table import LevelTable
from policyctl.core.engine_logs.normalise import Defaults, normaliser
from policyctl.core.levels import Level
from policyctl.core.record import Status
from policyctl.core.sides import Direction
from policyctl.core.unusable import UnusableError

SAMPLES = Path(__file__).parents[2] / "data/engine_logs"
FACTS = {True: "yes", False: "no", None: "?"}

# Line, direction, detector, level, status; detected, would block, blocked. A '?' is not known.
EXPECTED = {
    "lakera": """
        1 input  prompt_attack                   L1 ok    yes yes ?
        1 input  moderated_content/hate          L5 ok    no  no  no
        1 input  pii/email                       L2 ok    yes yes ?
        1 input  unknown_links                   -  ok    no  no  no
        2 input  prompt_attack                   L3 ok    yes yes ?
        2 input  moderated_content/self_harm     -  ok    no  no  no
        2 input  custom/pii                      L1 ok    yes yes ?
        3 output prompt_attack                   L4 ok    ?   ?   ?
    """,
    "bedrock": """
        1 output prompt_attack                   L1 ok    yes yes yes
        1 output moderated_content/hate          -  ok    no  no  no
        1 output moderated_content/harassment    L3 ok    no  no  no
        1 output topic/investment_advice         L1 ok    yes yes yes
        1 output custom/words                    L1 ok    yes yes yes
        1 output moderated_content/profanity     L1 ok    yes yes yes
        1 output pii/email                       L1 ok    yes yes yes
        1 output custom/order_number             L1 ok    yes yes yes
        1 output custom/grounding                L2 ok    yes yes yes
        1 output custom/relevance                L5 ok    no  no  no
        2 input  prompt_attack                   L1 ok    yes yes no
        2 input  moderated_content/hate          -  ok    no  no  no
        2 input  moderated_content/harassment    L3 ok    no  no  no
        2 input  topic/investment_advice         L1 ok    yes yes no
        2 input  custom/words                    L1 ok    yes yes no
        2 input  moderated_content/profanity     L1 ok    yes yes no
        2 input  pii/email                       L1 ok    yes yes no
        2 input  custom/order_number             L1 ok    yes yes no
        2 input  custom/grounding                L2 ok    yes yes no
        2 input  custom/relevance                L5 ok    no  no  no
        3 input  moderated_content/violence      L2 ok    yes yes yes
        3 output pii/phone_number                L1 ok    yes yes yes
        4 input  moderated_content/sexual        L3 ok    yes yes yes
        4 output topic/medical_advice            L1 ok    yes yes no
        5 input  custom/words                    L1 ok    yes yes no
    """,
    "model-armor": """
        1 input  prompt_attack                   L1 ok    yes yes ?
        1 input  moderated_content/hate          L2 ok    yes yes ?
        1 input  moderated_content/crime         L3 ok    no  no  no
        1 input  moderated_content/harassment    -  ok    no  no  no
        1 input  unknown_links                   L1 ok    yes yes ?
        1 input  pii/email                       L3 ok    yes yes ?
        1 input  custom/pii_us_passport          L1 ok    yes yes ?
        1 input  custom/csam                     -  ok    no  no  no
        2 input  prompt_attack                   -  error ?   ?   no
        2 input  pii                             -  ok    no  no  no
        3 output prompt_attack                   L3 ok    yes yes no
        3 output pii/phone_number                L1 ok    yes yes no
        4 input  prompt_attack                   L2 ok    yes yes ?
    """,
    "azure": """
        1 input  moderated_content/hate          -  ok    no  no  no
        1 input  moderated_content/sexual        L2 ok    ?   ?   no
        1 input  moderated_content/violence      L3 ok    ?   ?   no
        1 input  moderated_content/self_harm     L1 ok    yes yes yes
        1 input  prompt_attack                   L1 ok    yes yes no
        1 input  prompt_attack/indirect          -  ok    no  no  no
        1 input  custom/competitors              L1 ok    yes yes yes
        1 output moderated_content/hate          L1 ok    yes yes yes
        1 output custom/protected_material_text  L1 ok    yes yes no
        1 output moderated_content/profanity     -  ok    no  no  no
        2 input  moderated_content/hate          -  ok    no  no  no
        2 input  prompt_attack                   L1 ok    yes yes yes
        2 input  moderated_content/violence      L2 ok    yes yes yes
        3 input  moderated_content               -  error ?   ?   ?
    """,
    "litellm": """
        1 input  pii/us_social_security_number   L1 ok    yes yes yes
        1 input  pii/email                       L1 ok    yes yes yes
        2 input  prompt_attack                   L1 ok    yes yes yes
        3 input  prompt_attack                   L1 ok    yes yes no
        4 input  pii                             -  error ?   ?   ?
        4 output custom/house_rules              L1 ok    yes yes no
        5 input  pii                             -  ok    no  no  no
    """,
    "nemo": """
        1 input  prompt_attack                   L1 ok    yes yes yes
        2 input  pii                             L1 ok    yes yes yes
        2 input  custom/self_check_input         -  ok    no  no  no
        2 output moderated_content               L1 ok    yes yes yes
    """,
    "openai-guardrails": """
        1 input  pii/email                       L1 ok    yes yes yes
        1 input  pii/us_social_security_number   -  ok    no  no  no
        1 input  moderated_content/violence      -  ok    no  no  no
        1 input  moderated_content/hate          L1 ok    yes yes ?
        1 input  prompt_attack                   L2 ok    yes yes ?
        1 input  topic/off_topic                 -  ok    no  no  no
        1 output prompt_attack                   -  error ?   ?   ?
        2 input  prompt_attack                   L4 ok    yes no  no
        3 input  unknown_links                   -  error ?   ?   ?
    """,
}


def lines(engine):
    text = (SAMPLES / f"{engine}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def reading(engine, **more):
    options = {
        "levels": LevelTable(),
        "identities": Identities(keys=Keys.DROP),
        "defaults": Defaults(app="shop-chat", direction="input"),
    }
    return normaliser(engine, **(options | more))


def row(number, record):
    level = f"L{record.level.value}" if record.level else "-"
    facts = (FACTS[fact] for fact in (record.detected, record.would_block, record.blocked))
    side = record.direction.value
    return [str(number), side, record.detector, level, record.status.value, *facts]


@pytest.mark.parametrize("engine", sorted(READERS))
def test_every_fact_of_a_log_is_read(engine):
    read = reading(engine)

    found = [row(at, one) for at, line in enumerate(lines(engine), 1) for one in read(line, "x:1")]

    assert found == [line.split() for line in EXPECTED[engine].strip().splitlines()]


@pytest.mark.parametrize("engine", sorted(READERS))
def test_nothing_that_people_wrote_is_in_a_record(engine):
    read = reading(engine)

    for line in lines(engine):
        assert "secret" not in repr(read(line, "x:1")).lower()


@pytest.mark.parametrize("engine", sorted(READERS))
def test_a_line_of_another_engine_is_refused_by_a_reason_that_quotes_nothing(engine):
    read = reading(engine)

    # A model's answer without a guardrail is a line of Bedrock, without any detector's answer.
    more = {"stopReason": "guardrail_intervened"} if engine == "bedrock" else {}
    for line in ({}, {"ts": "2026-10-05T00:00:00Z", "text": "Jane Secret"}, {"answer": {"a": 1}}):
        with pytest.raises(UnusableError) as raised:
            read(line | more, "x:1")
        assert "Secret" not in raised.value.reason


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


def places(value, at=()):
    yield at
    inner = value.items() if isinstance(value, dict) else ()
    inner = enumerate(value) if isinstance(value, list) else inner
    for name, one in inner:
        yield from places(one, (*at, name))


@pytest.mark.parametrize("engine", sorted(READERS))
@given(data=st.data())
def test_whatever_stands_in_a_line_it_is_read_or_refused(engine, data):
    line = deepcopy(data.draw(st.sampled_from(lines(engine))))
    at = data.draw(st.sampled_from(list(places(line))[1:]))
    above = line
    for name in at[:-1]:
        above = above[name]
    above[at[-1]] = data.draw(_JSON)

    records = ()
    with suppress(UnusableError):
        records = reading(engine)(line, "x:1")

    assert all(one.level is None for one in records if one.status is not Status.OK)


def test_what_litellm_masks_is_a_detection_although_its_status_is_success():
    [masked] = {one.detected for one in reading("litellm")(lines("litellm")[0], "")}

    assert masked is True


def test_what_litellm_runs_for_a_policy_is_named_after_the_detector_and_the_side():
    line = {
        **lines("litellm")[2],
        "guardrail_information": [
            {
                "guardrail_name": "pii/email@support-assistant.output",
                "guardrail_provider": "litellm_content_filter",
                "guardrail_mode": "logging_only",
                "guardrail_status": "guardrail_intervened",
            }
        ],
    }

    [record] = reading("litellm")(line, "")

    assert (record.detector, record.direction) == ("pii/email", Direction.OUTPUT)


def test_what_litellm_only_logs_was_not_blocked_although_it_intervened():
    [record] = reading("litellm")(lines("litellm")[2], "")

    assert (record.detected, record.would_block, record.blocked) == (True, True, False)


def test_lakera_in_detect_mode_detects_although_nothing_is_flagged():
    line = lines("lakera")[1]
    records = {one.detector: one for one in reading("lakera")(line, "")}

    assert line["answer"]["flagged"] is False
    assert records["prompt_attack"].detected is True


def test_an_answer_of_lakera_without_its_breakdown_is_not_nothing_found():
    with pytest.raises(UnusableError, match='ask for it with "breakdown": true'):
        reading("lakera")({"flagged": False, "metadata": {}}, "")


def test_an_intervention_of_bedrock_without_a_trace_is_not_nothing_found():
    line = {"timestamp": "2026-10-05T00:00:00Z", "requestId": "r", "modelId": "m", "output": {}}
    for body in (
        {"stopReason": "guardrail_intervened"},
        {"amazon-bedrock-guardrailAction": "INTERVENED"},
    ):
        with pytest.raises(UnusableError, match="no trace says which"):
            reading("bedrock")(line | {"output": {"outputBodyJson": body}}, "")


def test_a_failed_call_of_bedrock_is_not_nothing_found():
    line = {
        "timestamp": "2026-10-05T00:00:00Z",
        "modelId": "m",
        "output": {},
        "errorCode": "Throttling",
    }

    with pytest.raises(UnusableError, match="failed before any detector answered"):
        reading("bedrock")(line, "")


@pytest.mark.parametrize(
    ("confidence", "level"),
    [
        ("HIGH", Level.L1_CONFIDENT),
        ("MEDIUM_AND_ABOVE", Level.L2_VERY_LIKELY),
        ("LOW_AND_ABOVE", Level.L3_LIKELY),
    ],
)
def test_a_confidence_of_model_armor_below_its_threshold_is_still_recorded(confidence, level):
    result = {
        "executionState": "EXECUTION_SUCCESS",
        "matchState": "NO_MATCH_FOUND",
        "confidenceLevel": confidence,
    }
    answer = {
        "sanitizationResult": {"filterResults": {"pi": {"piAndJailbreakFilterResult": result}}}
    }

    [record] = reading("model-armor")({"ts": "2026-10-05T00:00:00Z", "answer": answer}, "x:1")

    assert (record.level, record.detected) == (level, False)


def test_model_armors_python_client_spells_its_answer_differently():
    def snaked(value):
        if not isinstance(value, dict):
            return value
        spelt = {"sanitizationResult": "sanitization_result", "filterResults": "filter_results"}
        spelt |= {"piAndJailbreakFilterResult": "pi_and_jailbreak_filter_result"}
        spelt |= {"matchState": "match_state", "executionState": "execution_state"}
        spelt |= {"confidenceLevel": "confidence_level"}
        return {spelt.get(name, name): snaked(one) for name, one in value.items()}

    line = lines("model-armor")[0]
    line["answer"]["sanitizationResult"]["filterResults"] = {
        "pi_and_jailbreak": line["answer"]["sanitizationResult"]["filterResults"][
            "pi_and_jailbreak"
        ]
    }

    assert reading("model-armor")(snaked(line), "") == reading("model-armor")(line, "")


def test_the_application_knows_whether_it_blocked_what_lakera_found():
    line = lines("lakera")[0] | {"blocked": True}
    records = {one.detector: one.blocked for one in reading("lakera")(line, "")}

    assert records["prompt_attack"] is True
    assert records["unknown_links"] is False


def test_thresholds_of_the_organisation_decide_about_scores_and_names():
    levels = LevelTable(
        cuts={"prompt_attack": (0.99, 0.95, 0.9, 0.8)},
        names={"lakera-pre": "prompt_attack", "house rules": "custom/house"},
        plain_yes=Level.L2_VERY_LIKELY,
    )
    read = reading("litellm", levels=levels)

    [scored] = read(lines("litellm")[1], "")
    [plain] = read(lines("litellm")[2], "")
    named = {one.detector: one for one in read(lines("litellm")[3], "")}

    assert (scored.level, scored.score) == (Level.L3_LIKELY, 0.93)
    assert plain.level is Level.L2_VERY_LIKELY
    assert "custom/house" in named


def test_keys_are_hashed_with_the_salt_or_left_out_or_kept():
    line = lines("litellm")[1]
    hashed = [
        reading("litellm", identities=Identities(keys=Keys.HASH, salt=salt))(line, "")[0]
        for salt in (b"a" * 32, b"a" * 32, b"b" * 32)
    ]
    [dropped] = reading("litellm")(line, "")
    [kept] = reading("litellm", identities=Identities(keys=Keys.KEEP))(line, "")

    assert hashed[0].key == hashed[1].key != hashed[2].key
    assert hashed[0].session_id != hashed[0].key
    assert (dropped.key, dropped.session_id) == (dropped.request_id, "")
    assert kept.key == line["end_user"]


@pytest.mark.parametrize("given", ["jane@secret.example", "order of Jane", "x" * 300, "\ud800"])
def test_a_request_id_that_looks_like_anything_else_is_replaced_by_its_digest(given):
    line = lines("lakera")[0] | {"request_id": given}

    ids = {one.request_id for one in reading("lakera")(line, "")}

    assert len(ids) == 1
    assert ids.pop().startswith("sha256:")


@pytest.mark.parametrize(
    ("left_out", "reason"),
    [
        ("ts", "the line has no time: put it beside the answer as 'ts'"),
        ("app", "the line does not say which application it is from: use --app"),
        ("direction", "the line does not say which side of the model: use --direction"),
    ],
)
def test_what_neither_line_nor_options_say_is_asked_for(left_out, reason):
    line = {name: value for name, value in lines("lakera")[0].items() if name != left_out}

    with pytest.raises(UnusableError) as raised:
        reading("lakera", defaults=Defaults())(line, "x:1")

    assert raised.value.reason == reason


def test_a_line_without_an_id_is_known_by_its_place():
    line = {name: value for name, value in lines("nemo")[0].items() if name != "request_id"}

    assert {one.request_id for one in reading("nemo")(line, "0123456789ab:7")} == {"0123456789ab:7"}

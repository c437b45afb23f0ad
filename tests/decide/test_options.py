"""The options of a wrapped guardrail are read strictly, so that LiteLLM never starts without it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from policyctl.core.frozen import replace
from policyctl.core.levels import Level
from policyctl.core.policy import Limited
from policyctl.core.stages import Stage
from policyctl.decide.options import key_of, options_from, require_app
from policyctl.errors import InputError

LEAST = {
    "policy": "support.compiled.json",
    "records": "records.jsonl",
    "detectors": ["prompt_attack"],
    "wraps": {"guardrail": "lakera_v2"},
}


def options(mode="pre_call", **more):
    return options_from({**LEAST, **more}, mode)


def test_little_has_to_be_said():
    found = options()

    assert found.detectors == ("prompt_attack",)
    assert (found.app, found.key, found.version) == ("", "", "")
    assert (found.request_tags, found.closed, found.drafts) == (False, True, False)
    assert found.timeout == 10


def test_everything_can_be_said():
    found = options(
        app="shop",
        key="end_user",
        cohorts="request",
        on_failure="allow",
        timeout=2,
        detector_version="7",
        drafts=True,
        levels={
            "scores": {"*": {"L1": 0.9, "L2": 0.5, "L3": 0.4, "L4": 0.1}},
            "names": {"acme": "custom/competitors"},
            "plain_yes": "L2",
        },
    )

    assert (found.app, found.key, found.version, found.timeout) == ("shop", "end_user", "7", 2)
    assert (found.request_tags, found.closed, found.drafts) == (True, False, True)
    assert found.levels.cuts_of("pii") == (0.9, 0.5, 0.4, 0.1)
    assert found.levels.plain_yes is Level.L2_VERY_LIKELY


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"mode": "during_call"}, "a policy decides in the modes pre_call and post_call, not in "
         "'during_call'"),
        ({"mode": []}, "a policy decides in the modes pre_call and post_call, not in []"),
        ({"policy": ""}, "policyctl.policy is not text"),
        ({"records": 1}, "policyctl.records is not text"),
        ({"detectors": []}, "policyctl.detectors is not a list of detectors"),
        ({"detectors": "pii"}, "policyctl.detectors is not a list of detectors"),
        ({"wraps": {}}, "policyctl.wraps has no 'guardrail' with the provider's name"),
        ({"wraps": {"guardrail": "x", "mode": "pre_call"}},
         "policyctl.wraps.mode is not its own: it stands one level up"),
        ({"key": "tenant"}, "policyctl.key is 'tenant', not one of user_id, end_user, team_id, "
         "api_key, session_id, request_id"),
        ({"cohorts": ["key"]}, "policyctl.cohorts is ['key'], not one of key, request"),
        ({"on_failure": "block"}, "policyctl.on_failure is 'block', not one of by-stage, allow"),
        ({"timeout": 0}, "policyctl.timeout is not a number of seconds up to 600"),
        ({"timeout": True}, "policyctl.timeout is not a number of seconds up to 600"),
        ({"drafts": "no"}, "policyctl.drafts is neither true nor false"),
        ({"levels": {"score": {}}},
         "policyctl.levels holds 'scores', 'names' and 'plain_yes', and no more"),
        ({"levels": {"scores": {"pii": {"L1": 0.9}}}},
         "policyctl.levels.scores names L1, L2, L3 and L4, each from 0 to 1"),
        ({"levels": {"names": {"x": 1}}},
         "policyctl.levels.names is not a mapping from name to detector"),
        ({"levels": {"names": {"x": "pii/emial"}}},
         "'pii/emial' is no detector that policies know, did you mean 'pii/email'?"),
        ({"levels": {"plain_yes": "L5"}},
         "policyctl.levels.plain_yes is not one of L1, L2, L3, L4"),
        ({"levels": {"scores": {"pii": {"L1": 0.1, "L2": 0.2, "L3": 0.3, "L4": 0.4}}}},
         "the scores of 'pii' do not fall from L1 to L4"),
        ({"shares": 1}, "policyctl.shares is unknown; known are policy, records, detectors, wraps, "
         "app, key, cohorts, on_failure, timeout, levels, detector_version, drafts"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_in_one_sentence(more, said):
    with pytest.raises(InputError) as caught:
        options(**more)

    assert caught.value.message == said
    assert not isinstance(caught.value, ValueError | TypeError)  # LiteLLM would start without it


@pytest.mark.parametrize("name", LEAST)
def test_what_has_to_be_there_is_asked_for(name):
    given = {key: value for key, value in LEAST.items() if key != name}

    with pytest.raises(InputError) as caught:
        options_from(given, "pre_call")

    assert caught.value.message == f"policyctl.{name} is missing"


def test_a_share_by_what_litellm_does_not_know_needs_a_word_about_it(from_baseline):
    share = Limited(share=Fraction(1, 10), key="tenant")
    limited = from_baseline("prompt-defense", Stage.LIMITED, share)

    with pytest.raises(InputError) as caught:
        key_of(options(), limited)

    assert caught.value.message == (
        "'support-assistant' is limited to a share by 'tenant', which LiteLLM does not know"
    )
    assert key_of(options(key="team_id"), limited) == "team_id"
    assert key_of(options(), from_baseline("prompt-defense", Stage.LOGGING, share)) == "user_id"
    assert key_of(options(), from_baseline("prompt-defense")) == "user_id"


def test_an_application_that_the_policy_does_not_apply_to_is_a_mistake(from_baseline):
    policy = replace(from_baseline("prompt-defense"), apps=("shop", "voice"))

    with pytest.raises(InputError) as caught:
        require_app(options(app="shpo"), policy)

    assert caught.value.message == (
        "'support-assistant' does not apply to 'shpo', so nothing would be stopped there"
    )
    assert caught.value.hint == "policyctl.app is one of shop, voice"
    for fitting in (options(app="shop"), options()):
        require_app(fitting, policy)
    require_app(options(app="shpo"), from_baseline("prompt-defense"))

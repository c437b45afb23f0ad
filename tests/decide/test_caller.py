"""Whom a message is from is what the proxy says, not what the message says of itself."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from policyctl.core.frozen import replace
from policyctl.core.policy import Limited
from policyctl.core.record import record_from
from policyctl.core.stages import Stage
from policyctl.decide.caller import KEYS, caller


@pytest.fixture
def policy(from_baseline):
    return from_baseline("prompt-defense", Stage.LIMITED, Limited(cohorts=("beta", "staff")))


def asked(policy, metadata=None, *, app="", key="user_id", request_tags=False, **request):
    request = {"litellm_call_id": "r-1", "metadata": metadata or {}, **request}
    return caller(request, policy, app=app, key=key, request_tags=request_tags)


def test_the_application_is_the_alias_of_the_key_unless_it_is_configured(policy):
    said = {"user_api_key_alias": "shop-chat"}

    assert asked(policy, said).app == "shop-chat"
    assert asked(policy, said, app="shop").app == "shop"
    assert asked(policy).app == "unknown"


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("user_id", "user_api_key_user_id"),
        ("end_user", "user_api_key_end_user_id"),
        ("team_id", "user_api_key_team_id"),
        ("api_key", "user_api_key_hash"),
        ("session_id", "session_id"),
    ],
)
def test_a_share_is_sticky_by_what_the_policy_names(policy, key, field):
    for place in ("metadata", "litellm_metadata"):
        request = {"metadata": None, place: {field: "one"}}
        found = caller(request, policy, app="", key=key, request_tags=False)
        assert found.key == "one"


def test_every_key_is_known(policy):
    assert {key: asked(policy, key=key).key for key in KEYS} == dict.fromkeys(KEYS, "r-1")


def test_the_session_and_then_the_request_stand_in_for_a_key_as_in_records(policy):
    assert asked(policy, litellm_session_id="s-1").key == "s-1"
    assert asked(policy).key == "r-1"


@pytest.mark.parametrize(
    "said",
    [
        {"user_api_key_auth_metadata": {"tags": ["dev", "beta"]}},
        {"user_api_key_metadata": {"tags": ["beta", "staff"]}},
        {"user_api_key_team_metadata": {"tags": ["beta"]}},
        {"user_api_key_auth": SimpleNamespace(metadata={"tags": ["beta"]}, team_metadata=None)},
        {"user_api_key_auth": SimpleNamespace(metadata={}, team_metadata={"tags": ["beta"]})},
    ],
)
def test_a_cohort_is_a_tag_of_the_key_or_its_team_that_the_policy_names(policy, said):
    assert asked(policy, said).cohort == "beta"
    assert asked(replace(policy, limited=None), said).cohort == ""


def test_a_tag_that_a_request_sends_counts_only_where_that_is_configured(policy):
    said = {"tags": ["staff"]}

    assert asked(policy, said).cohort == ""
    assert asked(policy, said, request_tags=True).cohort == "staff"


def test_whatever_a_client_calls_itself_fits_into_a_record(policy):
    found = asked(policy, litellm_call_id="a\nb", litellm_session_id="x" * 5000)

    assert found.request_id.startswith("sha256:")
    record_from(
        {
            "ts": "2026-11-23T00:00:00Z",
            "request_id": found.request_id,
            "session_id": found.session_id,
            "key": found.key,
            "app": found.app,
            "direction": "input",
            "detector": "pii",
            "level": "none",
            "status": "ok",
        }
    )


def test_a_message_without_an_id_gets_one_of_its_own(policy):
    first, second = (asked(policy, litellm_call_id=None).request_id for _ in range(2))

    assert first != second

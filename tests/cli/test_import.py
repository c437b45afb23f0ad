"""``import``: the baseline that it suggests, and what it says of what is no configuration."""

from __future__ import annotations

import json

import pytest

HATE = {"type": "HATE", "inputStrength": "HIGH", "outputStrength": "HIGH"}
ATTACK = {"type": "PROMPT_ATTACK", "inputStrength": "HIGH", "outputStrength": "NONE"}
GUARDRAIL = {
    "name": "shop",
    "guardrailId": "abcdefgh1234",
    "guardrailArn": "arn:aws:bedrock:eu-central-1:123456789012:guardrail/abcdefgh1234",
    "version": "1",
    "status": "READY",
    "blockedInputMessaging": "no",
    "blockedOutputsMessaging": "no",
    "contentPolicy": {"filters": [ATTACK]},
}


@pytest.fixture
def imported(said, tmp_path, monkeypatch):
    """Import a guardrail of Bedrock; exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(guardrail, *more, use_case="public-facing"):
        (tmp_path / "live.json").write_text(json.dumps(guardrail), encoding="utf-8")
        given = ("--from", "bedrock-api", "--owner", "ann", "--use-case", use_case)
        return said("import", "live.json", *given, "--dry-run", *more)

    return run


@pytest.mark.parametrize(
    ("use_case", "baseline"),
    [
        ("public-facing", "public-facing@1"),
        ("internal-facing", "internal-facing@1"),
        ("prompt-defense", "prompt-defense@1"),
        ("regulated", "default@1"),
    ],
)
def test_the_baseline_that_was_made_for_the_use_case_is_suggested(imported, use_case, baseline):
    code, _, told = imported(GUARDRAIL, use_case=use_case)
    _, out, _ = imported(GUARDRAIL, "--format", "json", use_case=use_case)

    assert code == 0
    assert f"  nearest    {baseline}: 1 of " in told
    near = json.loads(out)["result"]["nearest"]
    assert (near["baseline"], near["use_case"]) == (baseline, use_case)


def test_where_none_was_made_for_it_the_most_alike_is_and_says_what_it_was_made_for(imported):
    code, _, told = imported(GUARDRAIL, use_case="warehouse")

    assert code == 0
    assert "  nearest    prompt-defense@1 (made for prompt-defense): 1 of 2 guardrails" in told


def test_one_that_has_nothing_in_common_is_not_suggested_for_its_use_case(imported):
    hate = GUARDRAIL | {"contentPolicy": {"filters": [HATE]}}

    _, _, told = imported(hate, use_case="prompt-defense")

    assert "  nearest    content-safety@1 (made for content-safety): 2 of " in told


@pytest.mark.parametrize("kept", ["guardrailArn", "guardrailId", "blockedInputMessaging"])
def test_any_name_of_a_guardrail_will_do(imported, kept):
    names = {"guardrailArn", "guardrailId", "blockedInputMessaging"} - {kept}
    known = {key: value for key, value in GUARDRAIL.items() if key not in names}

    code, out, _ = imported(known)

    assert code == 0
    assert "{detector: prompt_attack, direction: input, action: block}" in out


@pytest.mark.parametrize(
    ("data", "missing"),
    [
        (
            {"contentPolicy": {"filters": [ATTACK]}},
            "contentPolicy of a guardrail of Bedrock, and nothing that names the guardrail:"
            " guardrailArn, guardrailId or blockedInputMessaging",
        ),
        (
            {"topicPolicyConfig": {}, "contentPolicyConfig": {}},
            "contentPolicyConfig and topicPolicyConfig of a guardrail of Bedrock, and nothing that"
            " names the guardrail: guardrailArn, guardrailId or blockedInputMessaging",
        ),
        ({"guardrails": []}, "no guardrail of Bedrock"),
        ([], "no guardrail of Bedrock"),
    ],
)
def test_what_names_no_guardrail_is_refused_and_what_is_missing_is_told(imported, data, missing):
    assert imported(data) == (
        2,
        "",
        f"policyctl: live.json: {missing}\n"
        "  = aws bedrock get-guardrail --guardrail-identifier ID --guardrail-version 1\n",
    )

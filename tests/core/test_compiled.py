"""A compiled policy: everything that decides gets through, and nothing else is accepted."""

from __future__ import annotations

import copy
import json
from datetime import date
from fractions import Fraction

import pytest

from policyctl.adapters.resources import shipped_file
from policyctl.adapters.schema_keywords import StrictValidator
from policyctl.core.compiled import compiled
from policyctl.core.compiled_reading import LARGEST, compiled_from, read_compiled
from policyctl.core.frozen import replace
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail, Limited, PolicyException
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage
from policyctl.errors import InputError

SCHEMA = json.loads(shipped_file("schemas", "compiled.v1.json"))
DIGEST = "ab" * 32


@pytest.fixture
def policy(from_baseline):
    scope = Limited(
        guardrails=("prompt_attack", "pii"),
        apps=("chat",),
        cohorts=("beta",),
        share=Fraction("0.025"),
        key="user_id",
        salt="policyctl/v1:support-assistant",
    )
    exceptions = (
        PolicyException(
            id="EX-1",
            guardrail="pii/email",
            reason="the assistant repeats the customer's own address",
            owner="crm",
            expires=date(2027, 2, 1),
            apps=("newsletter",),
            keys=("Zoë",),
            direction=Direction.OUTPUT,
            ticket="SEC-1",
        ),
        PolicyException(id="EX-2", guardrail="pii", reason="r", owner="o", expires=None),
    )
    made = from_baseline("public-facing", Stage.LIMITED, scope)
    return replace(made, exceptions=exceptions, apps=("chat", "newsletter"))


@pytest.fixture
def document(policy):
    return compiled(policy, entry=3, digest=DIGEST)


def test_what_decides_comes_back_whole(policy, document):
    found = read_compiled(json.dumps(document).encode())

    assert (found.entry, found.digest) == (3, DIGEST)
    read = found.policy
    assert (read.id, read.stage, read.apps) == (policy.id, policy.stage, policy.apps)
    assert read.limited == policy.limited
    assert read.guardrails == tuple(
        Guardrail(
            detector=item.detector,
            direction=item.direction,
            action=item.action,
            sensitivity=item.sensitivity,
            enabled=item.enabled,
        )
        for item in policy.guardrails
    )
    assert read.exceptions == tuple(
        replace(item, reason="", owner="", ticket="") for item in policy.exceptions
    )


def test_nothing_that_people_wrote_about_it_travels(policy, document):
    text = json.dumps(document)

    assert policy.purpose not in text
    assert policy.owner not in text
    assert "customer's own address" not in text


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (Fraction(0), "0%"),
        (Fraction(1), "100%"),
        (Fraction(1, 10), "10%"),
        (Fraction(25, 1000), "2.5%"),
        (Fraction(1, 1_000_000), "0.0001%"),
        (Fraction(999_999, 1_000_000), "99.9999%"),
    ],
)
def test_a_share_is_spelt_as_a_policy_file_spells_it(policy, share, said):
    made = compiled(
        replace(policy, limited=replace(policy.limited, share=share)), entry=1, digest=DIGEST
    )

    assert made["limited"]["share"] == said
    assert compiled_from(made).policy.limited.share == share


@pytest.mark.parametrize("share", [Fraction(1, 3), Fraction(3, 2), Fraction(-1, 10)])
def test_a_share_that_no_policy_file_can_say_is_not_rounded(policy, share):
    with pytest.raises(ValueError, match="is not a percentage with four decimals at most"):
        compiled(
            replace(policy, limited=replace(policy.limited, share=share)), entry=1, digest=DIGEST
        )


def places(data, at=()):
    """Every place of a document, as keys and indices."""
    yield at
    for key, value in (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    ):
        yield from places(value, (*at, key))


def put(data, at, value):
    """The document with another value in one place, or without it."""
    made = copy.deepcopy(data)
    held = made
    for key in at[:-1]:
        held = held[key]
    if value is MISSING:
        del held[at[-1]]
    else:
        held[at[-1]] = value
    return made


def is_read(data):
    try:
        compiled_from(data)
    except InputError:
        return False
    return True


MISSING = object()
OTHERS = (
    *(MISSING, None, True, 0, 1, -1, 2**53, 1.5, "", "x", "0" * 64, "10%", "101%", "1e1%"),
    *("2026-02-30", "2027-02-01", "L1", "output", "logging", "a\x00b", "x" * 512, "x" * 513),
    *([], {}, ["a"], ["a", "a"], [1], [None]),
)


def test_the_reader_takes_what_the_schema_takes_and_nothing_else(policy, document):
    validator = StrictValidator(SCHEMA, format_checker=StrictValidator.FORMAT_CHECKER)
    small = {**document, "guardrails": document["guardrails"][:2]}
    taken = refused = 0
    for at in places(small):
        for value in OTHERS if at else ():
            if value is MISSING and isinstance(at[-1], int):
                continue
            made = put(small, at, value)
            assert validator.is_valid(made) is is_read(made), (at, value)
            taken += is_read(made)
            refused += not is_read(made)

    assert validator.is_valid(small)
    assert taken > 100
    assert refused > 1000


def test_every_surplus_field_is_refused(document):
    for at in places(document):
        held = document
        for key in at:
            held = held[key]
        if isinstance(held, dict):
            made = put(document, (*at, "surplus"), 1)
            with pytest.raises(InputError, match="has an unknown field 'surplus'"):
                compiled_from(made)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "is not JSON: Expecting property name enclosed in double quotes, line 1, column 2"),
        (b"\xff", "is not UTF-8"),
        (b"[]", "is not an object"),
        (b'{"schema": "policyctl/compiled/v2"}',
         ": schema is 'policyctl/compiled/v2', not 'policyctl/compiled/v1'"),
        (b'{"schema": 1, "schema": 1}', "is not JSON: a field stands twice in an object"),
        (b'{"entry": NaN}', "is not JSON: NaN is not a number"),
        (b"[" * 100_000, "is nested too deeply"),
        (b" " * (LARGEST + 1), f"has more than {LARGEST} bytes"),
    ],
)  # fmt: skip
def test_what_is_no_compiled_policy_is_refused_in_one_sentence(content, said):
    with pytest.raises(InputError) as caught:
        read_compiled(content)

    assert caught.value.message in (f"the compiled policy {said}", f"the compiled policy{said}")


@pytest.mark.parametrize(
    ("at", "value", "said"),
    [
        (("stage",), "on", "stage is 'on', not one of logging, limited, enforce"),
        (("limited", "share"), "half", "limited.share is not a percentage from 0% to 100%"),
        (("guardrails", 1, "enabled"), "yes", "guardrails[1].enabled is neither true nor false"),
        (("exceptions", 0, "expires"), "soon", "exceptions[0].expires is not a day such as "
         "2027-02-01"),
        (("exceptions", 1, "id"), "EX-1", "exceptions names something twice"),
        (("digest",), "AB" * 32, "digest is not a sha256 in hexadecimal"),
    ],
)  # fmt: skip
def test_a_refusal_says_where_and_why(document, at, value, said):
    with pytest.raises(InputError) as caught:
        compiled_from(put(document, at, value))

    assert caught.value.message == f"the compiled policy: {said}"


def test_two_guardrails_for_the_same_side_are_refused(document):
    first = document["guardrails"][0]
    other = {**first, "sensitivity": Sensitivity.L1.name, "action": Action.BLOCK.value}

    with pytest.raises(InputError, match="guardrails names something twice"):
        compiled_from({**document, "guardrails": [first, other]})

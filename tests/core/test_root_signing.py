"""Who still owes a signature to the next trust root, and whether both thresholds can be reached."""

from dataclasses import replace
from itertools import product

import pytest

from policyctl.core.root_signing import can_hold, owed


def stewards(forge, root, keys):
    """The root with these stewards, each with these keys."""
    people = {
        who: forge.member(*(forge.key(name) for name in names)) for who, names in keys.items()
    }
    return replace(root, people={**root.people, **people}, stewards=tuple(keys))


def reachable(before, after, fixed):
    """Every choice of one key for each person, tried one by one."""
    choices = {}
    for root in (before, after):
        for who in root.stewards:
            choices.setdefault(who, {None}).update(key.blob for key in root.people[who].keys)
    for who, blob in fixed.items():
        choices[who] = {blob}
    return any(
        all(
            sum(
                dict(zip(choices, chosen, strict=True)).get(who) in own(root, who)
                for who in root.stewards
            )
            >= root.threshold
            for root in (before, after)
        )
        for chosen in product(*choices.values())
    )


def own(root, who):
    return {key.blob for key in root.people[who].keys}


BEFORE = [{"erin": ["erin"]}, {"erin": ["erin"], "sam": ["sam", "ada"]}]
AFTER = [
    {"erin": ["erin"]},
    {"erin": ["pia"]},
    {"erin": ["erin", "pia"], "sam": ["ada"]},
    {"erin": ["pia"], "sam": ["rita"]},
    {"erin": ["pia"], "rita": ["rita"]},
    {"sam": ["ada"], "rita": ["rita"], "erin": ["pia"]},
]


@pytest.mark.parametrize("after", AFTER)
@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("signs", [False, True])
def test_both_thresholds_can_be_reached_exactly_if_some_choice_of_keys_does(
    forge, before, after, signs
):
    fixed = {"erin": forge.key("erin").public.blob} if signs else {}
    for first, second in product((1, 2), (1, 2, 3)):
        old = replace(stewards(forge, forge.root(), before), threshold=first)
        new = replace(stewards(forge, forge.following(old), after), threshold=second)

        assert can_hold(new, old, fixed) == reachable(old, new, fixed), (first, second)


def test_a_signature_counts_for_the_versions_that_list_its_key(forge):
    old = replace(stewards(forge, forge.root(), {"erin": ["erin"], "sam": ["sam"]}), threshold=2)
    new = stewards(forge, forge.following(old), {"erin": ["pia"], "ada": ["ada"]})

    first, second = owed(new, old, {"erin": forge.key("erin").public.blob})

    assert (first.signed, first.left, first.missing) == (("erin",), ("sam",), 1)
    assert (second.signed, second.left, second.missing) == ((), ("ada",), 2)

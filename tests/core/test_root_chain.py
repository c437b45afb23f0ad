"""The chain of trust roots: who may replace it, and what a broken one is called."""

from dataclasses import replace

import pytest

from policyctl.adapters.ssh_verification import verify
from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.root_chain import check_roots
from policyctl.core.trust_root import root_bytes

ROOT_1, ROOT_2 = paths.root_path(1), paths.root_path(2)


def found(forge, pin=""):
    """The versions that hold, and the codes of what is wrong with the others."""
    roots = check_roots(forge.files, verify, pin)
    return sorted(roots.by_version), {finding.code for finding in roots.findings}


def test_a_first_root_holds_by_its_own_signatures(governed):
    assert found(governed) == ([1], set())


def test_a_pin_is_the_digest_of_the_first_root(governed):
    pin = sha256(governed.content(ROOT_1))

    assert check_roots(governed.files, verify).pin == pin
    assert found(governed, pin) == ([1], set())
    assert found(governed, "0" * 64) == ([1], {"ROOT_PIN_MISMATCH"})


def test_without_a_root_nobody_is_trusted(forge, governed):
    root = governed.put_root(governed.following(governed.root()))
    assert found(governed) == ([1, 2], set())

    governed.drop(ROOT_1)

    assert root.version == 2
    assert found(governed) == ([], {"ROOT_MISSING"})
    governed.files.clear()
    assert found(governed) == ([], {"ROOT_MISSING"})


@pytest.mark.parametrize(
    ("threshold", "by", "codes"),
    [
        (1, ("erin",), set()),
        (1, ("pia",), set()),
        (1, ("erin", "pia"), set()),
        (1, (), {"ROOT_THRESHOLD"}),
        (2, ("erin",), {"ROOT_THRESHOLD"}),
        (2, ("erin", "pia"), set()),
        (2, ("erin", "sam"), {"ROOT_THRESHOLD"}),
    ],
)
def test_the_first_root_needs_its_own_threshold(forge, threshold, by, codes):
    forge.put_root(forge.root(threshold=threshold), by=by)

    versions, seen = found(forge)

    assert seen - {"SIG_NOT_IN_ROLE", "SIG_SURPLUS"} == codes
    assert versions == ([] if codes else [1])


@pytest.mark.parametrize(
    ("before", "after", "by", "code"),
    [
        # (stewards, threshold) of both versions, and who signs the second
        ((("erin",), 1), (("pia",), 1), ("erin", "pia"), None),
        ((("erin",), 1), (("pia",), 1), ("erin",), "ROOT_THRESHOLD"),
        ((("erin",), 1), (("pia",), 1), ("pia",), "ROOT_THRESHOLD"),
        ((("erin", "sam"), 2), (("erin",), 1), ("erin",), "ROOT_THRESHOLD"),
        ((("erin", "sam"), 2), (("erin",), 1), ("erin", "sam"), None),
        ((("erin",), 1), (("erin", "sam"), 2), ("erin",), "ROOT_THRESHOLD"),
        ((("erin",), 1), (("erin", "sam"), 2), ("erin", "sam"), None),
        ((("erin", "sam"), 2), (("ada", "pia"), 2), ("erin", "sam", "ada", "pia"), None),
        ((("erin", "sam"), 2), (("ada", "pia"), 2), ("erin", "ada", "pia"), "ROOT_THRESHOLD"),
        ((("erin", "sam"), 2), (("ada", "pia"), 2), ("erin", "sam", "pia"), "ROOT_THRESHOLD"),
        ((("erin",), 1), (("erin",), 1), (), "ROOT_THRESHOLD"),
    ],
)
def test_a_new_root_is_signed_by_the_thresholds_of_both_versions(forge, before, after, by, code):
    first = forge.root(stewards=before[0], threshold=before[1])
    forge.put_root(first, by=before[0])
    forge.put_root(forge.following(first, stewards=after[0], threshold=after[1]), by=by)

    assert found(forge) == (([1], {code}) if code else ([1, 2], set()))


def test_a_stranger_who_names_themselves_steward_signs_for_nobody_but_themselves(forge):
    first = forge.put_root(forge.root())
    people = {**first.people, "mallory": forge.member(forge.key("mallory"))}
    forge.put_root(
        forge.following(first, people=people, stewards=("mallory",)),
        by=("mallory",),
    )

    assert found(forge) == ([1], {"ROOT_THRESHOLD"})


@pytest.mark.parametrize("keep_the_old_key", [False, True])
def test_a_key_that_the_new_root_gives_to_a_steward_does_not_speak_for_the_version_before(
    forge, keep_the_old_key
):
    first = forge.put_root(forge.root(stewards=("erin",)))
    stolen, honest = forge.key("mallory"), forge.key("erin")
    keys = (honest, stolen) if keep_the_old_key else (stolen,)
    people = {**first.people, "erin": forge.member(*keys)}
    forge.put_root(forge.following(first, people=people), by=("erin",), keys={"erin": stolen})

    assert found(forge) == ([1], {"ROOT_THRESHOLD"})


def test_a_key_that_the_new_root_takes_away_does_not_speak_for_the_new_version(forge):
    first = forge.put_root(forge.root(stewards=("erin",)))
    people = {**first.people, "erin": forge.member(forge.key("new"))}
    forge.put_root(forge.following(first, people=people), by=("erin",))

    assert found(forge) == ([1], {"ROOT_THRESHOLD"})


def test_a_steward_changes_keys_in_two_steps(forge):
    old, new = forge.key("erin"), forge.key("new")
    first = forge.put_root(forge.root(stewards=("erin",)))
    both = {**first.people, "erin": forge.member(old, new)}
    second = forge.put_root(forge.following(first, people=both), keys={"erin": old})
    only = {**first.people, "erin": forge.member(new)}
    forge.put_root(forge.following(second, people=only), keys={"erin": new})

    assert found(forge) == ([1, 2, 3], set())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": 3}, "ROOT_CHAIN_BROKEN"),
        ({"version": 1}, "ROOT_CHAIN_BROKEN"),
        ({"prev": None}, "ROOT_CHAIN_BROKEN"),
        ({"prev": "0" * 64}, "ROOT_CHAIN_BROKEN"),
        ({"log": "cd" * 32}, "WRONG_LOG"),
        ({"threshold": 0}, "ROOT_BAD_THRESHOLD"),
        ({"stewards": ("s\u0430m",)}, "ROOT_BAD_IDENTITY"),
        ({"approvals": ()}, "ROOT_INCOMPLETE"),
    ],
)
def test_a_new_root_that_does_not_follow_or_is_unfit_is_not_taken(governed, changes, code):
    second = governed.following(governed.root(), **changes)
    content = root_bytes(second)
    governed.put_root(replace(second, version=2))
    governed.put(ROOT_2, content)

    assert found(governed) == ([1], {code})


def test_the_first_root_follows_nothing(forge):
    forge.put_root(forge.root(prev="0" * 64))

    assert found(forge) == ([], {"ROOT_CHAIN_BROKEN"})


def test_a_version_that_is_missing_ends_the_chain(governed):
    second = governed.put_root(governed.following(governed.root()))
    governed.put_root(governed.following(second))
    assert found(governed) == ([1, 2, 3], set())

    governed.drop(ROOT_2)

    assert found(governed) == ([1], {"ROOT_GAP", "PATH_UNEXPECTED"})


def test_an_edit_of_an_old_version_breaks_the_signatures_and_what_follows(governed):
    governed.put_root(governed.following(governed.root()))
    governed.put(ROOT_1, root_bytes(governed.root(solo=False, teams={})))

    assert found(governed) == ([], {"SIG_INVALID", "ROOT_THRESHOLD"})


@pytest.mark.parametrize(
    ("mode", "content"), [("120000", None), ("160000", None), ("100644", b""), ("100644", b"\0")]
)
def test_a_root_that_is_no_document_is_malformed(governed, mode, content):
    governed.put(ROOT_1, content, mode)

    assert found(governed) == ([], {"ROOT_MALFORMED"})


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda signature: b"", "SIG_INVALID"),
        (lambda signature: signature + b"\n", "SIG_INVALID"),
        (lambda signature: signature.replace(b"\n", b"\r\n"), "SIG_INVALID"),
        (lambda signature: signature[:-3], "SIG_INVALID"),
    ],
)
def test_a_signature_file_of_a_root_is_exactly_what_ssh_keygen_writes(governed, spoil, code):
    path = paths.root_signature_path(1, "pia")
    governed.put_root(governed.root(), by=("erin", "pia"))
    governed.put(path, spoil(governed.content(path)))

    assert found(governed) == ([], {code})


def test_a_signature_for_another_purpose_is_none_over_a_root(governed):
    content = governed.content(ROOT_1)
    governed.put(
        paths.root_signature_path(1, "erin"), governed.key("erin").sign(content, "policyctl/author")
    )

    assert found(governed) == ([], {"SIG_WRONG_NAMESPACE", "ROOT_THRESHOLD"})


def test_a_signature_under_anothers_name_is_a_finding(governed):
    signature = governed.content(paths.root_signature_path(1, "erin"))
    governed.put(paths.root_signature_path(1, "pia"), signature)

    assert found(governed) == ([], {"SIG_UNKNOWN_KEY"})


def test_a_signature_by_somebody_who_is_no_steward_is_a_finding(forge):
    forge.put_root(forge.root(), by=("erin", "sam"))

    _, codes = found(forge)

    assert codes & {"SIG_SURPLUS", "SIG_NOT_IN_ROLE"}


def test_a_signature_of_a_version_that_is_not_there_is_a_finding(governed):
    signature = governed.content(paths.root_signature_path(1, "erin"))
    governed.put(paths.root_signature_path(2, "erin"), signature)

    assert governed.codes()

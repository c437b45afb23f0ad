"""Redactions: what a tombstone keeps, who vouches for it, and what cannot be laundered with it."""

import json
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyctl.adapters.resources import shipped
from policyctl.adapters.schema_keywords import StrictValidator
from policyctl.core import paths
from policyctl.core.canonical import decode, encode, sha256
from policyctl.core.entry import ChangeAction, EvidenceReference, entry_bytes, parse_entry
from policyctl.core.growth import check_growth, extent_of
from policyctl.core.redaction import reference_to
from policyctl.core.tombstone import read_record, tombstone_bytes, tombstone_of
from policyctl.core.trust_root import REDACT_NAMESPACE, ROOT_NAMESPACE

ENTRY_1, ENTRY_2 = paths.entry_path("bot", 1), paths.entry_path("bot", 2)


@pytest.fixture
def recorded(governed):
    """A registered policy with two edits, the second entry with a name in its rationale."""
    governed.record(governed.entry())
    governed.record(governed.entry(rationale="Jane Doe complained"))
    governed.record(governed.entry())
    return governed


def bury(forge, seq=2, *, by=("erin",), purpose=REDACT_NAMESPACE, entry=None, **changes):
    """Put a tombstone in an entry's place; its bytes."""
    original = entry or parse_entry(forge.content(paths.entry_path("bot", seq)))
    place = paths.entry_path("bot", seq)
    files = {
        path: sha256(forge.content(path))
        for path in forge.files
        if path.startswith(place) and path.endswith(".sig")
    }
    tombstone = replace(tombstone_of(original, files), **changes)
    content = tombstone_bytes(tombstone)
    forge.put(place, content)
    for who in by:
        signature = forge.key(who).sign(content, purpose)
        forge.put(paths.tombstone_signature_path("bot", seq, who), signature)
    return content


def put_on_record(forge, content, seq=2, **changes):
    """Record a redaction; the policy stays as it is."""
    last = forge.chain["bot"]
    file = forge.content("policies/bot.yaml")
    known = {
        "action": ChangeAction.REDACT,
        "after": last.after,
        "target": last.target,
        "evidence": (reference_to("bot", seq, content),),
        **changes,
    }
    return forge.record(forge.entry(**known), file=file)


def test_a_redaction_keeps_the_chain_the_state_and_every_digest(recorded):
    before = recorded.judge()
    put_on_record(recorded, bury(recorded))

    after = recorded.judge()

    assert after.findings == ()
    assert b"Jane" not in b"".join(file.content or b"" for file in recorded.files.values())
    chain, old = after.chains["bot"].entries, before.chains["bot"].entries
    assert [item.digest for item in chain[:3]] == [item.digest for item in old]
    assert chain[1].entry == replace(old[1].entry, rationale="")
    assert chain[1].approvals == {"security": frozenset({"sam"})}
    assert after.redacted == 1
    assert list(check_growth(extent_of(before), after, since="yesterday")) == []


def test_work_goes_on_after_a_redaction(recorded):
    put_on_record(recorded, bury(recorded))
    recorded.record(recorded.entry())

    assert recorded.codes() == set()


def test_a_redacted_policy_can_be_retired_and_a_retired_one_redacted(recorded):
    recorded.record(recorded.entry(action=ChangeAction.RETIRE, target=None, after=None))
    content = bury(recorded)
    entry = recorded.entry(
        action=ChangeAction.REDACT,
        target=None,
        after=None,
        evidence=(reference_to("bot", 2, content),),
    )
    recorded.record(entry)

    assert recorded.codes() == set()


def test_a_void_reaches_through_a_redaction(recorded):
    last = recorded.chain["bot"]
    put_on_record(recorded, bury(recorded))
    words = b"bot logging assistants internal" + b"\n" * 2
    recorded.record(
        recorded.entry(action=ChangeAction.VOID, target=last.source, after=last.before), file=words
    )

    assert recorded.codes() == set()


def without_a_record(forge):
    """A tombstone that stewards signed, and no entry records."""
    bury(forge)


def without_signatures(forge):
    put_on_record(forge, bury(forge, by=()))


def signed_by_somebody_else(forge):
    put_on_record(forge, bury(forge, by=("sam",)))


def signed_for_another_purpose(forge):
    put_on_record(forge, bury(forge, purpose=ROOT_NAMESPACE))


def of_the_last_entry(forge):
    bury(forge, 3)


def with_another_digest(forge):
    put_on_record(forge, bury(forge, sha256="0" * 64))


def changed_after_it_was_recorded(forge):
    put_on_record(forge, bury(forge))
    content = forge.content(ENTRY_2)
    forge.put(ENTRY_2, content.replace(b'"assistants"', b'"erin"'))


def changed_and_signed_again(forge):
    """Stewards sign another tombstone than the one that is on record."""
    put_on_record(forge, bury(forge))
    data = decode(forge.content(ENTRY_2))
    data["owner"] = "erin"
    forge.put(ENTRY_2, encode(data))
    path = paths.tombstone_signature_path("bot", 2, "erin")
    forge.put(path, forge.key("erin").sign(forge.content(ENTRY_2), REDACT_NAMESPACE))


def an_unsigned_entry_laundered(forge):
    """An entry that nobody approved becomes a tombstone with an approval copied from elsewhere."""
    forge.drop(paths.signature_path("bot", 2, "sam", "security"))
    content = bury(forge)
    copied = forge.content(paths.signature_path("bot", 1, "sam", "security"))
    forge.put(paths.signature_path("bot", 2, "sam", "security"), copied)
    put_on_record(forge, content)


def an_approval_stripped(forge):
    put_on_record(forge, bury(forge))
    forge.drop(paths.signature_path("bot", 2, "sam", "security"))


def an_approval_added(forge):
    """A second approval, of bytes that nobody can see any more."""
    put_on_record(forge, bury(forge))
    signature = forge.key("pia").sign(b"whatever", "policyctl/approve/security")
    forge.put(paths.signature_path("bot", 2, "pia", "security"), signature)


def an_author_of_another_name(forge):
    """The author's signature is one by somebody whom the root does not know."""
    path = paths.signature_path("bot", 2, "erin")
    forge.put(path, forge.key("mallory").sign(b"whatever", "policyctl/author"))
    put_on_record(forge, bury(forge))


def recorded_twice(forge):
    content = bury(forge)
    put_on_record(forge, content)
    put_on_record(forge, content)


def a_redaction_redacted(forge):
    put_on_record(forge, bury(forge))
    forge.record(forge.entry())
    put_on_record(forge, bury(forge, 4), 4)


def something_that_is_not_there_redacted(forge):
    reference = EvidenceReference(name="log/bot/000009.json", sha256="0" * 64)
    put_on_record(forge, b"", evidence=(reference,))


def two_entries_redacted_by_one(forge):
    references = [reference_to("bot", seq, bury(forge, seq)) for seq in (1, 2)]
    put_on_record(forge, b"", evidence=tuple(references))


def nothing_redacted(forge):
    put_on_record(forge, forge.content(ENTRY_2))


def a_stray_signature(forge):
    signature = forge.key("erin").sign(forge.content(ENTRY_2), REDACT_NAMESPACE)
    forge.put(paths.tombstone_signature_path("bot", 2, "erin"), signature)


def a_signature_of_a_stranger(forge):
    content = bury(forge)
    put_on_record(forge, content)
    signature = forge.key("mallory").sign(content, REDACT_NAMESPACE)
    forge.put(paths.tombstone_signature_path("bot", 2, "mallory"), signature)


def a_change_slipped_in(forge):
    """The entry that records a redaction moves the policy as well."""
    put_on_record(forge, bury(forge), owner="erin")


def a_tombstone_of_another_policy(forge):
    forge.record(forge.entry("cat"))
    forge.record(forge.entry("cat"))
    content = bury(forge)
    put_on_record(forge, content)
    forge.put(paths.entry_path("cat", 1), content)


ATTACKS = {
    without_a_record: "TOMBSTONE_UNVOUCHED PATH_UNEXPECTED",
    without_signatures: "TOMBSTONE_THRESHOLD",
    signed_by_somebody_else: "TOMBSTONE_THRESHOLD SIG_NOT_IN_ROLE",
    signed_for_another_purpose: "TOMBSTONE_THRESHOLD SIG_WRONG_NAMESPACE",
    of_the_last_entry: "TOMBSTONE_UNVOUCHED PATH_UNEXPECTED",
    with_another_digest: "CHAIN_BROKEN",
    changed_after_it_was_recorded: "REDACTION_INVALID TOMBSTONE_UNVOUCHED PATH_UNEXPECTED",
    changed_and_signed_again: "REDACTION_INVALID TOMBSTONE_UNVOUCHED PATH_UNEXPECTED",
    an_unsigned_entry_laundered: "TOMBSTONE_SIGNATURES",
    an_approval_stripped: "TOMBSTONE_SIGNATURES APPROVALS_MISSING",
    an_approval_added: "TOMBSTONE_SIGNATURES",
    an_author_of_another_name: "SIG_UNKNOWN_KEY AUTHOR_MISSING",
    recorded_twice: "REDACTION_INVALID",
    a_redaction_redacted: "REDACTION_INVALID TOMBSTONE_UNVOUCHED PATH_UNEXPECTED",
    something_that_is_not_there_redacted: "REDACTION_INVALID",
    two_entries_redacted_by_one: "REDACTION_INVALID TOMBSTONE_UNVOUCHED PATH_UNEXPECTED",
    nothing_redacted: "REDACTION_INVALID",
    a_stray_signature: "PATH_UNEXPECTED",
    a_signature_of_a_stranger: "PATH_UNEXPECTED",
    a_change_slipped_in: "ENTRY_INCONSISTENT OWNER_FIELD_MISMATCH",
    a_tombstone_of_another_policy: (
        "ENTRY_MISPLACED CHAIN_BROKEN TOMBSTONE_SIGNATURES TOMBSTONE_UNVOUCHED"
    ),
}


@pytest.mark.parametrize("make", ATTACKS, ids=lambda make: make.__name__)
def test_it_is_not_a_way_around_anything(recorded, make):
    make(recorded)

    assert recorded.codes() == set(ATTACKS[make].split())


@pytest.mark.parametrize(
    ("by", "codes"), [(("erin",), {"TOMBSTONE_THRESHOLD"}), (("erin", "pia"), set())]
)
def test_as_many_stewards_sign_as_the_root_asks_for(forge, by, codes):
    forge.put_root(forge.root(threshold=2), by=("erin", "pia"))
    forge.record(forge.entry())
    forge.record(forge.entry())
    put_on_record(forge, bury(forge, 1, by=by), 1)

    assert forge.codes() == codes


def test_stewards_who_leave_later_still_vouch_for_what_they_signed(recorded):
    put_on_record(recorded, bury(recorded))
    second = recorded.following(recorded.root(), stewards=("pia",))
    recorded.put_root(second, by=("erin", "pia"))
    recorded.record(recorded.entry(root=2))

    assert recorded.codes() == set()


def test_a_tombstone_is_read_back_as_it_was_written(recorded):
    entry = parse_entry(recorded.content(ENTRY_2))
    tombstone = tombstone_of(entry, {ENTRY_2 + ".erin.sig": "0" * 64})

    found, again = read_record(tombstone_bytes(tombstone))

    assert again == tombstone
    assert found == replace(entry, rationale="")
    assert tombstone.sha256 == sha256(entry_bytes(entry))
    assert read_record(entry_bytes(entry)) == (entry, None)


@given(st.data())
def test_no_other_fields_make_a_tombstone(data):
    content = decode(TOMBSTONE)
    name = data.draw(st.sampled_from(sorted(content)))
    wrong = data.draw(st.sampled_from([[1], {}, -1, True]))
    spoilt = {**content, name: wrong}

    with pytest.raises(ValueError):
        read_record(encode(spoilt))


TOMBSTONE = encode(
    {
        "type": "policyctl/tombstone/v1",
        "log": "ab" * 32,
        "policy": "bot",
        "path": "policies/bot.yaml",
        "seq": 1,
        "prev": None,
        "change": "c1",
        "action": "register",
        "from": None,
        "to": "logging",
        "before": None,
        "after": "0" * 64,
        "owner": "assistants",
        "use_case": "internal",
        "evidence": [],
        "root": 1,
        "requested_at": "2026-10-05T08:00:00Z",
        "sha256": "1" * 64,
        "signatures": [{"name": "000001.json.erin.sig", "sha256": "2" * 64}],
    }
)


def test_the_published_schema_says_what_a_tombstone_is():
    schema = json.loads(shipped("schemas").joinpath("tombstone.v1.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    accepts = StrictValidator(schema).is_valid
    data = decode(TOMBSTONE)

    assert accepts(data)
    assert not accepts({**data, "rationale": "why"})
    for name in data:
        assert not accepts({key: value for key, value in data.items() if key != name})


def test_a_tombstone_holds_no_rationale():
    data = decode(TOMBSTONE)
    assert read_record(TOMBSTONE)[0].rationale == ""

    with pytest.raises(ValueError, match="wrong fields: rationale"):
        read_record(encode({**data, "rationale": "why"}))

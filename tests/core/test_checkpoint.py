"""Signed notes and checkpoints: one spelling, known keys, nothing that a note can hide."""

import base64
import hashlib
from dataclasses import replace

import pytest

from policyctl.adapters.ssh_verification import verify
from policyctl.core.checkpoint import (
    Checkpoint,
    checkpoint_digest,
    checkpoint_text,
    leaf_bytes,
    note_signers,
    parse_checkpoint,
    signature_line,
)
from policyctl.core.checkpoint_chain import compare_notes
from policyctl.core.comparison import KeptNote
from policyctl.core.merkle import root_hash
from policyctl.core.pushed_checkpoint import check_pushed_checkpoint
from policyctl.core.signed_note import Note, key_id, note_bytes, parse_note, split_notes
from policyctl.core.trust_root import CHECKPOINT_NAMESPACE, Role

# The example of C2SP's signed-note.
EXAMPLE = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKON"
    "rMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
).encode()


def stated(forge, **changes):
    ledger = forge.judge()
    chains = ledger.chains.values()
    items = [item for chain in chains for item in chain.entries if not item.missing]
    return replace(
        Checkpoint(
            log=forge.root().log,
            number=1,
            size=len(items),
            tree=root_hash(map(leaf_bytes, items)),
            root=max(ledger.roots.by_version),
            root_digest=ledger.roots.digests[max(ledger.roots.by_version)],
            grew={
                chain.policy: sum(not item.missing for item in chain.entries) for chain in chains
            },
        ),
        **changes,
    )


def signed(forge, checkpoint, *by, namespace=CHECKPOINT_NAMESPACE, text=""):
    content = (text or checkpoint_text(checkpoint)).encode()
    lines = tuple(
        signature_line(checkpoint, forge.key(who).public, forge.key(who).sign(content, namespace))
        for who in by
    )
    return note_bytes(Note(text=checkpoint_text(checkpoint), signatures=lines))


def compared(forge, *notes):
    kept = [KeptNote(source=f"note {at}", content=note) for at, note in enumerate(notes)]
    result = compare_notes(kept, forge.judge(), verify)
    codes = [item.code for item in (*result.findings, *result.gaps)]
    return result.compared, codes + [loss.finding.code for loss in result.losses]


@pytest.fixture
def grown(governed):
    governed.record(governed.entry())
    governed.record(governed.entry())
    return governed


def test_the_example_of_the_format_is_read_and_written():
    note = parse_note(EXAMPLE)

    assert note.text.endswith("ed è subito sera.\n")
    assert note.signatures[0].name == "quasimodo.example/salvatore"
    assert note.signatures[0].key_id.hex() == "367ba04b"
    assert len(note.signatures[0].body) == 64
    assert note_bytes(note) == EXAMPLE


def test_a_file_of_several_notes_is_split_at_their_signatures(grown):
    first = signed(grown, stated(grown), "erin", "pia")

    assert split_notes(first + EXAMPLE + first) == (first, EXAMPLE, first)
    assert split_notes(b"") == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\nno signature\n",
        EXAMPLE[:-1],
        EXAMPLE + b"\n",
        EXAMPLE.replace(b"\n", b"\r\n"),
        EXAMPLE.replace("—".encode(), b"-"),
        EXAMPLE.replace(b"quasimodo.example", b"quasi+modo"),
        EXAMPLE.replace(b"quasimodo.example", "quasi\u00a0modo".encode()),
        EXAMPLE.replace(b"Nnug", b"N_ug"),
        "text\n\n— name AAAAAA==\n".encode(),
        b"\xff\n\n" + EXAMPLE,
        b"x" * (1 << 20) + EXAMPLE,
        EXAMPLE + "— a AAAAAAA=\n".encode() * 64,
    ],
)
def test_what_is_no_signed_note_is_refused(content):
    with pytest.raises(ValueError, match=r"\w"):
        parse_note(content)


def test_the_text_of_a_checkpoint_is_origin_size_root_and_what_grew(grown):
    owed, previous = {("chat", 1): "cd" * 32}, "ef" * 32
    checkpoint = stated(grown, owed=owed, previous=previous)

    lines = checkpoint_text(checkpoint).splitlines()

    assert lines == [
        f"policyctl/ledger/{grown.root().log}",
        "2",
        base64.b64encode(checkpoint.tree).decode(),
        "checkpoint 1",
        f"root 1 {checkpoint.root_digest}",
        "grew bot 2",
        f"owed chat 1 {'cd' * 32}",
        f"previous {previous}",
    ]
    assert parse_checkpoint(checkpoint_text(checkpoint)) == checkpoint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n2\n", "\n02\n"),
        ("\n2\n", "\n-2\n"),
        ("\n2\n", "\n9999999999\n"),
        ("checkpoint 1", "checkpoint 0"),
        ("root 1 ", "root 1  "),
        ("root 1 ", "toor 1 "),
        ("grew bot 2\n", "grew bot 2\ngrew bot 2\n"),
        ("grew bot 2\n", "grew Bot 2\n"),
        ("grew bot 2\n", "grew bot\n"),
        ("grew bot 2\n", "shrank bot 2\n"),
        ("grew bot 2\n", "grew bot 2\n\n"),
        ("grew bot 2\n", "grew bot 2\nprevious x\n"),
        ("policyctl/ledger", "policyctl/other"),
        ("=\n", "\n"),
        ("=\n", "A=\n"),
    ],
)
def test_a_text_that_would_not_be_written_like_this_is_no_checkpoint(grown, old, new):
    text = checkpoint_text(stated(grown))
    assert old in text

    with pytest.raises(ValueError, match=r"\w"):
        parse_checkpoint(text.replace(old, new))


def test_the_key_id_names_the_origin_the_type_and_the_key(grown):
    checkpoint, key = stated(grown), grown.key("erin").public
    line = signature_line(checkpoint, key, grown.key("erin").sign(b"x", "n"))
    origin = f"policyctl/ledger/{checkpoint.log}".encode()

    expected = hashlib.sha256(origin + b"\n\xffpolicyctl/sshsig/v1" + key.blob).digest()[:4]

    assert line.key_id == expected == key_id(origin.decode(), b"\xffpolicyctl/sshsig/v1", key.blob)


def test_a_signature_of_one_who_may_is_enough_and_strangers_are_ignored(grown):
    checkpoint = stated(grown)

    assert compared(grown, signed(grown, checkpoint, "mallory", "erin")) == (1, [])
    assert compared(grown, signed(grown, checkpoint, "mallory")) == (0, ["CHECKPOINT_INVALID"])
    assert compared(grown, signed(grown, checkpoint, "sam")) == (0, ["CHECKPOINT_INVALID"])


@pytest.mark.parametrize("bad", [{"namespace": "policyctl/root"}, {"text": "another text\n"}])
def test_a_bad_signature_of_a_known_key_spoils_the_note(grown, bad):
    checkpoint = stated(grown)
    good, wrong = (signed(grown, checkpoint, "erin"), signed(grown, checkpoint, "pia", **bad))
    both = good + wrong.rpartition(b"\n\n")[2]

    assert compared(grown, both) == (0, ["CHECKPOINT_INVALID"])


def test_where_there_is_a_role_for_it_its_members_sign_and_touch_if_they_have_to(forge):
    roles = {**forge.root().roles, "checkpointer": Role(members=("rita",))}
    forge.put_root(forge.root(roles=roles))
    forge.record(forge.entry())
    checkpoint = stated(forge)

    assert compared(forge, signed(forge, checkpoint, "rita")) == (1, [])
    assert compared(forge, signed(forge, checkpoint, "erin")) == (0, ["CHECKPOINT_INVALID"])

    touch = forge.root(roles={**roles, "checkpointer": Role(members=("rita",), touch=True)})
    signers = note_signers(parse_note(signed(forge, checkpoint, "rita")), checkpoint, touch, verify)
    assert signers.problem == (
        "the signature of 'rita' has no touched hardware key, which the role asks for"
    )


def test_checkpoints_follow_from_each_other(grown):
    first = stated(grown)
    grown.record(grown.entry())
    digest = checkpoint_digest(first)
    second = stated(grown, number=2, previous=digest)
    notes = {
        name: signed(grown, checkpoint, "erin")
        for name, checkpoint in {
            "first": first,
            "second": second,
            "unlinked": replace(second, previous="00" * 32),
            "smaller": replace(second, grew={"bot": 2}),
            "miscounted": replace(second, size=4),
            "third": replace(second, number=3),
            "other tree": replace(second, tree=bytes(32)),
        }.items()
    }
    first_note = notes["first"]

    assert compared(grown, notes["second"], first_note) == (2, [])
    assert compared(grown, first_note, notes["unlinked"]) == (1, ["CHECKPOINT_FORK"])
    assert compared(grown, first_note, notes["smaller"]) == (1, ["CHECKPOINT_INVALID"])
    assert compared(grown, first_note, notes["miscounted"]) == (1, ["CHECKPOINT_INVALID"])
    assert compared(grown, first_note, notes["third"]) == (1, ["CHECKPOINT_MISSING"])
    assert compared(grown, notes["second"]) == (0, ["CHECKPOINT_MISSING"])
    assert compared(grown, first_note, notes["other tree"]) == (1, ["ROLLBACK_OR_TRUNCATION"])
    forked = compared(grown, first_note, notes["second"], notes["other tree"])
    assert forked == (2, ["CHECKPOINT_FORK"])


def test_an_entry_that_owed_approvals_is_not_covered_and_must_not_vanish(governed):
    governed.record(governed.entry())
    pending = governed.record(governed.entry(), approved={})
    item = governed.judge().chains["bot"].entries[1]
    note = signed(governed, stated(governed, owed={("bot", 2): item.digest}), "erin")
    content = governed.content(f".policyctl/log/bot/{pending.seq:06}.json")
    approval = governed.key("sam").sign(content, "policyctl/approve/security")

    assert compared(governed, note) == (1, [])
    governed.put("  .policyctl/log/bot/000002.json.sam.security.sig".strip(), approval)
    assert compared(governed, note) == (1, [])
    for path in [path for path in governed.files if "000002" in path]:
        governed.drop(path)
    assert compared(governed, note) == (1, ["ROLLBACK_OR_TRUNCATION"])


def test_an_entry_owed_before_a_rotation_may_be_settled_after_it_and_a_new_one_may_not(governed):
    governed.record(governed.entry())
    governed.record(governed.entry(), approved={})
    item = governed.judge().chains["bot"].entries[1]
    governed.put_root(governed.following(governed.root()))
    first = stated(governed, owed={("bot", 2): item.digest})
    without = replace(first, owed={})
    approval = governed.key("sam").sign(item.content, "policyctl/approve/security")
    governed.put(".policyctl/log/bot/000002.json.sam.security.sig", approval)

    for start, codes in ((first, []), (without, ["NEW_ENTRY_UNDER_OLD_ROOT"])):
        second = stated(governed, number=2, previous=checkpoint_digest(start))
        notes = [signed(governed, checkpoint, "erin") for checkpoint in (start, second)]
        assert compared(governed, *notes) == (2, codes)


def test_a_note_about_another_ledger_is_invalid(grown):
    note = signed(grown, stated(grown, log="00" * 32), "erin")

    assert compared(grown, note) == (0, ["CHECKPOINT_INVALID"])


@pytest.fixture
def rotated(grown):
    """The same with a second trust root."""
    grown.put_root(grown.following(grown.root()), by=("erin", "pia"))
    return grown


def under_the_first_root(forge):
    """What somebody states whose key the second root may have revoked."""
    first = forge.judge().roots.digests[1]
    return signed(forge, stated(forge, root=1, root_digest=first), "erin")


def test_a_checkpoint_covers_no_entry_under_a_newer_root_than_it_names(rotated):
    rotated.record(rotated.entry(root=2))

    assert compared(rotated, under_the_first_root(rotated)) == (0, ["CHECKPOINT_INVALID"])
    assert compared(rotated, signed(rotated, stated(rotated), "erin")) == (1, [])


def test_a_checkpoint_that_names_an_older_root_than_its_commit_has_cannot_be_pushed(rotated):
    def pushed(note):
        kept = KeptNote(source="the tag", content=note, commit="ab", number=1)
        return [item.code for item in check_pushed_checkpoint(kept, (), rotated.judge(), verify)]

    assert compared(rotated, under_the_first_root(rotated)) == (1, [])
    assert pushed(under_the_first_root(rotated)) == ["CHECKPOINT_INVALID"]
    assert pushed(signed(rotated, stated(rotated), "erin")) == []

"""A checkpoint: a signed statement of how far the ledger reaches, as in C2SP's ``tlog-checkpoint``.

The leaves of the tree are the settled entries. Checkpoint n appends those that checkpoint n-1 did
not have, by policy and number, so whoever has all notes can build the tree again.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping

from policyctl.core.canonical import encode, sha256
from policyctl.core.entry import DIGEST, SLUG
from policyctl.core.frozen import fresh, frozen
from policyctl.core.held import HeldEntry, held
from policyctl.core.merkle import HASH_BYTES
from policyctl.core.recorded import Recorded
from policyctl.core.signature_files import VerifySignature
from policyctl.core.signed_note import Note, NoteSignature, key_id
from policyctl.core.ssh_keys import PublicKey
from policyctl.core.sshsig import armor, dearmor
from policyctl.core.trust_root import CHECKPOINT_NAMESPACE, TrustRoot
from policyctl.errors import SignatureError

_LEAF = "policyctl/leaf/v1"
_ORIGIN = "policyctl/ledger/"
_SSHSIG = b"\xffpolicyctl/sshsig/v1"
_COUNT = re.compile(r"0|[1-9][0-9]{0,8}\Z")


@frozen
class Checkpoint:
    """What a checkpoint states.

    Attributes:
        log: the ledger's id.
        number: its place in the order of checkpoints, from 1.
        size: how many entries it covers, those of earlier checkpoints among them.
        tree: the root hash of the tree of these entries.
        root: the newest trust root, by version.
        root_digest: sha256 of that trust root.
        grew: how many entries each policy now has in the tree, for policies that have more than
            at the checkpoint before.
        owed: sha256 of the entries that stand and still wait for approvals, by policy and number.
        previous: sha256 of the text of the checkpoint before, or empty for the first.
    """

    log: str
    number: int
    size: int
    tree: bytes
    root: int
    root_digest: str
    grew: Mapping[str, int]
    owed: Mapping[tuple[str, int], str] = fresh(default_factory=dict)
    previous: str = ""


def leaf_bytes(item: Recorded) -> bytes:
    """The leaf of an entry: its digest and those of its signature files."""
    return held_leaf(item.entry.policy, item.entry.seq, held(item, {}))


def held_leaf(policy: str, seq: int, item: HeldEntry) -> bytes:
    """The same, of an entry of which the digests were kept."""
    return encode(
        {
            "type": _LEAF,
            "policy": policy,
            "seq": seq,
            "entry": item.entry,
            "signatures": dict(item.signatures),
        }
    )


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """The text that is signed."""
    lines = [
        _ORIGIN + checkpoint.log,
        str(checkpoint.size),
        base64.b64encode(checkpoint.tree).decode(),
        f"checkpoint {checkpoint.number}",
        f"root {checkpoint.root} {checkpoint.root_digest}",
        *(f"grew {policy} {length}" for policy, length in sorted(checkpoint.grew.items())),
        *(f"owed {policy} {seq} {sha}" for (policy, seq), sha in sorted(checkpoint.owed.items())),
    ]
    if checkpoint.previous:
        lines.append(f"previous {checkpoint.previous}")
    return "\n".join(lines) + "\n"


def checkpoint_digest(checkpoint: Checkpoint) -> str:
    """What the next checkpoint names as ``previous``; more signatures do not change it."""
    return sha256(checkpoint_text(checkpoint).encode())


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a note's text states.

    Raises:
        ValueError: it states none.
    """
    lines = text.split("\n")
    head, rest = lines[:5], [line.split(" ") for line in lines[5:-1]]
    if len(head) < len(("origin", "size", "tree", "number", "root")):
        raise ValueError("too few lines")
    number, root = head[3].split(" "), head[4].split(" ")
    previous = [words[1] for words in rest if words[0] == "previous" and len(words) == 2]  # noqa: PLR2004
    if number[0] != "checkpoint" or root[0] != "root" or len(number) + len(root) != 5:  # noqa: PLR2004
        raise ValueError("no line says which checkpoint or which trust root")
    found = Checkpoint(
        log=_digest(head[0].removeprefix(_ORIGIN)),
        size=_count(head[1]),
        tree=_hash(head[2]),
        number=_count(number[1]),
        root=_count(root[1]),
        root_digest=_digest(root[2]),
        grew={_slug(words[1]): _count(words[2]) for words in _lines(rest, "grew", 3)},
        owed={
            (_slug(words[1]), _count(words[2])): _digest(words[3])
            for words in _lines(rest, "owed", 4)
        },
        previous=_digest(previous[0]) if previous else "",
    )
    if found.number < 1 or found.root < 1 or checkpoint_text(found) != text:
        raise ValueError("spelt differently than it would be written")
    return found


def signature_line(checkpoint: Checkpoint, key: PublicKey, armored: bytes) -> NoteSignature:
    """The signature line for an armoured SSH signature over the checkpoint's text.

    Its body is the wire form of the SSH signature, its type 0xff with ``policyctl/sshsig/v1``.
    """
    blob = base64.b64decode(b"".join(armored.split(b"\n")[1:-2]))
    name = _ORIGIN + checkpoint.log
    return NoteSignature(name=name, key_id=key_id(name, _SSHSIG, key.blob), body=blob)


@frozen
class NoteSigners:
    """Whose valid signatures a note carries, and what is wrong with those of known keys."""

    who: tuple[str, ...]
    problem: str = ""


def note_signers(
    note: Note, checkpoint: Checkpoint, root: TrustRoot, verify: VerifySignature
) -> NoteSigners:
    """Judge a note's signatures; those of unknown keys are ignored, as the format asks.

    Args:
        note: the note.
        checkpoint: what its text states.
        root: the trust root that it names.
        verify: whether a signature was made over a message.
    """
    name = _ORIGIN + checkpoint.log
    role = root.roles.get("checkpointer")
    known = {
        key_id(name, _SSHSIG, key.blob): (who, key)
        for who in root.checkpointers
        for key in root.people[who].keys
    }
    found = set()
    for line in note.signatures:
        if line.name != name or line.key_id not in known:
            continue
        who, key = known[line.key_id]
        problem = _problem(line.body, note.text, key, verify, touch=bool(role and role.touch))
        if problem:
            return NoteSigners(who=(), problem=f"the signature of '{who}' {problem}")
        found.add(who)
    return NoteSigners(who=tuple(sorted(found)))


def _problem(
    body: bytes, text: str, key: PublicKey, verify: VerifySignature, *, touch: bool
) -> str:
    try:
        signature = dearmor(armor(body))
        fits = signature.public_key == key.blob and verify(signature, text.encode())
    except SignatureError as error:
        return f"is none: {error.message}"
    if not fits:
        return "does not fit the text"
    if signature.namespace != CHECKPOINT_NAMESPACE:
        return f"was made for {signature.namespace!a}"
    if touch and not signature.touched:
        return "has no touched hardware key, which the role asks for"
    return ""


def _lines(rest: list[list[str]], name: str, words: int) -> Iterator[list[str]]:
    return (line for line in rest if line[0] == name and len(line) == words)


def _count(text: str) -> int:
    if not _COUNT.fullmatch(text):
        raise ValueError(f"{text[:20]!a} is no count")
    return int(text)


def _digest(text: str) -> str:
    if not DIGEST.match(text):
        raise ValueError(f"{text[:20]!a} is no sha256")
    return text


def _slug(text: str) -> str:
    if not SLUG.match(text):
        raise ValueError(f"{text[:20]!a} is no policy")
    return text


def _hash(text: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise ValueError("the root hash is not base64") from error
    if len(found) != HASH_BYTES:
        raise ValueError("the root hash has the wrong length")
    return found

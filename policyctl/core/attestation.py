"""What the ledger says of one policy, as an in-toto statement in a DSSE envelope.

The formats are in-toto's Statement v1 and DSSE v1.0.2 (secure-systems-lab/dsse, protocol.md).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

from policyctl.core import paths
from policyctl.core.canonical import decode, encode
from policyctl.core.chain import Recorded
from policyctl.core.entry import with_fields
from policyctl.core.frozen import frozen
from policyctl.core.trust_root import AUTHOR_NAMESPACE, approval_namespace

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:policyctl:ledger-state:v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"


@frozen
class Standing:
    """What was verified, and stands behind a statement.

    Attributes:
        level: how far the verification went, as ``verify`` says it.
        pinned: whether the first trust root was compared with a pin from outside.
        pin: sha256 of the first trust root.
        root_digest: sha256 of the trust root that judges the entry.
    """

    level: str
    pinned: bool
    pin: str
    root_digest: str


def statement(last: Recorded, signatures: Mapping[str, bytes], standing: Standing) -> bytes:
    """The statement about a policy that stands as its last entry says, in its one spelling.

    It holds nothing about who attests it or when, so that everybody signs the same bytes.

    Args:
        last: the last entry of the policy's chain, which leaves a file behind.
        signatures: the bytes of the entry's signature files, by their paths.
        standing: what was verified.
    """
    entry = last.entry
    predicate = {
        "level": standing.level,
        "log": entry.log,
        "trust_root": {
            "version": entry.root,
            "sha256": standing.root_digest,
            "pin": standing.pin,
            "pinned": standing.pinned,
        },
        "chain": {"policy": entry.policy, "entries": entry.seq, "head": last.digest},
        "entry": decode(last.content),
        "authors": sorted(last.authors),
        "approvals": {role: sorted(who) for role, who in last.approvals.items() if who},
        "signatures": [_signature(path, signatures[path]) for path in sorted(signatures)],
    }
    return encode(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": entry.path, "digest": {"sha256": entry.after}}],
            "predicateType": PREDICATE_TYPE,
            "predicate": predicate,
        }
    )


def pre_authentication(payload: bytes) -> bytes:
    """The bytes that are signed in place of the payload: DSSE's PAE."""
    kind = PAYLOAD_TYPE.encode("ascii")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def envelope(payload: bytes, keyid: str, signature: bytes) -> bytes:
    """A DSSE envelope with one signature.

    Args:
        payload: the statement.
        keyid: the fingerprint of the key, as ``ssh-keygen -l`` prints it.
        signature: what the key made of `pre_authentication`.
    """
    return encode(
        {
            "payload": base64.b64encode(payload).decode("ascii"),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"keyid": keyid, "sig": base64.b64encode(signature).decode("ascii")}],
        }
    )


@frozen
class Signed:
    """What an envelope with one signature holds; nothing about it is verified yet.

    Attributes:
        payload: the statement's bytes.
        keyid: the fingerprint of the key that is said to have signed.
    """

    payload: bytes
    keyid: str
    signature: bytes


def opened(content: bytes) -> Signed:
    """What `envelope` put into one.

    Raises:
        ValueError: the bytes are no such envelope.
    """
    data = with_fields(
        decode(content),
        {
            "payload": lambda value: isinstance(value, str),
            "payloadType": lambda value: value == PAYLOAD_TYPE,
            "signatures": lambda value: isinstance(value, list) and len(value) == 1,
        },
    )
    texts = {"keyid": lambda value: isinstance(value, str), "sig": lambda it: isinstance(it, str)}
    signature = with_fields(data["signatures"][0], texts)
    return Signed(
        payload=base64.b64decode(data["payload"], validate=True),
        keyid=signature["keyid"],
        signature=base64.b64decode(signature["sig"], validate=True),
    )


def envelope_name(policy: str, seq: int, who: str) -> str:
    """The file of somebody's envelope, so that those of several people stand side by side."""
    return f"{policy}.{seq:06}.{who}.dsse.json"


def _signature(path: str, armored: bytes) -> dict[str, str]:
    place = paths.place_of(path)
    if not isinstance(place, paths.EntrySignature):
        raise ValueError(f"{path} is no signature of an entry")
    namespace = approval_namespace(place.role) if place.role else AUTHOR_NAMESPACE
    return {"who": place.who, "namespace": namespace, "sshsig": armored.decode("ascii")}

"""What a verifier judged before, by digests, so that it need not judge the same bytes again.

This is only ever read from the verifier's own memory. Whoever can write the repository cannot make
an entry of it: every digest here is of bytes that this verifier has read and judged itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.chain import Chain
from policyctl.core.entry import is_digest, moment_from, moment_text
from policyctl.core.frozen import frozen
from policyctl.core.held import HeldChain, HeldEntry
from policyctl.core.late_approvals import approvals_barred
from policyctl.core.signature_files import VerifySignature
from policyctl.core.snapshot import Snapshot
from policyctl.core.sshsig import Signature, dearmor
from policyctl.core.trust_root import TrustRoot

_TYPE = "policyctl/judged/v1"


@frozen
class JudgedPolicy:
    """A policy of which every file was judged, and nothing found.

    Attributes:
        files: digest of all its files: the policy, its entries, signatures and evidence.
        trail: digest of its entries and their signatures alone.
        entries: how many there are.
        roots: how many of them name each version of the trust root.
    """

    files: str
    trail: str
    entries: int
    roots: Mapping[int, int]


@frozen
class JudgedBefore:
    """What one run of a verifier judged.

    Attributes:
        tool: the version of policyctl whose rules it judged by.
        at: the present by which it judged.
        shared: digest of the trust roots and baselines, on which every verdict rests.
    """

    tool: str
    at: datetime
    shared: str
    policies: Mapping[str, JudgedPolicy]


def judged(chain: Chain, own: Snapshot) -> JudgedPolicy | None:
    """A policy in which nothing was found, for the next run; None if it has to be judged again.

    The signatures of a redacted entry cover bytes that are gone, so nobody has verified them.
    """
    if not chain.entries or any(item.tombstone is not None for item in chain.entries):
        return None
    roots: dict[int, int] = {}
    for item in chain.entries:
        roots[item.entry.root] = roots.get(item.entry.root, 0) + 1
    return JudgedPolicy(
        files=files_digest(own),
        trail=trail_digest(own, len(chain.entries)),
        entries=len(chain.entries),
        roots=roots,
    )


def files_digest(files: Snapshot) -> str:
    """A digest of names, modes and bytes."""
    return _digest(files, sorted(files))


def trail_digest(files: Snapshot, entries: int) -> str:
    """The same of a policy's first entries and their signatures."""
    return _digest(files, sorted(path for path in files if _is_trail(path, entries)))


def held_again(
    policy: str, own: Snapshot, known: JudgedPolicy, roots: Mapping[int, TrustRoot]
) -> HeldChain:
    """The chain of a policy whose files are exactly what was judged before.

    Args:
        policy: its id.
        own: its files.
        known: what was judged.
        roots: the trust roots that hold, by version; they are what they were, too.
    """
    versions = [version for version in sorted(known.roots) for _ in range(known.roots[version])]
    signatures: dict[int, dict[str, str]] = {}
    for path in sorted(own):
        place = paths.place_of(path)
        if isinstance(place, paths.EntrySignature):
            signatures.setdefault(place.seq, {})[path] = sha256(own[path].content or b"")
    entries = tuple(
        HeldEntry(
            entry=sha256(own[paths.entry_path(policy, seq)].content or b""),
            signatures=signatures.get(seq, {}),
            settled=True,
            binding=True,
            root=version,
            barred=_barred(own, signatures.get(seq, {}), version, roots),
        )
        for seq, version in enumerate(versions, start=1)
    )
    return HeldChain(entries=entries, signatures=sum(map(len, signatures.values())))


def _barred(
    own: Snapshot, signatures: Iterable[str], version: int, roots: Mapping[int, TrustRoot]
) -> dict[str, tuple[int, ...]]:
    later = [root for number, root in sorted(roots.items()) if number > version]
    if not later:
        return {}
    keys = {}
    for path in signatures:
        place = paths.place_of(path)
        if isinstance(place, paths.EntrySignature) and place.role:
            keys[path] = dearmor(own[path].content or b"").public_key
    return approvals_barred(keys, later)


def spared(verify: VerifySignature, own: Snapshot, entries: int) -> VerifySignature:
    """The same question, answered without arithmetic for signatures that were verified before.

    Args:
        verify: whether a signature was made over a message.
        own: a policy's files; those of its first entries are what they were.
        entries: how many these are.
    """
    known: set[tuple[Signature, bytes]] = set()
    for path, file in own.items():
        place = paths.place_of(path)
        if isinstance(place, paths.EntrySignature) and place.seq <= entries:
            message = own[paths.entry_path(place.policy, place.seq)].content
            known.add((dearmor(file.content or b""), message or b""))

    def ask(signature: Signature, message: bytes) -> bool:
        return (signature, message) in known or verify(signature, message)

    return ask


def judged_bytes(memory: JudgedBefore) -> bytes:
    """The bytes that are kept: a document, and its digest on a line of its own."""
    data = {
        "type": _TYPE,
        "tool": memory.tool,
        "at": moment_text(memory.at),
        "shared": memory.shared,
        "policies": {
            policy: [item.files, item.trail, {str(key): n for key, n in item.roots.items()}]
            for policy, item in memory.policies.items()
        },
    }
    content = json.dumps(data, sort_keys=True, separators=(",", ":")).encode("ascii")
    return content + b"\n" + sha256(content).encode("ascii") + b"\n"


def parse_judged(content: bytes) -> JudgedBefore:
    """What ``content`` holds.

    Raises:
        ValueError: it was not written by this function's counterpart.
    """
    document, _, digest = content.removesuffix(b"\n").rpartition(b"\n")
    if sha256(document).encode("ascii") != digest:
        raise ValueError("it is not what was written")
    data: Any = json.loads(document)
    if not isinstance(data, dict) or data.get("type") != _TYPE:
        raise ValueError("it is of another format")
    try:
        return JudgedBefore(
            tool=data["tool"],
            at=moment_from(data["at"]),
            shared=data["shared"],
            policies={policy: _policy(*item) for policy, item in data["policies"].items()},
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"it lacks {error}") from error


def _policy(files: str, trail: str, roots: Mapping[str, int]) -> JudgedPolicy:
    counts = {int(version): count for version, count in roots.items()}
    if not is_digest(files) or not is_digest(trail):
        raise ValueError("it holds no digest where one belongs")
    return JudgedPolicy(files=files, trail=trail, entries=sum(counts.values()), roots=counts)


def _is_trail(path: str, entries: int) -> bool:
    place = paths.place_of(path)
    return isinstance(place, paths.EntryFile | paths.EntrySignature) and place.seq <= entries


def _digest(files: Snapshot, names: Iterable[str]) -> str:
    found = hashlib.sha256()
    for path in names:
        file = files[path]
        content = file.content or b""
        state = "-" if file.content is None else str(len(content))
        found.update(f"{path!a} {file.mode} {state}\n".encode("ascii"))
        found.update(content)
    return found.hexdigest()

"""The changelog: the ledger's settled entries as one page for people, which anybody can make again.

Its first line says up to which entries it goes. What came later makes it old and not wrong, so it
is compared with a page made anew for exactly these entries.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from policyctl.core import paths
from policyctl.core.comparison import Comparison
from policyctl.core.entry import SLUG
from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.ledger import Ledger
from policyctl.core.recorded import Recorded
from policyctl.core.signature_files import VerifySignature
from policyctl.core.snapshot import Snapshot, content_of, violation
from policyctl.core.sshsig import dearmor
from policyctl.core.trust_root import CHANGELOG_NAMESPACE, TrustRoot
from policyctl.errors import SignatureError

_TYPE = "policyctl/changelog/v1"
_BEGIN, _END = f"<!-- {_TYPE} ", " -->\n"
_HINT = "policyctl changelog --write; a page of your own goes by another name"


@frozen
class Reach:
    """Up to which entries a changelog goes.

    Attributes:
        root: the newest trust root, by version.
        entries: how many entries of each policy.
        checkpoints: up to which entries each checkpoint brought the policies that grew.
    """

    root: int
    entries: Mapping[str, int]
    checkpoints: tuple[Mapping[str, int], ...]


@frozen
class Line:
    """One entry, and the checkpoint that first covers it, or 0."""

    recorded: Recorded
    checkpoint: int


@frozen
class Changelog:
    """What a page shows, newest first."""

    reach: Reach
    lines: tuple[Line, ...]


RenderChangelog = Callable[[Changelog], str]
"""The page, which opens with `first_line`."""


def changelog_of(ledger: Ledger, checkpoints: Sequence[Mapping[str, int]]) -> Changelog:
    """The changelog of all settled entries.

    Args:
        ledger: the ledger.
        checkpoints: what grew at each checkpoint with which the ledger agrees.
    """
    latest = ledger.roots.latest
    settled = {
        policy: sum(1 for _ in takewhile(lambda item: not item.missing, chain.entries))
        for policy, chain in ledger.chains.items()
    }
    reach = Reach(
        root=latest.version if latest else 0,
        entries={policy: length for policy, length in settled.items() if length},
        checkpoints=tuple(checkpoints),
    )
    return _changelog(ledger, reach)


def first_line(reach: Reach) -> str:
    """The line that says up to which entries a page goes; a comment in Markdown."""
    data = {
        "root": reach.root,
        "entries": dict(reach.entries),
        "checkpoints": [dict(grew) for grew in reach.checkpoints],
    }
    return _BEGIN + json.dumps(data, sort_keys=True, separators=(",", ":")) + _END


def check_changelog(
    snapshot: Snapshot,
    ledger: Ledger,
    *,
    verify: VerifySignature,
    render: RenderChangelog,
    checkpoints: Comparison,
) -> Iterator[Finding]:
    """Findings about the changelog of a commit, if it has one.

    Args:
        snapshot: the governed files.
        ledger: what they add up to.
        verify: whether a signature was made over a message.
        render: how a page is written.
        checkpoints: the checkpoints that the ledger was compared with.
    """
    path = paths.CHANGELOG
    if path not in snapshot:
        if paths.CHANGELOG_SIGNATURE in snapshot:
            message = f"{paths.CHANGELOG_SIGNATURE} signs a changelog that is not there"
            yield violation("CHANGELOG_MISMATCH", message, file=path, hint=_HINT)
        return
    content = content_of(snapshot, path) or b""
    try:
        reach = _reach(content)
        _require_same(reach, ledger, checkpoints)
        if render(_changelog(ledger, reach)).encode() != content:
            raise ValueError("it is not what the ledger says of the entries up to which it goes")
    except ValueError as error:
        message = f"{path} is not made from this ledger: {error}"
        yield violation("CHANGELOG_MISMATCH", message, file=path, hint=_HINT)
        return
    problem = _unsigned(snapshot, content, ledger.roots.by_version.get(reach.root), verify)
    if problem:
        file = paths.CHANGELOG_SIGNATURE
        yield violation("CHANGELOG_UNSIGNED", f"{file} {problem}", file=file, hint=_HINT)


def _changelog(ledger: Ledger, reach: Reach) -> Changelog:
    covered: dict[tuple[str, int], int] = {}
    lengths: dict[str, int] = {}
    for number, grew in enumerate(reach.checkpoints, start=1):
        for policy, length in grew.items():
            for seq in range(lengths.get(policy, 0) + 1, length + 1):
                covered[policy, seq] = number
            lengths[policy] = length
    items = [
        item
        for policy, length in reach.entries.items()
        for item in ledger.chains[policy].entries[:length]
    ]
    items.sort(key=lambda item: item.entry.policy)
    items.sort(key=lambda item: (item.entry.requested_at, item.entry.seq), reverse=True)
    lines = (
        Line(recorded=item, checkpoint=covered.get((item.entry.policy, item.entry.seq), 0))
        for item in items
    )
    return Changelog(reach=reach, lines=tuple(lines))


def _require_same(reach: Reach, ledger: Ledger, checkpoints: Comparison) -> None:
    """Raise ``ValueError`` if a page goes further than the ledger, or by other checkpoints."""
    for policy, length in reach.entries.items():
        chain = ledger.chains.get(policy)
        if chain is None or len(chain.entries) < length:
            raise ValueError(f"it goes up to entry {length} of '{policy}', which is not there")
    for grew in reach.checkpoints:
        for policy, length in grew.items():
            if length > reach.entries.get(policy, 0):
                raise ValueError(f"it has less of '{policy}' than a checkpoint that it names")
    known = [link.checkpoint.grew for link in checkpoints.links[: checkpoints.compared]]
    for number, (said, grew) in enumerate(zip(reach.checkpoints, known, strict=False), start=1):
        if said != grew:
            raise ValueError(f"checkpoint {number} does not cover what it says")


def _reach(content: bytes) -> Reach:
    line, _, _ = content.partition(b"\n")
    try:
        text = line.decode("ascii") + "\n"
        data: Any = json.loads(text.removeprefix(_BEGIN).removesuffix(_END))
        entries, checkpoints = _counts(data["entries"]), tuple(map(_counts, data["checkpoints"]))
        reach = Reach(root=int(data["root"]), entries=entries, checkpoints=checkpoints)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError("its first line does not say up to which entries it goes") from error
    if first_line(reach) != text:
        raise ValueError("its first line is spelt differently than it would be written")
    return reach


def _counts(data: Any) -> dict[str, int]:
    for name, count in data.items() if isinstance(data, dict) else [("", data)]:
        if not SLUG.match(name) or type(count) is not int or not 0 < count < 1_000_000:  # noqa: PLR2004
            raise ValueError("no counts by policy")
    return dict(data)


def _unsigned(
    snapshot: Snapshot, content: bytes, root: TrustRoot | None, verify: VerifySignature
) -> str:
    """What is wrong with the signature over a page, or the empty text."""
    armored = content_of(snapshot, paths.CHANGELOG_SIGNATURE)
    if armored is None:
        return "is missing"
    try:
        signature = dearmor(armored)
        fits = verify(signature, content)
    except SignatureError as error:
        return f"is not a signature: {error.message}"
    if signature.namespace != CHANGELOG_NAMESPACE:
        return f"was signed for {signature.namespace!a}"
    if not fits:
        return "does not fit the page"
    if root is None or root.holder(signature.key) is None:
        return "was made with a key that the trust root does not know"
    return ""

"""What the stewards still owe to the next version of the trust root, and whether they ever can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policyctl.core.frozen import frozen
from policyctl.core.trust_root import TrustRoot


@frozen
class Owed:
    """What the stewards of one version owe.

    Attributes:
        version: the version whose stewards they are.
        threshold: how many of them have to sign.
        signed: those who did, with a key that is theirs in this version.
        left: those who still can.
    """

    version: int
    threshold: int
    signed: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def missing(self) -> int:
        """How many signatures are still owed."""
        return max(0, self.threshold - len(self.signed))


def owed(
    root: TrustRoot, before: TrustRoot | None, signed: Mapping[str, bytes]
) -> tuple[Owed, ...]:
    """What the stewards of the version before, and those of the next one, owe to the next one.

    Args:
        root: the next version.
        before: the version that holds; None where the next one is the first.
        signed: the key of each valid signature by the person who made it.
    """
    return tuple(_owed(judge, signed) for judge in (before, root) if judge is not None)


def _owed(judge: TrustRoot, signed: Mapping[str, bytes]) -> Owed:
    counted = tuple(
        who for who in judge.stewards if who in signed and signed[who] in _keys(judge, who)
    )
    left = tuple(who for who in judge.stewards if who not in signed and _keys(judge, who))
    return Owed(version=judge.version, threshold=judge.threshold, signed=counted, left=left)


def can_hold(root: TrustRoot, before: TrustRoot, signed: Mapping[str, bytes]) -> bool:
    """Whether both thresholds can still be reached, when each person signs with one key.

    A steward of both versions whose keys have nothing in common serves one of the two only.

    Args:
        root: the next version.
        before: the version that holds.
        signed: the key of each signature that is there, by the person who made it.
    """
    old, new = _usable(before, signed), _usable(root, signed)
    both = {who for who in old.keys() & new.keys() if old[who] & new[who]}
    either = (old.keys() & new.keys()) - both
    owed_before = max(0, before.threshold - len(both) - len(old.keys() - new.keys()))
    owed_after = max(0, root.threshold - len(both) - len(new.keys() - old.keys()))
    return owed_before + owed_after <= len(either)


def _usable(judge: TrustRoot, signed: Mapping[str, bytes]) -> dict[str, frozenset[bytes]]:
    """The keys with which each steward can serve a version: the one they used, or any."""
    keys = {
        who: _keys(judge, who) & ({signed[who]} if who in signed else _keys(judge, who))
        for who in judge.stewards
    }
    return {who: found for who, found in keys.items() if found}


def may_sign(root: TrustRoot, before: TrustRoot | None, who: str, key: bytes) -> bool:
    """True if the person is a steward of one of the two versions, with this key."""
    return any(key in keys for keys in _steward_keys(root, before, who))


def _steward_keys(
    root: TrustRoot, before: TrustRoot | None, who: str
) -> Iterator[frozenset[bytes]]:
    for judge in (before, root):
        if judge is not None and who in judge.stewards:
            yield _keys(judge, who)


def _keys(root: TrustRoot, who: str) -> frozenset[bytes]:
    member = root.people.get(who)
    return frozenset(key.blob for key in member.keys) if member else frozenset()

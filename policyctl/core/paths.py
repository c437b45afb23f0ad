"""Where everything stands in a governed repository."""

from __future__ import annotations

import re
from functools import lru_cache

from policyctl.core.frozen import frozen
from policyctl.core.layout import (
    BASELINES,
    CHANGELOG,
    EVIDENCE,
    HOME,
    LOG,
    POLICIES,
    ROOTS,
    SCHEMAS,
)

__all__ = ["BASELINES", "CHANGELOG", "EVIDENCE", "HOME", "LOG", "POLICIES", "ROOTS", "SCHEMAS"]

CHANGELOG_SIGNATURE = CHANGELOG + ".sig"

_SLUG = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
_POLICY = re.compile(rf"{POLICIES}({_SLUG})\.yaml\Z")
_ROOT = re.compile(rf"{re.escape(ROOTS)}([0-9]{{4}})\.json\Z")
_ROOT_SIGNATURE = re.compile(rf"{re.escape(ROOTS)}([0-9]{{4}})\.json\.({_SLUG})\.sig\Z")
_ENTRY = re.compile(rf"{re.escape(LOG)}({_SLUG})/([0-9]{{6}})\.json\Z")
_SIGNATURE = re.compile(
    rf"{re.escape(LOG)}({_SLUG})/([0-9]{{6}})\.json\.({_SLUG})(?:\.({_SLUG}))?\.sig\Z"
)
_TOMBSTONE_SIGNATURE = re.compile(
    rf"{re.escape(LOG)}({_SLUG})/([0-9]{{6}})\.tombstone\.({_SLUG})\.sig\Z"
)
_EVIDENCE = re.compile(rf"{re.escape(EVIDENCE)}({_SLUG})/([0-9]{{6}})\.json\Z")
_BASELINE = re.compile(rf"{re.escape(BASELINES)}({_SLUG}@[1-9][0-9]{{0,5}})\.yaml\Z")


@frozen
class PolicyFile:
    """A governed policy."""

    policy: str


@frozen
class RootFile:
    """One version of the trust root."""

    version: int


@frozen
class RootSignature:
    """A signature over one version of the trust root."""

    version: int
    who: str


@frozen(kw_only=False)
class EntryFile:
    """One entry of a policy's chain."""

    policy: str
    seq: int


@frozen(kw_only=False)
class EntrySignature:
    """A signature over an entry, by its author (no role) or by an approver."""

    policy: str
    seq: int
    who: str
    role: str


@frozen(kw_only=False)
class TombstoneSignature:
    """A steward's signature over what is left of a redacted entry."""

    policy: str
    seq: int
    who: str


@frozen
class EvidenceFile:
    """The report that stands behind an entry."""

    policy: str
    seq: int


@frozen
class BaselineFile:
    """A baseline as it was when governance adopted it."""

    name: str


@frozen
class ChangelogFile:
    """The changelog for people, or the signature over it."""

    signature: bool


Place = (
    PolicyFile
    | RootFile
    | RootSignature
    | EntryFile
    | EntrySignature
    | TombstoneSignature
    | EvidenceFile
    | BaselineFile
    | ChangelogFile
    | None
)


@lru_cache(maxsize=4096)
def place_of(path: str) -> Place:
    """What the file at ``path`` is, or None if its name has no meaning here."""
    if path.startswith(LOG):
        return _place_in_log(path)
    if match := _POLICY.match(path):
        return PolicyFile(policy=match[1])
    if match := _ROOT.match(path):
        return RootFile(version=int(match[1]))
    if match := _ROOT_SIGNATURE.match(path):
        return RootSignature(version=int(match[1]), who=match[2])
    if match := _EVIDENCE.match(path):
        return EvidenceFile(policy=match[1], seq=int(match[2]))
    if match := _BASELINE.match(path):
        return BaselineFile(name=match[1])
    if path in (CHANGELOG, CHANGELOG_SIGNATURE):
        return ChangelogFile(signature=path == CHANGELOG_SIGNATURE)
    return None


def _place_in_log(path: str) -> Place:
    """The same for the most of all files, by what there is most of."""
    if match := _SIGNATURE.match(path):
        return EntrySignature(match[1], int(match[2]), match[3], match[4] or "")
    if match := _ENTRY.match(path):
        return EntryFile(match[1], int(match[2]))
    if match := _TOMBSTONE_SIGNATURE.match(path):
        return TombstoneSignature(match[1], int(match[2]), match[3])
    return None


def policy_path(policy: str) -> str:
    """The file of a policy."""
    return f"{POLICIES}{policy}.yaml"


def entry_path(policy: str, seq: int) -> str:
    """The file of an entry."""
    return f"{LOG}{policy}/{seq:06}.json"


def signature_path(policy: str, seq: int, who: str, role: str = "") -> str:
    """The file of an author's signature, or of an approval where a role is given."""
    return f"{entry_path(policy, seq)}.{who}.{role + '.' if role else ''}sig"


def tombstone_signature_path(policy: str, seq: int, who: str) -> str:
    """The file of a steward's signature over a tombstone."""
    return f"{LOG}{policy}/{seq:06}.tombstone.{who}.sig"


def evidence_name(policy: str, seq: int) -> str:
    """How an entry names its evidence: the place under ``.policyctl/``."""
    return f"evidence/{policy}/{seq:06}.json"


def root_path(version: int) -> str:
    """The file of a version of the trust root."""
    return f"{ROOTS}{version:04}.json"


def root_signature_path(version: int, who: str) -> str:
    """The file of a signature over a version of the trust root."""
    return f"{root_path(version)}.{who}.sig"


def baseline_path(name: str) -> str:
    """The file of a baseline that governance adopted."""
    return f"{BASELINES}{name}.yaml"

"""The parts that OSCAL's documents have in common: properties, identifiers of what is ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.control_claims import JudgedClaim
from policyctl.core.entry import EvidenceReference, moment_text
from policyctl.core.recorded import Recorded
from policyctl.render.oscal.spelling import OWN, identifier, token, value
from policyctl.usecases.assess import Assessment

Part = dict[str, object]
"""An object of an OSCAL document."""


def prop(name: str, text: str | int) -> Part:
    """A property of ours."""
    return {"name": name, "ns": OWN, "value": value(str(text))}


def filled(**parts: object) -> Part:
    """An object without the parts that would be empty, which OSCAL does not allow."""
    return {name.rstrip("_").replace("_", "-"): held for name, held in parts.items() if held}


def log_of(found: Assessment) -> str:
    """The ledger's id, by which identifiers of two repositories differ; empty where unknown."""
    root = found.estate.root
    return root.log if root else ""


def component_id(log: str, policy: str) -> str:
    """A policy's component: the same in every document about this ledger."""
    return identifier(log, "component", policy)


def requirement_id(log: str, claim: JudgedClaim) -> str:
    """What a policy does for a control: the same in every document about this ledger."""
    return identifier(log, "requirement", claim.policy, claim.framework, claim.control)


def framework_id(log: str, framework: str) -> str:
    """A control framework."""
    return identifier(log, "framework", framework)


def file_id(log: str, path: str, digest: str) -> str:
    """A file of the repository with these very bytes."""
    return identifier(log, "file", path, digest)


def entry_id(log: str, item: Recorded) -> str:
    """The file of an entry."""
    return file_id(log, paths.entry_path(item.entry.policy, item.entry.seq), sha256(item.content))


def evidence_id(log: str, kept: EvidenceReference) -> str:
    """The file of an evidence report."""
    return file_id(log, paths.HOME + kept.name, kept.sha256)


def control_props(claim: JudgedClaim) -> list[Part]:
    """A control by its exact id, in its framework."""
    return [prop("framework", claim.framework), prop("control", claim.control)]


def objective(claim: JudgedClaim) -> str:
    """The id of what a policy has to do for a control; unique in a document."""
    return token(f"{claim.policy}.{claim.framework}.{claim.control}")


def entry_props(item: Recorded) -> list[Part]:
    """What an entry records."""
    entry = item.entry
    return [
        prop("policy-id", entry.policy),
        prop("entry", entry.seq),
        prop("entry-sha256", item.digest),
        prop("action", entry.action.value),
        prop("transition", entry.transition),
        prop("requested-at", moment_text(entry.requested_at)),
    ]


def by_framework(claims: Iterable[JudgedClaim]) -> Mapping[str, list[JudgedClaim]]:
    """The claims, grouped."""
    found: dict[str, list[JudgedClaim]] = {}
    for claim in claims:
        found.setdefault(claim.framework, []).append(claim)
    return found

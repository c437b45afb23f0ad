"""Policies in force as an OSCAL component definition.

The format is that of https://pages.nist.gov/OSCAL/concepts/layer/implementation/component-definition/.
"""

from __future__ import annotations

from collections.abc import Iterable

from policyctl.core.control_claims import JudgedClaim, unknown_controls
from policyctl.core.estate import PolicyState
from policyctl.render.oscal.parties import metadata, responsible
from policyctl.render.oscal.parts import (
    Part,
    by_framework,
    component_id,
    control_props,
    entry_id,
    file_id,
    filled,
    framework_id,
    log_of,
    prop,
    requirement_id,
)
from policyctl.render.oscal.policies import (
    guardrail_text,
    policy_props,
    policy_text,
    policy_title,
    standing_text,
)
from policyctl.render.oscal.resources import back_matter
from policyctl.render.oscal.spelling import LATEST, document, identifier, line, moment, token
from policyctl.usecases.assess import Assessment

NAME = "component-definition"


def render(found: Assessment) -> str:
    """The whole file.

    It depends on the ledger alone: a commit that changes nothing of it changes no byte.
    """
    log = log_of(found)
    defined = [state for state in found.policies if state.policy is not None]
    body = filled(
        metadata=metadata(
            found,
            title="Guardrail policies in force",
            modified=_modified(found),
            version=_version(found),
            remarks=[_left_out(state) for state in found.policies if state.policy is None],
        ),
        components=[_component(log, state, found) for state in defined],
    )
    behind = filled(resources=back_matter(found, body))
    return document(NAME, {**body, **filled(back_matter=behind)})


def _modified(found: Assessment) -> str:
    root = found.estate.root
    times = [item.entry.requested_at for state in found.policies for item in state.entries]
    return moment(max(times + ([root.created_at] if root else []), default=LATEST))


def _version(found: Assessment) -> str:
    entries = sum(len(state.entries) for state in found.policies)
    root = found.estate.root
    return f"entries-{entries}.root-{root.version if root else 0}"


def _left_out(state: PolicyState) -> str:
    if state.retired:
        return f"'{state.id}' is left out: it is retired."
    if state.last is None:
        return f"'{state.id}' is left out: nothing of it is approved yet."
    return f"'{state.id}' is left out: its approved file gives no policy in force."


def _component(log: str, state: PolicyState, found: Assessment) -> Part:
    last, policy = state.last, state.policy
    files = []
    if last is not None and last.entry.after:
        files = [file_id(log, last.entry.path, last.entry.after), entry_id(log, last)]
    return filled(
        uuid=component_id(log, state.id),
        type_="policy",
        title=policy_title(state),
        description=policy_text(state),
        props=policy_props(state),
        links=[{"href": f"#{one}", "rel": "reference"} for one in files],
        responsible_roles=responsible(log, state),
        control_implementations=_implementations(log, found.claims[state.id]),
        remarks=_remarks(state, unknown_controls(policy, found.catalogues) if policy else ()),
    )


def _remarks(state: PolicyState, unknown: tuple[str, ...]) -> str:
    said = [*standing_text(state)]
    if unknown:
        said.append(f"Claimed, and in no known catalogue: {', '.join(unknown)}.")
    return "\n\n".join(map(line, said))


def _implementations(log: str, claims: Iterable[JudgedClaim]) -> list[Part]:
    return [
        {
            "uuid": identifier(log, "implementation", listed[0].policy, framework),
            "source": f"#{framework_id(log, framework)}",
            "description": line(f"What '{listed[0].policy}' claims to do for {framework}."),
            "props": [prop("framework", framework)],
            "implemented-requirements": [_requirement(log, claim) for claim in listed],
        }
        for framework, listed in by_framework(claims).items()
    ]


def _requirement(log: str, claim: JudgedClaim) -> Part:
    return {
        "uuid": requirement_id(log, claim),
        "control-id": token(claim.control),
        "description": line(f"{claim.control}, {claim.title}: {claim.why}."),
        "props": [
            *control_props(claim),
            prop("worth", claim.worth.value),
            *(prop("guardrail", guardrail_text(item)) for item in claim.guardrails),
        ],
    }

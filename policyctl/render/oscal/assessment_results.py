"""What verification proves of claimed controls, as OSCAL assessment results.

The format is that of https://pages.nist.gov/OSCAL/concepts/layer/assessment/assessment-results/.
"""

from __future__ import annotations

from base64 import b64encode

from policyctl import __version__
from policyctl.core.control_claims import JudgedClaim, Worth
from policyctl.core.criterion import counted
from policyctl.core.estate import PolicyState
from policyctl.core.stages import Stage
from policyctl.render.oscal.observations import (
    drift_observation,
    evidence_observation,
    ledger_observation,
    observations,
    standing_observation,
)
from policyctl.render.oscal.parties import metadata, responsible
from policyctl.render.oscal.parts import (
    Part,
    by_framework,
    component_id,
    control_props,
    filled,
    framework_id,
    log_of,
    objective,
    prop,
    requirement_id,
)
from policyctl.render.oscal.policies import policy_props, policy_text, policy_title, standing_text
from policyctl.render.oscal.resources import back_matter
from policyctl.render.oscal.spelling import document, identifier, line, moment, token
from policyctl.usecases.assess import Assessment

NAME = "assessment-results"

STATES = {
    Worth.KEPT: "implemented",
    Worth.PARTLY: "partial",
    Worth.DRIFTED: "partial",
    Worth.WATCHED: "planned",
    Worth.UNSERVED: "planned",
    Worth.UNTRUSTED: "planned",
}
"""How far a control is implemented, in the words of OSCAL."""

_SENTENCES = {
    Worth.KEPT: "Satisfied",
    Worth.PARTLY: "Not satisfied, in part",
    Worth.DRIFTED: "Not satisfied, otherwise in an engine",
    Worth.WATCHED: "Not satisfied, only watched",
    Worth.UNSERVED: "Not satisfied, not served",
    Worth.UNTRUSTED: "Not satisfied, not to be relied on",
}
_REASONS = {Worth.KEPT: "pass", Worth.UNTRUSTED: "other"}
_NO_PLAN = (
    "There is no assessment plan in OSCAL: what is checked is what this version of policyctl "
    "verifies, the same for every ledger, and its source is its documentation. No plan was agreed "
    "with an assessor, and no system security plan stands behind it."
)
_OBJECTS = "The policy's approved file, its entries, their signatures and evidence in the ledger."
_LIMITS = (
    "Satisfied means: the newest approved entry has the policy in enforce, an enabled guardrail "
    "of it serves the control as far as is known, and the ledger verifies. What an engine "
    "runs is said only by comparisons that were handed in, and whether the control asks for more "
    "is not said. Controls that no policy claims are not assessed."
)


def render(found: Assessment) -> str:
    """The whole file: the same bytes for the same commit, comparison and moment.

    Args:
        found: the assessment, in which at least one control is claimed.
    """
    log, now = log_of(found), moment(found.estate.now)
    claims = [claim for state in found.policies for claim in found.claims[state.id]]
    body = filled(
        metadata=metadata(
            found,
            title="Claimed controls, as the ledger proves them",
            modified=now,
            version=now,
            remarks=(),
        ),
        import_ap={"href": f"#{identifier(log, 'plan')}", "remarks": line(_NO_PLAN)},
        local_definitions=filled(objectives_and_methods=[_objective(one) for one in claims]),
        results=[_result(log, found, claims)],
    )
    resources = [_plan(log), *back_matter(found, body)]
    return document(NAME, {**body, "back-matter": {"resources": resources}})


def _plan(log: str) -> Part:
    return {
        "uuid": identifier(log, "plan"),
        "title": "No assessment plan in OSCAL",
        "description": line(_NO_PLAN),
        "props": [prop("tool", f"policyctl {__version__}")],
        "base64": {
            "filename": "no-assessment-plan.txt",
            "media-type": "text/plain",
            "value": b64encode(_NO_PLAN.encode("ascii")).decode("ascii"),
        },
    }


def _objective(claim: JudgedClaim) -> Part:
    text = f"The policy '{claim.policy}' does what it claims for {claim.control}, {claim.title}."
    name = objective(claim)
    return {
        "control-id": token(claim.control),
        "props": control_props(claim),
        "parts": [
            {
                "id": name,
                "name": "assessment-objective",
                "props": [{"name": "method-id", "value": f"{name}.method"}],
                "prose": line(text),
            },
            {
                "id": f"{name}.method",
                "name": "assessment-method",
                "props": [{"name": "method", "value": "TEST"}],
                "parts": [{"name": "assessment-objects", "prose": _OBJECTS}],
            },
        ],
    }


def _result(log: str, found: Assessment, claims: list[JudgedClaim]) -> Part:
    now, met = moment(found.estate.now), sum(claim.satisfied for claim in claims)
    names = [state.id for state in found.policies]
    return filled(
        uuid=identifier(log, "result", found.verification.commit, now, *names),
        title="Claims beside the ledger",
        description=line(f"{met} of {counted(len(claims), 'claimed control')} satisfied."),
        start=now,
        end=now,
        props=[
            prop("commit", found.verification.commit),
            prop("level", found.verification.level),
            prop("status", _status(found)),
        ],
        local_definitions=filled(
            components=[_component(log, state) for state in found.policies],
            assessment_assets=_assets(log),
        ),
        reviewed_controls=_reviewed(log, claims),
        observations=observations(found),
        findings=[
            _finding(log, state, claim)
            for state in found.policies
            for claim in found.claims[state.id]
        ],
        remarks=line(_LIMITS),
    )


def _status(found: Assessment) -> str:
    if found.broken:
        return "tampered"
    return "not judged" if found.verification.gaps else "verified"


def _component(log: str, state: PolicyState) -> Part:
    return filled(
        uuid=component_id(log, state.id),
        type_="policy",
        title=policy_title(state),
        description=policy_text(state),
        props=policy_props(state),
        status=_operation(state),
        responsible_roles=responsible(log, state),
    )


def _operation(state: PolicyState) -> Part:
    if state.retired:
        return {"state": "disposition", "remarks": "The policy is retired."}
    if state.stage is Stage.ENFORCE:
        return {"state": "operational"}
    if state.stage is None:
        return {"state": "under-development", "remarks": "Nothing of it is approved yet."}
    return {"state": "other", "remarks": line(f"The policy is in {state.stage.value}.")}


def _assets(log: str) -> Part:
    tool = identifier(log, "tool")
    return {
        "components": [
            {
                "uuid": tool,
                "type": "software",
                "title": "policyctl",
                "description": "Verifies the ledger from git objects alone.",
                "props": [{"name": "version", "value": __version__}],
                "status": {"state": "operational"},
            }
        ],
        "assessment-platforms": [
            {
                "uuid": identifier(log, "platform"),
                "title": "policyctl verify",
                "uses-components": [{"component-uuid": tool}],
            }
        ],
    }


def _reviewed(log: str, claims: list[JudgedClaim]) -> Part:
    selections = [
        {
            "description": line(f"Controls of {framework} that policies claim."),
            "props": [prop("framework", framework)],
            "links": [{"href": f"#{framework_id(log, framework)}", "rel": "reference"}],
            "include-controls": [{"control-id": one} for one in _controls(listed)],
        }
        for framework, listed in sorted(by_framework(claims).items())
    ]
    named = [{"objective-id": objective(claim)} for claim in claims]
    return {
        "control-selections": selections,
        "control-objective-selections": [{"include-objectives": named}],
    }


def _controls(claims: list[JudgedClaim]) -> list[str]:
    return list(dict.fromkeys(token(claim.control) for claim in claims))


def _finding(log: str, state: PolicyState, claim: JudgedClaim) -> Part:
    related = [ledger_observation(log), standing_observation(log, state.id)]
    for item in state.entries:
        if state.last is not None and item.entry.seq <= state.last.entry.seq:
            related += [evidence_observation(log, item, kept) for kept in item.entry.evidence]
    related += [drift_observation(log, check) for check in state.checks]
    return filled(
        uuid=identifier(log, "finding", claim.policy, claim.framework, claim.control),
        title=line(f"{claim.policy}: {claim.control}, {claim.title}"),
        description=line(f"{_SENTENCES[claim.worth]}: {claim.why}."),
        props=[*control_props(claim), prop("policy-id", claim.policy)],
        target=_target(claim),
        implementation_statement_uuid=requirement_id(log, claim),
        related_observations=[{"observation-uuid": one} for one in dict.fromkeys(related)],
        remarks="\n\n".join(map(line, standing_text(state))),
    )


def _target(claim: JudgedClaim) -> Part:
    return {
        "type": "objective-id",
        "target-id": objective(claim),
        "props": [prop("worth", claim.worth.value)],
        "status": {
            "state": "satisfied" if claim.satisfied else "not-satisfied",
            "reason": _REASONS.get(claim.worth, "fail"),
            "remarks": line(f"{claim.why}."),
        },
        "implementation-status": {"state": STATES[claim.worth]},
    }

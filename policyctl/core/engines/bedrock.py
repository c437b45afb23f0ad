"""Amazon Bedrock Guardrails, as a template of CloudFormation and as a request of the API.

A guardrail's version is a snapshot that never changes, and what is deployed names a version. So
the template has one, whose description carries the digest of the policy: each approved change
publishes a version of its own, and earlier ones are retained to go back to.
"""

from __future__ import annotations

from typing import Any

from policyctl.core.engines.bedrock_reading import read
from policyctl.core.engines.bedrock_request import TITLE, pascal, request
from policyctl.core.engines.loss import Loss
from policyctl.core.engines.setting import Variant
from policyctl.core.engines.target import Document, Order, Provenance, Syntax, Target, Written

__all__ = ["API", "CLOUDFORMATION", "read"]

_ROUTES = "call the model with the 'guardrailIdentifier' of the traffic's configuration"


def write_template(order: Order) -> Written:
    """One template for each configuration."""
    documents: list[Document] = []
    losses: list[Loss] = []
    for variant in order.variants:
        data, lost = request(variant, order.provenance)
        losses += lost
        documents.append(
            Document(
                name=f"{variant.name}.bedrock.yaml",
                data=_template(data, variant, order.provenance),
                syntax=Syntax.YAML,
            )
        )
    return Written(documents=tuple(documents), losses=tuple(losses))


def write_request(order: Order) -> Written:
    """One request of ``CreateGuardrail`` for each configuration."""
    made = [(variant, *request(variant, order.provenance)) for variant in order.variants]
    return Written(
        documents=tuple(
            Document(name=f"{variant.name}.bedrock.json", data=data) for variant, data, _ in made
        ),
        losses=tuple(loss for _, _, losses in made for loss in losses),
    )


def _template(data: dict[str, Any], variant: Variant, provenance: Provenance) -> dict[str, Any]:
    identifier = {"Fn::GetAtt": ["Guardrail", "GuardrailId"]}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Guardrail {variant.name}, written by policyctl",
        "Resources": {
            "Guardrail": {"Type": "AWS::Bedrock::Guardrail", "Properties": pascal(data)},
            "GuardrailVersion": {
                "Type": "AWS::Bedrock::GuardrailVersion",
                "DeletionPolicy": "Retain",
                "UpdateReplacePolicy": "Retain",
                "Properties": {
                    "GuardrailIdentifier": identifier,
                    "Description": provenance.mark,
                },
            },
        },
        "Outputs": {
            "GuardrailId": {"Value": identifier},
            "GuardrailVersion": {"Value": {"Fn::GetAtt": ["GuardrailVersion", "Version"]}},
        },
    }


CLOUDFORMATION = Target(
    name="bedrock",
    engine="bedrock",
    title=TITLE,
    write=write_template,
    read=read,
    observes=True,
    deploys="aws cloudformation deploy --template-file FILE --stack-name NAME",
    routes=_ROUTES,
)
API = Target(
    name="bedrock-api",
    engine="bedrock",
    title=TITLE,
    write=write_request,
    read=read,
    observes=True,
    deploys="aws bedrock create-guardrail --cli-input-json file://FILE",
    routes=_ROUTES,
)

"""The sample to review, and what came back, as JSON."""

from __future__ import annotations

from policyctl.core.canonical import decode
from policyctl.core.criterion import Outcome
from policyctl.core.evidence_parts import reviews_data
from policyctl.render.json.envelope import document
from policyctl.render.json.evidence import STATUS
from policyctl.usecases.review import Imported, Sample


def render_sample(sample: Sample) -> str:
    """The whole output; the detections stand in the worksheet."""
    return document("review sample", STATUS[Outcome.MET], result=_sample(sample))


def render_import(imported: Imported) -> str:
    """The whole output."""
    result = {
        **_sample(imported.sample),
        "sha256": imported.reviews.sha256,
        "blank": imported.blank,
        "reviews": reviews_data(imported.reviews),
        "more": dict(imported.more),
        "labels": decode(imported.content),
    }
    status = "fail" if imported.findings else "pass"
    return document("review import", status, findings=imported.findings, result=result)


def _sample(sample: Sample) -> dict[str, object]:
    return {
        "policy": sample.policy.id,
        "from": sample.policy.stage.value,
        "to": sample.target.value,
        "policy_digest": sample.policy_digest,
        "size": sample.size,
        "planned": sample.planned,
        "drawn": sample.drawn,
        "strata": [
            {
                "guardrail": stratum.guardrail,
                "direction": stratum.direction.value,
                "app": stratum.app,
                "detections": stratum.detections,
                "clusters": stratum.clusters,
                "drawn": len(stratum.drawn),
            }
            for stratum in sample.strata
        ],
    }

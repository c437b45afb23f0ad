"""What a policy file says of itself, for the ledger to compare."""

from __future__ import annotations

from policyctl.core.ledger import PolicyFacts, ReadFacts
from policyctl.usecases.ports import Documents


def facts_reader(documents: Documents) -> ReadFacts:
    """A function that tells what a policy file says of itself, for the ledger to compare."""

    def read(file: str, content: bytes) -> PolicyFacts | None:
        document, findings = documents.parse(content, file)
        if document is None or findings or not isinstance(document.data, dict):
            return None
        data = document.data
        if not all(isinstance(data.get(key), str) for key in ("id", "stage", "owner", "use_case")):
            return None
        return PolicyFacts(
            id=data["id"],
            stage=data["stage"],
            owner=data["owner"],
            use_case=data["use_case"],
            extends=str(data.get("extends", "")),
        )

    return read

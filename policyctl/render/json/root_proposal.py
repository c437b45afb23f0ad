"""Versions of the trust root that are proposed, signed, withdrawn or listed, as JSON."""

from __future__ import annotations

from collections.abc import Iterable

from policyctl.core.canonical import decode
from policyctl.core.root_difference import RootChange
from policyctl.core.root_signing import Owed
from policyctl.core.trust_root import root_bytes
from policyctl.render.json.envelope import document
from policyctl.usecases.root import RootLog
from policyctl.usecases.root_proposal import RootProposal
from policyctl.usecases.sign_root import Withdrawn


def render(proposal: RootProposal, command: str) -> str:
    """The whole output of ``root propose`` or ``root sign``."""
    result = {
        "root": decode(root_bytes(proposal.root)),
        "sha256": proposal.digest,
        "who": proposal.who,
        "changes": _changes(proposal.changes),
        "warnings": list(proposal.warnings),
        "owed": _owed(proposal.owed),
        "holds": proposal.holds and (bool(proposal.commit) or not proposal.is_new),
        "commit": proposal.commit or None,
    }
    return document(command, "pass", result=result)


def render_withdrawn(withdrawn: Withdrawn) -> str:
    """The whole output of ``root withdraw``."""
    result = {
        "root": withdrawn.version,
        "commit": withdrawn.commit,
        "files": list(withdrawn.files),
    }
    return document("root withdraw", "pass", result=result)


def render_log(log: RootLog) -> str:
    """The whole output of ``root log``; it passes where only signatures are owed to a proposal."""
    versions = [
        {
            "root": decode(root_bytes(version.root)),
            "sha256": version.digest,
            "changes": _changes(version.changes),
            "signers": list(version.signers),
            "owed": _owed(version.owed),
        }
        for version in log.versions
    ]
    status = "fail" if log.wrong else "pass"
    return document("root log", status, findings=log.findings, result={"versions": versions})


def _changes(changes: Iterable[RootChange]) -> list[dict[str, str]]:
    return [
        {"topic": change.topic, "effect": change.effect.value, "text": change.text}
        for change in changes
    ]


def _owed(owed: Iterable[Owed]) -> list[dict[str, object]]:
    return [
        {
            "version": one.version,
            "threshold": one.threshold,
            "signed": list(one.signed),
            "missing": one.missing,
            "left": list(one.left),
        }
        for one in owed
    ]

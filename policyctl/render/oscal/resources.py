"""What stands behind a document: frameworks, and files of the repository by their digests."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.catalogue import Catalogue
from policyctl.core.estate import PolicyState
from policyctl.render.oscal.parts import (
    Part,
    entry_id,
    evidence_id,
    file_id,
    framework_id,
    log_of,
    prop,
)
from policyctl.render.oscal.spelling import address, line, reference
from policyctl.usecases.assess import Assessment


def back_matter(found: Assessment, body: Part) -> list[Part]:
    """Those frameworks and files to which a document refers."""
    log, named = log_of(found), set(_references(body))
    parts = {
        part["uuid"]: part
        for group in (_frameworks(log, found), *(_files(log, item) for item in found.policies))
        for part in group
        if part["uuid"] in named
    }
    return list(parts.values())


def _references(value: object) -> Iterator[str]:
    """The identifiers to which a document refers as parts of itself."""
    if isinstance(value, dict):
        href = value.get("href")
        if isinstance(href, str) and href.startswith("#"):
            yield href[1:]
        if isinstance(source := value.get("source"), str):
            yield source[1:]
        for held in value.values():
            yield from _references(held)
    elif isinstance(value, list):
        for held in value:
            yield from _references(held)


def _files(log: str, state: PolicyState) -> list[Part]:
    """The approved file, each entry and each evidence report, by path and digest."""
    found = []
    if state.last is not None and state.last.entry.after:
        path, digest = state.last.entry.path, state.last.entry.after
        title = f"Policy file of {state.id}, as approved"
        found.append(_file(file_id(log, path, digest), title, path, digest))
    for item in state.entries:
        path = paths.entry_path(state.id, item.entry.seq)
        title = f"Entry {item.entry.seq} of {state.id}"
        found.append(_file(entry_id(log, item), title, path, sha256(item.content)))
        for kept in item.entry.evidence:
            title = f"Evidence of entry {item.entry.seq} of {state.id}"
            path = paths.HOME + kept.name
            found.append(_file(evidence_id(log, kept), title, path, kept.sha256))
    return found


def _frameworks(log: str, found: Assessment) -> list[Part]:
    """The catalogues of which a policy claims a control."""
    named = {claim.framework for claims in found.claims.values() for claim in claims}
    return [_framework(log, found.catalogues[name]) for name in sorted(named)]


def _framework(log: str, catalogue: Catalogue) -> Part:
    citation = f"{catalogue.publisher}, {catalogue.document}, {catalogue.published}"
    return {
        "uuid": framework_id(log, catalogue.id),
        "title": line(catalogue.title),
        "description": line(
            "The framework at its publisher, which is not a catalogue in OSCAL: ids of controls "
            "are the framework's own, with an underscore for each space."
        ),
        "props": [prop("framework", catalogue.id)],
        "citation": {"text": line(citation)},
        "rlinks": [{"href": address(catalogue.url)}],
    }


def _file(uuid: str, title: str, path: str, digest: str) -> Part:
    return {
        "uuid": uuid,
        "title": line(title),
        "rlinks": [
            {"href": reference(path), "hashes": [{"algorithm": "SHA-256", "value": digest}]}
        ],
    }

"""The manifest of a prepared folder: its inputs, what was left out of them, and its files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from policyctl.core.canonical import decode, encode
from policyctl.core.frozen import frozen

SCHEMA = "policyctl/records-manifest/v1"
NAME = "manifest.json"
FOLDERS = ("hits", "totals", "requests")
"""What every input has one Parquet file in."""

REJECTS = "rejects"
"""Where inputs that had lines that could not be used have one file of them."""

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_FILE = re.compile(r"((hits|totals|requests)/[0-9a-f]{12}\.parquet|rejects/[0-9a-f]{12}\.jsonl)\Z")
SHORT = 12
"""How many hex digits of an input's digest name its files."""


@frozen
class ImportedFile:
    """One input, and what became of its lines.

    Attributes:
        name: the file's name without its folder.
        sha256: digest of its bytes.
        engine: whose format it was read as.
        settings: digest of how it was read: applications, levels, what became of keys.
        size: its bytes.
        lines: its lines, or rows.
        records: the records that were made of it; a line may give several, or none.
        used: the lines that were understood.
        silent: those of them that hold no detector's answer.
        rejected: how many could not be used, by reason.
        first: time of the earliest record, as RFC 3339, or empty without records.
        last: time of the latest one.
    """

    name: str
    sha256: str
    engine: str
    settings: str
    size: int
    lines: int
    used: int
    silent: int
    records: int
    rejected: tuple[tuple[str, int], ...] = ()
    first: str = ""
    last: str = ""

    @property
    def short(self) -> str:
        """What the input's files in the folder are called."""
        return self.sha256[:SHORT]


@frozen
class Manifest:
    """What a prepared folder holds.

    Attributes:
        inputs: by digest.
        files: sha256 of each file in the folder by its path.
        policyctl: the version that wrote the manifest.
        duckdb: the version of DuckDB that wrote the files last.
    """

    inputs: tuple[ImportedFile, ...]
    files: Mapping[str, str]
    policyctl: str
    duckdb: str


def manifest_bytes(manifest: Manifest) -> bytes:
    """The one spelling of a manifest."""
    firsts = [item.first for item in manifest.inputs if item.first]
    lasts = [item.last for item in manifest.inputs if item.last]
    return encode(
        {
            "schema": SCHEMA,
            "inputs": [_input(item) for item in sorted(manifest.inputs, key=_digest)],
            "window": {"first": min(firsts), "last": max(lasts)} if firsts else None,
            "tool": {"policyctl": manifest.policyctl, "duckdb": manifest.duckdb},
            "files": dict(manifest.files),
        }
    )


def manifest_from(content: bytes) -> Manifest:
    """The manifest that these bytes are.

    Raises:
        ValueError: they are not one.
    """
    data = decode(content)
    try:
        manifest = _manifest(cast("Mapping[str, object]", data))
        again = manifest_bytes(manifest)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError("not a manifest of records") from error
    if again != content:
        raise ValueError("not a manifest of records")
    return manifest


def _manifest(data: Mapping[str, object]) -> Manifest:
    if data["schema"] != SCHEMA:
        raise ValueError("not a manifest of records")
    tool = cast("Mapping[str, str]", data["tool"])
    files = cast("Mapping[str, str]", data["files"])
    if not all(_FILE.match(name) and _DIGEST.match(digest) for name, digest in files.items()):
        raise ValueError("not a manifest of records")
    return Manifest(
        inputs=tuple(_imported(item) for item in cast("list[dict[str, object]]", data["inputs"])),
        files=dict(files),
        policyctl=tool["policyctl"],
        duckdb=tool["duckdb"],
    )


def _imported(data: Mapping[str, object]) -> ImportedFile:
    rejected = cast("Mapping[str, int]", data["rejected"])
    fields = {**data, "rejected": tuple(sorted(rejected.items())), "size": data["bytes"]}
    del fields["bytes"]
    item = ImportedFile(**fields)  # type: ignore[arg-type]
    if not _DIGEST.match(item.sha256):
        raise ValueError("not a manifest of records")
    return item


def _input(item: ImportedFile) -> dict[str, object]:
    return {
        "name": item.name,
        "sha256": item.sha256,
        "engine": item.engine,
        "settings": item.settings,
        "bytes": item.size,
        "lines": item.lines,
        "used": item.used,
        "silent": item.silent,
        "records": item.records,
        "rejected": dict(item.rejected),
        "first": item.first,
        "last": item.last,
    }


def _digest(item: ImportedFile) -> str:
    return item.sha256

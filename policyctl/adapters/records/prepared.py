"""Reads a prepared folder, as ``policyctl records import`` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from policyctl.adapters.records.duck import asking, connected, exactly
from policyctl.adapters.records.parquet import ParquetFile
from policyctl.adapters.records.unpacking import reading, sha256_of
from policyctl.core.engine_logs.fields import Fields
from policyctl.core.evidence import RecordSource
from policyctl.core.levels import Level
from policyctl.core.prepared import Total, Traffic, expanded
from policyctl.core.quick_record import quick_record
from policyctl.core.record import Record, Status
from policyctl.core.records_manifest import FOLDERS, NAME, ImportedFile, Manifest, manifest_from
from policyctl.core.sides import Direction
from policyctl.errors import InputError

_TOTALS = (
    "SELECT day, app, cohort, direction, detector, detector_version, level, status, records,"
    " epoch_us(first), epoch_us(last) FROM read_parquet(?)"
)
_REQUESTS = "SELECT day, app, cohort, requests FROM read_parquet(?)"


class PreparedFolder:
    """A folder of hits, totals and requests, with the manifest that binds them.

    Iterating gives the hits, and for everything else records that count the same; an engine that
    counts by itself reads `totals` and `requests`. Both raise `InputError` where a file is not
    the one in the manifest.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.line = 0
        self.folder = folder
        self.manifest = read_manifest(folder, name)
        self._checked = False

    def sources(self) -> tuple[RecordSource, ...]:
        """The inputs that the folder was made of."""
        return tuple(
            RecordSource(name=item.name, sha256=item.sha256, lines=item.lines)
            for item in self.manifest.inputs
        )

    def files(self, kind: str) -> tuple[Path, ...]:
        """The Parquet files of one kind (``hits``, ``totals``, ``requests``), as they should be.

        Raises:
            InputError: a file of the folder is missing or is not the one in the manifest.
        """
        self._check()
        return tuple(self._path(kind, item) for item in self.manifest.inputs)

    def totals(self) -> Iterator[Total]:
        """Counts of all records, hits included."""
        for path in self.files("totals"):
            yield from self._totals(path)

    def requests(self) -> Iterator[tuple[Traffic, int]]:
        """Distinct requests by day, application and cohort; the same ones may come again."""
        for path in self.files("requests"):
            yield from self._requests(path).items()

    def __iter__(self) -> Iterator[Record]:
        self._check()
        self.line = 0
        for item in self.manifest.inputs:
            hits, totals, requests = (self._path(kind, item) for kind in FOLDERS)
            try:
                for record in expanded(
                    self._hits(hits),
                    self._totals(totals),
                    self._requests(requests),
                    name=item.short,
                ):
                    self.line += 1
                    yield record
            except ValueError as error:
                raise InputError(f"{self.name}: files of {item.short}: {error}") from error

    def _path(self, kind: str, item: ImportedFile) -> Path:
        return self.folder / kind / f"{item.short}.parquet"

    def _check(self) -> None:
        if self._checked:
            return
        for path, digest in self.manifest.files.items():
            if sha256_of(self.folder / path, f"{self.name}/{path}") != digest:
                raise InputError(
                    f"{self.name}/{path} is not the file that {self.name}/{NAME} names",
                    hint="import the records again, into a new folder",
                )
        self._checked = True

    def _hits(self, path: Path) -> Iterator[Record]:
        file = ParquetFile(path, f"{self.name}/hits/{path.name}")
        for row in file.rows():
            yield quick_record(cast("Fields", row))

    def _totals(self, path: Path) -> Iterator[Total]:
        for row in self._rows(path, _TOTALS):
            yield _total(row)

    def _requests(self, path: Path) -> dict[Traffic, int]:
        return {(row[0], row[1], row[2]): row[3] for row in self._rows(path, _REQUESTS)}

    def _rows(self, path: Path, query: str) -> list[tuple[Any, ...]]:
        name = f"{self.name}/{path.parent.name}/{path.name}"
        with connected(self.name) as connection, asking(name, "Parquet"):
            return connection.execute(query, [exactly(path)]).fetchall()


def read_manifest(folder: Path, name: str) -> Manifest:
    """The manifest of a prepared folder.

    Raises:
        InputError: there is none, or it is not one.
    """
    if not (folder / NAME).exists():
        raise InputError(
            f"{name} is a folder without {NAME}",
            hint="name files, or a folder that 'policyctl records import' has written",
        )
    with reading(f"{name}/{NAME}"):
        content = (folder / NAME).read_bytes()
    try:
        manifest = manifest_from(content)
    except ValueError as error:
        raise InputError(f"{name}/{NAME} is not a manifest of records") from error
    bound = {f"{kind}/{item.short}.parquet" for item in manifest.inputs for kind in FOLDERS}
    if not bound <= manifest.files.keys():
        raise InputError(f"{name}/{NAME} names inputs whose files it does not bind")
    return manifest


def _total(row: tuple[Any, ...]) -> Total:
    day, app, cohort, direction, detector, version, level, status, records, first, last = row
    return Total(
        day=day,
        app=app,
        cohort=cohort,
        direction=Direction(direction),
        detector=detector,
        detector_version=version,
        level=None if level is None else Level(level),
        status=Status(status),
        records=records,
        first=_moment(first),
        last=_moment(last),
    )


def _moment(microseconds: int) -> datetime:
    seconds, rest = divmod(microseconds, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)

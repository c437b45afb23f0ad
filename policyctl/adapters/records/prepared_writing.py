"""Adds to a prepared folder: everything or nothing, whatever interrupts it.

Everything is written into a stage inside of the folder first. Then the files move to their places,
where nobody looks for them until the manifest names them, which is replaced last. What a killed
run has left is removed by the next one.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from policyctl import __version__
from policyctl.adapters.durable import keep, write_durably
from policyctl.adapters.records.batch import PreparedBatch
from policyctl.adapters.records.duck import connected
from policyctl.adapters.records.prepared import read_manifest
from policyctl.adapters.records.unpacking import sha256_of
from policyctl.adapters.stopping import Stop
from policyctl.core.records_manifest import (
    FOLDERS,
    NAME,
    REJECTS,
    SHORT,
    ImportedFile,
    Manifest,
    manifest_bytes,
)
from policyctl.errors import InputError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_STAGE = ".importing"
_OURS = re.compile(r"[0-9a-f]{12}\.(parquet|jsonl)\Z")
_KINDS = (*FOLDERS, REJECTS)


@contextmanager
def adding_to(folder: Path, name: str, stop: Stop) -> Iterator[PreparedWriting]:
    """The folder, alone with it; it is made if there is none.

    Whatever ends the context before `publish`, the folder is as it was before.

    Args:
        folder: the folder.
        name: what messages call it.
        stop: ends long queries, and is asked between them.

    Raises:
        InputError: the folder is something else, or another import is at work in it.
    """
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder, name), _staged(folder):
            manifest = _manifest(folder, name)
            _sweep(folder, manifest)
            try:
                with connected("records import", spill=folder / _STAGE / "spill") as connection:
                    stop.tell(connection.interrupt)
                    yield PreparedWriting(folder, manifest, connection, stop)
            finally:
                _sweep(folder, _manifest(folder, name))
    except OSError as error:
        raise InputError(f"cannot write {name}: {error.strerror}") from error
    finally:
        if made:
            with suppress(OSError):
                folder.rmdir()


class PreparedWriting:
    """Satisfies `import_records.Store`."""

    def __init__(
        self, folder: Path, manifest: Manifest, connection: DuckDBPyConnection, stop: Stop
    ) -> None:
        self.manifest = manifest
        self._folder = folder
        self._connection = connection
        self._stop = stop

    @contextmanager
    def batch(self, digest: str) -> Iterator[PreparedBatch]:
        """A place for an input's records."""
        places = (self._folder / "hits", self._folder / _STAGE / "hits")
        others = [path for place in places for path in sorted(place.glob("*.parquet"))]
        stage = self._folder / _STAGE
        with (stage / "refused.jsonl").open("w", encoding="ascii", newline="\n") as refusals:
            yield PreparedBatch(
                self._connection, stage, digest[:SHORT], others, refusals, self._stop
            )

    def publish(self, inputs: Iterable[ImportedFile]) -> Manifest:
        """Move the files to their places, then name them in the manifest."""
        import duckdb

        files = dict(self.manifest.files)
        for kind in _KINDS:
            for path in sorted((self._folder / _STAGE / kind).iterdir()):
                files[f"{kind}/{path.name}"] = sha256_of(path, path.name)
                (self._folder / kind).mkdir(exist_ok=True)
                keep((path,))
                path.replace(self._folder / kind / path.name)
        keep(self._folder / kind for kind in _KINDS)
        manifest = Manifest(
            inputs=(*self.manifest.inputs, *inputs),
            files=files,
            policyctl=__version__,
            duckdb=duckdb.__version__,
        )
        write_durably(self._folder / NAME, manifest_bytes(manifest))
        return manifest


def _manifest(folder: Path, name: str) -> Manifest:
    if (folder / NAME).exists():
        return read_manifest(folder, name)
    return Manifest(inputs=(), files={}, policyctl=__version__, duckdb="")


def _sweep(folder: Path, manifest: Manifest) -> None:
    """Remove files of ours that the manifest does not name, and folders without any."""
    for kind in _KINDS:
        place = folder / kind
        for path in place.iterdir() if place.is_dir() else ():
            if _OURS.match(path.name) and f"{kind}/{path.name}" not in manifest.files:
                path.unlink()
        with suppress(OSError):
            place.rmdir()
    (folder / f"{NAME}.new").unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path, name: str) -> Iterator[None]:
    if not (folder / NAME).exists() and {path.name for path in folder.iterdir()} - {
        _STAGE,
        f"{NAME}.new",
        *_KINDS,
    }:
        raise InputError(
            f"{name} holds something else than prepared records", hint="name a new folder"
        )
    number = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(f"another import into {name} is under way") from error
        yield
    finally:
        os.close(number)


@contextmanager
def _staged(folder: Path) -> Iterator[None]:
    stage = folder / _STAGE
    shutil.rmtree(stage, ignore_errors=True)
    try:
        for kind in (*_KINDS, "spill"):
            (stage / kind).mkdir(parents=True)
        yield
    finally:
        shutil.rmtree(stage, ignore_errors=True)

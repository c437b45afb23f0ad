"""Normalise detection records of an engine into a prepared folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from policyctl.core.engine_logs.fields import Fields
from policyctl.core.engine_logs.normalise import Normalise
from policyctl.core.frozen import frozen
from policyctl.core.record import Record
from policyctl.core.records_manifest import SHORT, ImportedFile, Manifest
from policyctl.core.unusable import UnusableError
from policyctl.errors import InputError


class Log(Protocol):
    """A file of an engine's log. Its fields are complete once the rows have been read.

    `count` is how many there were, without blank lines.
    """

    name: str
    line: int
    count: int
    size: int
    digest: str

    def fingerprint(self, check: Callable[[], None]) -> str:
        """The sha256 of its bytes, read ahead; ``check`` is called now and then, and may raise."""

    def rows(self) -> Iterator[Fields | UnusableError]:
        """The decoded rows, or why a line is none; `line` says where the last one stands."""

    def chunks(self) -> Iterator[list[tuple[int, bytes]]] | None:
        """Lines with their numbers, many at a time; None where rows are no lines."""

    def row(self, content: bytes) -> Fields | UnusableError:
        """The row that a line is, or why it is none."""


class Batch(Protocol):
    """The records of one input on their way into the folder."""

    def add(self, record: Record, line: int) -> None:
        """Take a record."""

    def take(self, lines: Sequence[tuple[int, bytes]]) -> list[int]:
        """Take those lines that are records beyond doubt; the numbers of the others."""

    def reject(self, line: int, reason: str) -> None:
        """Take note of a line that cannot be used."""

    def finish(self) -> Counts:
        """Write the input's files; nobody sees them yet."""


class Store(Protocol):
    """A prepared folder that is being added to."""

    @property
    def manifest(self) -> Manifest:
        """What it held before."""

    def batch(self, digest: str) -> AbstractContextManager[Batch]:
        """A place for an input's records."""

    def publish(self, inputs: Iterable[ImportedFile]) -> Manifest:
        """Make everything that was finished visible, as one step; what the folder holds now."""


@frozen
class Counts:
    """What became of an input's lines.

    Attributes:
        rejected: how many lines could not be used, by reason; repetitions included.
    """

    records: int
    rejected: tuple[tuple[str, int], ...]
    first: str
    last: str


@frozen
class ImportReport:
    """What an import did.

    Attributes:
        added: inputs that were read.
        known: names of inputs that the folder had already.
        manifest: what the folder holds now.
    """

    folder: str
    added: tuple[ImportedFile, ...]
    known: tuple[str, ...]
    manifest: Manifest

    @property
    def rejected(self) -> int:
        """Lines of this import that could not be used."""
        return sum(count for item in self.added for _, count in item.rejected)


def import_records(
    logs: Iterable[Log],
    *,
    folder: str,
    engine: str,
    settings: str,
    normalise: Normalise,
    as_they_are: bool,
    store: Store,
    watch: Callable[[Log], None],
    check: Callable[[], None],
) -> ImportReport:
    """Read what the folder does not hold yet, and put it there all at once.

    Args:
        logs: the files.
        folder: the folder's name, for the report.
        engine: whose format they are in.
        settings: digest of everything that decides what becomes of a line.
        normalise: makes records of a decoded line.
        as_they_are: whether lines that are records already stay as they are.
        store: the folder.
        watch: told every now and then how far a file has been read.
        check: called now and then; raises `KeyboardInterrupt` to stop.

    Raises:
        InputError: a file cannot be read, or nothing in it can be used; nothing was written.
    """
    known = {item.sha256: item for item in store.manifest.inputs}
    shorts = {item.short: item.sha256 for item in store.manifest.inputs}
    added: list[ImportedFile] = []
    skipped: list[str] = []
    for log in logs:
        digest = log.fingerprint(check)
        if digest in known:
            _require_same(known[digest], log, engine, settings)
            skipped.append(log.name)
            continue
        if digest[:SHORT] in shorts:
            raise InputError(f"{log.name} cannot be told from another input of {folder}")
        with store.batch(digest) as batch:
            chunks = log.chunks() if as_they_are else None
            rows = _left(log, chunks, batch) if chunks else _each(log)
            item = _imported(log, digest, engine, settings, normalise, batch, rows, watch, check)
        known[digest] = item
        shorts[item.short] = digest
        added.append(item)
    manifest = store.publish(added) if added else store.manifest
    return ImportReport(folder=folder, added=tuple(added), known=tuple(skipped), manifest=manifest)


def _require_same(item: ImportedFile, log: Log, engine: str, settings: str) -> None:
    if (item.engine, item.settings) != (engine, settings):
        raise InputError(
            f"{log.name} was imported before, with other options",
            hint="give the same ones, or import everything into a new folder",
        )


_EVERY = 256
"""Rows between two words about progress."""

_Row = Fields | UnusableError | None


def _each(log: Log) -> Iterator[_Row]:
    yield from log.rows()


def _left(log: Log, chunks: Iterator[list[tuple[int, bytes]]], batch: Batch) -> Iterator[_Row]:
    """What the batch did not take by itself, after each chunk once None."""
    for chunk in chunks:
        last = log.line
        contents = dict(chunk)
        for line in batch.take(chunk):
            log.line = line
            yield log.row(contents[line])
        log.line = last
        yield None


def _imported(
    log: Log,
    digest: str,
    engine: str,
    settings: str,
    normalise: Normalise,
    batch: Batch,
    rows: Iterator[_Row],
    watch: Callable[[Log], None],
    check: Callable[[], None],
) -> ImportedFile:
    silent = refused = 0
    for number, row in enumerate(rows):
        if row is None or number % _EVERY == 0:
            check()
            watch(log)
        if row is None:
            continue
        try:
            if isinstance(row, UnusableError):
                raise row
            records = normalise(row, f"{digest[:SHORT]}:{log.line}")
        except UnusableError as error:
            batch.reject(log.line, error.reason)
            refused += 1
            continue
        silent += not records
        for record in records:
            batch.add(record, log.line)
    watch(log)
    if log.digest != digest:
        raise InputError(f"{log.name} changed while it was read", hint="import it again")
    counts = batch.finish()
    _require_something(log, refused, counts, engine)
    return ImportedFile(
        name=log.name.rpartition("/")[2],
        sha256=digest,
        engine=engine,
        settings=settings,
        size=log.size,
        lines=log.line,
        used=log.count - sum(count for _, count in counts.rejected),
        silent=silent,
        records=counts.records,
        rejected=counts.rejected,
        first=counts.first,
        last=counts.last,
    )


def _require_something(log: Log, refused: int, counts: Counts, engine: str) -> None:
    """Nothing read is never success."""
    if not log.count:
        raise InputError(f"{log.name} holds no records")
    if refused == log.count:
        reason = max(counts.rejected, key=lambda pair: pair[1])[0]
        raise InputError(
            f"not one line of {log.name} can be read as '{engine}': {reason}",
            hint="--from names the engine; its log has one JSON object a line (jq -c '.[]')",
        )
    if not counts.records:
        raise InputError(
            f"{log.name} holds no detector's answer that is new",
            hint="have the engine log what its detectors found, and what they did not find",
        )

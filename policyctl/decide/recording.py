"""Writes detection records, one line each, as messages are decided."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from policyctl.core.record import record_from
from policyctl.core.unusable import UnusableError
from policyctl.errors import InputError

_LOG = logging.getLogger(__name__)
_REMEMBERED = 10_000


class Recorder:
    """Appends records to a file; threads and processes may share it.

    The file is opened for each message, so it may be moved away at any time. A record that cannot
    be written is an error in the log and stops no traffic: the gate counts what is missing.
    """

    def __init__(self, path: str) -> None:
        """Take a file for records.

        Raises:
            InputError: it cannot be written.
        """
        self._path = path
        self._lock = threading.Lock()
        self._written: OrderedDict[tuple[object, ...], None] = OrderedDict()
        try:
            self._append(b"")
        except OSError as error:
            raise InputError(f"cannot write {path}: {error.strerror}") from error

    def write(self, records: Iterable[Mapping[str, object]]) -> None:
        """Append the records of one message; one that it has already is left out."""
        with self._lock:
            lines = [line for record in records for line in self._line(record)]
            try:
                self._append(b"".join(lines))
            except OSError as error:
                _LOG.error("cannot write %s: %s", self._path, error.strerror)

    def _line(self, record: Mapping[str, object]) -> list[bytes]:
        place = tuple(record[name] for name in ("request_id", "direction", "detector"))
        if place in self._written:
            return []
        self._written[place] = None
        if len(self._written) > _REMEMBERED:
            self._written.popitem(last=False)
        kept = {name: value for name, value in record.items() if value is not None}
        try:
            record_from(kept)
        except UnusableError as error:
            _LOG.error("a record is left out: %s", error.reason)
            return []
        return [json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"]

    def _append(self, content: bytes) -> None:
        # One write at the end of the file is whole, whoever else writes there.
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, content)
        finally:
            os.close(handle)

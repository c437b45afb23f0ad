"""The ledger's entries as the working tree has them, whether or not they verify."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from policyctl.adapters.document_bytes import read_kept
from policyctl.core.paths import LOG, EntryFile, place_of
from policyctl.errors import InputError


class WorkingTrail:
    """The trails of a governed folder; satisfies `ports.Trails`. Without a folder all are empty."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def entries(self, policy: str) -> Iterator[bytes]:
        """The bytes of a policy's entries; what cannot be read is left out."""
        if self._folder is None:
            return
        for path in sorted((self._folder / LOG / policy).glob("*.json")):
            name = path.relative_to(self._folder).as_posix()
            if isinstance(place_of(name), EntryFile):
                # `verify` says what is wrong with it.
                with suppress(InputError):
                    yield read_kept(str(path), file=name)

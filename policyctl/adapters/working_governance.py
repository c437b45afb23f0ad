"""Governance as the working tree holds it: for checks that touch neither git nor signatures."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property

from policyctl.adapters.document_bytes import read_kept
from policyctl.adapters.plain_paths import above, is_folder, joined, names_in
from policyctl.adapters.resources import shipped_file, shipped_names
from policyctl.core.layout import BASELINES, HOME, ROOTS
from policyctl.errors import InputError

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from pathlib import Path

    from policyctl.core.catalogue import Catalogue
    from policyctl.core.trust_root import TrustRoot

_ROOT_NUMBER = len("0001")


def governed_folder(start: Path) -> Path | None:
    """The nearest folder at or above ``start`` that holds ``.policyctl``, or None."""
    found = governed_above(str(start))
    return None if found is None else type(start)(found)


def governed_above(start: str) -> str | None:
    """The nearest folder at or above ``start`` that holds ``.policyctl``, or None."""
    folder = os.path.realpath(start)
    while not is_folder(joined(folder, HOME)):
        if above(folder) == folder:
            return None
        folder = above(folder)
    return folder


class WorkingGovernance:
    """Baselines and trust root of a folder; satisfies `ports.Governance`.

    Without a governed folder there is no trust root, and the shipped baselines count.
    """

    def __init__(self, folder: str | os.PathLike[str] | None) -> None:
        self.folder = None if folder is None else os.fspath(folder)

    @cached_property
    def root(self) -> TrustRoot | None:
        """The newest trust root, unverified: `verify` judges it.

        Raises:
            InputError: it cannot be read.
        """
        if self.root_file is None:
            return None
        # Not at the top: many folders have no trust root, and it is slow to load.
        from policyctl.core.root_document import RootError, parse_root

        name, content = self.root_file
        try:
            return parse_root(content)
        except RootError as error:
            raise InputError(f"{name}: {error.message}", hint="policyctl verify") from error

    @cached_property
    def root_file(self) -> tuple[str, bytes] | None:
        """Name and bytes of the newest trust root that does not wait for signatures.

        Raises:
            InputError: it cannot be read.
        """
        every = self._names(ROOTS)
        names = sorted(name for name in every if _is_root(name))
        if self.folder is None or not names:
            return None
        name = ROOTS + names[-1]
        content = self._content(name)
        if len(names) > 1:
            from policyctl.adapters.root_signers import waits

            earlier = ROOTS + names[-2]
            if waits(names[-1], every, content, self._content(earlier)):
                return earlier, self._content(earlier)
        return name, content

    @cached_property
    def catalogues(self) -> Mapping[str, Catalogue]:
        """Control frameworks by their id: the shipped ones and the folder's own.

        Raises:
            InputError: one of the folder's own cannot be used.
        """
        # Not at the top: a cached verdict needs none of them.
        from policyctl.adapters.catalogues import catalogues_of

        return catalogues_of(self.folder)

    def baseline_names(self) -> tuple[str, ...]:
        """The baselines that a policy may extend: the adopted ones, else the shipped ones."""
        return self._baseline_names

    def baseline(self, name: str) -> bytes | None:
        """The bytes of a baseline, or None if there is no such baseline.

        Raises:
            InputError: it cannot be read.
        """
        if name not in self._baseline_names:
            return None
        if name not in self._baselines:
            self._baselines[name] = (
                self._content(f"{BASELINES}{name}.yaml")
                if self.has_baselines
                else shipped_file("baselines", f"{name}.yaml")
            )
        return self._baselines[name]

    @cached_property
    def has_baselines(self) -> bool:
        """True if the folder has baselines of its own."""
        return self.folder is not None and is_folder(joined(self.folder, BASELINES))

    @cached_property
    def _baseline_names(self) -> tuple[str, ...]:
        names = self._names(BASELINES) if self.has_baselines else shipped_names("baselines")
        stems = (name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))
        return tuple(sorted(stem for stem in stems if not self.has_baselines or "@" in stem))

    @cached_property
    def _baselines(self) -> dict[str, bytes]:
        return {}

    def _names(self, folder: str) -> list[str]:
        return [] if self.folder is None else names_in(joined(self.folder, folder))

    def _content(self, name: str) -> bytes:
        return read_kept(joined(self.folder or "", name), file=name)


def shipped_files(kind: str, suffix: str) -> dict[str, bytes]:
    """The shipped files of a kind by their name without the suffix."""
    return {
        name.removesuffix(suffix): shipped_file(kind, name)
        for name in shipped_names(kind)
        if name.endswith(suffix)
    }


def _is_root(name: str) -> bool:
    number, _, kind = name.partition(".")
    is_number = number.isascii() and number.isdigit()
    return kind == "json" and is_number and len(number) == _ROOT_NUMBER

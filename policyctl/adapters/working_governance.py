"""Governance as the working tree holds it: for checks that touch neither git nor signatures."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from policyctl.adapters.catalogues import shipped_catalogues
from policyctl.adapters.resources import shipped
from policyctl.core import paths
from policyctl.core.catalogue import Catalogue
from policyctl.core.root_document import RootError, parse_root
from policyctl.core.trust_root import TrustRoot
from policyctl.errors import InputError


def governed_folder(start: Path) -> Path | None:
    """The nearest folder at or above ``start`` that holds ``.policyctl``, or None."""
    physical = start.resolve()
    for folder in (physical, *physical.parents):
        if (folder / paths.HOME).is_dir():
            return folder
    return None


class WorkingGovernance:
    """Baselines and trust root of a folder; satisfies `ports.Governance`.

    Without a governed folder there is no trust root, and the shipped baselines count.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    @cached_property
    def root(self) -> TrustRoot | None:
        """The newest trust root, unverified: `verify` judges it.

        Raises:
            InputError: it cannot be read.
        """
        if self.folder is None:
            return None
        found = sorted((self.folder / paths.ROOTS).glob("[0-9][0-9][0-9][0-9].json"))
        if not found:
            return None
        name = found[-1].relative_to(self.folder).as_posix()
        try:
            return parse_root(found[-1].read_bytes())
        except RootError as error:
            raise InputError(f"{name}: {error.message}", hint="policyctl verify") from error
        except OSError as error:
            raise InputError(f"cannot read {name}: {error.strerror}") from error

    @property
    def catalogues(self) -> Mapping[str, Catalogue]:
        """Control frameworks by their id."""
        return shipped_catalogues()

    def baseline_names(self) -> tuple[str, ...]:
        """The baselines that a policy may extend: the adopted ones, else the shipped ones."""
        return tuple(sorted(self._baselines))

    def baseline(self, name: str) -> bytes | None:
        """The bytes of a baseline, or None if there is no such baseline."""
        return self._baselines.get(name)

    @cached_property
    def _baselines(self) -> Mapping[str, bytes]:
        folder = self.folder / paths.BASELINES if self.folder else None
        if folder is None or not folder.is_dir():
            return shipped_files("baselines", ".yaml")
        return {path.stem: path.read_bytes() for path in folder.glob("*@*.yaml")}


def shipped_files(kind: str, suffix: str) -> dict[str, bytes]:
    """The shipped files of a kind by their name without the suffix."""
    return {
        item.name.removesuffix(suffix): item.read_bytes()
        for item in sorted(shipped(kind).iterdir(), key=lambda item: item.name)
        if item.name.endswith(suffix)
    }

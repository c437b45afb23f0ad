"""Governance as a commit holds it, so that nothing in the working tree can exempt itself."""

from __future__ import annotations

from collections.abc import Mapping

from policyctl.core import paths
from policyctl.core.catalogue import Catalogue
from policyctl.core.snapshot import Snapshot, content_of
from policyctl.core.trust_root import TrustRoot


class CommittedGovernance:
    """Baselines and trust root of a commit; satisfies `ports.Governance`."""

    def __init__(
        self,
        snapshot: Snapshot,
        root: TrustRoot | None,
        catalogues: Mapping[str, Catalogue] | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._root = root
        self._catalogues = catalogues or {}

    @property
    def root(self) -> TrustRoot | None:
        """The trust root under which new entries are made."""
        return self._root

    @property
    def catalogues(self) -> Mapping[str, Catalogue]:
        """Control frameworks by their id."""
        return self._catalogues

    def baseline_names(self) -> tuple[str, ...]:
        """The baselines that the trust root vouches for."""
        return tuple(sorted(self._root.baselines)) if self._root else ()

    def baseline(self, name: str) -> bytes | None:
        """The bytes of an adopted baseline."""
        if name not in self.baseline_names():
            return None
        return content_of(self._snapshot, paths.baseline_path(name))

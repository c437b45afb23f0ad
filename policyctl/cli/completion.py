"""What a shell offers for an argument: policies, rules and roles of the present repository.

Nothing is said where nothing can be found out: a shell has no place for an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from policyctl.errors import PolicyctlError

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from policyctl.core.trust_root import TrustRoot

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@._-")

# What looks things up is imported where it is needed: most runs complete nothing.


def policy_ids(incomplete: str) -> list[str]:
    """The ids of the governed folder's policies; none where a path is being written."""
    from policyctl.adapters.plain_paths import here
    from policyctl.adapters.policy_paths import policy_paths
    from policyctl.adapters.working_governance import governed_above
    from policyctl.core.paths import PolicyFile, place_of

    names: list[str] = []
    with suppress(PolicyctlError):
        names += (path for _, path in policy_paths([], here(), governed_above(here())))
    places = (place_of("/".join(name.split("/")[-2:])) for name in names)
    found = [place.policy for place in places if isinstance(place, PolicyFile)]
    return [name for name in found if name.startswith(incomplete)]


def rule_codes(incomplete: str) -> list[str]:
    """The ids of the rules; of several with commas between, the last is completed."""
    from policyctl.usecases.selection import KNOWN

    before, comma, last = incomplete.rpartition(",")
    return [before + comma + code for code in sorted(KNOWN) if code.startswith(last)]


def roles(incomplete: str) -> list[str]:
    """The roles that the newest trust root names."""
    root = _root()
    return _fitting(root.roles if root else (), incomplete)


def people(incomplete: str) -> list[str]:
    """The people whom the newest trust root knows."""
    root = _root()
    return _fitting(root.people if root else (), incomplete)


def owners(incomplete: str) -> list[str]:
    """Who may own a policy: people, teams and roles."""
    root = _root()
    return _fitting({*root.people, *root.teams, *root.roles} if root else (), incomplete)


def groups(incomplete: str) -> list[str]:
    """The roles and teams that the newest trust root names."""
    root = _root()
    return _fitting({*root.roles, *root.teams} if root else (), incomplete)


def schemas(incomplete: str) -> list[str]:
    """The JSON Schemas that are shipped."""
    from policyctl.adapters.working_governance import shipped_files

    return _fitting(shipped_files("schemas", ".json"), incomplete)


def use_cases(incomplete: str) -> list[str]:
    """The use cases for which the newest trust root knows what is acceptable."""
    root = _root()
    return _fitting(root.appetite if root else (), incomplete)


def baselines(incomplete: str) -> list[str]:
    """The baselines that a policy may extend here."""
    from policyctl.adapters.plain_paths import here
    from policyctl.adapters.working_governance import WorkingGovernance, governed_above

    with suppress(PolicyctlError):
        names = WorkingGovernance(governed_above(here())).baseline_names()
        return _fitting(names, incomplete)
    return []


def frameworks(incomplete: str) -> list[str]:
    """The control frameworks that are known here."""
    from policyctl.adapters.catalogues import catalogues_of
    from policyctl.adapters.plain_paths import here
    from policyctl.adapters.working_governance import governed_above

    with suppress(PolicyctlError):
        return _fitting(catalogues_of(governed_above(here())), incomplete)
    return []


def _root() -> TrustRoot | None:
    from policyctl.adapters.plain_paths import here
    from policyctl.adapters.working_governance import WorkingGovernance, governed_above

    with suppress(PolicyctlError):
        return WorkingGovernance(governed_above(here())).root
    return None


def _fitting(names: Iterable[str], incomplete: str) -> list[str]:
    """What continues the word; names of files that a shell could take for a program are not said.

    Zsh evaluates what it is offered, and Typer's escaping leaves a backslash before a ``$``.
    """
    return sorted(name for name in names if name.startswith(incomplete) and _PLAIN.issuperset(name))

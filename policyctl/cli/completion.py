"""What a shell offers for an argument: policies, rules and roles of the present repository.

Nothing is said where nothing can be found out: a shell has no place for an error.
"""

from __future__ import annotations

from contextlib import suppress

from policyctl.errors import PolicyctlError

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
    from policyctl.adapters.plain_paths import here
    from policyctl.adapters.working_governance import WorkingGovernance, governed_above

    root = None
    with suppress(PolicyctlError):
        root = WorkingGovernance(governed_above(here())).root
    return sorted(role for role in root.roles if role.startswith(incomplete)) if root else []

"""Who owns and who approves which file, as the trust root says it and a forge's CODEOWNERS asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from policyctl.core import layout, paths
from policyctl.core.entry import ChangeAction
from policyctl.core.forge import Forge
from policyctl.core.frozen import frozen
from policyctl.core.stages import Stage
from policyctl.core.trust_root import TrustRoot

_GATE: Mapping[Forge, tuple[str, ...]] = {
    Forge.GITHUB: (
        ".github/actions/policyctl/",
        ".github/workflows/policies.yml",
        ".github/workflows/policy-*.yml",
    ),
    Forge.GITLAB: (".gitlab-ci.yml", ".gitlab/policyctl.yml"),
}


@frozen
class GovernedPolicy:
    """What decides who is asked about a policy."""

    id: str
    owner: str
    use_case: str


@frozen
class Owned:
    """Files, and who is asked when they change.

    Attributes:
        patterns: as CODEOWNERS writes them: from the top of the repository, ending in a slash for
            all that is below.
        owners: the people, teams or roles who own the files.
        approvals: how many members of which role a change can need at most.
    """

    patterns: tuple[str, ...]
    owners: tuple[str, ...]
    approvals: Mapping[str, int]


def owned_files(
    root: TrustRoot, policies: Iterable[GovernedPolicy], forge: Forge, codeowners: str
) -> tuple[Owned, ...]:
    """The files that governance is about: first what the stewards decide, then each policy.

    Args:
        root: who is who, and who approves what.
        policies: the policies that there are.
        forge: its files that judge pull requests are the stewards' as well.
        codeowners: where CODEOWNERS itself stands; empty if not in the repository.
    """
    general = (layout.POLICIES, layout.HOME, layout.SETTINGS, *_GATE[forge])
    if codeowners:
        general = (*general, codeowners)
    return (
        Owned(patterns=tuple(f"/{path}" for path in general), owners=root.stewards, approvals={}),
        *(_policy(root, policy) for policy in sorted(policies, key=lambda policy: policy.id)),
    )


def _policy(root: TrustRoot, policy: GovernedPolicy) -> Owned:
    files = (
        paths.policy_path(policy.id),
        f"{layout.LOG}{policy.id}/",
        f"{layout.EVIDENCE}{policy.id}/",
    )
    return Owned(
        patterns=tuple(f"/{path}" for path in files),
        owners=(policy.owner,),
        approvals=_most_needed(root, policy.use_case),
    )


def _most_needed(root: TrustRoot, use_case: str) -> dict[str, int]:
    """The most approvals that any change of a policy can need, by role."""
    needed: dict[str, int] = {}
    for action in ChangeAction:
        for target in (None, *Stage):
            for role, count in root.need(action, target, (use_case,)).items():
                needed[role] = max(count, needed.get(role, 0))
    return dict(sorted(needed.items()))

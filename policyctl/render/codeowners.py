"""The lines of CODEOWNERS, as GitHub and GitLab read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policyctl.core.forge import Forge
from policyctl.usecases.codeowners import Asked


def render(files: Sequence[Asked], forge: Forge) -> list[str]:
    """The lines for a forge.

    GitHub asks everybody on a line and is content with one of them. GitLab asks in each section,
    and knows how many have to approve; who owns a policy is asked without having to.

    Args:
        files: who is asked about what.
        forge: whose syntax it is.
    """
    return list(_github(files) if forge is Forge.GITHUB else _gitlab(files))


def _github(files: Sequence[Asked]) -> Iterator[str]:
    for item in files:
        approvers = (handle for _, handles in item.approvers.values() for handle in handles)
        handles = dict.fromkeys((*item.owners, *approvers))
        for pattern in item.patterns:
            yield f"{pattern} {' '.join(handles)}"


def _gitlab(files: Sequence[Asked]) -> Iterator[str]:
    stewards, *policies = files
    yield "[policyctl stewards]"
    yield from (f"{pattern} {' '.join(stewards.owners)}" for pattern in stewards.patterns)
    if policies:
        yield "^[policyctl owners]"
        for item in policies:
            yield from (f"{pattern} {' '.join(item.owners)}" for pattern in item.patterns)
    needed = {(role, count) for item in policies for role, (count, _) in item.approvers.items()}
    for role, count in sorted(needed):
        yield f"[policyctl {role} {count}][{count}]"
        for item in policies:
            asked, handles = item.approvers.get(role, (0, ()))
            if asked == count:
                yield from (f"{pattern} {' '.join(handles)}" for pattern in item.patterns)

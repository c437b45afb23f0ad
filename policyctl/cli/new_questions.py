"""What ``policyctl new`` asks on a terminal when its command line does not say it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from policyctl.cli.wizard import ask
from policyctl.core.entry import SLUG
from policyctl.core.frozen import replace
from policyctl.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from policyctl.adapters.working_governance import WorkingGovernance
    from policyctl.usecases.new import Wish

_DATA = ("public", "internal", "confidential", "restricted")
_USUAL = "confidential"
_FORM = "policyctl new ID --use-case UC --owner O"


def require_complete(wish: Wish) -> None:
    """Raise `UsageError` where something is missing and nobody can be asked."""
    missing = [name for name, value in _needed(wish) if not value]
    if missing:
        raise UsageError(f"new needs {' and '.join(missing)}", hint=_FORM)


def is_complete(wish: Wish) -> bool:
    """True if everything is there that a policy needs."""
    return all(value for _, value in _needed(wish))


def completed(wish: Wish, governance: WorkingGovernance, folder: Path) -> Wish:
    """The wish with answers to what it left open."""
    root = governance.root
    owners = sorted({*root.people, *root.teams}) if root else ()
    names = sorted({name.partition("@")[0] for name in governance.baseline_names()} - {"default"})
    uses = sorted(root.appetite) if root and root.appetite else names

    def problem(answer: str) -> str:
        if not SLUG.match(answer):
            return "lower-case letters, digits and single hyphens, as in 'support-assistant'"
        taken = (folder / "policies" / f"{answer}.yaml").exists()
        return f"there is a policy '{answer}' already" if taken else ""

    found = replace(wish, id=wish.id or ask("Id of the new policy", problem=problem))
    found = replace(found, use_case=found.use_case or ask("Use case", choices=uses))
    found = replace(found, owner=found.owner or _owner(owners))
    if not wish.purpose:
        found = replace(found, purpose=ask("What is it for, in a sentence", optional=True))
    if not wish.data_sensitivity:
        data = ask("Most sensitive data that it meets", choices=_DATA, default=_USUAL)
        found = replace(found, data_sensitivity=data)
    if not wish.apps:
        apps = ask("Applications, with commas between them", optional=True)
        found = replace(found, apps=tuple(name.strip() for name in apps.split(",") if name.strip()))
    return found


def words(wish: Wish) -> list[str]:
    """The command line that says all of a wish."""
    options = [
        ("--use-case", wish.use_case),
        ("--owner", wish.owner),
        ("--baseline", wish.baseline),
        ("--name", wish.name),
        ("--purpose", wish.purpose),
        ("--data", wish.data_sensitivity),
        *(("--app", name) for name in wish.apps),
        ("--engine", wish.engine),
        ("--threshold-owner", wish.threshold_owner),
        ("--reviewer", wish.reviewer),
    ]
    return ["new", wish.id, *(word for pair in options if pair[1] for word in pair)]


def _needed(wish: Wish) -> Sequence[tuple[str, str]]:
    return (
        ("the policy's id", wish.id),
        ("--use-case", wish.use_case),
        ("--owner", wish.owner),
    )


def _owner(owners: Sequence[str]) -> str:
    default = owners[0] if len(owners) == 1 else ""
    return ask("Who answers for it", choices=owners, default=default)

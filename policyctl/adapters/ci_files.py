"""What makes a forge judge pull requests: files that travel with policyctl, and where they go."""

from __future__ import annotations

from policyctl.adapters.resources import shipped_file, shipped_names
from policyctl.core.forge import Forge

_ACTION = ".github/actions/policyctl/"
_WORKFLOWS = ".github/workflows/"
_REUSABLE = "policy-check.yml"
_GITLAB = {".gitlab-ci.yml": ".gitlab-ci.yml", "policyctl.yml": ".gitlab/policyctl.yml"}


def ci_files(forge: Forge) -> dict[str, bytes]:
    """The files for a forge by their path in a repository."""
    if forge is Forge.GITLAB:
        return {path: shipped_file("starters/gitlab", name) for name, path in _GITLAB.items()}
    return {
        **{_ACTION + name: shipped_file("ci-action", name) for name in shipped_names("ci-action")},
        _WORKFLOWS + _REUSABLE: shipped_file("ci-reusable", _REUSABLE),
        **{
            _WORKFLOWS + name: shipped_file("starters/github", name)
            for name in shipped_names("starters/github")
        },
    }

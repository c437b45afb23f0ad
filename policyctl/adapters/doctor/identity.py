"""Whom git names as the author of the user's own commits."""

from __future__ import annotations

import os
from collections.abc import Iterator

from policyctl.adapters.git_repo import Workspace
from policyctl.usecases.doctor import Check, advice, fine

_NAME = "git's user"


def identity_checks(workspace: Workspace) -> Iterator[Check]:
    """Whether git knows a name and an address."""
    missing = [
        setting
        for setting, variable in (
            ("user.name", "GIT_AUTHOR_NAME"),
            ("user.email", "GIT_AUTHOR_EMAIL"),
        )
        if not os.environ.get(variable)
        and not workspace.setting(setting.replace("user", "author"), setting)
    ]
    if not missing:
        yield fine(_NAME, "git knows the name and the address of its user")
        return
    example = {"user.name": "'Your Name'", "user.email": "you@example.org"}
    yield advice(
        _NAME,
        f"git was not told {' and '.join(missing)}, so it may refuse commits of your own",
        " && ".join(f"git config --global {name} {example[name]}" for name in missing),
    )

"""The forges that policyctl knows."""

from __future__ import annotations

from enum import Enum


class Forge(Enum):
    """Where pull requests are reviewed and merged."""

    GITHUB = "github"
    GITLAB = "gitlab"

"""Decide about detections by an approved policy, inside of the program that has the traffic.

Nothing but the standard library is loaded. `docs/decide.md` shows how it is used.
"""

from __future__ import annotations

from policyctl.core.decision import Decision, Verdict
from policyctl.core.engine_logs.level_table import LevelTable
from policyctl.core.levels import Level
from policyctl.core.sides import Direction
from policyctl.decide.decider import Decider
from policyctl.decide.followed import Followed
from policyctl.decide.loading import load

__all__ = [
    "Decider",
    "Decision",
    "Direction",
    "Followed",
    "Level",
    "LevelTable",
    "Verdict",
    "load",
]

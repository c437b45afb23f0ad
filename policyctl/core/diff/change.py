"""One difference between two policies, named so that an approval can be tied to it."""

from __future__ import annotations

from enum import Enum
from typing import Any

from policyctl.core.canonical import encode, sha256
from policyctl.core.diff.effect import Effect
from policyctl.core.frozen import frozen

_FINGERPRINT = 16


class Kind(Enum):
    """What a difference is about. The value is stable: scripts and approvals name it."""

    POLICY_NEW = "policy-new"
    POLICY_RETIRED = "policy-retired"
    POLICY_RENAMED = "policy-renamed"
    STAGE = "stage"
    SENSITIVITY = "sensitivity"
    GUARDRAIL_ADDED = "guardrail-added"
    GUARDRAIL_REMOVED = "guardrail-removed"
    GUARDRAIL_SWITCHED = "guardrail-switched"
    GUARDRAIL_SENSITIVITY = "guardrail-sensitivity"
    GUARDRAIL_ACTION = "guardrail-action"
    GUARDRAIL_WORDS = "guardrail-words"
    GUARDRAIL_REGEX = "guardrail-regex"
    GUARDRAIL_TOPICS = "guardrail-topics"
    GUARDRAIL_DOMAINS = "guardrail-domains"
    LIMITED = "limited"
    LIMITED_GUARDRAILS = "limited-guardrails"
    LIMITED_APPS = "limited-apps"
    LIMITED_COHORTS = "limited-cohorts"
    LIMITED_SHARE = "limited-share"
    LIMITED_KEY = "limited-key"
    EXCEPTION_ADDED = "exception-added"
    EXCEPTION_REMOVED = "exception-removed"
    EXCEPTION_EXPIRY = "exception-expiry"
    EXCEPTION_GUARDRAIL = "exception-guardrail"
    EXCEPTION_CRITERION = "exception-criterion"
    EXCEPTION_TEXT = "exception-text"
    APPS = "apps"
    ENGINE = "engine"
    USE_CASE = "use-case"
    DATA_SENSITIVITY = "data-sensitivity"
    OWNER = "owner"
    THRESHOLDS = "thresholds"
    GATE = "gate"
    ESCALATION = "escalation"
    CONTROLS = "controls"
    BASELINE = "baseline"
    TEXT = "text"


@frozen
class PolicyChange:
    """One difference.

    Attributes:
        policy: the policy's id, after a rename the new one.
        path: the value's place as people read it, such as ``guardrails.pii/email.input.action``.
        before: the value before as plain data, or None where there was none.
        after: the value after it, likewise.
        note: what follows, where the values alone do not say it.
    """

    policy: str
    kind: Kind
    path: str
    before: Any
    after: Any
    effect: Effect
    note: str = ""

    @property
    def id(self) -> str:
        """The change's name among the changes of one comparison: ``support-bot:stage``."""
        return f"{self.policy}:{self.path}"

    @property
    def fingerprint(self) -> str:
        """16 hex digits that stand for exactly this change: policy, kind, place, old and new."""
        content = encode([self.policy, self.kind.value, self.path, self.before, self.after])
        return sha256(content)[:_FINGERPRINT]


@frozen(kw_only=False)
class Place:
    """A place in a policy, at which differences are found.

    Attributes:
        policy: the policy's id.
        path: the place as people read it; empty for the policy itself.
    """

    policy: str
    path: str = ""

    def change(
        self, kind: Kind, field: str, before: Any, after: Any, effect: Effect, note: str = ""
    ) -> PolicyChange:
        """A difference of one field here, or of the place itself where ``field`` is empty."""
        return PolicyChange(
            policy=self.policy,
            kind=kind,
            path=".".join(part for part in (self.path, field) if part),
            before=before,
            after=after,
            effect=effect,
            note=note,
        )

"""Who sent a message through LiteLLM's proxy: only what the proxy itself says of it.

The proxy removes what a request claims in fields that begin with ``user_api_key_``, and then writes
them. What a request may say of itself (tags, a session) moves nobody into a cohort, unless that is
asked for: an exception for a cohort would else be anybody's.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from policyctl.core.frozen import frozen
from policyctl.core.policy import Policy
from policyctl.core.record import CONTROL, LONGEST

KEYS: Mapping[str, tuple[str, ...]] = {
    "user_id": ("user_api_key_user_id",),
    "end_user": ("user_api_key_end_user_id",),
    "team_id": ("user_api_key_team_id",),
    "api_key": ("user_api_key_hash", "user_api_key_api_key"),
    "session_id": (),
    "request_id": (),
}
"""What a share can be sticky by, and where the proxy says it."""

_BUCKETS = ("metadata", "litellm_metadata")
_APP = ("user_api_key_alias", "user_api_key_key_alias")
_OWN_METADATA = ("user_api_key_auth_metadata", "user_api_key_metadata")
_TEAM_METADATA = ("user_api_key_team_metadata",)
_DIGITS = 32


@frozen
class Caller:
    """Whom a message is from.

    Attributes:
        key: what a share is sticky by: as in a record, the session or else the request stands in
            for a key that is not known.
    """

    request_id: str
    app: str
    key: str
    cohort: str = ""
    session_id: str = ""


def caller(
    request: Mapping[str, Any], policy: Policy, *, app: str, key: str, request_tags: bool
) -> Caller:
    """Whom a request is from.

    Args:
        request: the request's data, as the proxy gives it to guardrails.
        policy: names the cohorts that count.
        app: the application, or empty for the alias of the caller's key.
        key: one of `KEYS`.
        request_tags: whether tags that the request itself sends count as cohorts too.
    """
    found = tuple(_buckets(request))
    request_id = _fit(_first([request], ("litellm_call_id",))) or str(uuid.uuid4())
    session = _fit(_first([request], ("litellm_session_id",)) or _first(found, ("session_id",)))
    stand_in = {"session_id": session, "request_id": request_id}
    known = _fit(_first(found, KEYS[key])) or stand_in.get(key, "")
    return Caller(
        request_id=request_id,
        app=app or _fit(_first(found, _APP)) or "unknown",
        key=known or session or request_id,
        cohort=_cohort(_tags(found, request_tags=request_tags), policy),
        session_id=session,
    )


def _buckets(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name in _BUCKETS:
        held = request.get(name)
        if isinstance(held, Mapping):
            yield held


def _first(found: Iterable[Mapping[str, Any]], names: tuple[str, ...]) -> str:
    for held in found:
        for name in names:
            value = held.get(name)
            if isinstance(value, str) and value:
                return value
    return ""


def _fit(text: str) -> str:
    """A text as records take it: what is too long or holds control characters as its digest."""
    if len(text) <= LONGEST and not CONTROL.search(text):
        return text
    return "sha256:" + hashlib.sha256(text.encode(errors="replace")).hexdigest()[:_DIGITS]


def _tags(found: Iterable[Mapping[str, Any]], *, request_tags: bool) -> Iterator[str]:
    for held in found:
        sources = [held.get(name) for name in (*_OWN_METADATA, *_TEAM_METADATA)]
        authenticated = held.get("user_api_key_auth")
        sources += [getattr(authenticated, name, None) for name in ("metadata", "team_metadata")]
        sources += [held] * request_tags
        for source in sources:
            tags = source.get("tags") if isinstance(source, Mapping) else None
            if isinstance(tags, list | tuple):
                yield from (tag for tag in tags if isinstance(tag, str))


def _cohort(tags: Iterable[str], policy: Policy) -> str:
    """The first tag that is the name of a cohort in the policy."""
    limited = policy.limited.cohorts if policy.limited else ()
    named = {*limited, *(cohort for item in policy.exceptions for cohort in item.cohorts)}
    return next((tag for tag in tags if tag in named), "")

"""What stands below ``policyctl:`` in LiteLLM's configuration of a guardrail.

LiteLLM starts without a guardrail whose configuration raises a `ValueError` or `TypeError`. What is
raised here is neither, so that the proxy does not start at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policyctl.core.detectors import is_known, suggestions
from policyctl.core.engine_logs.level_table import LevelTable, table_from
from policyctl.core.frozen import frozen
from policyctl.core.policy import Policy
from policyctl.core.stages import Stage
from policyctl.decide.caller import KEYS
from policyctl.errors import InputError

SIDES = ("pre_call", "post_call")
"""The modes that a wrapped guardrail can have; observing is what the policy's stage is for."""

NAMES = ("policy", "records", "detectors", "wraps", "app", "key", "cohorts", "on_failure",
          "timeout", "levels", "detector_version", "drafts")  # fmt: skip
"""Every option; what is required comes first."""

_REQUIRED = ("policy", "records", "detectors", "wraps")
_LEVELS = ("L1", "L2", "L3", "L4")
_USUAL_KEY = "user_id"
_TIMEOUT = 10.0
_LONGEST_TIMEOUT = 600


@frozen
class Options:
    """How a guardrail is wrapped.

    Attributes:
        policy: path of the compiled policy, which is followed.
        records: path of the file for detection records.
        detectors: what the wrapped guardrail stands for; the first for what it does not name.
        wraps: the wrapped guardrail's own parameters.
        app: the application; empty for the alias of the caller's key.
        key: what a share is sticky by; empty for what the policy says.
        request_tags: whether tags that a request sends of itself count as cohorts.
        closed: whether a check that failed stops what it could have stopped.
        timeout: seconds that the wrapped guardrail has for an answer.
        version: the detectors' version, for records.
        drafts: whether a policy that nobody approved may decide.
    """

    policy: str
    records: str
    detectors: tuple[str, ...]
    wraps: Mapping[str, Any]
    app: str = ""
    key: str = ""
    request_tags: bool = False
    closed: bool = True
    timeout: float = _TIMEOUT
    levels: LevelTable = LevelTable()
    version: str = ""
    drafts: bool = False


def options_from(data: object, mode: object) -> Options:
    """The options in a configuration.

    Args:
        data: what stands below ``policyctl:``.
        mode: the guardrail's ``mode:``.

    Raises:
        InputError: something is missing, unknown or of another kind than it should be.
    """
    modes = mode if isinstance(mode, list) else [mode]
    if not modes or not all(isinstance(one, str) and one in SIDES for one in modes):
        raise InputError(
            f"a policy decides in the modes {' and '.join(SIDES)}, not in {_shown(mode)}",
            hint="what only observes is in the stage 'logging'",
        )
    if not isinstance(data, Mapping):
        raise InputError("the guardrail has no 'policyctl:' with its options")
    for name in _REQUIRED:
        if name not in data:
            raise InputError(f"policyctl.{name} is missing")
    unknown = next((name for name in data if name not in NAMES), None)
    if unknown is not None:
        raise InputError(f"policyctl.{unknown} is unknown; known are {', '.join(NAMES)}")
    return Options(
        policy=_text(data, "policy"),
        records=_text(data, "records"),
        detectors=_detectors(data["detectors"]),
        wraps=_wraps(data["wraps"]),
        app=_text(data, "app", ""),
        key=_choice(data, "key", ("", *KEYS)),
        request_tags=_choice(data, "cohorts", ("key", "request")) == "request",
        closed=_choice(data, "on_failure", ("by-stage", "allow")) == "by-stage",
        timeout=_seconds(data.get("timeout", _TIMEOUT)),
        levels=_levels(data.get("levels", {})),
        version=_text(data, "detector_version", ""),
        drafts=_flag(data, "drafts"),
    )


def key_of(options: Options, policy: Policy) -> str:
    """What a share is sticky by.

    Raises:
        InputError: the policy names something that the proxy does not know.
    """
    limited = policy.limited
    wanted = options.key or (limited.key if limited else "") or _USUAL_KEY
    if wanted in KEYS:
        return wanted
    if policy.stage is Stage.LIMITED and limited is not None and limited.share is not None:
        raise InputError(
            f"'{policy.id}' is limited to a share by '{wanted}', which LiteLLM does not know",
            hint=f"policyctl.key says what stands for it: {', '.join(KEYS)}",
        )
    return _USUAL_KEY


def require_app(options: Options, policy: Policy) -> None:
    """Refuse a configuration under which the policy would decide about nothing.

    Raises:
        InputError: the application is none that the policy applies to.
    """
    if options.app and policy.apps and options.app not in policy.apps:
        raise InputError(
            f"'{policy.id}' does not apply to '{options.app}', so nothing would be stopped there",
            hint=f"policyctl.app is one of {', '.join(policy.apps)}",
        )


def _detectors(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(it, str) for it in value):
        raise InputError("policyctl.detectors is not a list of detectors")
    for name in value:
        if not is_known(name):
            near = "".join(f", did you mean '{one}'?" for one in suggestions(name)[:1])
            raise InputError(
                f"policyctl.detectors: '{name}' is no detector that policies know{near}"
            )
    return tuple(dict.fromkeys(value))


def _wraps(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not isinstance(value.get("guardrail"), str):
        raise InputError("policyctl.wraps has no 'guardrail' with the provider's name")
    for name in ("mode", "default_on"):
        if name in value:
            raise InputError(f"policyctl.wraps.{name} is not its own: it stands one level up")
    return value


def _levels(value: object) -> LevelTable:
    """The same as a file of levels, without its ``schema``."""
    if not isinstance(value, Mapping) or not value.keys() <= {"scores", "names", "plain_yes"}:
        raise InputError("policyctl.levels holds 'scores', 'names' and 'plain_yes', and no more")
    scores, names = value.get("scores", {}), value.get("names", {})
    if not isinstance(scores, Mapping) or not all(_is_cuts(cuts) for cuts in scores.values()):
        raise InputError("policyctl.levels.scores names L1, L2, L3 and L4, each from 0 to 1")
    if not isinstance(names, Mapping) or not all(isinstance(it, str) for it in names.values()):
        raise InputError("policyctl.levels.names is not a mapping from name to detector")
    if value.get("plain_yes", "L1") not in _LEVELS:
        raise InputError(f"policyctl.levels.plain_yes is not one of {', '.join(_LEVELS)}")
    return table_from(value)


def _is_cuts(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and value.keys() == {*_LEVELS}
        and all(
            isinstance(score, int | float) and not isinstance(score, bool) and 0 <= score <= 1
            for score in value.values()
        )
    )


def _text(data: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = data.get(name, default)
    if not isinstance(value, str) or (default is None and not value):
        raise InputError(f"policyctl.{name} is not text")
    return value


def _choice(data: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    value = data.get(name, known[0])
    if value not in known:
        alternatives = ", ".join(one for one in known if one)
        raise InputError(f"policyctl.{name} is {_shown(value)}, not one of {alternatives}")
    return str(value)


def _seconds(value: object) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0 < value <= _LONGEST_TIMEOUT
    ):
        raise InputError(f"policyctl.timeout is not a number of seconds up to {_LONGEST_TIMEOUT}")
    return float(value)


def _flag(data: Mapping[str, Any], name: str) -> bool:
    value = data.get(name, False)
    if not isinstance(value, bool):
        raise InputError(f"policyctl.{name} is neither true nor false")
    return value


def _shown(value: object) -> str:
    return f"'{value[:60]}'" if isinstance(value, str) else repr(value)[:60]

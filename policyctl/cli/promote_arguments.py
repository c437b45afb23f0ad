"""Which arguments of ``policyctl promote`` go together: a promotion's, or those of its gate."""

from __future__ import annotations

from policyctl.cli.options import Target
from policyctl.errors import UsageError

_HEAD = "HEAD"
_AUTOMATIC = "auto"
_PROMOTE = "policyctl promote ID --to STAGE --rationale TEXT"
_CHECK = "policyctl promote --check --base origin/main"


def promotion_arguments(
    policy: str | None,
    to: Target | None,
    *,
    base: str,
    head: str,
    baseline: str,
    pin: str,
) -> tuple[str, Target]:
    """What a promotion needs.

    Raises:
        UsageError: some of it is missing, or belongs to --check.
    """
    ours = {"--base": base, "--head": head != _HEAD, "--baseline": baseline, "--pin": pin}
    for option, is_there in ours.items():
        if is_there:
            raise UsageError(f"{option} is about a pull request", hint=_CHECK)
    if policy is None:
        raise UsageError("promote needs the policy's id", hint=f"{_PROMOTE}, or {_CHECK}")
    if to is None:
        raise UsageError("promote needs the stage to which it leads, --to", hint=_PROMOTE)
    return policy, to


def require_alone(
    policy: str | None,
    to: Target | None,
    rationale: str | None,
    events: list[str] | str | None,
    key: str | None,
    *,
    engine: str,
    base: str,
    dry_run: bool,
) -> None:
    """Raise `UsageError` where something is asked for that --check does not do.

    It judges all policies that a pull request changes, and moves none.
    """
    given = {
        "a policy's id": policy,
        "--to": to,
        "--rationale": rationale,
        "--events": events,
        "--engine": engine != _AUTOMATIC,
        "--key": key,
        "--dry-run": dry_run,
    }
    surplus = [name for name, value in given.items() if value]
    if surplus:
        raise UsageError(
            f"--check judges all policy changes and moves none, so {surplus[0]} has no place",
            hint=_CHECK,
        )
    if not base:
        raise UsageError(
            "--check needs the branch that this one should be merged into", hint=_CHECK
        )

"""What a version of the trust root changes, in the words of governance."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.approval_difference import approval_changes
from policyctl.core.diff.effect import Effect
from policyctl.core.floor_difference import floor_changes
from policyctl.core.frozen import frozen
from policyctl.core.ssh_keys import PublicKey
from policyctl.core.trust_root import Member, TrustRoot


@frozen
class RootChange:
    """One difference between two versions.

    Attributes:
        topic: ``people``, ``teams``, ``approvals``, ``gates``, ``appetite``, ``baselines``,
            ``emergency``, ``solo`` or ``stewards``.
        text: what will be so, in one sentence.
    """

    topic: str
    text: str
    effect: Effect = Effect.NEUTRAL


def root_changes(before: TrustRoot, after: TrustRoot) -> tuple[RootChange, ...]:
    """Everything that differs between two versions, in the order in which people should read it."""
    return tuple(
        RootChange(topic=topic, text=text, effect=Effect(effect))
        for topic, text, effect in (
            *_people(before, after),
            *_teams(before, after),
            *approval_changes(before, after),
            *floor_changes(before, after),
            *_rest(before, after),
            *_stewards(before, after),
        )
    )


Said = tuple[str, str, str]


def _people(before: TrustRoot, after: TrustRoot) -> Iterator[Said]:
    for who in sorted({*before.people, *after.people}):
        old, new = before.people.get(who), after.people.get(who)
        if old is None and new is not None:
            keys = _prints(new.keys) or "no key"
            yield "people", f"'{who}' may write changes, signing with {keys}", "looser"
        elif new is None and old is not None:
            yield "people", f"'{who}' is gone: none of their keys counts any more", "tighter"
        elif old is not None and new is not None:
            yield from _person(who, old, new)


def _person(who: str, old: Member, new: Member) -> Iterator[Said]:
    came = [key for key in new.keys if key not in old.keys]
    went = [key for key in old.keys if key not in new.keys]
    if came:
        yield "people", f"'{who}' may also sign with {_prints(tuple(came))}", "looser"
    if went:
        yield "people", f"'{who}' may no longer sign with {_prints(tuple(went))}", "tighter"
    for label, was, will in (("name", old.name, new.name), ("e-mail", old.email, new.email)):
        if was != will:
            yield "people", f"the {label} of '{who}' is {will!r} (was {was!r})", "neutral"


def _prints(keys: tuple[PublicKey, ...]) -> str:
    return ", ".join(key.fingerprint for key in keys)


def _teams(before: TrustRoot, after: TrustRoot) -> Iterator[Said]:
    for name in sorted({*before.teams, *after.teams}):
        old, new = set(before.teams.get(name, ())), set(after.teams.get(name, ()))
        if name not in before.teams:
            members = ", ".join(sorted(new)) or "nobody"
            yield "teams", f"team '{name}' is new: {members}", "neutral"
        elif name not in after.teams:
            yield "teams", f"team '{name}' is gone, and bars nobody any more", "looser"
        else:
            for who in sorted(new - old):
                yield (
                    "teams",
                    f"'{who}' owns what team '{name}' owns, and cannot approve it",
                    ("tighter"),
                )
            for who in sorted(old - new):
                yield (
                    "teams",
                    f"'{who}' left team '{name}', and is not barred as an owner",
                    ("looser"),
                )


def _rest(before: TrustRoot, after: TrustRoot) -> Iterator[Said]:
    for name in sorted(set(after.baselines) - set(before.baselines)):
        yield "baselines", f"policies may extend {name}", "neutral"
    for name in sorted(set(before.baselines) - set(after.baselines)):
        yield "baselines", f"no policy may extend {name} any more", "tighter"
    for name in sorted(set(before.baselines) & set(after.baselines)):
        if before.baselines[name] != after.baselines[name]:
            yield "baselines", f"{name} is another file than the one adopted before", "looser"
    if before.solo != after.solo:
        if after.solo:
            yield "solo", "one person writes and approves: nobody else has to agree", "looser"
        else:
            yield "solo", "authors and owners cannot approve their own changes", "tighter"


def _stewards(before: TrustRoot, after: TrustRoot) -> Iterator[Said]:
    for who in after.stewards:
        if who not in before.stewards:
            yield "stewards", f"'{who}' may sign the next trust root", "looser"
    for who in before.stewards:
        if who not in after.stewards:
            yield "stewards", f"'{who}' may not sign the next trust root any more", "tighter"
    if before.threshold != after.threshold:
        effect = "looser" if after.threshold < before.threshold else "tighter"
        yield (
            "stewards",
            (
                f"the next trust root needs {after.threshold} of {len(after.stewards)} stewards "
                f"(was {before.threshold} of {len(before.stewards)})"
            ),
            effect,
        )

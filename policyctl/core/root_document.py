"""Reading a trust root: its bytes, and everything that would make it unfit to judge by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from policyctl.core.canonical import decode
from policyctl.core.entry import DIGEST, SLUG, ChangeAction, brief, moment_from
from policyctl.core.quantities import duration, millionths
from policyctl.core.ssh_keys import PublicKey, parse_public_key
from policyctl.core.stages import Stage
from policyctl.core.trust_root import (
    TYPE,
    ApprovalRule,
    Emergency,
    Member,
    Role,
    TrustRoot,
    unanswered,
)
from policyctl.errors import SignatureError

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any

_FIELDS = {
    "type", "log", "version", "prev", "created_at", "people", "teams", "roles", "root",
    "approvals", "gates", "appetite", "baselines", "emergency", "solo",
}  # fmt: skip

_MAX_REPEATED = 300


class RootError(ValueError):
    """A trust root that nothing can be judged by; ``code`` is what ``verify`` reports."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@lru_cache(maxsize=64)
def parse_root(content: bytes) -> TrustRoot:
    """The trust root that ``content`` holds, checked as far as one version can be.

    Raises:
        RootError: the bytes are not canonical (ROOT_MALFORMED), or what they say is unfit:
            ROOT_BAD_IDENTITY, ROOT_SHARED_KEY, ROOT_BAD_THRESHOLD, ROOT_INCOMPLETE.
    """
    try:
        data = decode(content)
        if not isinstance(data, dict) or set(data) != _FIELDS or data["type"] != TYPE:
            raise ValueError("not a policyctl trust root of version 1")
        root = _root(data)
    except RootError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, SignatureError) as error:
        said = str(error)[:_MAX_REPEATED]
        raise RootError("ROOT_MALFORMED", f"the trust root cannot be read: {said}") from error
    problem(root)
    return root


def problem(root: TrustRoot) -> None:
    """Raise `RootError` if people, keys, roles and thresholds do not fit together."""
    _check_identities(root)
    _check_keys(root)
    _check_thresholds(root)
    gaps = unanswered(root)
    if gaps:
        message = f"no rule says who approves: {', '.join(gaps)}"
        raise RootError("ROOT_INCOMPLETE", message)


def _root(data: Mapping[str, Any]) -> TrustRoot:
    return TrustRoot(
        log=_digest(data["log"], "log"),
        version=_count(data["version"]),
        prev=_digest(data["prev"], "prev") if data["prev"] is not None else None,
        created_at=moment_from(data["created_at"]),
        people={who: _member(item) for who, item in data["people"].items()},
        teams={name: _texts(members) for name, members in data["teams"].items()},
        roles={name: _role(item) for name, item in data["roles"].items()},
        stewards=_texts(data["root"]["members"]),
        threshold=_whole(data["root"]["threshold"]),
        approvals=tuple(_rule(item) for item in data["approvals"]),
        gates={_stage_name(stage): _gate(gate) for stage, gate in data["gates"].items()},
        appetite={
            use_case: {name: _levels(levels) for name, levels in by_data.items()}
            for use_case, by_data in data["appetite"].items()
        },
        baselines={
            name: _digest(digest, "baselines") for name, digest in data["baselines"].items()
        },
        emergency=_emergency(data["emergency"]),
        solo=_flag(data["solo"]),
    )


def _member(item: Mapping[str, Any]) -> Member:
    _closed(item, {"name", "email", "keys"})
    keys: tuple[PublicKey, ...] = tuple(parse_public_key(line) for line in _texts(item["keys"]))
    for key, line in zip(keys, item["keys"], strict=True):
        if key.line != line:
            raise ValueError("a key is not spelt as 'type base64'")
    return Member(name=_text(item["name"]), email=_text(item["email"]), keys=keys)


def _role(item: Mapping[str, Any]) -> Role:
    _closed(item, {"members", "touch"})
    return Role(members=_texts(item["members"]), touch=_flag(item["touch"]))


def _rule(item: Mapping[str, Any]) -> ApprovalRule:
    _closed(item, {"actions", "to", "use_cases", "need"})
    return ApprovalRule(
        actions=tuple(ChangeAction(action) for action in _texts(item["actions"])),
        to=tuple(Stage(stage) for stage in _texts(item["to"])),
        use_cases=_texts(item["use_cases"]),
        need={role: _whole(count) for role, count in item["need"].items()},
    )


def _gate(item: Mapping[str, Any]) -> Mapping[str, Any]:
    for name, value in item.items():
        if name not in _GATE_VALUES:
            raise ValueError(f"a gate has no value '{name}'")
        _GATE_VALUES[name](value)
    return dict(item)


def _emergency(item: Mapping[str, Any] | None) -> Emergency | None:
    if item is None:
        return None
    _closed(item, {"role", "within"})
    duration(item["within"])
    return Emergency(role=_text(item["role"]), within=item["within"])


def _levels(value: object) -> tuple[str, ...]:
    levels = _texts(value)
    if not levels or not set(levels) <= {"L1", "L2", "L3", "L4"}:
        raise ValueError("an appetite is a list of L1 to L4")
    return levels


def _stage_name(value: str) -> str:
    return _fitting(value, lambda name: name in ("limited", "enforce"), "gates")


def _check_identities(root: TrustRoot) -> None:
    named = [*root.people, *root.teams, *root.roles]
    members = [
        *(who for team in root.teams.values() for who in team),
        *(who for role in root.roles.values() for who in role.members),
        *root.stewards,
    ]
    for name in [*named, *members]:
        if not SLUG.match(name):
            raise RootError("ROOT_BAD_IDENTITY", f"{name!a} is not a plain ASCII name")
    for name in sorted(set(root.people) & {*root.teams, *root.roles}):
        raise RootError("ROOT_BAD_IDENTITY", f"'{name}' is both a person and a team or role")
    for who in members:
        if who not in root.people:
            raise RootError("ROOT_BAD_IDENTITY", f"'{who}' is nobody this root knows")
    for member_list in (*root.teams.values(), *(r.members for r in root.roles.values())):
        _check_distinct(member_list)
    _check_distinct(root.stewards)


def _check_distinct(members: Iterable[str]) -> None:
    for who, count in Counter(members).items():
        if count > 1:
            raise RootError("ROOT_BAD_IDENTITY", f"'{who}' stands twice in one list")


def _check_keys(root: TrustRoot) -> None:
    seen: dict[bytes, str] = {}
    for who, member in root.people.items():
        for key in member.keys:
            other = seen.setdefault(key.blob, who)
            if other != who:
                raise RootError("ROOT_SHARED_KEY", f"'{who}' and '{other}' share a key")


def _check_thresholds(root: TrustRoot) -> None:
    able = {who for who, member in root.people.items() if member.keys}
    stewards = len(able & set(root.stewards))
    if not 1 <= root.threshold <= stewards:
        message = f"{root.threshold} signatures of {stewards} stewards can never be"
        raise RootError("ROOT_BAD_THRESHOLD", message)
    if root.solo and len(root.people) > 1:
        message = f"a solo root knows one person, and this one knows {len(root.people)}"
        raise RootError("ROOT_BAD_THRESHOLD", message)
    needed = [item for rule in root.approvals for item in rule.need.items()]
    if root.emergency:
        needed.append((root.emergency.role, 1))
    for role, count in needed:
        members = len(able & set(root.roles[role].members if role in root.roles else ()))
        if not 1 <= count <= members:
            message = f"{count} approvals by role '{role}' with {members} members can never be"
            raise RootError("ROOT_BAD_THRESHOLD", message)


def _closed(item: Mapping[str, Any], names: set[str]) -> None:
    if set(item) != names:
        raise ValueError(f"wrong fields: {', '.join(sorted(set(item) ^ names))}")


def _fitting(value: object, fits: Callable[[str], bool], name: str) -> str:
    if not isinstance(value, str) or not fits(value):
        raise ValueError(f"'{name}' is {brief(value)}")
    return value


def _one_of(value: object, words: tuple[str, ...], name: str) -> str:
    return _fitting(value, lambda text: text in words, name)


def _digest(value: object, name: str) -> str:
    return _fitting(value, lambda text: bool(DIGEST.match(text)), name)


def _text(value: object) -> str:
    return _fitting(value, lambda text: not text or text.isprintable(), "text")


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f"{brief(value)} is not a list")
    return tuple(_text(item) for item in value)


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{brief(value)} is not a whole number")
    return value


def _count(value: object) -> int:
    number = _whole(value)
    if number < 1:
        raise ValueError(f"{number} is less than 1")
    return number


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{brief(value)} is not true or false")
    return value


_GATE_VALUES: Mapping[str, Callable[[Any], object]] = {
    "window": duration,
    "records": _count,
    "reviewed": _count,
    "false_positives": millionths,
    "confidence": millionths,
    "inference": lambda value: _one_of(value, ("anytime", "fixed"), "inference"),
    "completeness": millionths,
    "flag_rate": millionths,
    "harm": _count,
    "weekly_change": millionths,
    "daily_variation": millionths,
    "mix_shift": millionths,
    "excepted": millionths,
    "exceptions_frozen": duration,
    "limited_blocked": millionths,
    "newly_blocked": _count,
    "reviewers": _count,
    "reviewed_twice": millionths,
    "agreement": millionths,
    "repeatable": millionths,
    "expires": duration,
    "exception_hits": millionths,
    "promote": lambda value: _one_of(value, ("all", "subset"), "promote"),
}

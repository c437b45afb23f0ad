"""An entry of the ledger: one recorded change of one policy."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum

from policyctl.core.canonical import decode, encode, sha256
from policyctl.core.frozen import frozen
from policyctl.core.stages import Stage

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any, TypeGuard

TYPE = "policyctl/entry/v1"
SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*\Z")
DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")
Fields = Mapping[str, Callable[["Any"], bool]]
"""What fits each field of a document."""
_MAX_RATIONALE = 2000
_MAX_REPEATED = 120


class ChangeAction(Enum):
    """What kind of change an entry records."""

    REGISTER = "register"
    EDIT = "edit"
    EXCEPTION = "exception"
    PROMOTE = "promote"
    DEMOTE = "demote"
    EMERGENCY_DEMOTE = "emergency_demote"
    VOID = "void"
    RETIRE = "retire"
    REDACT = "redact"
    REVIEW = "review"


KEEPS_THE_FILE = frozenset({ChangeAction.REDACT, ChangeAction.REVIEW})
"""What changes nothing about a policy: it stands as the entry before left it."""


@frozen
class EvidenceReference:
    """A file that stands behind a change: its place under ``.policyctl/`` and its digest."""

    name: str
    sha256: str


@frozen
class Entry:
    """One signed record in the ledger.

    Attributes:
        log: the ledger's id, so that nothing can be replayed from another repository.
        seq: the place in the policy's chain, from 1.
        prev: sha256 of the bytes of the entry before, or None for the first.
        change: shared by the entries of one change that touches several policies.
        before: sha256 of the policy file's bytes before the change, or None.
        after: the same after the change, or None where the file is gone.
        source: the stage before, or None for a new policy.
        target: the stage after, or None for a retired policy.
        root: the version of the trust root that judges the entry.
        rationale: why; empty only where a redaction took it out.
        requested_at: when the author says that they asked for it. The deadline of an emergency
            counts from it.
    """

    log: str
    policy: str
    path: str
    seq: int
    prev: str | None
    change: str
    action: ChangeAction
    source: Stage | None
    target: Stage | None
    before: str | None
    after: str | None
    owner: str
    use_case: str
    rationale: str
    root: int
    requested_at: datetime
    evidence: tuple[EvidenceReference, ...] = ()

    @property
    def transition(self) -> str:
        """The stages for people: ``logging -> limited``."""
        return f"{_name(self.source) or 'none'} -> {_name(self.target) or 'none'}"


def entry_bytes(entry: Entry) -> bytes:
    """The exact bytes that are stored, chained and signed."""
    return encode(
        {
            "type": TYPE,
            "log": entry.log,
            "policy": entry.policy,
            "path": entry.path,
            "seq": entry.seq,
            "prev": entry.prev,
            "change": entry.change,
            "action": entry.action.value,
            "from": _name(entry.source),
            "to": _name(entry.target),
            "before": entry.before,
            "after": entry.after,
            "owner": entry.owner,
            "use_case": entry.use_case,
            "rationale": entry.rationale,
            "evidence": [{"name": item.name, "sha256": item.sha256} for item in entry.evidence],
            "root": entry.root,
            "requested_at": moment_text(entry.requested_at),
        }
    )


def entry_digest(entry: Entry) -> str:
    """What the next entry names as ``prev``."""
    return sha256(entry_bytes(entry))


def parse_entry(content: bytes) -> Entry:
    """The entry that ``content`` holds.

    Raises:
        DuplicateKeyError: an object names a key twice.
        NonCanonicalError: the bytes are not the one spelling of their value.
        ValueError: the value is not an entry.
    """
    return entry_from(with_fields(decode(content), ENTRY_FIELDS))


def with_fields(data: object, fields: Fields) -> Mapping[str, Any]:
    """The value, once it is known to be an object with exactly these fields.

    Raises:
        ValueError: it is none, or a field is not of its kind.
    """
    if not isinstance(data, dict):
        raise ValueError("not an object")
    expected, found = set(fields), set(data)
    if expected != found:
        raise ValueError(f"wrong fields: {', '.join(sorted(expected ^ found))}")
    for name, fits in fields.items():
        if not fits(data[name]):
            raise ValueError(f"'{name}' is {brief(data[name])}")
    return data


def moment_text(moment: datetime) -> str:
    """A moment as ledger documents spell it: UTC, whole seconds, four digits of year."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def moment_from(text: object) -> datetime:
    """The moment that `moment_text` spelt.

    Raises:
        ValueError: it did not spell this.
    """
    if not isinstance(text, str) or not _TIME.match(text):
        raise ValueError(f"{text!r} is no moment such as 2026-11-22T08:00:00Z")
    return datetime.fromisoformat(text)


def brief(value: object) -> str:
    """A value that does not fit, as a message may repeat it."""
    text = repr(value)
    return text if len(text) <= _MAX_REPEATED else f"{text[:_MAX_REPEATED]}…"


def rationale_problem(text: str) -> str:
    """Why ``text`` cannot be a rationale, or the empty text if it can."""
    if not text.strip():
        return "the rationale is empty"
    if len(text) > _MAX_RATIONALE:
        return f"the rationale is longer than {_MAX_RATIONALE} characters"
    if not text.isprintable():
        return "the rationale holds line breaks or control characters"
    return ""


def entry_from(data: Mapping[str, Any]) -> Entry:
    """The entry that checked fields describe; without a rationale it is a redacted one."""
    return Entry(
        log=data["log"],
        policy=data["policy"],
        path=data["path"],
        seq=data["seq"],
        prev=data["prev"],
        change=data["change"],
        action=ChangeAction(data["action"]),
        source=Stage(data["from"]) if data["from"] else None,
        target=Stage(data["to"]) if data["to"] else None,
        before=data["before"],
        after=data["after"],
        owner=data["owner"],
        use_case=data["use_case"],
        rationale=data.get("rationale", ""),
        evidence=tuple(
            EvidenceReference(name=item["name"], sha256=item["sha256"]) for item in data["evidence"]
        ),
        root=data["root"],
        requested_at=moment_from(data["requested_at"]),
    )


def _name(stage: Stage | None) -> str | None:
    return stage.value if stage else None


def _is_slug(value: object) -> bool:
    return isinstance(value, str) and bool(SLUG.match(value))


def is_digest(value: object) -> bool:
    """True if the value is a sha256 as ledger documents spell it."""
    return isinstance(value, str) and bool(DIGEST.match(value))


def _is_optional_digest(value: object) -> bool:
    return value is None or is_digest(value)


_ACTIONS = frozenset(item.value for item in ChangeAction)
_STAGES = frozenset(item.value for item in Stage)


def _is_stage(value: object) -> bool:
    return value is None or (isinstance(value, str) and value in _STAGES)


def _is_positive(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_time(value: object) -> bool:
    try:
        moment_from(value)
    except ValueError:
        return False
    return True


def is_reference_list(value: object) -> bool:
    """True if the value is a list of names with a sha256 each."""
    return isinstance(value, list) and all(
        isinstance(item, dict)
        and set(item) == {"name", "sha256"}
        and isinstance(item["name"], str)
        and is_digest(item["sha256"])
        for item in value
    )


ENTRY_FIELDS: Fields = {
    "type": lambda value: value == TYPE,
    "log": is_digest,
    "policy": _is_slug,
    "path": lambda value: isinstance(value, str),
    "seq": _is_positive,
    "prev": _is_optional_digest,
    "change": _is_slug,
    "action": lambda value: isinstance(value, str) and value in _ACTIONS,
    "from": _is_stage,
    "to": _is_stage,
    "before": _is_optional_digest,
    "after": _is_optional_digest,
    "owner": _is_slug,
    "use_case": _is_slug,
    "rationale": lambda value: isinstance(value, str) and not rationale_problem(value),
    "evidence": is_reference_list,
    "root": _is_positive,
    "requested_at": _is_time,
}

"""A compiled policy read back, so strictly that nothing in it is guessed or ignored.

Whoever decides by a document that is not quite what was written decides something that nobody
approved. So each field has to be there, none may be added, and every value is of its kind.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from enum import Enum
from typing import Any, NoReturn, TypeVar

from policyctl.core import expiry
from policyctl.core.compiled import SCHEMA, Compiled
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail, Limited, Policy, PolicyException
from policyctl.core.quantities import share
from policyctl.core.record import CONTROL, LONGEST
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage
from policyctl.errors import InputError

LARGEST = 8 * 1024 * 1024
"""Bytes of a document."""

MOST = 10_000
"""Members of a list."""

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_LARGEST_ENTRY = 2**53 - 1

_E = TypeVar("_E", bound=Enum)
_T = TypeVar("_T")


def read_compiled(content: bytes) -> Compiled:
    """The policy in a document's bytes.

    Raises:
        InputError: it is no compiled policy; the message says where and why.
    """
    if len(content) > LARGEST:
        raise InputError(f"the compiled policy has more than {LARGEST} bytes")
    try:
        data = _DECODER.decode(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError("the compiled policy is not UTF-8") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"the compiled policy is not JSON: {error.msg}, {place}") from error
    except RecursionError as error:
        raise InputError("the compiled policy is nested too deeply") from error
    except ValueError as error:
        raise InputError(f"the compiled policy is not JSON: {error}") from error
    return compiled_from(data)


def compiled_from(data: object) -> Compiled:
    """The policy that a decoded document describes.

    Raises:
        InputError: as in `read_compiled`.
    """
    if isinstance(data, dict) and data.get("schema") != SCHEMA:
        raise _wrong("schema", f"is {_shown(data.get('schema'))}, not '{SCHEMA}'")
    top = _Object(data, "", _TOP)
    policy = Policy(
        id=top.text("policy"),
        stage=top.choice("stage", Stage),
        apps=top.texts("apps"),
        guardrails=top.items("guardrails", _guardrail),
        limited=None if top.fields["limited"] is None else _limited(top.object("limited", _SCOPE)),
        exceptions=top.items("exceptions", _exception),
        # None of these decides anything.
        name="",
        purpose="",
        use_case="",
        data_sensitivity="",
        owner="",
        sensitivity=Sensitivity.L1,
    )
    _require_once("guardrails", ((item.detector, item.direction) for item in policy.guardrails))
    _require_once("exceptions", (item.id for item in policy.exceptions))
    return Compiled(policy=policy, entry=top.entry("entry"), digest=top.digest("digest"))


_TOP = ("schema", "policy", "entry", "digest", "stage", "apps", "guardrails", "limited",
        "exceptions")  # fmt: skip
_GUARDRAIL = ("detector", "direction", "action", "sensitivity", "enabled")
_SCOPE = ("guardrails", "apps", "cohorts", "share", "key", "salt")
_EXCEPTION = ("id", "guardrail", "expires", "apps", "cohorts", "keys", "direction")


class _Object:
    """An object with exactly the fields that it should have, each read as what it should be."""

    def __init__(self, data: object, place: str, names: tuple[str, ...]) -> None:
        if not isinstance(data, dict):
            raise _wrong(place, "is not an object")
        for name in names:
            if name not in data:
                raise _wrong(_below(place, name), "is missing")
        unknown = next((name for name in data if name not in names), None)
        if unknown is not None:
            raise _wrong(place, f"has an unknown field {_shown(unknown)}")
        self.fields: dict[str, Any] = data
        self._place = place

    def text(self, name: str, *, empty: bool = False) -> str:
        """A text, which is not empty unless it may be."""
        return _text(self.fields[name], _below(self._place, name), empty=empty)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of different texts."""
        found = self.items(name, _text)
        _require_once(_below(self._place, name), found)
        return found

    def items(self, name: str, read: Callable[[object, str], _T]) -> tuple[_T, ...]:
        """A list, each member read by a function that is told its place."""
        value, place = self.fields[name], _below(self._place, name)
        if not isinstance(value, list):
            raise _wrong(place, "is not a list")
        if len(value) > MOST:
            raise _wrong(place, f"has more than {MOST} members")
        return tuple(read(item, f"{place}[{number}]") for number, item in enumerate(value))

    def object(self, name: str, names: tuple[str, ...]) -> _Object:
        """An object with these fields."""
        return _Object(self.fields[name], _below(self._place, name), names)

    def choice(self, name: str, kind: type[_E]) -> _E:
        """One of an enumeration's values."""
        known = {member.value: member for member in kind}
        return known[self._one_of(name, known)]

    def sensitivity(self, name: str) -> Sensitivity:
        """A sensitivity, by its name."""
        return Sensitivity[self._one_of(name, Sensitivity.__members__)]

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self.fields[name]
        if not isinstance(value, bool):
            raise _wrong(_below(self._place, name), "is neither true nor false")
        return value

    def entry(self, name: str) -> int:
        """The number of an entry."""
        value = self.fields[name]
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong(_below(self._place, name), "is not a whole number")
        if not 0 <= value <= _LARGEST_ENTRY:
            raise _wrong(_below(self._place, name), "is not the number of an entry")
        return value

    def digest(self, name: str) -> str:
        """A sha256 in hexadecimal."""
        value = self.text(name)
        if not _DIGEST.match(value):
            raise _wrong(_below(self._place, name), "is not a sha256 in hexadecimal")
        return value

    def day(self, name: str) -> date | None:
        """A calendar day, or none."""
        if self.fields[name] is None:
            return None
        found = expiry.day(self.text(name))
        if found is None:
            raise _wrong(_below(self._place, name), "is not a day such as 2027-02-01")
        return found

    def _one_of(self, name: str, known: Iterable[str]) -> str:
        value = self.fields[name]
        if not isinstance(value, str) or value not in known:
            said = f"is {_shown(value)}, not one of {', '.join(known)}"
            raise _wrong(_below(self._place, name), said)
        return value


def _guardrail(data: object, place: str) -> Guardrail:
    item = _Object(data, place, _GUARDRAIL)
    return Guardrail(
        detector=item.text("detector"),
        direction=item.choice("direction", Direction),
        action=item.choice("action", Action),
        sensitivity=item.sensitivity("sensitivity"),
        enabled=item.flag("enabled"),
    )


def _limited(item: _Object) -> Limited:
    found = None
    if item.fields["share"] is not None:
        try:
            found = share(item.text("share"))
        except ValueError as error:
            raise _wrong("limited.share", "is not a percentage from 0% to 100%") from error
    return Limited(
        guardrails=item.texts("guardrails"),
        apps=item.texts("apps"),
        cohorts=item.texts("cohorts"),
        share=found,
        key=item.text("key", empty=True),
        salt=item.text("salt", empty=True),
    )


def _exception(data: object, place: str) -> PolicyException:
    item = _Object(data, place, _EXCEPTION)
    everywhere = item.fields["direction"] is None
    return PolicyException(
        id=item.text("id"),
        guardrail=item.text("guardrail"),
        expires=item.day("expires"),
        apps=item.texts("apps"),
        cohorts=item.texts("cohorts"),
        keys=item.texts("keys"),
        direction=None if everywhere else item.choice("direction", Direction),
        reason="",
        owner="",
    )


def _text(value: object, place: str, *, empty: bool = False) -> str:
    if not isinstance(value, str):
        raise _wrong(place, "is not text")
    if not value and not empty:
        raise _wrong(place, "is empty")
    if len(value) > LONGEST:
        raise _wrong(place, f"is longer than {LONGEST} characters")
    if CONTROL.search(value):
        raise _wrong(place, "holds control characters or half of a character")
    return value


def _require_once(place: str, values: Iterable[object]) -> None:
    twice = [value for value, count in Counter(values).items() if count > 1]
    if twice:
        raise _wrong(place, "names something twice")


def _below(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _shown(value: object) -> str:
    return f"'{value[:60]}'" if isinstance(value, str) else "no text"


def _wrong(place: str, said: str) -> InputError:
    return InputError(f"the compiled policy{f': {place}' if place else ''} {said}")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands twice in an object")
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_constant)

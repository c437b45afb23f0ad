"""What ``root propose`` takes from outside: key files, governance files, baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policyctl.adapters.document_bytes import read
from policyctl.adapters.public_half import public_half
from policyctl.adapters.working_governance import shipped_files
from policyctl.core.entry import SLUG
from policyctl.core.quantities import duration
from policyctl.core.ssh_keys import ALGORITHMS, PublicKey, parse_public_key
from policyctl.core.trust_root import Emergency, Member
from policyctl.errors import SignatureError, SigningError, UsageError

_FINGERPRINT = "SHA256:"


def key_of(text: str) -> PublicKey:
    """The key that ``text`` is, as ``type base64``, or that a file of this name holds.

    Raises:
        SigningError: neither is a key that can be used.
    """
    if not text.startswith(tuple(f"{name} " for name in ALGORITHMS)):
        return public_half(text)
    try:
        return parse_public_key(text)
    except SignatureError as error:
        raise SigningError(f"the key {text[:60]!r} cannot be used: {error}") from error


def fingerprint_of(text: str) -> str:
    """The fingerprint that ``text`` is, or that of the key or key file that it names."""
    return text if text.startswith(_FINGERPRINT) else key_of(text).fingerprint


def people_of(keys: Mapping[str, str]) -> dict[str, Member]:
    """New people with the key of each.

    Raises:
        UsageError: an id is none.
        SigningError: a key cannot be used.
    """
    for who in keys:
        if not SLUG.match(who):
            raise UsageError(
                f"{who!r} cannot be somebody's id",
                hint="lower-case letters, digits and single hyphens",
            )
    return {who: Member(name=who, keys=(key_of(text),)) for who, text in keys.items()}


def baselines_of(texts: Sequence[str]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """All baselines that can be adopted, and the names of those that are asked for.

    Args:
        texts: ``id@version`` of a shipped baseline, or ``id@version=FILE``.

    Raises:
        UsageError: nothing of this name is shipped.
        InputError: a file cannot be read.
    """
    found = dict(shipped_files("baselines", ".yaml"))
    names = []
    for text in texts:
        name, equals, file = text.partition("=")
        if equals:
            found[name] = read(file, file=file)
        elif name not in found:
            known = ", ".join(sorted(found))
            raise UsageError(
                f"no baseline '{name}' is shipped", hint=f"one of: {known}; or {name}=FILE"
            )
        names.append(name)
    return found, tuple(names)


def emergency_of(text: str) -> Emergency:
    """Who may step back at once, and the time for the full approval: ``ROLE=72h``.

    Raises:
        UsageError: it is not that.
    """
    role, equals, within = text.partition("=")
    try:
        if not equals:
            raise ValueError(text)
        duration(within)
    except ValueError as error:
        raise UsageError(
            f"--emergency {text!r} is not ROLE=TIME", hint="as in oncall=72h"
        ) from error
    return Emergency(role=role, within=within)


def members_of(text: str) -> tuple[str, ...]:
    """The ids of a list with commas."""
    return tuple(part.strip() for part in text.split(","))

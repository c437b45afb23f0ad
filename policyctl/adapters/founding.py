"""What ``init`` takes from outside: the folder, the keys of the people, a random number."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from policyctl.adapters.git_location import find
from policyctl.adapters.git_repo import Workspace
from policyctl.adapters.public_half import public_half
from policyctl.core.entry import SLUG
from policyctl.core.ssh_keys import PublicKey
from policyctl.core.trust_root import Member
from policyctl.errors import PolicyctlError, RepositoryError, UsageError
from policyctl.usecases.init import Founding
from policyctl.usecases.ports import Person


@contextmanager
def prepared(folder: Path) -> Iterator[Path]:
    """The folder as a git repository; one that was made here is gone again after an error."""
    try:
        find(folder)
        is_new = False
    except RepositoryError:
        is_new = True
    if not is_new:
        yield folder
        return
    existed = folder.exists()
    Workspace.init(folder)
    try:
        yield folder
    except PolicyctlError:
        shutil.rmtree(folder if not existed else folder / ".git", ignore_errors=True)
        raise


def founding_from(
    *,
    me: str,
    identity: Person | None,
    key: PublicKey,
    people: Mapping[str, str],
    roles: Mapping[str, str],
    teams: Mapping[str, str],
    stewards: Sequence[str] = (),
    threshold: int | None = None,
    now: datetime,
) -> Founding:
    """Who is who, as the command line says it.

    Args:
        me: the founder's id; empty to make one from git's user name.
        identity: who git says its user is.
        key: the founder's key.
        people: the file of each other person's public key.
        roles: comma-separated members of each role.
        teams: the same for each team.
        stewards: who signs trust roots beside the founder, as ``ID``, or ``ID=KEY.pub`` for
            somebody whom ``people`` does not name.
        threshold: how many of the stewards have to sign; None for more than half of them.
        now: the time that the root states.

    Raises:
        UsageError: there is no id for the founder.
        SigningError: a key cannot be read.
    """
    own = me or suggested_id(identity)
    if not SLUG.match(own):
        raise UsageError(
            f"{own!r} cannot be your id" if own else "there is no id for you",
            hint="--as ID: lower-case letters, digits and single hyphens",
        )
    if own in people:
        raise UsageError(f"'{own}' is you, and --person names somebody else")
    name, email = (identity.name, identity.email) if identity else (own, "")
    members = {own: Member(name=name, email=email, keys=(key,))}
    for who, file in people.items():
        members[who] = Member(name=who, keys=(public_half(file),))
    others = [text.partition("=") for text in stewards]
    for who, _, file in others:
        if file and who in members:
            raise UsageError(f"--steward names '{who}' with a key, and so does something else")
        if file:
            members[who] = Member(name=who, keys=(public_half(file),))
    named = tuple(dict.fromkeys((own, *(who for who, _, _ in others))))
    return Founding(
        me=own,
        people=members,
        stewards=named,
        threshold=len(named) // 2 + 1 if threshold is None else threshold,
        roles={name: _members(text) for name, text in roles.items()},
        teams={name: _members(text) for name, text in teams.items()},
        log=secrets.token_hex(32),
        now=now,
    )


def _members(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


def suggested_id(identity: Person | None) -> str:
    """An id made of the name that git knows, or the empty text."""
    name = identity.name if identity else ""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")

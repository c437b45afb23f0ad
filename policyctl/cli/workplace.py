"""Wiring: the adapters that the commands of a governed repository share."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path, PurePosixPath

from policyctl.adapters.catalogues import catalogues_of
from policyctl.adapters.governed_repository import GovernedRepository
from policyctl.adapters.key_signer import KeySigner
from policyctl.adapters.ssh_signing import Key, find_key
from policyctl.adapters.ssh_verification import verify
from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.core import paths
from policyctl.core.catalogue import Catalogue
from policyctl.core.entry import SLUG
from policyctl.core.frozen import frozen
from policyctl.core.sshsig import Signature
from policyctl.errors import UsageError


@frozen(kw_only=False, slots=False)
class Workplace:
    """Satisfies `ledger_state.Hands`; the signing key is looked for when it is first needed."""

    repository: GovernedRepository
    key: str | None = None

    @cached_property
    def documents(self) -> YamlDocuments:
        """Reads, checks and edits YAML."""
        return YamlDocuments()

    @cached_property
    def catalogues(self) -> Mapping[str, Catalogue]:
        """Control frameworks by their id, the organisation's own among them."""
        return catalogues_of(self.repository.folder)

    @cached_property
    def signing_key(self) -> Key:
        """The user's key."""
        return find_key(self.key, os.environ, self.repository.signing_key(), Path.home())

    @cached_property
    def signer(self) -> KeySigner:
        """Signs with the user's key."""
        return KeySigner(self.signing_key)

    def verify(self, signature: Signature, message: bytes) -> bool:
        """Whether a signature was made over a message."""
        return verify(signature, message)


@contextmanager
def workplace(key: str | None = None, folder: Path | None = None) -> Iterator[Workplace]:
    """The repository around the present folder, closed again at the end."""
    with GovernedRepository.open(folder or Path.cwd()) as repository:
        yield Workplace(repository, key)


def policy_id(text: str) -> str:
    """The policy that an argument means: an id, or the path of a policy file.

    Raises:
        UsageError: it is neither.
    """
    path = PurePosixPath(text.replace(os.sep, "/"))
    name = path.stem if path.suffix == ".yaml" and path.parent.name == "policies" else text
    if ".." in path.parts or not SLUG.match(name):
        raise UsageError(
            f"{text!r} is neither a policy's id nor the path of a policy file",
            hint=f"an id as in 'support-assistant', or {paths.POLICIES}support-assistant.yaml",
        )
    return name


def change_name() -> str:
    """A name of its own for each change."""
    return "c" + secrets.token_hex(8)


def named_pairs(texts: Sequence[str] | None, option: str) -> tuple[tuple[str, str], ...]:
    """The ``name=value`` texts of a repeated option in which a name may stand several times.

    Raises:
        UsageError: one of them is none.
    """
    return tuple(pair for text in texts or () for pair in pairs([text], option).items())


def pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    """The ``name=value`` texts of a repeated option.

    Raises:
        UsageError: one of them is none, or a name stands twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name or not value:
            raise UsageError(f"{option} {text!r} is not NAME=VALUE")
        if name in found:
            raise UsageError(
                f"{option} names '{name}' twice",
                hint=f"in one: {option} {name}={found[name]},{value}"
                if option.endswith(("role", "team"))
                else "",
            )
        found[name] = value
    return found

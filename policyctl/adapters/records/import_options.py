"""What an import was told, as far as it decides what becomes of a line."""

from __future__ import annotations

import hmac
from pathlib import Path

from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.core.canonical import encode, sha256
from policyctl.core.engine_logs.identities import Identities
from policyctl.core.engine_logs.level_table import LevelTable
from policyctl.core.engine_logs.normalise import Defaults
from policyctl.errors import InputError
from policyctl.usecases.level_table import level_table

_LONGEST = 1024 * 1024


def table_in(name: str) -> tuple[LevelTable, str]:
    """The organisation's levels and the digest of their file; nothing special without one.

    Raises:
        InputError: the file cannot be read, or is not one of levels.
    """
    if not name:
        return LevelTable(), ""
    shown = Path(name).as_posix()
    try:
        with Path(name).open("rb") as file:
            content = file.read(_LONGEST + 1)
    except OSError as error:
        raise InputError(f"cannot read {shown}: {error.strerror}") from error
    if len(content) > _LONGEST:
        raise InputError(f"{shown} is longer than 1 MiB")
    return level_table(content, file=shown, documents=YamlDocuments()), sha256(content)


def settings_digest(defaults: Defaults, identities: Identities, levels: str) -> str:
    """The digest of everything that decides what becomes of a line, besides the engine."""
    salt = hmac.new(identities.salt, b"policyctl/records/v1", "sha256").hexdigest()
    return sha256(
        encode(
            {
                "app": defaults.app,
                "direction": defaults.direction,
                "levels": levels,
                "keys": identities.keys.value,
                "salt": salt if identities.salt else "",
            }
        )
    )

"""What a user sets for all repositories: ``policyctl/config.toml`` below XDG_CONFIG_HOME."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from policyctl.core.entry import DIGEST
from policyctl.errors import InputError


def known_pins(environment: Mapping[str, str]) -> Mapping[str, str]:
    """The pins of the table ``pins``: sha256 of trust root 1 by the ledger's id.

    Raises:
        InputError: the file cannot be read, or holds something else.
    """
    base = environment.get("XDG_CONFIG_HOME", "")
    if not base.startswith("/"):  # the specification says to ignore a relative one
        base = f"{environment.get('HOME', '')}/.config"
    file = Path(base, "policyctl/config.toml")
    try:
        content = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror}") from error
    import tomllib  # hardly anybody has such a file

    try:
        data = tomllib.loads(content.decode("utf-8"))
    except ValueError as error:
        raise InputError(f"{file} is not TOML: {error}") from error
    pins = data.pop("pins", {})
    if data or not isinstance(pins, dict):
        raise InputError(f"{file} may hold one table, [pins]")
    for log, pin in pins.items():
        if not DIGEST.match(log) or not isinstance(pin, str) or not DIGEST.match(pin):
            raise InputError(
                f"{file} pins {log!r} to {pin!r}",
                hint='write "<the ledger\'s id>" = "<sha256 of its trust root 1>"',
            )
    return pins

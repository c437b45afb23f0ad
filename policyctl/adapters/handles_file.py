"""How the forge calls people, teams and roles: the table ``handles`` of ``policyctl.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from policyctl.adapters.document_bytes import read
from policyctl.adapters.settings_file import HANDLES, NAME, toml_data
from policyctl.adapters.wording import shown
from policyctl.core.handles import HANDLE
from policyctl.errors import InputError


def handles_of(folder: Path) -> Mapping[str, str]:
    """The handles by person, team or role; none where the file or the table is absent.

    Args:
        folder: the governed folder.

    Raises:
        InputError: something in the table is no handle.
    """
    path = folder / NAME
    if not path.exists():
        return {}
    table = toml_data(read(path, file=NAME), NAME)[1].get(HANDLES, {})
    if not isinstance(table, dict):
        raise InputError(f"{NAME}: '{HANDLES}' is {shown(table)}, and must be a table")
    for name, handle in table.items():
        if not isinstance(handle, str) or not HANDLE.fullmatch(handle):
            raise InputError(
                f"{NAME}: the handle of {shown(name)} is {shown(handle)}",
                hint='write "@name", "@organisation/team" or an e-mail address',
            )
    return table

"""The objects of a push that is not accepted yet, which git keeps apart until its hook agrees."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from policyctl.adapters.git_location import GitLocation
from policyctl.core.frozen import replace
from policyctl.errors import RepositoryError

_VARIABLES = ("GIT_QUARANTINE_PATH", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES")
_PREFIXES = ("tmp_objdir-", "incoming-")
"""How git names the folder: since 2.35, and before."""


def quarantined(location: GitLocation, environment: Mapping[str, str]) -> GitLocation:
    """The repository with the objects of the push that its receive-pack runs a hook for.

    The environment is believed only where it says what git itself would: a folder that git made
    in this repository's own ``objects``, with those objects as the alternate.

    Raises:
        RepositoryError: the environment names objects of any other place.
    """
    quarantine, objects, alternates = (environment.get(name, "") for name in _VARIABLES)
    if not (quarantine or objects or alternates):
        return location
    own = location.common_dir / "objects"
    folder = Path(quarantine)
    if not quarantine or _absolute(objects, location) != folder:
        raise _strange("GIT_OBJECT_DIRECTORY")
    if not _is_made_by_git(folder, own):
        raise _strange("GIT_QUARANTINE_PATH")
    named = alternates.split(os.pathsep)
    if any(_absolute(name, location).resolve() != own.resolve() for name in named):
        raise _strange("GIT_ALTERNATE_OBJECT_DIRECTORIES")
    return replace(location, quarantine=folder)


def _absolute(name: str, location: GitLocation) -> Path:
    return Path(os.path.normpath(location.git_dir / name))


def _is_made_by_git(folder: Path, objects: Path) -> bool:
    if not folder.is_absolute() or not folder.name.startswith(_PREFIXES):
        return False
    try:
        return stat.S_ISDIR(folder.lstat().st_mode) and folder.parent.samefile(objects)
    except OSError:
        return False


def _strange(variable: str) -> RepositoryError:
    return RepositoryError(
        f"{variable} does not name the objects of a push to this repository",
        hint="let git run this hook: it is called by git receive-pack",
    )

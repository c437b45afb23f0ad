"""Where CODEOWNERS stands in a repository, and which forge reads it."""

from __future__ import annotations

from pathlib import Path

from policyctl.core.forge import Forge
from policyctl.errors import InputError

_MOST = 3 * 2**20  # GitHub takes no larger one
_PLACES = {
    Forge.GITHUB: (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"),
    Forge.GITLAB: ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
}


def forge_of(folder: Path) -> Forge:
    """The forge that a repository's files are for: GitLab if they say so, else GitHub."""
    gitlab = (folder / ".gitlab-ci.yml").exists() or (folder / ".gitlab").is_dir()
    return Forge.GITLAB if gitlab and not (folder / ".github").is_dir() else Forge.GITHUB


def codeowners_path(folder: Path, forge: Forge) -> str:
    """The file that the forge reads, from the top of the repository; the first place if none."""
    places = _PLACES[forge]
    return next((place for place in places if (folder / place).is_file()), places[0])


def codeowners_text(path: Path, name: str) -> str | None:
    """The text of the file, or None if there is none.

    Raises:
        InputError: it cannot be read.
    """
    if path.is_symlink():
        raise InputError(f"{name} is a symbolic link, which forges do not follow")
    try:
        if not path.exists():
            return None
        if path.stat().st_size > _MOST:
            raise InputError(f"{name} is larger than {_MOST} bytes")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8", hint="save the file as UTF-8") from error
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror}") from error

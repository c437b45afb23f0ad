"""A digest of everything that the verdict on a policy file depends on, besides the file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from policyctl import __version__
from policyctl.adapters.digests import digest_of
from policyctl.adapters.document_bytes import read_kept
from policyctl.adapters.plain_paths import (
    PACKAGE,
    folder_name,
    here,
    is_file,
    is_folder,
    joined,
    names_in,
    status,
)
from policyctl.adapters.resources import shipped_folder
from policyctl.adapters.working_governance import WorkingGovernance
from policyctl.core.layout import BASELINES, CATALOGUES, POLICIES, SETTINGS
from policyctl.errors import InputError

_CODE = ("adapters", "core", "rules", "usecases")
_DATA = ("baselines", "catalogues", "schemas")


def verdict_state(governance: WorkingGovernance) -> str | None:
    """The digest in hexadecimal; None where it cannot be told, as in a zip file."""
    if not is_folder(PACKAGE):
        return None
    version = f"{__version__} {sys.version} {PACKAGE}".encode()
    # Files that are named without a folder stand here, and a rule asks whether it is that one.
    place = b"policies" if folder_name(here()) == POLICIES.rstrip("/") else b""
    try:
        found = digest_of(version, place, *_installed(), *_governing(governance))
    except (OSError, InputError):
        return None  # whoever needs what cannot be read will say so
    return found.decode()


def _installed() -> Iterator[bytes]:
    """The files of policyctl, and the folders of packages, by what changes with a new version."""
    folders = [joined(PACKAGE, name) for name in _CODE]
    folders += [folder for name in _DATA if (folder := shipped_folder(name)) is not None]
    for folder in folders:
        with os.scandir(folder) as entries:
            # Compiled code changes with every command that is run for the first time.
            files = sorted(
                (entry.name, _version(entry.stat()))
                for entry in entries
                if entry.name != "__pycache__"
            )
        yield repr((folder, files)).encode()
    for path in sys.path[1:]:
        if path.endswith("-packages"):
            yield repr((path, _version(status(path)))).encode()


def _version(found: os.stat_result) -> tuple[int, ...]:
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _governing(governance: WorkingGovernance) -> Iterator[bytes]:
    """Trust root, adopted baselines, own catalogues and settings, byte by byte."""
    if governance.folder is None:
        return
    for name, content in filter(None, [governance.root_file]):
        yield from (name.encode(), content)
    if governance.has_baselines:
        # Without any of its own, a folder still does not have the shipped ones.
        yield BASELINES.encode()
        for name in governance.baseline_names():
            yield from (name.encode(), governance.baseline(name) or b"")
    own = joined(governance.folder, CATALOGUES)
    for path in (joined(own, name) for name in names_in(own)):
        yield from (os.fsencode(path), read_kept(path, file=path))
    settings = joined(governance.folder, SETTINGS)
    if is_file(settings):
        yield read_kept(settings, file=SETTINGS)

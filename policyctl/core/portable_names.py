"""Names that another system takes for another file, or cannot hold at all.

Windows drops dots and spaces at the end of a name, takes what follows a colon for a part of the
file, gives long names a second, short one, and keeps some names for devices; HFS+ ignores letters
that nobody sees. See "Naming Files, Paths, and Namespaces" in Microsoft's documentation.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from policyctl.core.layout import HOME, POLICIES

_DEVICE = r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$)"
_DEVICE_NAME = re.compile(rf"(?:^|/){_DEVICE}[ .]*(?:[.:][^/]*)?(?:/|$)", re.IGNORECASE)
_PROBLEMS = (
    (
        re.compile(rf"(?:^|/){_DEVICE}[ .]*(?:[.:][^/]*)?(?:/|$)", re.IGNORECASE),
        "is a device on Windows",
    ),
    (re.compile(r"[. ](?:/|$)"), "ends in a dot or a space, which Windows drops"),
    (re.compile(r"[:\\]"), "holds a colon or a backslash, which Windows takes apart"),
    (
        re.compile(r"(?:^|/)[^/.]{1,6}~[0-9]{1,3}(?:\.[^/.]{0,3})?(?:/|$)"),
        "is the short name of another file on Windows",
    ),
)
_RISKY = re.compile(rf"[. ](?:/|$)|[:\\~]|(?:^|/){_DEVICE}(?:[ .:/]|$)", re.IGNORECASE)
_GOVERNED = (POLICIES.rstrip("/"), HOME.rstrip("/"))
_SHORT = re.compile(r"policy~[0-9]+\Z")


def problem_elsewhere(path: str) -> str:
    """Why a path is not the same file on every system, or the empty text."""
    if not any(map(_is_risky, path.split("/"))):
        return ""
    return next((what for pattern, what in _PROBLEMS if pattern.search(path)), "")


@lru_cache(maxsize=4096)
def _is_risky(name: str) -> bool:
    """Whether a part of a path may be a problem; paths have most of their parts in common."""
    return bool(_RISKY.search(name))


def is_device(name: str) -> bool:
    """True if a policy of this name could not be checked out on Windows."""
    return bool(re.fullmatch(_DEVICE, name, re.IGNORECASE))


@lru_cache(maxsize=1024)
def is_governed_folder(name: str) -> bool:
    """True if some system takes a name at the top of the tree for a governed folder."""
    plain = re.split(r"[:\\]", name, maxsplit=1)[0].rstrip(". ").casefold()
    if not plain.isascii():
        seen = unicodedata.normalize("NFKC", plain)
        plain = "".join(letter for letter in seen if unicodedata.category(letter) != "Cf")
    return plain.casefold() in _GOVERNED or bool(_SHORT.match(plain))

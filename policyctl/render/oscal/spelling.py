"""How OSCAL spells things: identifiers, tokens, text.

The formats are OSCAL's data types, https://pages.nist.gov/OSCAL/reference/datatypes/; identifiers
are of version 5 (RFC 9562, section 5.5), so that the same ledger gives the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from policyctl.core.canonical import encode, sha256
from policyctl.core.entry import moment_text
from policyctl.render.lines import clean

OSCAL_VERSION = "1.2.1"
OWN = "urn:policyctl:oscal:v1"
"""The namespace of properties that are ours, and of identifiers."""

_NAMESPACE = uuid5(NAMESPACE_URL, OWN)
_ACTIVE = re.compile(
    r"[\\`*\[\]{}<>~^|#&@]|(?<![^\W_])_|_(?![^\W_])|:(?=//)|(?<=\bwww)\.", re.IGNORECASE
)
_OPENING = re.compile(r"^([-+=]|\d+(?=[.)]))")
_LONE = re.compile("%(?![0-9A-Fa-f]{2})")
_IN_ADDRESSES = ":/?@!$&'()*+,;=%"
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2999, 12, 31, tzinfo=UTC)
"""OSCAL's pattern for moments knows no later year."""


def identifier(*parts: str | int) -> str:
    """The identifier of what the parts name, and of nothing else."""
    return str(uuid5(_NAMESPACE, encode(list(parts)).decode("ascii")))


def document(name: str, body: Mapping[str, object]) -> str:
    """The whole file: a document whose identifier follows from all that it holds."""
    whole = {name: {"uuid": identifier(name, sha256(encode(body))), **body}}
    return json.dumps(whole, indent=2, ensure_ascii=True) + "\n"


def token(text: str) -> str:
    """An id as OSCAL takes it: without spaces and colons, and with a letter in front."""
    spelt = text.replace(" ", "_").replace(":", "-")
    return spelt if spelt[:1].isalpha() else f"_{spelt}"


def value(text: str) -> str:
    """A property's value: one line that is not empty, and is not read as markup."""
    return clean(text).strip() or "-"


def line(text: str) -> str:
    """Text of one line, in which nothing is markup."""
    escaped = _ACTIVE.sub(r"\\\g<0>", value(text))
    return _OPENING.sub(_quoted, escaped)


def lines(text: str) -> str:
    """Text of several lines, each of which reads as it was written."""
    rows = [line(row) for row in re.split(r"\r\n|\r|\n", text) if row.strip()]
    return "\n\n".join(rows) or line("")


def moment(at: datetime, latest: datetime = LATEST) -> str:
    """A moment as OSCAL spells it; what somebody dated before 1970 or after ``latest`` is moved."""
    return moment_text(min(max(at, _EARLIEST), latest))


def reference(path: str) -> str:
    """A path of the repository as a relative reference."""
    return quote(path)


def address(url: str) -> str:
    """An address as RFC 3986 spells it: what it allows nowhere is escaped."""
    head, mark, fragment = _LONE.sub("%25", url).partition("#")
    return quote(head, safe=_IN_ADDRESSES) + mark + quote(fragment, safe=_IN_ADDRESSES)


def _quoted(found: re.Match[str]) -> str:
    mark = found[1]
    return f"{mark}\\" if mark.isdigit() else f"\\{mark}"

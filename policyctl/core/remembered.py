"""What a verifier remembers of a ledger between two runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from policyctl.core.entry import moment_from, moment_text
from policyctl.core.frozen import frozen
from policyctl.core.growth import Extent
from policyctl.core.held import HeldEntry

_TYPE = "policyctl/memory/v1"


@frozen
class Remembered:
    """What was seen of one ledger.

    Attributes:
        log: the ledger's id.
        pin: sha256 of its trust root 1.
        seen: when the ledger was first seen, in UTC.
        checkpoints: sha256 of the text of each checkpoint, by number.
        commit: the newest commit of the main line that passed; empty if none did.
        passed: when it passed.
        extent: how far the ledger reached there.
        line: the ref that was the main line then, below ``refs/``; empty if it was not noted.
    """

    log: str
    pin: str
    seen: datetime
    checkpoints: Mapping[int, str]
    commit: str = ""
    passed: datetime | None = None
    extent: Extent | None = None
    line: str = ""


def remembered_bytes(memory: Remembered) -> bytes:
    """The bytes that are kept."""
    extent = memory.extent
    data = {
        "type": _TYPE,
        "log": memory.log,
        "pin": memory.pin,
        "seen": moment_text(memory.seen),
        "checkpoints": {str(number): sha for number, sha in memory.checkpoints.items()},
        "commit": memory.commit,
        "line": memory.line,
        "passed": moment_text(memory.passed) if memory.passed else None,
        "roots": list(extent.roots) if extent else None,
        "chains": {
            policy: [
                [
                    *(item.entry, dict(item.signatures), item.settled, item.binding),
                    *([dict(item.vouchers)] if item.vouchers else []),
                ]
                for item in chain
            ]
            for policy, chain in (extent.chains if extent else {}).items()
        },
    }
    return json.dumps(data, sort_keys=True, separators=(",", ":")).encode("ascii")


def parse_remembered(content: bytes) -> Remembered:
    """What ``content`` holds.

    Raises:
        ValueError: it was not written by this function's counterpart.
    """
    data: Any = json.loads(content)
    if not isinstance(data, dict) or data.get("type") != _TYPE:
        raise ValueError("it is of another format")
    try:
        return _remembered(data)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"it lacks {error}") from error


def _remembered(data: Mapping[str, Any]) -> Remembered:
    extent = None
    if data["roots"] is not None:
        chains = {
            policy: tuple(
                HeldEntry(
                    entry=entry,
                    signatures=signatures,
                    settled=settled,
                    binding=binding,
                    vouchers=vouchers[0] if vouchers else {},
                )
                for entry, signatures, settled, binding, *vouchers in chain
            )
            for policy, chain in data["chains"].items()
        }
        extent = Extent(roots=tuple(data["roots"]), chains=chains)
    return Remembered(
        log=data["log"],
        pin=data["pin"],
        seen=moment_from(data["seen"]),
        checkpoints={int(number): sha for number, sha in data["checkpoints"].items()},
        commit=data["commit"],
        passed=moment_from(data["passed"]) if data["passed"] else None,
        extent=extent,
        line=data.get("line", ""),
    )

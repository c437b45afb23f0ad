"""Whether a proposed trust root waits for signatures, by the names of files alone.

Whether the signatures are good is for `verify` to say. This only keeps a proposal from governing
checks of the working tree before its stewards agreed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence


def waits(name: str, names: Sequence[str], content: bytes, before: bytes) -> bool:
    """True if a version lacks signature files of its stewards, or of those before it.

    Args:
        name: the version's file.
        names: all files beside it.
        content: the version's bytes.
        before: the bytes of the version before.
    """
    signers = {
        file.removeprefix(f"{name}.").removesuffix(".sig")
        for file in names
        if file.startswith(f"{name}.") and file.endswith(".sig")
    }
    return any(_lacks(judge, signers) for judge in (before, content))


def _lacks(judge: bytes, signers: set[str]) -> bool:
    try:
        stewards = json.loads(judge)["root"]
        return bool(len(signers.intersection(stewards["members"])) < stewards["threshold"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return False  # whoever reads it as a trust root says what is wrong

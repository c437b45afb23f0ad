"""Whether a text that people wrote says anything."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

_WORD = re.compile(r"[^\W_]+")
_STOCK = frozenset(
    _WORD.findall(
        """
        a as at be being by for in is it n none now of on the this to until up we will
        asap later soon temp temporarily temporary todo tba tbc tbd wip xxx
        clarified decided defined determined doing done fix fixed fixme follow hotfix workaround
        business false legacy needed needs placeholder positive positives reason required
        requested requirement exception see team test testing ticket
        """
    )
)
"""Words of which excuses are made; a text of nothing else gives no reason."""


def says_little(text: str, *, least: int) -> bool:
    """True if a text is shorter than ``least`` characters, or made of stock phrases only.

    A character of a script that writes a syllable or a word with it counts as two.
    """
    return _width(text.strip()) < least or _STOCK.issuperset(_WORD.findall(text.lower()))


def _width(text: str) -> int:
    if text.isascii():
        return len(text)  # most text, told a hundred times faster
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)

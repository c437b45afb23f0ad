"""Text of a policy inside Markdown: it shows as it is, and does nothing."""

from __future__ import annotations

import re
from html import escape

from policyctl.render.lines import clean

_ACTIVE = re.compile(r"([\\`*_\[\]~|])")
_SPECIAL = re.compile(r"[@$]|#(?=\d)|(?<=\bGH)-(?=\d)|(?<=:)//|(?<=\bwww)\.", re.IGNORECASE)
"""What GitHub makes something of by itself: mentions, formulas, references, links."""


def plain_text(text: str) -> str:
    """The text in one line, with everything escaped that Markdown or HTML would read.

    A mention (``@somebody``) would send mail, a reference (``#7``) leave a trace in that issue, an
    address become a link that the report seems to stand for, and dollars would be set as a formula:
    their signs stand in an element of their own, where GitHub leaves them alone.
    """
    quoted = _ACTIVE.sub(r"\\\1", escape(clean(text), quote=False))
    return _SPECIAL.sub(r"<span>\g<0></span>", quoted)


def cell(text: str) -> str:
    """The text for a table's cell, where line ends become breaks."""
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "<br>".join(map(plain_text, rows))

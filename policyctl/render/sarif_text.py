"""Text from anywhere inside a message of SARIF."""

from __future__ import annotations

from policyctl.render.lines import clean


def message_text(text: str) -> str:
    """The text with its line ends, and with nothing that a viewer would act on.

    Braces are doubled, as in SARIF they stand for arguments (§3.11.5); what SARIF takes for a link
    of the message's own is none (§3.11.6); characters that steer a terminal are their escapes.
    """
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = "\n".join(map(clean, rows))
    return kept.replace("{", "{{").replace("}", "}}").replace("](", "] (")

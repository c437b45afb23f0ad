"""A checkpoint that somebody pushes: once it is there it can never be moved or deleted."""

from __future__ import annotations

from collections.abc import Sequence

from policyctl.core.checkpoint_chain import compare_notes
from policyctl.core.comparison import KeptNote
from policyctl.core.finding import Finding
from policyctl.core.ledger import Ledger
from policyctl.core.signature_files import VerifySignature
from policyctl.core.snapshot import violation


def check_pushed_checkpoint(
    pushed: KeptNote, kept: Sequence[KeptNote], ledger: Ledger, verify: VerifySignature
) -> tuple[Finding, ...]:
    """Findings about a checkpoint, or none if it is the next one, signed by somebody who may.

    Args:
        pushed: the note that would be kept.
        kept: the notes that are kept already.
        ledger: the ledger of the commit that the checkpoint names.
        verify: whether a signature was made over a message.
    """
    if not pushed.content or not pushed.number:
        message = f"{pushed.source} is no annotated tag that 'policyctl checkpoint' made"
        return (violation("CHECKPOINT_INVALID", message, hint="policyctl checkpoint"),)
    compared = compare_notes((*kept, pushed), ledger, verify)
    found = (*compared.findings, *(loss.finding for loss in compared.losses))
    link = next((link for link in compared.links if link.note is pushed and link.signers), None)
    latest = ledger.roots.latest
    if not found and link and latest and link.checkpoint.root < latest.version:
        # Under an older one, a key that was revoked since would still be somebody's.
        message = f"{pushed.source} names trust root {link.checkpoint.root}, and its commit has "
        hint = "make the checkpoint again: policyctl checkpoint"
        return (violation("CHECKPOINT_INVALID", f"{message}{latest.version}", hint=hint),)
    if found or link:
        return found
    message = f"{pushed.source} is not the next checkpoint, or signed by nobody who may"
    return (violation("CHECKPOINT_INVALID", message, hint="policyctl checkpoint"),)

"""One signature file: whether the person it names really signed, and for this purpose."""

from __future__ import annotations

from collections.abc import Callable

from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.snapshot import violation
from policyctl.core.ssh_keys import PublicKey
from policyctl.core.sshsig import Signature, dearmor
from policyctl.errors import SignatureError

VerifySignature = Callable[[Signature, bytes], bool]
"""Whether a parsed signature was made over exactly these bytes by the key that it names."""


@frozen
class SignatureCheck:
    """What a signature file turned out to be.

    Attributes:
        who: the person whom the file names.
        valid: whether that person's key made it, over these bytes, in this namespace.
        touched: whether a hardware key says that it was touched.
        key: the public key that made it, as SSH encodes it.
    """

    who: str
    valid: bool
    touched: bool = False
    key: bytes = b""
    findings: tuple[Finding, ...] = ()


def check_signature(
    *,
    signature: bytes,
    message: bytes,
    namespace: str,
    who: str,
    keys: tuple[PublicKey, ...],
    file: str,
    verify: VerifySignature,
    revoked: tuple[PublicKey, ...] = (),
    policy: str = "",
    entry: int = 0,
) -> SignatureCheck:
    """Judge the bytes of a signature file.

    Args:
        signature: the armoured SSHSIG.
        message: the bytes that it should cover.
        namespace: the purpose that it should name.
        who: the person whom the file's name claims.
        keys: that person's keys under the root that judges.
        file: where the signature stands.
        verify: whether a signature was made over a message.
        revoked: keys of that person under earlier roots.
        policy: the policy that a finding names.
        entry: the entry that a finding names.
    """

    def bad(code: str, text: str) -> SignatureCheck:
        finding = violation(code, text, file=file, policy=policy, entry=entry)
        return SignatureCheck(who=who, valid=False, findings=(finding,))

    try:
        parsed = dearmor(signature)
    except SignatureError as error:
        return bad("SIG_INVALID", f"{file} is not a signature: {error.message}")
    if parsed.namespace != namespace:
        text = f"{file} was signed for {parsed.namespace!a}, not for '{namespace}'"
        return bad("SIG_WRONG_NAMESPACE", text)
    blob = parsed.public_key
    if all(key.blob != blob for key in keys):
        if any(key.blob == blob for key in revoked):
            return bad("SIG_REVOKED_KEY", f"{file} was made with a key of '{who}' that is revoked")
        return bad("SIG_UNKNOWN_KEY", f"{file} was not made with a key of '{who}'")
    try:
        valid = verify(parsed, message)
    except SignatureError as error:
        return bad("SIG_INVALID", f"{file} is not a signature: {error.message}")
    if not valid:
        return bad("SIG_INVALID", f"{file} does not fit the bytes that it should cover")
    return SignatureCheck(who=who, valid=True, touched=parsed.touched, key=blob)

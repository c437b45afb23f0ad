"""Secrets and personal data in a text, told by their form and their check digits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from policyctl.core.frozen import frozen

_APART = r"(?<![0-9A-Za-z_-])"
_ENDED = r"(?![0-9A-Za-z_-])"
_IBAN_LENGTHS = range(15, 35)
_CARD_LENGTHS = range(13, 20)
# Networks: 2221 to 2720 and 51 to 55 Mastercard, 34 and 37 American Express, 4 Visa, …
_CARD_STARTS = re.compile(r"2[2-7]|3[0-9]|4|5[0-9]|6")
# RFC 2606 and RFC 6761: nobody has a mailbox there.
_RESERVED = re.compile(
    r"(?:^|\.)(?:example(?:\.com|\.net|\.org)?|invalid|localhost|test)\Z", re.IGNORECASE
)


@frozen
class Form:
    """What one kind of secret or personal datum looks like.

    Attributes:
        name: the kind, with its article, for people.
        pattern: takes time proportional to the text.
        trace: occurs in whatever the pattern finds, and is searched for several times faster: it
            begins with characters, not with what must not stand before them.
        holds: what else must be true of a match.
    """

    name: str
    pattern: re.Pattern[str]
    trace: re.Pattern[str]
    holds: Callable[[str], bool] = bool


def _is_card(text: str) -> bool:
    digits = [int(digit) for digit in text if digit.isdigit()]
    if len(digits) not in _CARD_LENGTHS or not _CARD_STARTS.match(text):
        return False
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_iban(text: str) -> bool:
    compact = text.replace(" ", "")
    if len(compact) not in _IBAN_LENGTHS:
        return False
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def _is_mailbox(text: str) -> bool:
    return not _RESERVED.search(text.rpartition("@")[2])


def _is_no_sample(text: str) -> bool:
    return not text.endswith("EXAMPLE")  # as in the vendor's documentation


def _token(
    name: str, pattern: str, holds: Callable[[str], bool] = bool, *, trace: str = ""
) -> Form:
    apart = re.compile(_APART + pattern + _ENDED)
    return Form(name=name, pattern=apart, trace=re.compile(trace or pattern), holds=holds)


SECRETS: tuple[Form, ...] = (
    _token("an AWS access key id", r"(?:AKIA|ASIA)[0-9A-Z]{16}", _is_no_sample),
    _token("a GitHub token", r"(?:gh[opsur]_[0-9A-Za-z]{36,255}|github_pat_[0-9A-Za-z_]{22,255})"),
    _token("a GitLab token", r"glpat-[0-9A-Za-z_-]{20,255}"),
    _token("a Google API key", r"AIza[0-9A-Za-z_-]{35}"),
    _token("a key of a model provider", r"sk-(?:ant-|proj-)?[0-9A-Za-z_-]{32,255}"),
    _token("a Slack token", r"xox[abeoprs]-[0-9A-Za-z-]{10,255}"),
    _token("a Stripe key", r"[rs]k_live_[0-9A-Za-z]{16,255}", trace="k_live_"),
    _token("a JSON web token", r"eyJ[\w-]{8,2000}\.eyJ[\w-]{8,2000}\.[\w-]{8,2000}"),
    # The header alone, as a thing to look for, is no key.
    Form(
        name="a private key",
        trace=re.compile("-----BEGIN "),
        pattern=re.compile(
            r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----"
            r"\s{0,9}(?:[0-9A-Za-z+/]{16}|Proc-Type|Version|Comment)"
        ),
    ),
)

PERSONAL: tuple[Form, ...] = (
    _token("a payment card number", r"[0-9](?:[ -]?[0-9]){12,18}", _is_card),
    _token(
        "an IBAN",
        r"[A-Z]{2}[0-9]{2}(?:[0-9A-Z]{11,30}|(?: [0-9A-Z]{4}){2,7}(?: [0-9A-Z]{1,3})?)",
        _is_iban,
    ),
    Form(
        name="a mail address",
        trace=re.compile(r"@(?:[0-9A-Za-z-]{1,63}\.){1,8}[A-Za-z]{2}"),
        pattern=re.compile(
            r"(?<![\w.%+\\-])[0-9A-Za-z][\w.%+-]{0,63}@(?:[0-9A-Za-z-]{1,63}\.){1,8}[A-Za-z]{2,63}"
        ),
        holds=_is_mailbox,
    ),
)


def may_be_in(texts: str, forms: Iterable[Form]) -> bool:
    """False if none of the texts, joined by NUL, holds any of the forms.

    No form holds a NUL, or needs another neighbour than one, so none reaches from text to text.
    What may be there has to be looked for with `found_in`.
    """
    return any(form.trace.search(texts) for form in forms)


def found_in(text: str, forms: Iterable[Form]) -> Iterator[str]:
    """Yield the name of each form that a text holds, once."""
    for form in forms:
        if any(form.holds(match[0]) for match in form.pattern.finditer(text)):
            yield form.name

"""The detectors that a guardrail may name, and what each of them can do."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from policyctl.core.frozen import frozen
from policyctl.core.likeness import close_matches
from policyctl.core.sides import Action, Direction

_BOTH = (Direction.INPUT, Direction.OUTPUT)
_BLOCK = (Action.BLOCK,)
_BLOCK_OR_REDACT = (Action.BLOCK, Action.REDACT)


@frozen
class Detector:
    """One detector, or a family of them.

    Attributes:
        name: what a guardrail calls it; a family covers every longer name below it.
        title: what it finds, for people.
        directions: the sides of the model on which it makes sense.
        actions: what can be done with a detection. An attack cannot be redacted: what is left of
            the message would still be one.
        free_below: whether any longer name below this one is a detector too: the variant of one
            engine (``prompt_attack/jailguard``), or an organisation's own (``custom/<name>``).
    """

    name: str
    title: str
    directions: tuple[Direction, ...] = _BOTH
    actions: tuple[Action, ...]
    free_below: bool = True


def _moderated(name: str, title: str, *, actions: tuple[Action, ...] = _BLOCK) -> Detector:
    return Detector(name=f"moderated_content/{name}", title=title, actions=actions)


def _personal(name: str, title: str) -> Detector:
    return Detector(name=f"pii/{name}", title=title, actions=_BLOCK_OR_REDACT)


DETECTORS: tuple[Detector, ...] = (
    Detector(name="prompt_attack", title="prompt attacks", actions=_BLOCK),
    Detector(name="moderated_content", title="moderated content", actions=_BLOCK, free_below=False),
    _moderated("crime", "help with crime"),
    _moderated("harassment", "harassment and insults"),
    _moderated("hate", "hate"),
    _moderated("profanity", "profanity", actions=_BLOCK_OR_REDACT),
    _moderated("self_harm", "self-harm"),
    _moderated("sexual", "sexual content"),
    _moderated("violence", "violence"),
    _moderated("weapons", "help with weapons"),
    Detector(name="pii", title="personal data", actions=_BLOCK_OR_REDACT, free_below=False),
    _personal("address", "postal addresses"),
    _personal("credit_card", "payment card numbers"),
    _personal("email", "email addresses"),
    _personal("iban_code", "bank account numbers (IBAN)"),
    _personal("ip_address", "IP addresses"),
    _personal("name", "names of people"),
    _personal("phone_number", "telephone numbers"),
    _personal("us_social_security_number", "US social security numbers"),
    Detector(name="unknown_links", title="links to unknown domains", actions=_BLOCK_OR_REDACT),
    Detector(name="secrets", title="keys, tokens and passwords", actions=_BLOCK_OR_REDACT),
    Detector(name="topic", title="subjects of an organisation's own", actions=_BLOCK),
    Detector(name="custom", title="checks of an organisation's own", actions=_BLOCK_OR_REDACT),
)
"""Every detector by its own name; a family stands before its members."""

_BY_NAME: Mapping[str, Detector] = {detector.name: detector for detector in DETECTORS}

FAMILIES: Mapping[str, tuple[str, ...]] = {
    detector.name: tuple(
        other.name for other in DETECTORS if other.name.startswith(f"{detector.name}/")
    )
    for detector in DETECTORS
    if not detector.free_below
}
"""The members of each family whose members are all known."""

_ALSO_CALLED: Mapping[str, str] = {
    "hyperlinks": "unknown_links",
    "indirect_attack": "prompt_attack",
    "injection": "prompt_attack",
    "insults": "moderated_content/harassment",
    "jailbreak": "prompt_attack",
    "links": "unknown_links",
    "misconduct": "moderated_content/crime",
    "passwords": "secrets",
    "phone": "pii/phone_number",
    "prompt_injection": "prompt_attack",
    "ssn": "pii/us_social_security_number",
    "toxicity": "moderated_content",
    "urls": "unknown_links",
}
"""What engines and people call a detector that is spelt nothing like ours."""


# The same few detectors stand in all policies, and many rules ask.
@lru_cache(maxsize=4096)
def detector(name: str) -> Detector | None:
    """The detector called ``name``, or the one below which the name is free; None if unknown."""
    own = _BY_NAME.get(name)
    if own is not None:
        return own
    above = name.rpartition("/")[0]
    while above:
        found = _BY_NAME.get(above)
        if found is not None:
            return found if found.free_below else None
        above = above.rpartition("/")[0]
    return None


def is_known(name: str) -> bool:
    """True if a guardrail may name this detector."""
    return detector(name) is not None


def suggestions(name: str) -> tuple[str, ...]:
    """The known detectors that an unknown name may have meant, the likeliest first.

    Both whole names and last parts are compared, so that ``hate`` finds ``moderated_content/hate``.
    """
    wanted = name.lower().replace("-", "_").strip("/ ")
    last = wanted.rpartition("/")[2]
    spellings = {**_ALSO_CALLED, **{item.name.rpartition("/")[2]: item.name for item in DETECTORS}}
    found = [spellings[last]] if last in spellings else []
    found += close_matches(wanted, _BY_NAME, n=3, cutoff=0.75)
    found += [spellings[match] for match in close_matches(last, spellings, n=2, cutoff=0.75)]
    return tuple(dict.fromkeys(found))[:3]

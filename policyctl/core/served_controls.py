"""Which controls the detection of something serves.

Sources: titles and descriptions of the OWASP Top 10 for LLM Applications 2026 and for Agentic
Applications 2026, of the NIST AI Risk Management Framework 1.0 and of the NIST Cybersecurity
Framework 2.0. The judgement is ours, and the same as in the shipped baselines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from policyctl.core.covering import covers
from policyctl.core.frozen import fresh, frozen
from policyctl.core.policy import Guardrail
from policyctl.core.sides import Direction

LLM = "owasp-llm-2026"
AGENTIC = "owasp-agentic-2026"
AI_RMF = "nist-ai-rmf-1.0"
CSF = "nist-csf-2.0"

_Controls = Mapping[str, tuple[str, ...]]


@frozen
class Service:
    """What a guardrail for a detector, or a family of them, does for control frameworks.

    Attributes:
        detector: the detector, or the family.
        direction: the only direction in which it does; None for both.
        serves: controls that it serves by what it detects, by framework.
        helps: controls that it serves in some applications, by framework.
    """

    detector: str
    direction: Direction | None = None
    serves: _Controls = fresh(default_factory=dict)
    helps: _Controls = fresh(default_factory=dict)


SERVICES: tuple[Service, ...] = (
    Service(
        detector="prompt_attack",
        direction=Direction.INPUT,
        serves={LLM: ("LLM01",), AGENTIC: ("ASI01",), CSF: ("DE.CM-09",)},
        # An attack that is stopped causes no tool call, no code and no poisoned memory, and gets
        # no hidden instructions out.
        helps={LLM: ("LLM03", "LLM08"), AGENTIC: ("ASI02", "ASI03", "ASI05", "ASI06", "ASI10")},
    ),
    Service(
        detector="prompt_attack",
        direction=Direction.OUTPUT,
        # An answer that carries an attack reaches the next agent, or a memory.
        helps={LLM: ("LLM01", "LLM10"), AGENTIC: ("ASI01", "ASI06", "ASI07", "ASI10")},
    ),
    Service(
        detector="pii",
        serves={LLM: ("LLM02",), AI_RMF: ("MEASURE 2.10",), CSF: ("PR.DS-02",)},
        helps={LLM: ("LLM08",), AGENTIC: ("ASI03", "ASI06", "ASI09")},
    ),
    Service(
        detector="secrets",
        serves={LLM: ("LLM02",), AI_RMF: ("MEASURE 2.7",), CSF: ("PR.DS-02", "DE.CM-09")},
        helps={LLM: ("LLM08",), AGENTIC: ("ASI03", "ASI06", "ASI09")},
    ),
    Service(
        detector="unknown_links",
        direction=Direction.INPUT,
        helps={LLM: ("LLM01",), AGENTIC: ("ASI01", "ASI06")},
    ),
    Service(
        detector="unknown_links",
        direction=Direction.OUTPUT,
        # A link that a browser renders carries data out.
        serves={LLM: ("LLM10",)},
        helps={LLM: ("LLM01", "LLM02", "LLM07"), AGENTIC: ("ASI01", "ASI09")},
    ),
    Service(
        detector="moderated_content",
        direction=Direction.OUTPUT,
        helps={AGENTIC: ("ASI09", "ASI10"), AI_RMF: ("MEASURE 2.6",)},
    ),
)
"""What is not here serves nothing for sure, and own topics and checks may serve anything."""

_FREE = ("custom", "topic")


def served(guardrails: Iterable[Guardrail]) -> dict[str, dict[str, str]]:
    """The controls that enabled guardrails serve, each with the first detector that serves it."""
    found: dict[str, dict[str, str]] = {}
    for guardrail in guardrails:
        if not guardrail.enabled:
            continue
        for framework, control in _surely_served(guardrail.detector, guardrail.direction):
            found.setdefault(framework, {}).setdefault(control, guardrail.detector)
    return found


def may_be_served(guardrails: Iterable[Guardrail], framework: str, control: str) -> bool:
    """True if an enabled guardrail serves the control, or does so in some applications."""
    found = possibly_served(guardrails)
    return found is None or (framework, control) in found


def possibly_served(guardrails: Iterable[Guardrail]) -> set[tuple[str, str]] | None:
    """The framework and id of each control that enabled guardrails serve in some applications.

    Returns:
        None if an enabled guardrail is for something of one's own, which may serve any control.
    """
    found: set[tuple[str, str]] = set()
    for guardrail in guardrails:
        if guardrail.enabled:
            serves = _possibly_served(guardrail.detector, guardrail.direction)
            if serves is None:
                return None
            found.update(serves)
    return found


def servants(framework: str, control: str) -> tuple[str, ...]:
    """The detectors, or families, that serve a control at least in some applications."""
    return tuple(
        dict.fromkeys(
            service.detector
            for service in SERVICES
            if control in (*service.serves.get(framework, ()), *service.helps.get(framework, ()))
        )
    )


# The same few detectors stand in most policies.
@lru_cache(maxsize=1024)
def _surely_served(detector: str, direction: Direction) -> tuple[tuple[str, str], ...]:
    return tuple(_pairs(service.serves for service in _services(detector, direction)))


@lru_cache(maxsize=1024)
def _possibly_served(detector: str, direction: Direction) -> frozenset[tuple[str, str]] | None:
    if any(covers(name, detector) for name in _FREE):
        return None
    found = _services(detector, direction)
    return frozenset(_pairs(part for one in found for part in (one.serves, one.helps)))


def _pairs(parts: Iterable[_Controls]) -> Iterator[tuple[str, str]]:
    for part in parts:
        for framework, controls in part.items():
            yield from ((framework, control) for control in controls)


def _services(detector: str, direction: Direction) -> tuple[Service, ...]:
    return tuple(
        service
        for service in SERVICES
        if covers(service.detector, detector) and service.direction in (None, direction)
    )

"""Writes realistic policies: valid, about 60 lines each, no two alike."""

from __future__ import annotations

import random
from pathlib import Path

_USES = {
    "public-facing": ("public-facing@1", "confidential"),
    "internal-facing": ("internal-facing@1", "internal"),
    "regulated": ("default@1", "restricted"),
}
_ENGINES = ("azure", "bedrock", "lakera", "litellm", "model-armor", "nemo", "other")
_TEAMS = ("support-platform", "retail-ai", "claims", "people-tools", "search", "field-service")
_REVIEWERS = ("trust-and-safety", "ai-security", "model-risk", "privacy-office")
_SUBJECTS = ("order", "refund", "claim", "invoice", "travel", "contract", "warranty", "payroll")
_PLACES = ("web shop", "branch office", "mobile app", "call centre", "partner portal", "intranet")
_REASONS = (
    "two injection incidents in the third quarter",
    "reviewers found nothing below this level in four weeks",
    "the answers quote customers' own words",
    "most findings were order numbers, too many to review",
    "colleagues quote attacks in their tickets",
)


def policy(number: int) -> tuple[str, str]:
    """The id and the text of policy ``number``; the same number gives the same text."""
    draw = random.Random(number)
    use, (extends, sensitivity) = draw.choice(sorted(_USES.items()))
    subject = draw.choice(_SUBJECTS)
    name = f"{subject}-assistant-{number:05}"
    apps = [f"{subject}-{kind}-{draw.randrange(100)}" for kind in ("chat", "voice", "mail")]
    stage = draw.choice(("logging", "limited", "enforce"))
    text = f"""\
# yaml-language-server: $schema=../.policyctl/schemas/policy.v1.json
schema: policyctl/policy/v1
id: {name}
name: {subject.title()} assistant {number}
purpose: >-
  Answers {subject} questions of customers in the {draw.choice(_PLACES)}, and hands over
  to a person after {draw.randrange(2, 9)} turns.
use_case: {use}
extends: {extends}
data_sensitivity: {sensitivity}
owner: {draw.choice(_TEAMS)}        # answers for it, and cannot approve it
applies_to:
  apps: [{", ".join(apps)}]
  engine: {draw.choice(_ENGINES)}
stage: {stage}        # moved by policyctl
sensitivity: L{draw.randrange(2, 5)}
{_guardrails(draw, subject)}
{_limits(draw, apps[0])}
{_people(draw)}
controls:
  owasp-llm-2026: [LLM01, LLM02]
  nist-ai-rmf-1.0: [GOVERN 1.{draw.randrange(1, 7)}]
reasons:
  sensitivity: agreed with {draw.choice(_REVIEWERS)} on review {draw.randrange(1000)}
  gates.limited: the {subject} channel sees {draw.randrange(2, 90)} conversations a day
"""
    return name, text


def _guardrails(draw: random.Random, subject: str) -> str:
    first, second, third = draw.sample(_REASONS, 3)
    return f"""\
guardrails:
  - detector: prompt_attack
    direction: input
    sensitivity: L{draw.randrange(3, 5)}
    reason: {first}
  - detector: pii/phone_number
    direction: output
    action: redact
    sensitivity: L{draw.randrange(2, 5)}
    reason: "{draw.choice(_SUBJECTS)} hotlines are public: {draw.randrange(1, 99)} of them"
  - detector: custom/{subject}-competitors
    direction: output
    action: block
    words: [Acme {draw.randrange(100)}, Globex, "Initech, Inc."]
    reason: {second}
  - detector: unknown_links
    direction: output
    allowed_domains: [{subject}{draw.randrange(1000)}.example.com, "*.help.example.org"]
    reason: {third}"""


def _limits(draw: random.Random, app: str) -> str:
    year, month, day = 2031, draw.randrange(1, 13), draw.randrange(1, 29)
    return f"""\
limited:
  guardrails: [prompt_attack, pii/phone_number]
  apps: [{app}]
  share: {draw.randrange(1, 60)}%
  key: user_id
exceptions:
  - id: EX-{draw.randrange(10_000)}
    guardrail: pii/phone_number
    when: {{app: {app}}}
    reason: the assistant repeats the caller's own number
    owner: {draw.choice(_TEAMS)}
    expires: "{year}-{month:02}-{day:02}\""""


def _people(draw: random.Random) -> str:
    return f"""\
thresholds:
  owner: ai-security
  reviewer: {draw.choice(_REVIEWERS)}
  review_every: {draw.randrange(30, 180)}d
gates:
  limited: {{window: {draw.randrange(15, 60)}d, records: {draw.randrange(1000, 90_000)}, reviewed: 300}}
  enforce: {{window: 60d, records: {draw.randrange(200_000, 900_000)}, false_positives: 1%}}
escalation:
  - when: flag rate above {draw.randrange(2, 30)}% for {draw.randrange(2, 9)}d
    do: tighten
    notify: ai-security
  - {{when: false positives of prompt_attack above {draw.randrange(1, 9)}% for 7d, do: step-back}}"""


def write(folder: Path, count: int) -> list[Path]:
    """Write ``count`` policies below ``folder/policies``; their paths in alphabetical order."""
    target = folder / "policies"
    target.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(count):
        name, text = policy(number)
        path = target / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return sorted(paths)

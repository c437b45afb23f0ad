"""An estate of 200 policies with 60 planted problems: `lint` finds exactly those."""

from __future__ import annotations

import json

GUARDRAIL = """\
  - detector: custom/competitors-{n}
    direction: output
    action: block
    words: [Acme{n}, Globex]
"""
EXCEPTIONS = """\
exceptions:
  - id: EX-1
    guardrail: prompt_attack
    when: {{app: app-{n}, key: user-1}}
    reason: the exercise of the security team in November
    owner: assistants
    ticket: SEC-{n}
    expires: "2027-02-01"
"""


def policy(n: int) -> str:
    """A sound policy, different from its neighbours."""
    use = "internal-facing" if n % 2 else "public-facing"
    text = (
        "schema: policyctl/policy/v1\n"
        f"id: policy-{n:03}\n"
        f"name: Assistant number {n}\n"
        f"purpose: Answers the questions that people have about department {n}.\n"
        f"use_case: {use}\n"
        f"extends: {use}@1\n"
        "data_sensitivity: confidential\n"
        "owner: assistants\n"
        f"applies_to: {{apps: [app-{n}, app-{n}-voice]}}\n"
        "stage: logging\n"
        "thresholds: {owner: security, reviewer: sam, review_every: 90d}\n"
        f"limited: {{guardrails: [prompt_attack], apps: [app-{n}]}}\n"
        "guardrails:\n" + GUARDRAIL.format(n=n)
    )
    return text + (EXCEPTIONS.format(n=n) if n % 3 == 0 else "")


# What is planted into two policies each: the text to replace, the new text, the rule.
EACH_TWICE = (
    ("owner: assistants\n", "owner: nobody-here\n", "unknown-identity"),
    ("reviewer: sam", "reviewer: samm", "unknown-identity"),
    ("extends: ", "extends: no-", "unknown-baseline"),
    ("{n:03}\nname", "{n:03}-x\nname", "id-differs-from-file"),
    ("guardrails: [prompt_attack], apps", "guardrails: [topic/none], apps", "limited-matches-nothing"),  # noqa: E501
    ("limited: {guard", "limited: {share: 0%, key: user, guard", "share-without-effect"),
    ("    words: [Acme{n}, Globex]", "    words: [Globex, globex]", "words-overlap"),
    ("    words: [Acme{n}, Globex]", '    regex: ["(a+)+$"]', "regex-backtracking"),
    ("    words: [Acme{n}, Globex]", '    regex: ["(unclosed"]', "regex-invalid"),
    ("    words: [Acme{n}, Globex]", '    regex: [".*"]', "regex-matches-everything"),
    ("detector: custom/competitors-{n}\n", "detector: pii/pasport\n", "unknown-detector"),
    ("guardrails:\n  - ", "guardrails:\n  - {{detector: secrets, direction: output, enabled: false}}\n  - ",  # noqa: E501
     "weaker-than-baseline"),
    ("guardrails:\n  - ", "guardrails:\n  - {{detector: secrets, direction: output, action: block}}\n  - ",  # noqa: E501
     "override-equals-default"),
    ("purpose: Answers", "purpose: AKIA" "Q7ZC3NWXRTYB5PDM answers", "secret-in-policy"),
    ("Answers the questions that people have about department {n}.", "Chat.", "purpose-thin"),
    ("stage: logging\n", "stage: logging\ncontrols: {{owasp-llm-2026: [LLM99]}}\n",
     "unknown-control"),
    ("stage: logging\n", "stage: logging\ncontrols: {{nist-csf-2.0: [PR.AC-4]}}\n",
     "unknown-control"),
    ("stage: logging\n",
     "stage: logging\nescalation:\n  - {{when: flag rate of topic/none above 5% for 3d, do: tighten}}\n"  # noqa: E501
     "  - {{when: flag rate above 5% for 3d, do: add-guardrail}}\n"
     "  - {{when: false positives above 5% for 3d, do: step-back}}\n",
     "trigger-matches-nothing"),
    ("stage: logging\n",
     "stage: logging\nescalation:\n  - {{when: flag rate above 100% for 3d, do: tighten}}\n"
     "  - {{when: flag rate above 5% for 3d, do: add-guardrail}}\n"
     "  - {{when: false positives above 5% for 3d, do: step-back}}\n",
     "trigger-never-fires"),
    ("stage: logging\n", "stage: logging\ngates: {{limited: {{records: 500}}}}\n"
     "reasons: {{gates.limited: a pilot of a few days with people who know of it}}\n",
     "gate-below-governance"),
)  # fmt: skip
IN_EXCEPTIONS = (
    ('expires: "2027-02-01"', 'expires: "2026-11-01"', "exception-expired"),
    ('expires: "2027-02-01"', 'expires: "2026-11-28"', "exception-expiring-soon"),
    ('expires: "2027-02-01"', 'expires: "2029-02-01"', "exception-too-far"),
    ('expires: "2027-02-01"', 'expires: "2027-02-30"', "impossible-date"),
    ("    ticket: SEC-{n}\n", "", "exception-without-ticket"),
    ("the exercise of the security team in November", "tbd", "exception-reason-thin"),
    ("app-{n}, key: user-1", "app-of-others", "exception-matches-nothing"),
    ("    owner: assistants\n    ticket", "    owner: disbanded\n    ticket", "unknown-identity"),
    ("guardrail: prompt_attack\n", "guardrail: topic/none\n", "exception-matches-nothing"),
    ("when: {{app: app-{n}, key: user-1}}", "when: {{direction: input}}", "exception-too-broad"),
)


def planted() -> dict[int, tuple[str, str, str]]:
    """Sixty problems, each in a policy of its own."""
    with_exception = [n for n in range(200) if n % 3 == 0]
    others = [n for n in range(200) if n % 3]
    plan = dict(zip(others, [plant for plant in EACH_TWICE for _ in range(2)], strict=False))
    plan |= zip(with_exception, [plant for plant in IN_EXCEPTIONS for _ in range(2)], strict=False)
    return plan


def test_lint_finds_exactly_what_was_planted(world):
    plan = planted()
    assert len(plan) == 60
    expected = set()
    for n in range(200):
        text = policy(n)
        if n in plan:
            old, new, code = plan[n]
            old, new = old.replace("{n:03}", f"{n:03}"), new.replace("{n:03}", f"{n:03}")
            old, new = (part.replace("{n}", str(n)) for part in (old, new))
            old, new = (part.replace("{{", "{").replace("}}", "}") for part in (old, new))
            assert text.count(old) == 1, (n, old)
            text = text.replace(old, new)
            expected.add((f"policies/policy-{n:03}.yaml", code))
        world.write(f"policies/policy-{n:03}.yaml", text)

    done = world.run("lint", "--format", "json", "--now", "2026-11-22")

    found = {(item["file"], item["code"]) for item in json.loads(done.out)["findings"]}
    assert (found - expected, expected - found) == (set(), set())
    assert done.code == 1

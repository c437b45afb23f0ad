"""The demo's story: the commands that govern one policy from baseline to verified promotion."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policyctl.core.frozen import frozen
from policyctl.errors import PolicyctlError

RECORDS = ".demo/records.jsonl.gz"
KEYS = ".demo/keys"
PEOPLE = ("erin", "sam", "ada")
"""Engineer, security approver, auditor: a key is made for each."""


@frozen(kw_only=False)
class Step:
    """A shell command and the exit code that the story expects of it."""

    command: str
    exit_code: int = 0


@frozen(kw_only=False)
class Scene:
    """A few steps and what they are about."""

    title: str
    steps: tuple[Step, ...]


@frozen(kw_only=False)
class Played:
    """A command and what it printed."""

    command: str
    output: str


Shell = Callable[[str], tuple[int, str]]
"""Runs a command in the demo's folder; its exit code and everything it printed."""

_POLICY = "policies/team-assistant.yaml"
_ENTRY = ".policyctl/log/team-assistant/000003.json"

STORY: tuple[Scene, ...] = (
    Scene(
        "Erin, an engineer, puts a repository under governance. Sam approves, Ada audits.",
        (
            Step(
                f"policyctl init . --as erin --key {KEYS}/erin --person sam={KEYS}/sam.pub"
                f" --person ada={KEYS}/ada.pub --role security=sam --team assistants=erin"
            ),
        ),
    ),
    Scene(
        "She starts a policy from the baseline for internal use, and records it. It only logs.",
        (
            Step(
                "policyctl new team-assistant --use-case internal-facing --owner assistants"
                " --purpose 'Answers questions of colleagues in three internal applications.'"
                " --app assistant --app bank-support --app redteam-lab"
                " --threshold-owner security --reviewer sam"
            ),
            Step(
                f"cat >> {_POLICY} <<'EOF'\n"
                "limited:                 # what is blocked first; the rest is only logged\n"
                "  guardrails: [prompt_attack]\n"
                "  apps: [assistant, redteam-lab]\n"
                "gates:\n"
                "  limited: {records: 2000}\n"
                "reasons:\n"
                "  gates.limited: the laboratory sees some four thousand prompts a month\n"
                "EOF"
            ),
            Step("policyctl validate"),
            Step(
                "policyctl record team-assistant --rationale 'new assistant for colleagues'"
                f" --key {KEYS}/erin"
            ),
            Step("policyctl show team-assistant"),
        ),
    ),
    Scene(
        "Four weeks of real detections later: may it block in two applications? In one, no.",
        (Step(f"policyctl evidence team-assistant --events {RECORDS}", 1),),
    ),
    Scene(
        "The same detector that is right in the laboratory is wrong every other time among "
        "colleagues. Erin narrows the scope to where the evidence is, and promotes.",
        (
            Step(
                f"sed 's/apps: \\[assistant, redteam-lab\\]/apps: [redteam-lab]/' {_POLICY}"
                f" > .demo/policy.yaml && cp .demo/policy.yaml {_POLICY}"
            ),
            Step(
                "policyctl record team-assistant --rationale 'block in the laboratory first'"
                f" --key {KEYS}/erin"
            ),
            Step(
                "policyctl promote team-assistant --to limited --rationale"
                " 'no false positive among 364 reviewed detections'"
                f" --events {RECORDS} --key {KEYS}/erin"
            ),
            Step("git show --stat --format=%s HEAD"),
            Step(f"git diff HEAD~1 -- {_POLICY}"),
        ),
    ),
    Scene(
        "The diff in policy terms says who must approve. Erin owns the policy, so she cannot; "
        "Sam can, and sees what he signs.",
        (
            Step(f"policyctl diff HEAD~1 HEAD --events {RECORDS}"),
            Step(f"policyctl approve team-assistant --yes --key {KEYS}/erin", 1),
            Step(f"policyctl approve team-assistant --yes --key {KEYS}/sam"),
        ),
    ),
    Scene(
        "The next stage needs more evidence, and says how much; no stage is ever skipped.",
        (
            Step(
                "policyctl promote team-assistant --to enforce --rationale 'all of it'"
                f" --events {RECORDS} --key {KEYS}/erin",
                1,
            ),
        ),
    ),
    Scene(
        "Ada verifies everything: with policyctl, and one approval with stock OpenSSH alone.",
        (
            Step("policyctl verify"),
            Step("policyctl log team-assistant"),
            Step("policyctl root export > .demo/allowed_signers"),
            Step(
                "ssh-keygen -Y verify -f .demo/allowed_signers -I sam"
                f" -n policyctl/approve/security -s {_ENTRY}.sam.security.sig < {_ENTRY}"
            ),
            Step("git log -1 --format='%(trailers)'"),
        ),
    ),
    Scene(
        "What was approved is what the engine gets, with everything that it cannot be told. Then "
        "somebody makes the running configuration milder.",
        (
            Step("policyctl export team-assistant --target litellm --out .demo/engine"),
            Step(
                "sed 's/severity_threshold: .*/severity_threshold: high/'"
                " .demo/engine/team-assistant.litellm.yaml > .demo/running.yaml"
                " && policyctl drift team-assistant --target litellm --live .demo/running.yaml",
                1,
            ),
        ),
    ),
    Scene(
        "Now somebody tampers, in copies: a stage moved by hand, an approval removed, and the "
        "trust root removed.",
        (
            Step(
                "git clone -q . .demo/by-hand && cd .demo/by-hand"
                f" && sed 's/^stage: limited/stage: enforce/' {_POLICY} > p && mv p {_POLICY}"
                " && git -c user.name=mallory -c user.email=m@example.org commit -qam 'tune'"
                " && policyctl verify",
                4,
            ),
            Step(
                "git clone -q . .demo/stripped && cd .demo/stripped"
                f" && git rm -q {_ENTRY}.sam.security.sig"
                " && git -c user.name=mallory -c user.email=m@example.org commit -qm 'tidy up'"
                " && policyctl verify",
                4,
            ),
            Step(
                "git clone -q . .demo/rootless && cd .demo/rootless"
                " && git rm -rq .policyctl/root"
                " && git -c user.name=mallory -c user.email=m@example.org commit -qm 'clean'"
                " && policyctl verify",
                4,
            ),
        ),
    ),
)


def play(shell: Shell, *, story: tuple[Scene, ...] = STORY) -> Iterator[str | Played]:
    """Play the story; yields each title and each command with what it printed.

    Raises:
        PolicyctlError: a command ended otherwise than the story expects.
    """
    for number, scene in enumerate(story, start=1):
        yield f"{number}. {scene.title}"
        for step in scene.steps:
            code, output = shell(step.command)
            yield Played(step.command, output)
            if code != step.exit_code:
                raise PolicyctlError(
                    f"the demo expected exit code {step.exit_code} and got {code}",
                    hint="this is a bug in policyctl: please report what is printed above",
                )

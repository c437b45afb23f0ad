"""What the rules are tried on: a small baseline, a small trust root, and policies as text.

A policy's text may open with comments that say what stands around it::

    # trail: register 2026-01-10, promote limited 2026-02-01 (two weeks of evidence)
    # settings: max_exceptions = 2
    # baselines: house@2

or with the path of its file, where that is not named after the id. The trail is the policy's
ledger: what was done, the stage where it moved one, the day (at noon, UTC) and, in brackets, why.
Settings are lines of TOML with the names that `Settings` has; a time span is written as in a
policy, ``"14d"``. Baselines are names that exist besides ``house@1``, with a blank between them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from policyctl.adapters.catalogues import shipped_catalogues
from policyctl.adapters.yaml_files import parse
from policyctl.core.canonical import sha256
from policyctl.core.document import Document
from policyctl.core.effective import resolve
from policyctl.core.entry import ChangeAction, Entry, entry_digest
from policyctl.core.items import missing
from policyctl.core.paths import policy_path
from policyctl.core.quantities import duration
from policyctl.core.stages import Stage
from policyctl.core.trust_root import Member, Role, TrustRoot
from policyctl.rules.rule import Subject
from policyctl.rules.settings import Settings
from policyctl.rules.wider import Change, Estate

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

HOUSE = """\
schema: policyctl/baseline/v1
id: house
version: 1
name: House rules
summary: A small baseline to try the rules on.
use_case: public-facing
sensitivity: L3
guardrails:
  - {detector: prompt_attack, direction: input}
  - {detector: pii, action: redact}
  - {detector: custom/competitors, direction: output, words: [Acme, Globex], regex: [Acme.*]}
  - {detector: unknown_links, direction: output, allowed_domains: [example.com]}
gates:
  limited: {records: 1000}
thresholds: {review_every: 90d}
"""

ANY = ("L1", "L2", "L3", "L4")
ROOT = TrustRoot(
    log="0" * 64,
    version=1,
    prev=None,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    people={name: Member(name=name.title(), keys=()) for name in ("alice", "bob", "carol", "dave")},
    roles={"ai-security": Role(members=("alice",)), "vacant": Role(members=())},
    stewards=("alice",),
    threshold=1,
    approvals=(),
    teams={"support": ("carol", "dave"), "disbanded": ()},
    gates={"limited": {"window": "7d", "records": 1000}},
    appetite={
        "public-facing": {
            **dict.fromkeys(("public", "internal", "confidential"), ANY),
            "restricted": ("L3", "L4"),
        },
        "internal-facing": dict.fromkeys(("public", "internal", "confidential"), ANY),
    },
)

_COMMENT = re.compile(r"^# (trail|settings|baselines): (.*)$", re.MULTILINE)
_STEP = re.compile(
    r"(?P<action>[a-z_]+)(?: (?P<stage>logging|limited|enforce))?"
    r" (?P<day>\d{4}-\d{2}-\d{2})(?: \((?P<why>[^()]+)\))?(?:, |\Z)"
)


@pytest.fixture
def now() -> datetime:
    """The present of every example."""
    return NOW


@pytest.fixture
def root() -> TrustRoot:
    """Governance as every example has it."""
    return ROOT


@pytest.fixture
def compact() -> str:
    """A policy that every rule accepts; it takes all it can from its baseline."""
    return (
        "schema: policyctl/policy/v1\n"
        "id: support\n"
        "name: Customer support\n"
        "purpose: Answers questions about orders.\n"
        "use_case: public-facing\n"
        "data_sensitivity: internal\n"
        "owner: support\n"
        "stage: logging\n"
        "extends: house@1\n"
    )


@pytest.fixture
def subject_of() -> Callable[..., Subject]:
    """Makes the subject of a policy's text, as ``policyctl lint`` would show it to a rule."""
    return _subject


@pytest.fixture
def estate_of() -> Callable[..., Estate]:
    """Makes the estate of several policies' texts, each in a file named after its id."""

    def build(*texts: str, **around: Any) -> Estate:
        return Estate(subjects=tuple(_subject(text, file=_file(text), **around) for text in texts))

    return build


@pytest.fixture
def changes_of() -> Callable[[str], tuple[Change, ...]]:
    """Makes a range of commits: a line is a commit's subject, indented ones are its files."""

    def build(text: str) -> tuple[Change, ...]:
        commits = re.findall(r"^(\S.*)\n((?:[ ]+\S.*\n)*)", text, re.MULTILINE)
        return tuple(
            Change(commit=f"{number:040x}", subject=subject, paths=tuple(files.split()))
            for number, (subject, files) in enumerate(commits, start=1)
        )

    return build


@pytest.fixture
def settings_of() -> Callable[[str], Settings]:
    """Reads the settings from the comments of a text."""
    return _settings


def _subject(
    text: str,
    *,
    file: str = "policies/support.yaml",
    house: str = HOUSE,
    root: TrustRoot | None = ROOT,
    now: datetime | None = NOW,
) -> Subject:
    document = _document(text, file)
    data = document.data
    assert isinstance(data, dict)
    baselines = {"house@1": _document(house, "house@1.yaml").data}
    baseline: Any = baselines.get(data.get("extends"))
    known = baseline is not None or "extends" not in data
    complete = known and not missing(data, baseline)
    return Subject(
        document=document,
        data=data,
        baseline=baseline,
        effective=resolve(data, baseline, root.gates if root else {}) if complete else None,
        baselines=(*baselines, *" ".join(_comments(text, "baselines")).split()),
        root=root,
        catalogues=shipped_catalogues(),
        now=now,
        trail=tuple(_trail(text, data)),
        settings=_settings(text),
    )


def _document(text: str, file: str) -> Document:
    document, findings = parse(text.encode(), file=file)
    assert document is not None
    assert findings == ()
    return document


def _file(text: str) -> str:
    """The path in a comment that opens the text, or else the file named after the policy's id."""
    written = re.match(r"# (\S+\.yaml)\n", text)
    if written is not None:
        return written[1]
    found = re.search(r"^id: (\S+)$", text, re.MULTILINE)
    assert found is not None
    return policy_path(found[1])


def _comments(text: str, kind: str) -> list[str]:
    return [value for name, value in _COMMENT.findall(text) if name == kind]


def _settings(text: str) -> Settings:
    given = tomllib.loads("\n".join(_comments(text, "settings")))
    spans = ("logging_deadline", "limited_deadline", "exception_soon", "exception_longest")
    return Settings(
        **{
            name: duration(value)
            if name in spans
            else tuple(value)
            if isinstance(value, list)
            else value
            for name, value in given.items()
        }
    )


def _trail(text: str, data: Mapping[str, Any]) -> Iterator[Entry]:
    line = ", ".join(_comments(text, "trail"))
    last: Entry | None = None
    steps = list(_STEP.finditer(line))
    assert "".join(step[0] for step in steps) == line, f"not a trail: {line}"
    for seq, step in enumerate(steps, start=1):
        stage = Stage(step["stage"]) if step["stage"] else last.target if last else Stage.LOGGING
        action = ChangeAction(step["action"])
        last = Entry(
            log="0" * 64,
            policy=data["id"],
            path=policy_path(data["id"]),
            seq=seq,
            prev=entry_digest(last) if last else None,
            change=f"change-{seq}",
            action=action,
            source=last.target if last else None,
            target=None if action is ChangeAction.RETIRE else stage,
            before=last.after if last else None,
            after=sha256(f"version {seq}".encode()),
            owner=data["owner"],
            use_case=data["use_case"],
            rationale=step["why"] or "as agreed",
            root=1,
            requested_at=datetime.fromisoformat(f"{step['day']}T12:00:00Z"),
        )
        yield last

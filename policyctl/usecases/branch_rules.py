"""What the rules find in a branch, where nothing is exempt but what its base exempts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from policyctl.core import paths
from policyctl.core.finding import Finding, Severity, in_order
from policyctl.core.findings_baseline import FindingsBaseline
from policyctl.core.frozen import frozen, replace
from policyctl.core.snapshot import Snapshot, content_of
from policyctl.errors import InputError
from policyctl.rules.registry import RULES
from policyctl.rules.settings import Settings
from policyctl.rules.wider import Change, EstateRule, RangeRule
from policyctl.usecases.lint import lint
from policyctl.usecases.lint_reading import Surroundings
from policyctl.usecases.ports import CommitFiles, Documents, Governance
from policyctl.usecases.selection import active

T = TypeVar("T")

SETTINGS = "policyctl.toml"
_ABOUT_ALL = frozenset(rule.id for rule in RULES if isinstance(rule, EstateRule))


@frozen
class BranchRules:
    """What the rules go by.

    Attributes:
        files: files of commits.
        governance: baselines, catalogues and trust root of the base.
        read_settings: what the bytes of ``policyctl.toml`` mean.
        known: the path of a baseline of findings, or empty.
        read_known: what the bytes of such a baseline mean.
        now: the present.
    """

    files: CommitFiles
    documents: Documents
    governance: Governance
    read_settings: Callable[[bytes | None], Settings]
    now: datetime
    known: str = ""
    read_known: Callable[[bytes | None], FindingsBaseline] = lambda _: FindingsBaseline()


def rule_errors(
    policies: Mapping[str, bytes],
    *,
    head: str,
    references: Sequence[str],
    snapshots: Mapping[str, Snapshot],
    rules: BranchRules,
) -> tuple[Finding, ...]:
    """The errors that ``lint`` finds in the changed policies.

    Whoever makes a branch chooses where it starts. So a comment, a setting or a known finding
    exempts only if each of the commits that speak for the base has it.

    Args:
        policies: the files of the branch, by path.
        head: the branch's commit.
        references: the commits that speak for the base.
        snapshots: the governed files of all these commits, as far as the policies go.
        rules: what the rules go by.
    """
    found: list[Finding] = []
    # Commits that exempt alike are one.
    before = {commit: _Before(rules.files, commit, snapshots[commit]) for commit in references}
    names = (SETTINGS, *((rules.known,) if rules.known else ()), *policies)
    distinct = {tuple(map(one.before, names)): one for one in before.values()}
    for one in distinct.values():
        found += _linted(policies, head, one, snapshots[head], rules)
    return in_order(item for item in found if item.severity is Severity.ERROR)


def mixed_stream(
    changed: Sequence[str], *, head: str, references: Sequence[str], rules: BranchRules
) -> tuple[Finding, ...]:
    """What rules about ranges find where all that a branch changes is taken for one change.

    A merge by squash makes one of it. Where the base's settings do not say otherwise, it is an
    error here: a pull request can still be cut in two.
    """
    change = Change(commit=head, subject="", paths=tuple(changed))
    found: list[Finding] = []
    for commit in references:
        settings = _counting(SETTINGS, rules.read_settings, _Before(rules.files, commit, {}))
        found += [
            replace(item, severity=settings.severity.get(item.code, Severity.ERROR))
            for rule in active(settings)
            if isinstance(rule, RangeRule)
            for item in rule.findings((change,), settings)
        ]
    return in_order(item for item in found if item.severity is Severity.ERROR)


def _linted(
    policies: Mapping[str, bytes],
    head: str,
    before: _Before,
    snapshot: Snapshot,
    rules: BranchRules,
) -> tuple[Finding, ...]:
    settings = _counting(SETTINGS, rules.read_settings, before)
    errors = {one for one, level in settings.severity.items() if level is Severity.ERROR}
    # What compares all policies is no error unless the base says so, and would read them all.
    everything = bool(errors & _ABOUT_ALL)
    if not everything:
        settings = replace(settings, ignore=(*settings.ignore, *sorted(_ABOUT_ALL)))
    around = Surroundings(
        documents=rules.documents,
        governance=rules.governance,
        trails=CommittedTrail(snapshot),
        settings=settings,
        now=rules.now,
        history=before,
    )
    estate = rules.files.below(head, paths.POLICIES.rstrip("/")) if everything else {}
    known = _counting(rules.known, rules.read_known, before) if rules.known else None
    report = lint(
        policies.items(),
        around=around,
        estate=[(paths.POLICIES + name, text) for name, text in estate.items()],
        baseline=known,
    )
    return report.findings


def own_mistakes(
    *, head: str, references: Sequence[str], rules: BranchRules
) -> tuple[Finding, ...]:
    """What is wrong with the settings that the branch itself brings, which do not count yet."""
    found: list[Finding] = []
    for name, read in ((SETTINGS, rules.read_settings), (rules.known, rules.read_known)):
        content = rules.files.content(head, name) if name else None
        if content is None or content in [rules.files.content(one, name) for one in references]:
            continue
        try:
            read(content)
        except InputError as error:
            mistake = Finding(
                code="promote-settings",
                severity=Severity.ERROR,
                message=error.message,
                hint=error.hint,
                file=name,
            )
            found.append(mistake)
    return tuple(found)


def _counting(name: str, read: Callable[[bytes | None], T], before: _Before) -> T:
    """What a file of the base says; what cannot be read exempts nobody."""
    try:
        return read(before.before(name))
    except InputError:
        return read(None)


class CommittedTrail:
    """The entries of a commit; satisfies `ports.Trails`."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def entries(self, policy: str) -> Iterator[bytes]:
        """The bytes of a policy's entries, in order."""
        for path in sorted(self._snapshot):
            place = paths.place_of(path)
            if isinstance(place, paths.EntryFile) and place.policy == policy:
                yield content_of(self._snapshot, path) or b""


class _Before:
    """The files of a commit of the base; satisfies `ports.History` for rules about policies."""

    def __init__(self, files: CommitFiles, commit: str, governed: Snapshot) -> None:
        self._files = files
        self._commit = commit
        self._governed = governed

    def changes(self) -> tuple[Change, ...]:
        """None: a branch is judged as one change, by `mixed_stream`."""
        return ()

    def before(self, file: str) -> bytes | None:
        """The bytes of a file of the base."""
        if file in self._governed:
            return content_of(self._governed, file)
        return self._files.content(self._commit, file)

"""policyctl for programs: values in, typed values out, nothing printed.

What this module lists in ``__all__``, and the attributes of its results that ``docs/python.md``
names, stay as they are within a major version. Everything raises `PolicyctlError` and nothing else
on purpose: its ``message`` says what is wrong, its ``hint`` what to do, its ``exit_code`` what the
command line would have returned. Nothing here signs, writes or changes a repository.

To decide about detections, `policyctl.decide` is lighter.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from policyctl.adapters.analytics.opening import open_analysis
from policyctl.adapters.commits import commits_of
from policyctl.adapters.diff_arguments import two_files, two_sides
from policyctl.adapters.diff_sides import DiffSides
from policyctl.adapters.document_bytes import read
from policyctl.adapters.policy_files import policy_files, read_policy
from policyctl.adapters.settings_file import parse_settings, settings_path
from policyctl.adapters.ssh_verification import verify as verify_signature
from policyctl.adapters.working_governance import WorkingGovernance, governed_folder
from policyctl.adapters.working_trail import WorkingTrail
from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.cli.witnessing import Wish, verified
from policyctl.cli.workplace import workplace
from policyctl.core.due import Due, dues_of
from policyctl.core.estate import Estate, PolicyState
from policyctl.core.evidence import EvidenceReport
from policyctl.core.finding import Finding, Severity
from policyctl.core.frozen import frozen
from policyctl.core.policy import Policy
from policyctl.core.stages import Stage
from policyctl.errors import PolicyctlError
from policyctl.rules.settings import Settings
from policyctl.usecases import diff as _diff
from policyctl.usecases import estate as _estate
from policyctl.usecases import evidence as _evidence
from policyctl.usecases import lint as _lint
from policyctl.usecases import validate as _validate
from policyctl.usecases.diff import Comparison
from policyctl.usecases.ledger_state import ledger_state
from policyctl.usecases.lint_reading import Surroundings
from policyctl.usecases.memo import ledger_memo
from policyctl.usecases.reading import read_document, require_effective
from policyctl.usecases.selection import KNOWN
from policyctl.usecases.status import limits_of
from policyctl.usecases.validate import Validation
from policyctl.usecases.verify import Verification

__all__ = [
    "Comparison",
    "Due",
    "Estate",
    "EvidenceReport",
    "Finding",
    "Policy",
    "PolicyState",
    "PolicyctlError",
    "Severity",
    "Stage",
    "Status",
    "Validation",
    "Verification",
    "diff",
    "diff_files",
    "effective",
    "evidence",
    "lint",
    "status",
    "validate",
    "verify",
]

_Folder = str | Path


@frozen
class Status:
    """An estate, and what is due in it, the gravest first."""

    estate: Estate
    due: tuple[Due, ...]


def validate(*files: _Folder, folder: _Folder = ".") -> Validation:
    """Check policy files: YAML, schema and meaning.

    Args:
        files: files and folders, relative to ``folder``; none for all policies of the repository.
        folder: where to stand; baselines and governance are looked for at and above it.

    Raises:
        PolicyctlError: a file cannot be read, or there is nothing to check.
    """
    here, home = _place(folder)
    return _validate.validate(
        policy_files([str(here / item) for item in files], here, home),
        documents=YamlDocuments(),
        governance=WorkingGovernance(home),
    )


def lint(*files: _Folder, folder: _Folder = ".", now: datetime | None = None) -> Validation:
    """Check policies against the rules of good governance, as ``policyctl.toml`` chooses them.

    Args:
        files: files and folders, relative to ``folder``; none for all policies of the repository.
        folder: where to stand.
        now: the present, by which deadlines are judged, with a time zone.

    Raises:
        PolicyctlError: a file or the settings cannot be read, or there is nothing to check.
    """
    here, home = _place(folder)
    around = Surroundings(
        documents=YamlDocuments(),
        governance=WorkingGovernance(home),
        trails=WorkingTrail(home),
        settings=_settings(here, home),
        now=now or _now(),
    )
    found = dict(policy_files([str(here / item) for item in files], here, home))
    estate = dict(policy_files([], here, home)) if files and home else None
    return _lint.lint(found.items(), around=around, estate=estate.items() if estate else None)


def effective(policy: _Folder, *, folder: _Folder = ".") -> Policy:
    """The policy in force as the working tree has it: file, baseline and governance joined.

    Args:
        policy: its id, or the path of its file.
        folder: where to stand.

    Raises:
        PolicyctlError: there is no such policy, or its file has errors.
    """
    here, home = _place(folder)
    file, content = read_policy(_named(policy, here), here, home)
    reading = read_document(
        content, file=file, documents=YamlDocuments(), governance=WorkingGovernance(home)
    )
    return require_effective(reading).policy


def diff(
    before: str = "HEAD", after: str = "", *, folder: _Folder = ".", now: datetime | None = None
) -> Comparison:
    """What changes between two revisions in policy terms, and who must approve it.

    Args:
        before: a revision.
        after: another; empty for the working tree.
        folder: a folder of the repository.
        now: the present, by which exceptions end.

    Raises:
        PolicyctlError: there is no repository, or no such revision.
    """
    here, documents = Path(folder).resolve(), YamlDocuments()
    judge = ledger_memo(documents, verify_signature, "").judge
    with DiffSides(here, judge) as sides:
        revisions = [before, after] if after else [before]
        asked = two_sides(revisions, sides, here, staged=False, fork=False)
        return _diff.compare(asked.before, asked.after, documents=documents, now=now or _now())


def diff_files(before: _Folder, after: _Folder, *, now: datetime | None = None) -> Comparison:
    """The same for two policy files, whatever git knows of them."""
    asked = two_files([str(Path(before).resolve()), str(Path(after).resolve())], Path.cwd())
    return _diff.compare(
        asked.before,
        asked.after,
        documents=YamlDocuments(),
        now=now or _now(),
        governs=asked.governs,
    )


def evidence(
    policy: _Folder,
    records: Sequence[_Folder],
    *,
    to: Stage | None = None,
    folder: _Folder = ".",
    engine: str = "auto",
) -> EvidenceReport:
    """Judge the gate of a promotion on detection records.

    Args:
        policy: its id, or the path of its file.
        records: files, patterns and prepared folders.
        to: the stage that is asked about; None for the one that follows.
        folder: where to stand; ``records`` are relative to the present folder.
        engine: what counts the records, as ``--engine`` takes it.

    Raises:
        PolicyctlError: something cannot be read, or no promotion leads there.
    """
    here, home = _place(folder)
    file, content = read_policy(_named(policy, here), here, home)
    return _evidence.judge(
        content,
        file=file,
        target=to,
        records=open_analysis([str(item) for item in records], engine),
        documents=YamlDocuments(),
        governance=WorkingGovernance(home),
    )


def verify(
    rev: str = "HEAD",
    *,
    base: str = "",
    history: bool = False,
    pin: str = "",
    folder: _Folder = ".",
    now: datetime | None = None,
) -> Verification:
    """Verify the ledger of a commit from git objects alone; nothing of the repository is executed.

    The verifier's memory is neither read nor written.

    Args:
        rev: the commit.
        base: the branch that it should be merged into, or empty.
        history: whether every state that the branch went through is judged, too.
        pin: sha256 that trust root 1 must have, or empty.
        folder: a folder of the repository.
        now: the present, by which deadlines are judged.

    Raises:
        PolicyctlError: there is no repository, no such commit, or nothing there to verify.
    """
    wish = Wish(
        now=now or _now(),
        pin=pin,
        rev=rev,
        base=base,
        history=history,
        memory=False,
        whole=not (base or history),
    )
    with commits_of(Path(folder).resolve()) as commits:
        return verified(commits, wish)


def status(*, folder: _Folder = ".", now: datetime | None = None) -> Status:
    """Every policy as it was approved at the commit that is checked out, and what is due.

    Args:
        folder: a folder of the repository.
        now: the present.

    Raises:
        PolicyctlError: there is no governed repository.
    """
    present = now or _now()
    with workplace(folder=Path(folder).resolve()) as hands:
        state = ledger_state(hands, present)
        found = _estate.read_estate(state, hands, now=present)
        home = hands.repository.folder
        return Status(estate=found, due=dues_of(found, limits_of(_settings(home, home))))


def _place(folder: _Folder) -> tuple[Path, Path | None]:
    """Where to stand, and the governed folder around it."""
    here = Path(folder).resolve()
    return here, governed_folder(here)


def _named(policy: _Folder, here: Path) -> str:
    """An id as it is; the path of a file from where to stand."""
    return str(here / policy) if Path(policy).suffix == ".yaml" else str(policy)


def _settings(here: Path, home: Path | None) -> Settings:
    path = settings_path(home, here)
    content = read(path, file=path.name) if path.exists() else None
    return parse_settings(content, path.name, KNOWN)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)

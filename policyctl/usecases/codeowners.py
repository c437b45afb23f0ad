"""CODEOWNERS made from governance, and compared with the one that stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from policyctl.core.codeowners import GovernedPolicy, owned_files
from policyctl.core.forge import Forge
from policyctl.core.frozen import frozen
from policyctl.core.handles import addressed
from policyctl.core.marked_block import divided, with_block
from policyctl.core.suggestion import suggestion
from policyctl.core.trust_root import TrustRoot
from policyctl.errors import InputError, NotJudgedError
from policyctl.usecases.ports import Documents, Governance
from policyctl.usecases.reading import Reader


@frozen
class Asked:
    """Files, and the handles of those who are asked about them.

    Attributes:
        approvers: for each role, how many of which handles.
    """

    patterns: tuple[str, ...]
    owners: tuple[str, ...]
    approvers: Mapping[str, tuple[int, tuple[str, ...]]]


@frozen
class CodeownersReport:
    """The file as it should be, and how the one that stands differs.

    Attributes:
        file: where it stands, as messages name it.
        block: the lines that governance asks for.
        content: the whole file with these lines in it.
        differences: what is not as it should be; empty if nothing.
        wrote: whether the file was written.
    """

    file: str
    block: tuple[str, ...]
    content: str
    differences: tuple[str, ...]
    wrote: bool = False


Render = Callable[[Sequence[Asked], Forge], Sequence[str]]
"""The lines of CODEOWNERS for a forge."""


def codeowners(
    policies: Iterable[tuple[str, bytes]],
    *,
    documents: Documents,
    governance: Governance,
    handles: Mapping[str, str],
    forge: Forge,
    file: str,
    place: str,
    present: str | None,
    render: Render,
) -> CodeownersReport:
    """The CODEOWNERS that governance asks for.

    Args:
        policies: names and bytes of the policy files.
        documents: reads and checks YAML.
        governance: who is who.
        handles: how the forge calls people, teams and roles.
        forge: whose syntax it is.
        file: how messages name it.
        place: where it stands in the repository; empty if it is not in it.
        present: its text now, or None.
        render: writes the lines.

    Raises:
        NotJudgedError: there is no trust root, or a policy cannot be read.
        InputError: a handle is for nobody, or somebody has none.
    """
    root = governance.root
    if root is None:
        raise NotJudgedError("there is no trust root here", hint="policyctl init")
    _require_known(root, handles)
    governed = _governed(policies, documents, governance)
    files, missing = [], dict[str, None]()
    for item in owned_files(root, governed, forge, place):
        owners = addressed(root, item.owners, handles)
        found = {role: addressed(root, [role], handles) for role in item.approvals}
        for some in (owners, *found.values()):
            missing |= dict.fromkeys(some.missing)
        approvers = {role: (item.approvals[role], found[role].handles) for role in found}
        files.append(Asked(patterns=item.patterns, owners=owners.handles, approvers=approvers))
    if missing:
        names = sorted(missing)
        hint = f'policyctl.toml: [handles], then {names[0]} = "@…" as the forge calls them'
        raise InputError(f"no handle is known for {', '.join(names)}", hint=hint)
    block = tuple(render(files, forge))
    parts = divided(present or "")
    return CodeownersReport(
        file=file,
        block=block,
        content=present or "" if parts.problem else with_block(parts, block),
        differences=tuple(_differences(present, block)),
    )


def require_writable(report: CodeownersReport, present: str | None) -> None:
    """Refuse to write where nobody can tell which lines are people's.

    Raises:
        InputError: the marks in the file are not one pair.
    """
    problem = divided(present or "").problem
    if problem:
        raise InputError(f"{report.file}: {problem}", hint="remove the marks that are too many")


def _require_known(root: TrustRoot, handles: Mapping[str, str]) -> None:
    known = (*root.people, *root.teams, *root.roles)
    for name in handles:
        if not root.knows(name):
            raise InputError(
                f"policyctl.toml: [handles] names '{name}', whom the trust root does not know",
                hint=suggestion(name, known),
            )


def _governed(
    policies: Iterable[tuple[str, bytes]], documents: Documents, governance: Governance
) -> list[GovernedPolicy]:
    found, reader = [], Reader(documents, governance)
    for name, content in policies:
        reading = reader.read(content, name)
        if reading.sound and reading.effective is not None:
            policy = reading.effective.policy
            found.append(GovernedPolicy(id=policy.id, owner=policy.owner, use_case=policy.use_case))
        elif not reading.sound or reading.subject is not None:
            raise NotJudgedError(
                f"{name} cannot be read as a policy, so that nobody can be asked about it",
                hint="policyctl validate",
            )
    return found


def _differences(present: str | None, block: Sequence[str]) -> Iterable[str]:
    if present is None:
        yield "there is no such file"
        return
    parts = divided(present)
    if parts.problem:
        yield parts.problem
        return
    if parts.block is None:
        yield "it has no lines from policyctl"
        return
    yield from (f"missing: {line}" for line in block if line not in parts.block)
    yield from (f"too much: {line}" for line in parts.block if line not in block)
    if sorted(parts.block) == sorted(block) and parts.block != tuple(block):
        yield "the lines are in another order, and the last match decides"
    for line in parts.after:
        if line.strip() and not line.lstrip().startswith("#"):
            yield f"below the block, where it decides instead of it: {line}"

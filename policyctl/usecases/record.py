"""Put edits of policy files under change control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.entry import ChangeAction
from policyctl.core.named_action import edit_kind, more_than_an_edit, needed_besides
from policyctl.core.portable_names import problem_elsewhere
from policyctl.core.recorded import Recorded
from policyctl.core.stages import Stage
from policyctl.core.suggestion import suggestion
from policyctl.errors import RefusedError, UsageError
from policyctl.usecases.governed import CommittedGovernance
from policyctl.usecases.ledger_state import (
    Hands,
    LedgerState,
    ledger_state,
    require_intact,
    require_settled,
)
from policyctl.usecases.ports import Documents
from policyctl.usecases.reading import (
    read_document,
    require_alike,
    require_effective,
)
from policyctl.usecases.recording import Change, RecordedChange, record_changes, require_rationale


def record_policies(
    policies: Sequence[str],
    *,
    rationale: str,
    change: str,
    now: datetime,
    hands: Hands,
    dry_run: bool = False,
) -> tuple[RecordedChange, ...]:
    """Record the files of policies as they stand in the working tree, in one commit or not at all.

    The first entry of a policy registers it; later ones say what kind of edit it was, which is
    read off the difference: exceptions only, or anything else.

    Args:
        policies: the ids of one policy or more.
        rationale: why, in one line.
        change: the name of the change.
        now: the time that the entries state.
        hands: repository, signer and readers.
        dry_run: say what would happen, and change nothing.

    Raises:
        RefusedError: there is nothing to record, an edit moves the stage, or it changes exceptions
            besides and these need other approvals.
        DocumentError: a file has errors.
    """
    require_rationale(rationale)
    state = ledger_state(hands)
    changes = [
        _change(policy, state, rationale=rationale, name=change, now=now, hands=hands)
        for policy in dict.fromkeys(policies)
    ]
    return record_changes(changes, state, hands, dry_run=dry_run)


def _change(
    policy: str, state: LedgerState, *, rationale: str, name: str, now: datetime, hands: Hands
) -> Change:
    require_intact(state, policy, unrecorded=True)
    last = require_settled(state, policy, ChangeAction.EDIT)
    path = paths.policy_path(policy)
    content = hands.repository.working_file(path)
    if content is None:
        raise UsageError(f"there is no {path}", hint=_instead(policy, state))
    before = last.entry.after if last else None
    if sha256(content) == before:
        raise RefusedError(
            f"{path} is as entry {last.entry.seq if last else 0} recorded it",
            hint=f"if it was reviewed, say so: policyctl record {policy} --reviewed",
        )
    reading = read_document(
        content,
        file=path,
        documents=hands.documents,
        governance=CommittedGovernance(state.snapshot, state.root, hands.catalogues),
    )
    effective = require_effective(reading).policy
    require_alike(reading, hands.documents)
    _require_stage(policy, effective.stage, last)
    hands.repository.require_ready([], edited=path)
    action = ChangeAction.REGISTER
    if last is None or before is None:
        _require_portable(path)
    else:
        old = _old_data(path, before, hands)
        action = edit_kind(old, reading.data) if old and reading.data else ChangeAction.EDIT
        if action is ChangeAction.EDIT and old and reading.data:
            use_cases = {effective.use_case, last.entry.use_case}
            needs = needed_besides(state.root, effective.stage, use_cases)
            _require_one_kind(policy, old, reading.data, needs)
    return Change(
        name=name,
        action=action,
        target=effective.stage,
        after=content,
        policy=policy,
        owner=effective.owner,
        use_case=effective.use_case,
        last=last,
        rationale=rationale,
        now=now,
    )


def _require_stage(policy: str, stage: Stage, last: Recorded | None) -> None:
    # A policy that was retired starts anew.
    expected = (last.entry.target if last else None) or Stage.LOGGING
    if stage is expected:
        return
    raise RefusedError(
        f"the file says stage '{stage.value}', and '{policy}' is in '{expected.value}'",
        hint=f"write 'stage: {expected.value}'; only 'policyctl promote' and 'demote' move it",
    )


def _require_portable(path: str) -> None:
    problem = problem_elsewhere(path)
    if problem:
        raise RefusedError(f"{path} {problem}", hint="rename it, and the id that it states")


def _require_one_kind(
    policy: str, before: Mapping[str, Any], after: Mapping[str, Any], needs: Mapping[str, int]
) -> None:
    """An entry has one name and the approvals of one: others would be asked about nothing."""
    if not needs or not more_than_an_edit(before, after):
        return
    owed = ", ".join(f"{count} x {role}" for role, count in needs.items())
    raise RefusedError(
        f"the edit of '{policy}' changes 'exceptions' too, which needs {owed} and an edit does not",
        hint="take the exceptions out, record and approve the edit, then record them on their own",
    )


def _old_data(path: str, digest: str, hands: Hands) -> Mapping[str, Any] | None:
    content = hands.repository.past_content(path, digest)
    if content is None:
        return None
    return _data(content, path, hands.documents)


def _data(content: bytes, path: str, documents: Documents) -> Mapping[str, Any] | None:
    document, _ = documents.parse(content, path)
    data = document.data if document else None
    return data if isinstance(data, dict) else None


def _instead(policy: str, state: LedgerState) -> str:
    """What to do where there is no such file: it was deleted, is called otherwise, or is new."""
    chain = state.ledger.chains.get(policy)
    if chain and chain.last and chain.last.entry.after is not None:
        return f"git restore {paths.policy_path(policy)}, or policyctl retire {policy}"
    near = suggestion(policy, state.ledger.chains) if state.ledger.chains else ""
    new = f"policyctl new {policy} --use-case …"
    return f"{near} or for a new one: {new}" if near.startswith("did") else new

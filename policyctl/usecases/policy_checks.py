"""What the ledger alone cannot tell of a change: by the base's root, the files, the clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policyctl.core.entry import ChangeAction
from policyctl.core.evidence_files import check_evidence
from policyctl.core.expiry import day, days_left, is_expired
from policyctl.core.frozen import replace
from policyctl.core.merge_verdict import Check, Topic, Verdict, topic_of, verdict_of
from policyctl.core.named_action import is_narrow, unnamed_changes
from policyctl.core.recorded import Recorded
from policyctl.core.trust_root import TrustRoot
from policyctl.usecases.policy_approvals import missing_by_base, missing_of
from policyctl.usecases.policy_case import PolicyCase


def checks_besides(case: PolicyCase) -> Iterator[Check]:
    """What is wrong with a changed policy although its chain holds."""
    yield from _misnamed(case)
    yield from _gates(case)
    yield from _approvals(case)
    yield from _exceptions(case)
    yield from _taken_back(case)


def _misnamed(case: PolicyCase) -> Iterator[Check]:
    """What is called less than it does, entry by entry, as approvals go by the name."""
    for item in case.entries:
        entry = item.entry
        if not is_narrow(entry.action) or entry.before == entry.after:
            continue
        before, after = (
            case.values_of(case.contents.get(digest or ""))
            for digest in (entry.before, entry.after)
        )
        if before is None or after is None:
            yield from _unseen(case, item)
            continue
        keys = unnamed_changes(entry.action, before, after)
        if keys:
            text = f"entry {entry.seq} is called '{entry.action.value}' and changes {_listed(keys)}"
            hint = f"take it back with 'policyctl withdraw {case.policy}', and record an edit"
            yield Check(topic=Topic.RECORDED, verdict=Verdict.REFUSED, text=text, hint=hint)


def _unseen(case: PolicyCase, item: Recorded) -> Iterator[Check]:
    """An entry whose files are in no commit any more, as after a squash: it may be an edit."""
    entry = item.entry
    needs = missing_of(case, item, replace(entry, action=ChangeAction.EDIT))
    if needs and not any(topic_of(one.code) is Topic.RECORDED for one in case.findings):
        owed = ", ".join(f"{count} x {role}" for role, count in sorted(needs.items()))
        text = (
            f"what entry {entry.seq} ('{entry.action.value}') changes by itself is in no commit, "
            f"and it lacks what an edit needs: {owed}"
        )
        hint = "leave the commits of the branch as they are, or record each change on its own"
        yield Check(topic=Topic.RECORDED, verdict=Verdict.REFUSED, text=text, hint=hint)


def _listed(keys: tuple[str, ...]) -> str:
    return ", ".join(f"'{key}'" for key in keys)


def _gates(case: PolicyCase) -> Iterator[Check]:
    """The gates of the base's trust root and the policy's own, whatever root an entry names."""
    chain = case.ledgers.head.chains.get(case.policy)
    if chain is None or not case.entries:
        return
    known = {item.message for item in case.findings}
    for root in _floors(case):
        found = check_evidence(
            case.ledgers.snapshots[case.changes.head],
            replace(chain, entries=case.entries),
            replace(
                case.ledgers.head.roots,
                by_version={item.entry.root: root for item in case.entries},
            ),
        )
        for finding in found:
            if finding.message not in known:
                known.add(finding.message)
                verdict = verdict_of(finding, owed=(), known=case.known)
                yield Check(topic=Topic.GATE, verdict=verdict, text=finding.message)


def _floors(case: PolicyCase) -> Iterator[TrustRoot]:
    """The base's trust root, with its own gates and with those of the policy in force."""
    yield case.root
    effective = case.reading.effective if case.reading else None
    if effective is not None and case.entries[-1].entry.action is ChangeAction.PROMOTE:
        yield replace(case.root, gates=effective.data.get("gates", {}))


def _approvals(case: PolicyCase) -> Iterator[Check]:
    for item, missing in missing_by_base(case):
        owed = ", ".join(f"{count} x {role}" for role, count in sorted(missing.items()))
        version = case.root.version
        text = f"entry {item.entry.seq} lacks {owed} by trust root {version}, which the base has"
        hint = f"merge trust root {item.entry.root} first, in a pull request of its own"
        yield Check(topic=Topic.APPROVALS, verdict=Verdict.OWED, text=text, hint=hint)


def _exceptions(case: PolicyCase) -> Iterator[Check]:
    """What is wrong with an exception that the branch brings or changes."""
    before = exceptions_of(case.before)
    for item in exceptions_of(case.after):
        if item in before or case.goes_back:
            continue
        for problem in _wrong_with(item, case):
            text = f"exception {item.get('id', '')!s}: {problem}"
            yield Check(topic=Topic.EXCEPTIONS, verdict=Verdict.REFUSED, text=text)


def _taken_back(case: PolicyCase) -> Iterator[Check]:
    """An entry that the base withdrew: a merge would leave what the branch adds to it."""
    seq = case.ledgers.taken_back(case.policy)
    if seq:
        base = case.changes.base
        text = f"'{base}' took entry {seq} of '{case.policy}' back since the branch left it"
        hint = f"start again from '{base}'"
        yield Check(topic=Topic.SEQUENCE, verdict=Verdict.REFUSED, text=text, hint=hint)


def _wrong_with(item: Mapping[str, Any], case: PolicyCase) -> Iterator[str]:
    expires = day(str(item.get("expires", "")))
    if is_expired(expires, case.now):
        yield f"it ended on {expires}" if expires else "it names no day on which it ends"
    owner = item.get("owner")
    if not isinstance(owner, str) or not case.root.knows(owner):
        yield f"the base's governance does not know its owner '{owner}'"
    if not item.get("reason"):
        yield "it gives no reason"
    if not item.get("when"):
        yield "it names no criterion, so it lets everything through"


def exceptions_in_order(case: PolicyCase) -> str:
    """How many exceptions there are and which ends first, or nothing where there are none."""
    found = exceptions_of(case.after)
    if not found:
        return ""
    ends = ((days_left(day(str(one.get("expires", ""))), case.now), one) for one in found)
    left, first = min(ends, key=lambda pair: (pair[0], str(pair[1].get("id"))))
    name, expires = first.get("id"), first.get("expires")
    return f"{len(found)}; the first to end is {name}, on {expires} ({left} days left)"


def exceptions_of(data: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The exceptions in a policy's values."""
    found = (data or {}).get("exceptions", [])
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []

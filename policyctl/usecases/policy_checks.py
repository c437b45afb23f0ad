"""What the ledger alone cannot tell of a change: by the base's root, the files, the clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policyctl.core.expiry import day, days_left, is_expired
from policyctl.core.merge_verdict import Check, Topic, Verdict
from policyctl.usecases.policy_approvals import missing_by_base, missing_by_owner
from policyctl.usecases.policy_case import PolicyCase
from policyctl.usecases.policy_gates import gate_checks
from policyctl.usecases.policy_naming import naming_checks


def checks_besides(case: PolicyCase) -> Iterator[Check]:
    """What is wrong with a changed policy although its chain holds."""
    yield from naming_checks(case)
    yield from gate_checks(case)
    yield from _approvals(case)
    yield from _exceptions(case)
    yield from _taken_back(case)


def _approvals(case: PolicyCase) -> Iterator[Check]:
    for item, missing in missing_by_base(case):
        owed = ", ".join(f"{count} x {role}" for role, count in sorted(missing.items()))
        version = case.root.version
        text = f"entry {item.entry.seq} lacks {owed} by trust root {version}, which the base has"
        hint = f"merge trust root {item.entry.root} first, in a pull request of its own"
        yield Check(topic=Topic.APPROVALS, verdict=Verdict.OWED, text=text, hint=hint)
    for item, missing in missing_by_owner(case):
        owed = ", ".join(f"{count} x {role}" for role, count in sorted(missing.items()))
        text = (
            f"entry {item.entry.seq} lacks {owed} by somebody who does not own "
            f"'{case.policy}' in the base"
        )
        hint = "merge the change of its owner first, in a pull request of its own"
        yield Check(topic=Topic.APPROVALS, verdict=Verdict.REFUSED, text=text, hint=hint)


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

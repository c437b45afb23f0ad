"""One policy that a branch changes, judged topic by topic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policyctl.core.entry import ChangeAction
from policyctl.core.finding import Finding, Severity, Span
from policyctl.core.frozen import frozen, replace
from policyctl.core.merge_verdict import Check, Topic, Verdict, topic_of, verdict_of, worst
from policyctl.core.recorded import Recorded
from policyctl.usecases.diff import PolicyDiff
from policyctl.usecases.policy_approvals import Turn, given, required, turns
from policyctl.usecases.policy_case import PolicyCase
from policyctl.usecases.policy_checks import checks_besides, exceptions_in_order

_ABOUT_EXCEPTIONS = ("exception-", "duplicate-exception")


@frozen
class JudgedPolicy:
    """What became of one policy, and whether that may be merged.

    Attributes:
        file: the policy file's path.
        diff: what changes in policy terms; None where nothing of the policy itself does.
        entries: the entries that the branch adds.
        required: the approvals that the change needs, by role.
        given: who approved, by role.
        turns: whose turn it is.
        checks: each topic that concerns it, with a verdict.
        findings: what the verdict rests on, at its places.
        span: where the change begins in the branch's file, or None.
    """

    policy: str
    file: str
    diff: PolicyDiff | None
    entries: tuple[Recorded, ...]
    required: Mapping[str, int]
    given: Mapping[str, tuple[str, ...]]
    turns: tuple[Turn, ...]
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    span: Span | None = None

    @property
    def verdict(self) -> Verdict:
        """The worst of all checks."""
        return worst(check.verdict for check in self.checks)

    @property
    def open(self) -> tuple[Check, ...]:
        """The checks that keep it from being merged, the worst first."""
        wrong = [check for check in self.checks if check.verdict is not Verdict.READY]
        return tuple(sorted(wrong, key=lambda check: -check.verdict))


def judge_policy(case: PolicyCase) -> JudgedPolicy:
    """The policy with all its checks."""
    besides = tuple(checks_besides(case))
    wrong = [*_of_ledger(case), *_of_rules(case), *besides]
    return JudgedPolicy(
        policy=case.policy,
        file=case.file,
        diff=case.diff,
        entries=case.entries,
        required=required(case),
        given=given(case),
        turns=turns(case),
        checks=tuple(check for topic in Topic for check in _complete(topic, wrong, case)),
        findings=tuple(_findings(case, besides)),
        span=_begin(case),
    )


def _begin(case: PolicyCase) -> Span | None:
    """The first key of the branch's file that says something else than before."""
    document = case.reading.document if case.reading else None
    before, after = case.before or {}, case.after or {}
    if document is None:
        return None
    spans = (document.span((key,), key=True) for key in after if after[key] != before.get(key))
    return min((span for span in spans if span), default=None)


def _of_ledger(case: PolicyCase) -> Iterator[Check]:
    for finding in case.findings:
        verdict = verdict_of(finding, owed=case.ledgers.owed, known=case.known)
        topic, hint = topic_of(finding.code), finding.hint
        if verdict is Verdict.OWED and topic is Topic.APPROVALS:
            hint = f"policyctl approve {case.policy}"  # nothing was removed that could be restored
        yield Check(topic=topic, verdict=verdict, text=finding.message, hint=hint)


def _of_rules(case: PolicyCase) -> Iterator[Check]:
    for finding in case.linted:
        about_exceptions = finding.code.startswith(_ABOUT_EXCEPTIONS)
        place = f"line {finding.span.line}: " if finding.span else ""
        yield Check(
            topic=Topic.EXCEPTIONS if about_exceptions else Topic.VALID,
            verdict=Verdict.READY if case.goes_back else Verdict.REFUSED,
            text=f"{place}{finding.message} ({finding.code})",
            hint=finding.hint,
        )


def _complete(topic: Topic, wrong: list[Check], case: PolicyCase) -> Iterator[Check]:
    """What there is to say of one topic: what is wrong with it, else what is there."""
    found = [check for check in wrong if check.topic is topic]
    yield from found
    text = "" if found else _there(topic, case)
    if text:
        yield Check(topic=topic, verdict=Verdict.READY, text=text)


def _there(topic: Topic, case: PolicyCase) -> str:
    """What is there, in a few words; nothing where the topic does not concern the change."""
    entries = [item.entry for item in case.entries]
    match topic:
        case Topic.RECORDED:
            names = (f"entry {entry.seq} ({entry.action.value})" for entry in entries)
            return ", ".join(names) or "no new entry"
        case Topic.SIGNED:
            authors = sorted({who for item in case.entries for who in item.authors})
            return f"by {', '.join(authors)}" if authors else ""
        case Topic.STAGE:
            return ", ".join(one.transition for one in entries if one.source is not one.target)
        case Topic.GATE:
            steps = [
                one.target.value for one in entries if _is_promotion(one.action) and one.target
            ]
            return f"the gate of {' and '.join(steps)} is met" if steps else ""
        case Topic.APPROVALS:
            return _approvals(case)
        case Topic.EXCEPTIONS:
            return exceptions_in_order(case)
        case Topic.VALID:
            return "no rule finds an error" if case.reading else ""
        case Topic.CHAIN:
            count = len(case.chain)
            return f"{count} entr{'ies hold' if count != 1 else 'y holds'}" if count else ""
        case _:
            return ""


def _is_promotion(action: ChangeAction) -> bool:
    return action is ChangeAction.PROMOTE


def _approvals(case: PolicyCase) -> str:
    said = [f"{', '.join(people)} ({role})" for role, people in given(case).items()]
    return "; ".join(said) or ("none needed" if case.settling else "")


def _findings(case: PolicyCase, besides: tuple[Check, ...]) -> Iterator[Finding]:
    """Everything that is wrong, as findings with the codes by which scripts know them."""
    for finding in (*case.findings, *case.linted):
        found = replace(finding, policy=case.policy)
        holds_up = not (case.goes_back and finding in case.linted)
        yield found if holds_up else replace(found, severity=Severity.WARNING)
    for check in besides:
        yield Finding(
            code=f"promote-{check.topic.value}",
            severity=Severity.ERROR,
            message=check.text,
            hint=check.hint,
            file=case.file,
            policy=case.policy,
        )

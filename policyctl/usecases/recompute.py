"""Recompute the evidence behind promotions from records, and compare it with what was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from policyctl.core import paths
from policyctl.core.canonical import decode, sha256
from policyctl.core.entry import ChangeAction
from policyctl.core.evidence import RecordSource, evidence_bytes
from policyctl.core.facts import RequestCounter
from policyctl.core.frozen import replace
from policyctl.core.recomputed import Agreement, Recomputed
from policyctl.core.recorded import Recorded
from policyctl.core.snapshot import content_of
from policyctl.errors import PolicyctlError
from policyctl.usecases.evidence import Beside, evidence_for
from policyctl.usecases.exception_history import exception_history, exceptions_of
from policyctl.usecases.governed import CommittedGovernance
from policyctl.usecases.ledger_state import Hands, LedgerState
from policyctl.usecases.ports import Analysis
from policyctl.usecases.reading import read_document


def recompute(
    state: LedgerState,
    hands: Hands,
    records: Analysis,
    *,
    labels: Sequence[tuple[str, bytes]] = (),
    counter: RequestCounter | None = None,
) -> tuple[Recomputed, ...]:
    """Compute the evidence of every promotion again.

    Args:
        state: the ledger.
        hands: repository and readers.
        records: the records that were given; evidence from others cannot be judged.
        labels: files with verdicts; each promotion takes the one that it names.
        counter: the count of requests that the promotions name.

    Raises:
        InputError: the records cannot be read.
    """
    again = _Again(state, hands, records, labels, counter)
    return tuple(again.results())


class _Again:
    def __init__(
        self,
        state: LedgerState,
        hands: Hands,
        records: Analysis,
        labels: Sequence[tuple[str, bytes]],
        counter: RequestCounter | None,
    ) -> None:
        self._state, self._hands, self._records = state, hands, records
        self._labels = {sha256(content): (name, content) for name, content in labels}
        self._counter = counter
        self._sources: list[dict[str, Any]] | None = None

    def results(self) -> Iterator[Recomputed]:
        for chain in self._state.ledger.chains.values():
            for place, item in enumerate(chain.entries):
                if item.entry.action is ChangeAction.PROMOTE and item.entry.evidence:
                    yield self._result(chain.entries, place)

    def _result(self, entries: Sequence[Recorded], place: int) -> Recomputed:
        entry = entries[place].entry
        path = paths.HOME + entry.evidence[0].name
        found = Recomputed(
            policy=entry.policy, entry=entry.seq, path=path, agreement=Agreement.UNKNOWN
        )
        stored = content_of(self._state.snapshot, path)
        if stored is None or sha256(stored) != entry.evidence[0].sha256:
            return replace(found, reason="its report is not in the repository as it was recorded")
        report: Any = decode(stored)
        if self._given() != report["records"]:
            return replace(found, reason="it was computed from other records")
        beside = self._beside(report, entries, place)
        if isinstance(beside, str):
            return replace(found, reason=beside)
        try:
            computed = self._compute(entries[place], beside)
        except PolicyctlError as error:
            return replace(found, reason=error.message)
        differing = _differing(report, decode(computed))
        agreement = Agreement.DIFFERS if differing else Agreement.SAME
        return replace(found, agreement=agreement, differing=differing)

    def _given(self) -> list[dict[str, Any]]:
        if self._sources is None:
            self._sources = [
                {"name": item.name, "sha256": item.sha256, "lines": item.lines}
                for item in sorted(self._manifest())
            ]
        return self._sources

    def _manifest(self) -> tuple[RecordSource, ...]:
        try:
            return self._records.manifest()
        except ValueError:
            for _ in self._records:
                pass  # the digests of these files are known once they were read
            return self._records.manifest()

    def _beside(self, report: Any, entries: Sequence[Recorded], place: int) -> Beside | str:
        """What the report was computed with beside the records, or what of it is missing."""
        reviews, requests = report.get("reviews"), report.get("requests")
        labels = self._labels.get(reviews["sha256"]) if reviews else None
        if reviews and labels is None:
            return f"it rests on the verdicts in {reviews['name']}, which were not given"
        named = requests.get("counter") if requests else None
        if named and (self._counter is None or self._counter.sha256 != named["sha256"]):
            return f"it rests on the counts in {named['name']}, which were not given"
        author = min(entries[place].authors, default="")
        return Beside(
            labels=(reviews["name"], labels[1]) if labels else None,
            counter=replace(self._counter, name=named["name"]) if self._counter and named else None,
            author=author if labels else "",
            history=self._history(entries, place),
        )

    def _history(self, entries: Sequence[Recorded], place: int) -> Callable[[], Any]:
        before = entries[place].entry
        hands = self._hands

        def history() -> Any:
            content = hands.repository.past_content(before.path, before.before or "")
            present = exceptions_of(content or b"", hands.documents)
            return exception_history(present, entries[:place], hands.repository, hands.documents)

        return history

    def _compute(self, item: Recorded, beside: Beside) -> bytes:
        entry, hands = item.entry, self._hands
        content = hands.repository.past_content(entry.path, entry.before or "")
        if content is None or entry.target is None:
            raise PolicyctlError("git no longer holds the version of the policy that it judged")
        root = self._state.ledger.roots.by_version.get(entry.root)
        governance = CommittedGovernance(self._state.snapshot, root, hands.catalogues)
        reading = read_document(
            content, file=entry.path, documents=hands.documents, governance=governance
        )
        report = evidence_for(
            reading,
            target=entry.target,
            records=self._records,
            governance=governance,
            beside=beside,
        )
        return evidence_bytes(report)


def _differing(stored: Any, computed: Any) -> tuple[str, ...]:
    """The parts that differ.

    What a report of an earlier version does not tell is not compared, nor what counted the records:
    every engine counts the same.
    """
    return tuple(
        sorted(
            name
            for name in stored
            if name != "engine" and _facts(stored[name]) != _facts(computed.get(name))
        )
    )


def _facts(part: Any) -> Any:
    """A part without its sentences, which a later version may word otherwise."""
    if isinstance(part, dict):
        return {name: _facts(value) for name, value in part.items() if name != "sentence"}
    return [_facts(value) for value in part] if isinstance(part, list) else part

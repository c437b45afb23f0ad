"""Answers with the tables that a script has brought back; satisfies `ports.Analysis`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from policyctl.adapters.analytics.scripts import counts
from policyctl.adapters.analytics.scripts.days import day_counts
from policyctl.adapters.analytics.scripts.layout import Part
from policyctl.adapters.analytics.scripts.results import Results
from policyctl.adapters.analytics.scripts.script import script_for
from policyctl.adapters.analytics.scripts.wholeness import check_whole_results
from policyctl.adapters.analytics.sql_analysis import check_values
from policyctl.core.counted_daily import CountedDays, daily_of
from policyctl.core.counted_tally import Counted, tally_of
from policyctl.core.decision_table import table_of
from policyctl.core.evidence import RecordSource
from policyctl.core.frozen import replace
from policyctl.core.measuring import Measured
from policyctl.core.policy import Policy
from policyctl.core.question import Purpose, Question
from policyctl.core.record import Label, Record
from policyctl.core.replay import Replay, replay_of
from policyctl.core.sensitivity_choice import LevelCounts
from policyctl.core.tally import Tally
from policyctl.errors import InputError

_CELL = ("app", "cohort", "direction", "detector", "detector_version", "level", "status")


class ResultsAnalysis:
    """Answers the one question that the script has asked, and no other."""

    def __init__(self, names: Iterable[str]) -> None:
        """Read the tables.

        Args:
            names: folders and files, as `read_results` takes them.

        Raises:
            InputError: they are not what a script brings back.
        """
        self._results = Results(names)
        self._asked: Question | None = None

    @property
    def engine(self) -> str:
        """What has counted."""
        return self._results.engine

    def __iter__(self) -> Iterator[Record]:
        raise InputError("results hold counts, not records", hint="--events FILE")

    def manifest(self) -> tuple[RecordSource, ...]:
        """The table, with the digest of what came back from it."""
        found = self._results
        return (RecordSource(name=found.table, sha256=found.digest, lines=found.records),)

    def tally(self, old: Policy, new: Policy) -> Tally:
        """The counts that a gate is judged on."""
        return self.measure(old, new).tally

    def measure(
        self,
        old: Policy,
        new: Policy,
        *,
        size: int = 0,
        repeats: bool = False,
        scores: bool = False,  # noqa: ARG002
    ) -> Measured:
        """Everything that a gate is judged on; the picture of scores needs the records."""
        self._require(
            Question(purpose=Purpose.EVIDENCE, old=old, new=new, size=size, repeats=repeats)
        )
        results, decided = self._results, self._results.of(Part.DECIDED)
        requests = self._requests(new.apps)
        counted = Counted(
            seen=counts.seen_in(results.totals),
            levels=counts.levels_in(results.totals),
            versions=counts.versions_in(results.totals),
            days=counts.days_in(results.totals, table_of(new, new.apps)),
            requests=sum(requests.values()),
            flagged=counts.flagged_in(decided),
        )
        days = CountedDays(
            days=day_counts(new, counts.traffic_in(results.totals), counts.decisions_in(decided)),
            excepted=counts.excepted_in(results.of(Part.EXCEPTED)),
            requests=requests,
        )
        return Measured(
            tally=tally_of(new, counted),
            daily=daily_of(new, days),
            sample=counts.sample_in(results) if size else (),
            repeats=counts.repeats_in(results.of(Part.REPEATS)) if repeats else None,
        )

    def replay(self, old: Policy | None, new: Policy | None) -> Replay:
        """The records decided under two policies."""
        self._require(Question(purpose=Purpose.REPLAY, old=old, new=new))
        policies = [policy for policy in (old, new) if policy]
        apps: set[str] = set()
        if policies and all(policy.apps for policy in policies):
            apps.update(app for policy in policies for app in policy.apps)
        return replay_of(
            old,
            new,
            seen=counts.seen_in(self._results.totals),
            requests=sum(self._requests(sorted(apps)).values()) if policies else 0,
            changes=counts.changes_in(self._results),
        )

    def level_counts(self, policy: Policy) -> LevelCounts:
        """The policy's detections, level by level; `replay` has to be asked first."""
        asked = self._asked.new if self._asked else None
        if asked is None or replace(asked, stage=policy.stage) != policy:
            raise InputError("the results say nothing about this policy's sensitivities")
        rows = self._results.of(Part.DECIDED)
        return LevelCounts(
            counts=counts.level_counts_in(rows), seen=counts.seen_in(self._results.totals)
        )

    def _requests(self, apps: Sequence[str]) -> Mapping[tuple[date, str], int]:
        found = counts.requests_in(self._results.of(Part.REQUESTS))
        return {key: number for key, number in found.items() if not apps or key[1] in apps}

    def _require(self, question: Question) -> None:
        """Raise `InputError` unless the tables answer this question, whole."""
        found = self._results
        script = script_for(question, found.engine, found.table)
        if script.digest != found.script:
            raise InputError(
                f"the results answer another question than this {question.purpose.value} asks",
                hint="the policies, the stage, the sample or policyctl are others now: emit the"
                " script again, and run that",
            )
        try:
            check_values([tuple(row[name] for name in _CELL) for row in found.totals])
            for row in found.of(Part.DECIDED):
                Label(row["label"] or Label.UNSURE.value)
            check_whole_results(found, question)
        except ValueError as error:
            raise InputError(f"{found.table}: {error}") from error
        self._asked = question

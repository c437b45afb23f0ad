"""Counts detection records by SQL, on any engine that runs the queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import NoReturn, Protocol

from policyctl.adapters.analytics import changes_sql, daily_sql, details_sql, traffic_sql
from policyctl.adapters.analytics.dialect import Dialect, disagreeing, preflight_query
from policyctl.adapters.analytics.results import (
    Row,
    changes_of,
    days_of,
    excepted_of,
    flagged_of,
    level_counts_of,
    levels_of,
    repeats_of,
    sample_of,
    scores_of,
    seen_of,
    versions_of,
)
from policyctl.adapters.analytics.rules_sql import KEYED, RULES, Rules, Value, decided, rules_of
from policyctl.core.counted_daily import CountedDays, daily_of
from policyctl.core.counted_tally import Counted, tally_of
from policyctl.core.decision_table import Cell, DecisionTable, table_of, tables_of
from policyctl.core.evidence import RecordSource
from policyctl.core.frozen import replace
from policyctl.core.levels import Level, Sensitivity
from policyctl.core.measuring import Measured
from policyctl.core.policy import Policy
from policyctl.core.record import Label, Record, Status, record_from
from policyctl.core.recorded_traffic import Seen
from policyctl.core.replay import Replay, replay_of
from policyctl.core.review_sample import StratumSample
from policyctl.core.sensitivity_choice import LevelCounts
from policyctl.core.tally import Tally
from policyctl.errors import InputError
from policyctl.usecases.ports import RecordFiles

Requests = Mapping[tuple[date, str], int]
"""Distinct requests by day (UTC) and application."""

_DECIDED = "SELECT * FROM decided"


class SqlEngine(Protocol):
    """Runs queries over ``hits``, ``details``, ``named`` and ``totals`` of some records."""

    name: str
    dialect: Dialect
    identity: str
    """An expression over ``hits`` that differs where two records may stand side by side."""

    def prepare(self) -> None:
        """Bring the relations about; called once, before anything else."""

    def rows(self, query: str) -> list[Row]:
        """What a query gives."""

    def define(self, name: str, query: str) -> None:
        """Keep what a query gives as a relation, in the place of one of that name."""

    def load(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
        """Keep rows as a relation, in the place of one of that name."""

    def requests(self, apps: Sequence[str]) -> Requests:
        """Distinct requests by day and application, of all of them if none is named."""

    def sources(self) -> tuple[RecordSource, ...]:
        """What the records came from."""


class SqlAnalysis:
    """Asks an engine; satisfies `ports.Analysis`.

    The counts are those of the records that the strict reader takes. Where something looks as if
    it would refuse them, it is asked, because it names the place.
    """

    def __init__(self, engine: SqlEngine, records: RecordFiles) -> None:
        self._sql = engine
        self._records = records
        self._seen: dict[Cell, Seen] | None = None
        self._rules: Rules | None = None
        self._kept: frozenset[str] = frozenset()

    @property
    def engine(self) -> str:
        """What counts."""
        return self._sql.name

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records)

    def manifest(self) -> tuple[RecordSource, ...]:
        """What was read."""
        return self._sql.sources()

    def tally(self, old: Policy, new: Policy) -> Tally:
        """The counts that a gate is judged on."""
        seen = self._traffic()
        # First, because it takes the most memory.
        requests = self._sql.requests(new.apps)
        return self._tally(new, seen, requests, self._decided(old, new))

    def measure(
        self,
        old: Policy,
        new: Policy,
        *,
        size: int = 0,
        repeats: bool = False,
        scores: bool = False,
    ) -> Measured:
        """Everything that a gate is judged on."""
        seen = self._traffic()
        requests = self._sql.requests(new.apps)
        keys = _keys_of(new)
        besides = (("key",) if keys else ()) + (("cluster", "micros") if size else ())
        rules = self._decided(old, new, besides)
        again = self._sql.rows(details_sql.REPEATS) if repeats else ()
        steps = self._sql.rows(details_sql.SCORES) if scores else ()
        return Measured(
            tally=self._tally(new, seen, requests, rules),
            daily=daily_of(new, self._days(keys, requests, rules)),
            sample=self._sample(rules, size) if size else (),
            repeats=repeats_of(again, rules.strata) if repeats else None,
            scores=scores_of(steps, rules.strata) if scores else (),
        )

    def _decided(self, old: Policy, new: Policy, besides: Iterable[str] = ()) -> Rules:
        """Decide the hits, as a gate does."""
        return self._decide((table_of(old), table_of(new, new.apps)), besides)

    def _days(self, keys: Sequence[str], requests: Requests, rules: Rules) -> CountedDays:
        excepted = daily_sql.excepted(_DECIDED, keys, self._sql.dialect)
        return CountedDays(
            days=days_of(self._sql.rows(daily_sql.days(_DECIDED)), rules.strata),
            excepted=excepted_of(self._sql.rows(excepted), rules.cells),
            requests=requests,
        )

    def _sample(self, rules: Rules, size: int) -> tuple[StratumSample, ...]:
        return sample_of(
            self._sql.rows(daily_sql.clusters(_DECIDED)),
            self._sql.rows(daily_sql.drawn(_DECIDED, size, self._sql.dialect)),
            rules.strata,
        )

    def _tally(
        self, new: Policy, seen: dict[Cell, Seen], requests: Requests, rules: Rules
    ) -> Tally:
        query = changes_sql.tallied(_DECIDED, self._sql.dialect)
        counted = Counted(
            seen=seen,
            levels=levels_of(self._sql.rows(traffic_sql.LEVELS)),
            versions=versions_of(self._sql.rows(traffic_sql.VERSIONS)),
            days=[row[0] for row in self._sql.rows(traffic_sql.DAYS)],
            requests=sum(requests.values()),
            flagged=flagged_of(self._sql.rows(query), rules.strata),
        )
        return tally_of(new, counted)

    def replay(self, old: Policy | None, new: Policy | None) -> Replay:
        """The records decided under two policies."""
        seen = self._traffic()
        dialect = self._sql.dialect
        requests = self._requests(old, new)
        rules = self._decide(tables_of(old, new))
        changed = changes_sql.changed(_DECIDED)
        return replay_of(
            old,
            new,
            seen=seen,
            requests=requests,
            changes=changes_of(
                self._sql.rows(changes_sql.summary(changed, dialect)),
                self._sql.rows(changes_sql.sessions(changed)),
                self._sql.rows(changes_sql.examples(changed, dialect)),
                rules.strata,
            ),
        )

    def level_counts(self, policy: Policy) -> LevelCounts:
        """The policy's detections, level by level."""
        seen = self._traffic()
        widest = replace(
            policy,
            guardrails=tuple(
                replace(item, sensitivity=max(Sensitivity)) for item in policy.guardrails
            ),
        )
        rules = self._decide((table_of(None), table_of(widest, policy.apps)))
        rows = self._sql.rows(changes_sql.by_level(_DECIDED, self._sql.dialect))
        return LevelCounts(counts=level_counts_of(rows, rules.strata), seen=seen)

    def _requests(self, old: Policy | None, new: Policy | None) -> int:
        policies = [policy for policy in (old, new) if policy]
        if not policies:
            return 0
        if not all(policy.apps for policy in policies):
            return sum(self._sql.requests(()).values())
        apps = sorted({app for policy in policies for app in policy.apps})
        return sum(self._sql.requests(apps).values())

    def _decide(
        self, tables: tuple[DecisionTable, DecisionTable], besides: Iterable[str] = ()
    ) -> Rules:
        """Decide the hits under two tables, unless the last two said the same.

        Args:
            tables: of the two policies.
            besides: columns of hits that are asked for, and kept only then.
        """
        rules, kept = rules_of(tables, self._traffic()), frozenset(besides)
        if rules != self._rules or not kept <= self._kept:
            self._rules = None
            self._sql.load("rules", RULES, rules.rules)
            self._sql.load("keyed", KEYED, rules.keyed)
            self._sql.define("decided", decided(rules, self._sql.dialect, sorted(kept)))
            self._rules, self._kept = rules, kept
        return rules

    def _traffic(self) -> dict[Cell, Seen]:
        if self._seen is None:
            try:
                self._sql.prepare()
                self._sql.define("cells", traffic_sql.CELLS)
                self._check()
            except (InputError, ValueError) as error:
                self._refuse(error)
            self._preflight()
            self._seen = seen_of(self._sql.rows(traffic_sql.SEEN))
        return self._seen

    def _refuse(self, error: Exception) -> NoReturn:
        """Let the strict reader say what is wrong, and where; else the engine's own words."""
        for _ in self._records:
            pass
        if isinstance(error, InputError):
            raise error
        raise InputError(f"{self._sql.name}: {error}") from error

    def _preflight(self) -> None:
        vector = disagreeing(self._sql.rows(preflight_query(self._sql.dialect)))
        if vector:
            raise InputError(
                f"{self._sql.name} puts the key {vector} into another bucket than policyctl does",
                hint="it would block other people than those that the policy names",
            )

    def _check(self) -> None:
        """Raise `ValueError` if the strict reader would refuse what the engine has swallowed."""
        check_values(self._sql.rows(traffic_sql.VALUES))
        if self._sql.rows(traffic_sql.TIMELESS):
            raise ValueError("a record has no time")
        if self._sql.rows(traffic_sql.NAMELESS):
            raise ValueError("a record has no request id")
        for (label,) in self._sql.rows("SELECT DISTINCT label FROM hits WHERE label IS NOT NULL"):
            Label(label)
        self._check_identity()

    def _check_identity(self) -> None:
        found = self._sql.rows(f"SELECT count(*), count(DISTINCT {self._sql.identity}) FROM hits")
        if len(set(found[0])) > 1:
            raise ValueError("a request has a detection twice")


def _keys_of(policy: Policy) -> list[str]:
    """The keys that exceptions name."""
    return sorted({key for item in policy.exceptions for key in item.keys})


def check_values(rows: Sequence[Row]) -> None:
    """Raise `ValueError` unless a record may have these values."""
    names = ("app", "cohort", "direction", "detector", "detector_version", "level", "status")
    for number, name in enumerate(names):
        for value in {row[number] for row in rows}:
            wanted = _level(value) if name == "level" else value
            record_from({**_ANY_RECORD, name: wanted} if wanted != "" else _without(name))
    for row in rows:
        if row[-1] != Status.OK.value and row[-2] is not None:
            raise ValueError(f"a record with status '{row[-1]}' has a level")


def _level(value: object) -> str:
    return "none" if value is None else Level(int(str(value))).label


def _without(name: str) -> dict[str, object]:
    return {key: value for key, value in _ANY_RECORD.items() if key != name}


_ANY_RECORD: dict[str, object] = {
    "ts": datetime(2026, 1, 1, tzinfo=UTC).isoformat().replace("+00:00", "Z"),
    "request_id": "r",
    "app": "a",
    "direction": "input",
    "detector": "d",
    "level": "none",
    "status": "ok",
}

"""The queries of a script: the preflight, and one for each table that it brings back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from policyctl.adapters.analytics.scripts.dialects import Names, ScriptDialect
from policyctl.adapters.analytics.scripts.layout import (
    ALIKE,
    DECISIONS,
    EXAMPLES,
    LAYOUTS,
    NAMELESS,
    SEEN_AGAIN,
    TOTALS,
    TWICE,
    Part,
)
from policyctl.adapters.analytics.scripts.preflight import vectors
from policyctl.adapters.analytics.scripts.relations import Relations
from policyctl.core.decision import Verdict
from policyctl.core.replay import EXAMPLES as EXAMPLES_OF_A_PLACE
from policyctl.core.replay import EXAMPLES_SALT, Kind
from policyctl.core.review_sample import SALT

_PLACE = ("guardrail", "direction", "app", "old", "new")
_STRATUM = ("new_guardrail", "direction", "app")
_CUBE = (
    *("old_guardrail", "new_guardrail", "direction", "app", "old", "new", "day", "level"),
    *("label", "blocked", "excepted"),
)

_ROWS = "count(*) OVER ()"


class Queries:
    """The queries of one question over one table."""

    def __init__(self, dialect: ScriptDialect, table: str, script: str) -> None:
        """Take what all of them have in common.

        Args:
            dialect: the engine's.
            table: the table of records, as the user names it.
            script: the script's digest.
        """
        self._dialect = dialect
        self._names = Names(dialect)
        self._table = table
        self._script = script

    def preflight(self) -> str:
        """What the engine computes, what it should compute, and whether that is the same."""
        c, quoted = self._names, self._dialect.sql.quoted
        rows = " UNION ALL\n  ".join(
            f"SELECT {number} AS {c.place}, {quoted(item.about)} AS {c.about},"
            f" {quoted(item.expected)} AS {c.expected}, {item.answer} AS {c.answer}"
            for number, item in enumerate(vectors(self._dialect))
        )
        return (
            f"SELECT {c.listed('place', 'about', 'expected', 'answer')},"
            f" CASE WHEN {c.answer} = {c.expected} THEN 'yes' ELSE 'NO, STOP' END AS {c.agrees}\n"
            f"FROM (\n  {rows}\n) p ORDER BY {c.place}"
        )

    def totals(self, relations: Relations) -> str:
        """Everything that was recorded, by what records are told apart by."""
        c = self._names
        cell = ("day", "app", "cohort", "direction", "detector", "detector_version", "level")
        by = c.listed(*cell, "status")
        counted = (
            f"SELECT {by}, count(*) AS {c.records}, min({c.micros}) AS {c.first_us},"
            f" max({c.micros}) AS {c.last_us} FROM records GROUP BY {by}"
        )
        row = self._row(TOTALS, {name: getattr(c, name) for name in LAYOUTS[TOTALS].columns[1:]})
        return f"{relations.before('records')}{row} FROM (\n  {counted}\n) q"

    def decisions(self, relations: Relations, keys: Iterable[str], *, repeats: bool = False) -> str:
        """What becomes of hits, and all that cannot be added up from that.

        Args:
            relations: what the query reads.
            keys: the keys that exceptions name.
            repeats: whether messages seen again are counted.
        """
        parts = [*self._facts(), *self._checks(), *self._counts(keys)]
        parts += self._repeats() if repeats else ()
        body = "\nUNION ALL\n".join(parts)
        return f"{relations.before('records', 'hits', 'decided')}{body}"

    def examples(self, relations: Relations, size: int) -> str:
        """Records of changed decisions, and those that are drawn for review."""
        body = self._example_rows()
        if size:
            body += f"\nUNION ALL\n{self._review_rows(size)}"
        return f"{relations.before('decided')}{body}"

    def _facts(self) -> Iterator[str]:
        c, sql = self._names, self._dialect.sql
        yield self._part(Part.ENGINE, {"key": sql.quoted(sql.name)})
        counted = f"SELECT count(*) AS {c.n} FROM records"
        yield self._part(Part.TABLE, {"key": sql.quoted(self._table), "n": c.n}, counted)
        for number, item in enumerate(vectors(self._dialect)):
            yield self._part(Part.PREFLIGHT, {"key": item.answer, "level": str(number)})

    def _checks(self) -> Iterator[str]:
        c = self._names
        same = c.listed("request_id", "detector", "direction")
        twice = f"SELECT {same} FROM hits GROUP BY {same} HAVING count(*) > 1"
        flaws = {
            TWICE: f"SELECT count(*) AS {c.n} FROM (SELECT * FROM ({twice}) t) s",
            NAMELESS: f"SELECT count(*) AS {c.n} FROM hits WHERE coalesce({c.request_id}, '') = ''",
        }
        for name, query in flaws.items():
            yield self._part(Part.CHECK, {"key": f"'{name}'", "n": c.n}, query)

    def _counts(self, keys: Iterable[str]) -> Iterator[str]:
        c = self._names
        day = f"CAST({c.day} AS {self._dialect.text})"
        yield self._part(
            Part.DECIDED,
            {
                **{name: getattr(c, name) for name in _CUBE if name != "new_guardrail"},
                "guardrail": c.new_guardrail, "day": day, "n": c.n,
            },
            self._grouped(_CUBE, "decided"),
        )  # fmt: skip
        place = {name: getattr(c, name) for name in _PLACE}
        first = (
            f"SELECT {c.listed(*_PLACE, 'session')}, min({c.day}) AS {c.day} FROM"
            f" ({self._changed()}) d GROUP BY {c.listed(*_PLACE, 'session')}"
        )
        hits = self._grouped((*_PLACE, "day"), f"({first}) f")
        yield self._part(Part.FIRST_HITS, {**place, "day": day, "n": c.n}, hits)
        sessions = (
            f"SELECT {c.kind}, count(DISTINCT {c.session}) AS {c.n} FROM"
            f" (SELECT {self._kind()} AS {c.kind}, {c.session} FROM ({self._changed()}) d) k"
            f" GROUP BY {c.kind}"
        )
        yield self._part(Part.SESSIONS, {"key": c.kind, "n": c.n}, sessions)
        cell = ("app", "cohort", "direction", "detector")
        yield self._part(
            Part.EXCEPTED,
            {**{name: getattr(c, name) for name in cell}, "day": day, "key": c.named, "n": c.n},
            self._grouped((*cell, "day", "named"), f"({self._named(cell, keys)}) e"),
        )
        clusters = (
            f"SELECT {c.listed(*_STRATUM)}, count(DISTINCT {c.cluster}) AS {c.n}"
            f" FROM decided WHERE {self._newly()} GROUP BY {c.listed(*_STRATUM)}"
        )
        yield self._part(Part.CLUSTERS, {**self._stratum(), "n": c.n}, clusters)
        distinct = f"SELECT DISTINCT {c.listed('day', 'app', 'cohort', 'request_id')} FROM records"
        requests = self._grouped(("day", "app"), f"({distinct}) r")
        yield self._part(Part.REQUESTS, {"app": c.app, "day": day, "n": c.n}, requests)

    def _repeats(self) -> Iterator[str]:
        c = self._names
        message = c.listed(*_STRATUM, "detector", "detector_version", "fingerprint")
        found = (
            f"SELECT {c.listed(*_STRATUM)}, min({c.level}) AS {c.least}, max({c.level}) AS {c.most}"
            f" FROM decided WHERE {c.new_guardrail} <> '' AND {c.fingerprint} <> ''"
            f" GROUP BY {message} HAVING count(*) > 1"
        )
        for key, where in ((SEEN_AGAIN, ""), (ALIKE, f" WHERE {c.least} = {c.most}")):
            counted = self._grouped(_STRATUM, f"({found}) m{where}")
            yield self._part(
                Part.REPEATS, {**self._stratum(), "key": f"'{key}'", "n": c.n}, counted
            )

    def _example_rows(self) -> str:
        c = self._names
        order = self._dialect.sql.digest_of(EXAMPLES_SALT, c.request_id, c.detector)
        columns = c.listed(*_PLACE, "request_id", "detector")
        hashed = f"SELECT {columns}, {order} AS {c.digest} FROM ({self._changed()}) d"
        numbered = (
            f"SELECT {columns}, row_number() OVER (PARTITION BY {c.listed(*_PLACE)} ORDER BY"
            f" {c.listed('digest', 'request_id', 'detector')}) AS {c.place} FROM ({hashed}) h"
        )
        names = (*_PLACE, "request_id", "detector", "place")
        given = {
            "part": f"'{Part.EXAMPLE.value}'",
            "of_part": _ROWS,
            **{name: getattr(c, name) for name in names},
        }
        kept = f"FROM (\n  {numbered}\n) q WHERE {c.place} <= {EXAMPLES_OF_A_PLACE}"
        return f"{self._row(EXAMPLES, given)} {kept}"

    def _review_rows(self, size: int) -> str:
        c = self._names
        rank = self._dialect.sql.digest_of(SALT, c.request_id, c.detector)
        columns = c.listed(*_STRATUM, "request_id", "detector", "micros")
        order = c.listed("digest", "direction")
        ranked = (
            f"SELECT {columns}, {c.cluster}, {rank} AS {c.digest} FROM decided"
            f" WHERE {self._newly()}"
        )
        turns = (
            f"SELECT r.*, row_number() OVER (PARTITION BY {c.listed(*_STRATUM, 'cluster')}"
            f" ORDER BY {order}) AS {c.turn} FROM ({ranked}) r"
        )
        numbered = (
            f"SELECT {columns}, row_number() OVER (PARTITION BY {c.listed(*_STRATUM)}"
            f" ORDER BY {order}) AS {c.place} FROM ({turns}) t WHERE {c.turn} = 1"
        )
        names = ("request_id", "detector", "place", "micros")
        given = {
            "part": f"'{Part.REVIEW.value}'",
            "of_part": _ROWS,
            **self._stratum(),
            **{name: getattr(c, name) for name in names},
        }
        kept = f"FROM (\n  {numbered}\n) q WHERE {c.place} <= {size}"
        return f"{self._row(EXAMPLES, given)} {kept}"

    def _changed(self) -> str:
        c = self._names
        allow = self._dialect.sql.quoted(Verdict.ALLOW.value)
        columns = c.listed(
            "direction", "app", "old", "new", "day", "session", "request_id", "detector"
        )
        return (
            f"SELECT CASE WHEN {c.new} = {allow} THEN {c.old_guardrail} ELSE {c.new_guardrail} END"
            f" AS {c.guardrail}, {columns} FROM decided WHERE {c.old} <> {c.new}"
        )

    def _named(self, cell: Iterable[str], keys: Iterable[str]) -> str:
        c, quoted = self._names, self._dialect.sql.quoted
        names = ", ".join(map(quoted, keys))
        key = f"CASE WHEN {c.key} IN ({names}) THEN {c.key} ELSE '' END" if names else "''"
        excepted = quoted(Verdict.EXCEPTED.value)
        return (
            f"SELECT {c.listed(*cell, 'day')}, {key} AS {c.named} FROM decided"
            f" WHERE {c.new} = {excepted}"
        )

    def _kind(self) -> str:
        new, old = self._acts("new"), self._acts("old")
        return (
            f"CASE WHEN {new} AND {old} THEN '{Kind.BLOCKED_OTHERWISE.value}'"
            f" WHEN {new} THEN '{Kind.NEWLY_BLOCKED.value}'"
            f" WHEN {old} THEN '{Kind.NO_LONGER_BLOCKED.value}'"
            f" ELSE '{Kind.OBSERVED_OTHERWISE.value}' END"
        )

    def _newly(self) -> str:
        return (
            f"{self._names.new_guardrail} <> '' AND {self._acts('new')} AND NOT {self._acts('old')}"
        )

    def _acts(self, side: str) -> str:
        quoted = self._dialect.sql.quoted
        acting = ", ".join(quoted(verdict.value) for verdict in Verdict if verdict.acts)
        return f"({self._dialect.quote(side)} IN ({acting}))"

    def _stratum(self) -> dict[str, str]:
        c = self._names
        return {"guardrail": c.new_guardrail, "direction": c.direction, "app": c.app}

    def _grouped(self, by: Iterable[str], relation: str) -> str:
        c = self._names
        listed = c.listed(*by)
        return f"SELECT {listed}, count(*) AS {c.n} FROM {relation} GROUP BY {listed}"

    def _part(self, part: Part, given: Mapping[str, str], query: str = "") -> str:
        given = {"part": f"'{part.value}'", "of_part": _ROWS if query else "1", **given}
        row = self._row(DECISIONS, given)
        return f"{row} FROM (\n  {query}\n) q" if query else row

    def _row(self, table: str, given: Mapping[str, str]) -> str:
        """``SELECT`` with every column of a table, in its order."""
        layout, d = LAYOUTS[table], self._dialect
        texts = {name: given.get(name, "''") for name in layout.texts}
        texts["script"] = f"'{self._script}'"
        numbers = {name: given.get(name, "NULL") for name in layout.numbers}
        cells = [f"CAST({text} AS {d.text}) AS {d.quote(name)}" for name, text in texts.items()]
        cells += [f"CAST({text} AS BIGINT) AS {d.quote(name)}" for name, text in numbers.items()]
        return f"SELECT {', '.join(cells)}"

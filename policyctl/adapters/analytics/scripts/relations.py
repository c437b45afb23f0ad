"""The relations that a script's queries read, as common table expressions."""

from __future__ import annotations

from collections.abc import Sequence

from policyctl.adapters.analytics.rules_sql import (
    CELL,
    SIDES,
    UNCOVERED,
    VERDICTS,
    Rules,
    Value,
    bucket_columns,
    verdict,
)
from policyctl.adapters.analytics.scripts.dialects import Names, ScriptDialect
from policyctl.core.cell_classes import OTHER, CellClasses
from policyctl.core.decision import Verdict
from policyctl.core.levels import Level, Sensitivity

_UNKNOWN_LEVEL = 0
_NAMED = ("guardrail", "sensitivity", "action", "cut", "until")
_RULES = (*CELL, *(f"{side}_{name}" for side in SIDES for name in _NAMED))
_KEYED = (*CELL, "key", *(f"{side}_until" for side in SIDES))
_CLASSES = tuple(f"{name}_class" for name in CELL)


class Relations:
    """The relations of one question over one table.

    ``records`` are the table's rows in UTC; ``hits`` those that some sensitivity acts on;
    ``decided`` the hits that a rule covers, with both verdicts.
    """

    def __init__(
        self, dialect: ScriptDialect, table: str, classes: CellClasses, rules: Rules
    ) -> None:
        """Take what the text is made of.

        Args:
            dialect: the engine's.
            table: the table of records, as the user names it.
            classes: the names that the policies tell apart.
            rules: what they say about these classes.
        """
        self._dialect = dialect
        self._names = Names(dialect)
        self._table = table
        self._classes = classes
        self._rules = rules

    def before(self, *wanted: str) -> str:
        """``WITH …`` for the relations that are wanted, and for those that they read."""
        made = {
            "records": self._records,
            "hits": self._hits,
            "rules": self._rule_rows,
            "keyed": self._keyed_rows,
            "decided": self._decided,
        }
        needs = {"records": {"records"}, "hits": {"records", "hits"}, "decided": set(made)}
        needed = set().union(*(needs[name] for name in wanted))
        if not self._rules.keyed:
            needed.discard("keyed")
        listed = [f"{name} AS (\n  {made[name]()}\n)" for name in made if name in needed]
        return f"WITH {', '.join(listed)}\n"

    def _records(self) -> str:
        d, c, sql = self._dialect, self._names, self._dialect.sql
        column = d.column
        time = sql.utc(column("ts"), "")
        session = f"nullif({column('session_id')}, '')"
        key = f"coalesce(nullif({column('key')}, ''), {session}, {column('request_id')})"
        cluster = (
            f"coalesce('fingerprint:' || nullif({column('fingerprint')}, ''),"
            f" 'session:' || {session}, 'request:' || {column('request_id')})"
        )
        blocked = f"CAST({column('blocked')} AS BOOLEAN)"
        selected = {
            "day": sql.day(time),
            "micros": sql.micros(time),
            **{name: column(name) for name in ("request_id", "app", "direction", "detector")},
            "cohort": f"coalesce({column('cohort')}, '')",
            "detector_version": f"coalesce({column('detector_version')}, '')",
            "status": column("status"),
            "level": self._level(),
            "key": key,
            "session": f"coalesce({session}, {key})",
            "cluster": cluster,
            "fingerprint": f"coalesce({column('fingerprint')}, '')",
            "label": f"coalesce({column('label')}, '')",
            "blocked": f"CASE WHEN {blocked} THEN 'true' WHEN NOT {blocked} THEN 'false'"
            " ELSE '' END",
        }
        listed = ",\n    ".join(f"{text} AS {getattr(c, name)}" for name, text in selected.items())
        return f"SELECT\n    {listed}\n  FROM {d.table(self._table)}"

    def _level(self) -> str:
        """The level as a number, whether the table holds numbers or names; 0 if it is neither."""
        text = f"CAST({self._dialect.column('level')} AS {self._dialect.text})"
        known = " ".join(
            f"WHEN {text} IN ('{level.value}', '{level.label}') THEN {level.value}"
            for level in Level
        )
        return (
            f"CASE WHEN coalesce({text}, '') IN ('', 'none') THEN CAST(NULL AS BIGINT) {known}"
            f" ELSE {_UNKNOWN_LEVEL} END"
        )

    def _hits(self) -> str:
        c = self._names
        return (
            f"SELECT * FROM records WHERE {c.level} BETWEEN {int(min(Level))}"
            f" AND {int(max(Sensitivity))} AND {c.status} = 'ok'"
        )

    def _rule_rows(self) -> str:
        """The rules, with names in place of numbers: these applications are classes."""
        rows = []
        for _, *row in self._rules.rules:
            cell, sides = row[: len(CELL)], row[len(CELL) :]
            half = len(sides) // 2
            rows.append([*cell, *self._side(sides[:half]), *self._side(sides[half:])])
        return self._rows(_RULES, rows)

    def _side(self, row: Sequence[Value]) -> Sequence[Value]:
        stratum, sensitivity, action, _, cut, until = row
        assert isinstance(stratum, int)
        assert isinstance(action, int)
        guardrail = "" if stratum == UNCOVERED else self._rules.strata[stratum][0]
        return guardrail, sensitivity, VERDICTS[action].value, cut, until

    def _keyed_rows(self) -> str:
        rows = []
        for number, *row in self._rules.keyed:
            assert isinstance(number, int)
            cell = self._rules.cells[number]
            rows.append([cell.app, cell.cohort, cell.direction.value, cell.detector, *row])
        return self._rows(_KEYED, rows)

    def _rows(self, names: Sequence[str], rows: Sequence[Sequence[Value]]) -> str:
        given = rows or [[None] * len(names)]
        texts = [[self._literal(*pair) for pair in zip(names, row, strict=True)] for row in given]
        # A row for no detector stands where there are none: nothing is joined with it.
        return self._dialect.rows(names, texts)

    def _literal(self, name: str, value: Value) -> str:
        sql = self._dialect.sql
        if name.endswith("until"):
            return sql.date_or_null("" if value is None else str(value))
        if name.endswith("sensitivity"):
            return str(value or 0)
        return sql.quoted("" if value is None else str(value))

    def _decided(self) -> str:
        c, quote = self._names, self._dialect.quote
        sides = ", ".join(
            f"{verdict(self._rules, number, self._dialect.sql, quote, word=self._word)}"
            f" AS {quote(side)}"
            for number, side in enumerate(SIDES)
        )
        excepted = f"h.{c.day} <= r.{c.new_until}"
        keyed = ""
        if self._rules.keyed:
            excepted += f" OR h.{c.day} <= k.{c.new_until}"
            keyed = f"\n  LEFT JOIN keyed k ON {self._same('k')} AND h.{c.key} = k.{c.key}"
        hit = c.listed(
            *("app", "cohort", "direction", "detector", "request_id", "session", "key", "level"),
            *("label", "day", "micros", "blocked", "cluster", "detector_version", "fingerprint"),
            of="h",
        )
        return (
            f"SELECT {hit}, {c.listed('old_guardrail', 'new_guardrail', of='r')},\n"
            f"    {sides},\n"
            f"    CASE WHEN {excepted} THEN 'true' ELSE 'false' END AS {c.excepted}\n"
            f"  FROM ({self._classified()}) h\n  JOIN rules r ON {self._same('r')}{keyed}"
        )

    def _word(self, found: Verdict) -> str:
        return self._dialect.sql.quoted(found.value)

    def _same(self, relation: str) -> str:
        c = self._names
        return " AND ".join(
            f"h.{getattr(c, of_class)} = {relation}.{getattr(c, name)}"
            for name, of_class in zip(CELL, _CLASSES, strict=True)
        )

    def _classified(self) -> str:
        """Hits with the class of each part of their cell, and the buckets that decide."""
        c = self._names
        found = self._classes
        texts = (
            self._class(c.app, found.apps),
            self._class(c.cohort, found.cohorts),
            c.direction,
            self._family(c.detector, found.detectors),
        )
        named = ", ".join(
            f"{text} AS {getattr(c, name)}" for text, name in zip(texts, _CLASSES, strict=True)
        )
        buckets = "".join(
            f", {self._dialect.sql.bucket(salt, c.key)} AS {self._dialect.quote(name)}"
            for salt, name in sorted(bucket_columns(self._rules).items())
        )
        return f"SELECT hits.*, {named}{buckets} FROM hits"

    def _class(self, column: str, names: Sequence[str]) -> str:
        if not names:
            return f"'{OTHER}'"
        listed = ", ".join(map(self._dialect.sql.quoted, names))
        return f"CASE WHEN {column} IN ({listed}) THEN {column} ELSE '{OTHER}' END"

    def _family(self, column: str, names: Sequence[str]) -> str:
        if not names:
            return f"'{OTHER}'"
        quoted = self._dialect.sql.quoted
        cases = " ".join(
            f"WHEN {column} = {quoted(name)}"
            f" OR substr({column}, 1, {len(name) + 1}) = {quoted(name + '/')} THEN {quoted(name)}"
            for name in names
        )
        return f"CASE {cases} ELSE '{OTHER}' END"

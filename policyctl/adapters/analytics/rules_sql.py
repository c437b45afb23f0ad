"""Decision tables as relations: one row a cell, the two policies side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from policyctl.adapters.analytics.dialect import Dialect
from policyctl.core.decision import Verdict
from policyctl.core.decision_table import EVERYBODY, NOBODY, Cell, DecisionTable
from policyctl.core.frozen import frozen
from policyctl.core.sides import Direction

CELL = ("app", "cohort", "direction", "detector")
SIDES = ("old", "new")
_SIDE = ("stratum", "sensitivity", "action", "reached", "cut", "until")
RULES = ("cell", *CELL, *(f"{side}_{name}" for side in SIDES for name in _SIDE))
"""Columns of the relation ``rules``. A sensitivity of 0 flags nothing; ``until`` may be NULL.

Cells, strata and actions are told by their numbers in `Rules` and in `VERDICTS`: engines group and
join by numbers faster than by texts. A side without a row has the stratum `UNCOVERED`.
"""

KEYED = ("cell", "key", *(f"{side}_until" for side in SIDES))
"""Columns of the relation ``keyed``: the last days of exceptions for single keys."""

_KEPT = ("detector", "request_id", "session", "level", "label", "day", "blocked")
"""Columns of hits that most questions about decided ones read."""

NUMBERS = ("cell", "sensitivity", "stratum", "action", "reached")
"""How the names of columns end that hold small numbers."""

VERDICTS = tuple(Verdict)
"""Verdicts in the order of their numbers."""

UNCOVERED = -1
"""The stratum of what no enabled guardrail covers."""

COVERED = f"new_stratum <> {UNCOVERED}"
"""Whether a guardrail of the new policy covers it."""

Value = str | int | date | None


@frozen
class Rules:
    """What two decision tables say about cells.

    Attributes:
        rules: rows of `RULES`; cells that neither policy covers have none.
        cells: each row's cell, in the order of their numbers.
        keyed: rows of `KEYED`.
        salts: the salt of each side's buckets.
        shared: for each side, whether some row takes in a part of the keys.
        strata: guardrail, direction and application of each stratum, in the order of their numbers.
        deepest: the least confident level that some row flags.
    """

    rules: tuple[tuple[Value, ...], ...]
    cells: tuple[Cell, ...]
    keyed: tuple[tuple[Value, ...], ...]
    salts: tuple[str, str]
    shared: tuple[bool, bool]
    strata: tuple[tuple[str, Direction, str], ...]
    deepest: int


def number_of(verdict: Verdict) -> int:
    """The number by which engines know a verdict."""
    return VERDICTS.index(verdict)


def rules_of(tables: tuple[DecisionTable, DecisionTable], cells: Iterable[Cell]) -> Rules:
    """The relations for cells."""
    rules: list[tuple[Value, ...]] = []
    covered: list[Cell] = []
    keyed: list[tuple[Value, ...]] = []
    shared = [False, False]
    strata: dict[tuple[str, Direction, str], int] = {}
    deepest = 0
    for cell in cells:
        rows = tuple(table.row(cell) for table in tables)
        if rows == (None, None):
            continue
        sides: list[Value] = []
        until: dict[str, list[date | None]] = {}
        for side, row in enumerate(rows):
            if row is None:
                sides += [UNCOVERED, 0, 0, 0, NOBODY, None]
                continue
            shared[side] |= row.cut not in (NOBODY, EVERYBODY)
            deepest = max(deepest, row.sensitivity)
            stratum = (row.guardrail, cell.direction, cell.app)
            action = number_of(Verdict(row.action.value))
            sides += [strata.setdefault(stratum, len(strata)), int(row.sensitivity)]
            sides += [action, int(row.reached), row.cut, row.until]
            for key, last in row.keys:
                until.setdefault(key, [None, None])[side] = last
        names = (cell.app, cell.cohort, cell.direction.value, cell.detector)
        rules.append((len(rules), *names, *sides))
        covered.append(cell)
        keyed += [(len(rules) - 1, key, *days) for key, days in until.items()]
    return Rules(
        rules=tuple(rules),
        cells=tuple(covered),
        keyed=tuple(keyed),
        salts=(tables[0].salt, tables[1].salt),
        shared=(shared[0], shared[1]),
        strata=tuple(strata),
        deepest=deepest,
    )


def decided(rules: Rules, dialect: Dialect, besides: Iterable[str] = ()) -> str:
    """A query that gives each hit that one of the policies flags, with both verdicts.

    These are ``old`` and ``new``, numbers as in `VERDICTS`. It reads ``hits`` (with ``day``),
    ``rules`` and, where there are any, ``keyed``.

    Args:
        rules: the two policies' rules.
        dialect: the engine's.
        besides: further columns of ``hits``; to keep a text of each costs as much as to decide.
    """
    on = " AND ".join(f"h.{name} = r.{name}" for name in CELL)
    keyed = " LEFT JOIN keyed k ON r.cell = k.cell AND h.key = k.key" if rules.keyed else ""
    kept = ", ".join(f"h.{name}" for name in (*_KEPT, *besides))
    columns = f"r.cell, {kept}, r.old_stratum, r.new_stratum"
    verdicts = ", ".join(
        f"{verdict(rules, number, dialect)} AS {side}" for number, side in enumerate(SIDES)
    )
    flagged = " OR ".join(f"h.level <= r.{side}_sensitivity" for side in SIDES)
    hits = f"({_bucketed(rules, dialect)}) h"
    return f"SELECT {columns}, {verdicts} FROM {hits} JOIN rules r ON {on}{keyed} WHERE {flagged}"


def _bucketed(rules: Rules, dialect: Dialect) -> str:
    """The hits that some rule flags, each with its bucket under every salt that decides.

    Hashes cost more than all other questions: two policies with one salt share theirs.
    """
    columns = sorted(bucket_columns(rules).items())
    buckets = [f", {dialect.bucket(salt, 'key')} AS {name}" for salt, name in columns]
    return f"SELECT *{''.join(buckets)} FROM hits WHERE level <= {rules.deepest}"


def _number(verdict: Verdict) -> str:
    return str(number_of(verdict))


def bucket_columns(rules: Rules) -> dict[str, str]:
    """The salts under which a bucket decides, each with the column that holds the bucket."""
    named = dict(zip(rules.salts, SIDES, strict=True))
    salts = {salt for salt, shared in zip(rules.salts, rules.shared, strict=True) if shared}
    return {salt: f"{named[salt]}_bucket" for salt in salts}


def verdict(
    rules: Rules,
    side: int,
    dialect: Dialect,
    quote: Callable[[str], str] = str,
    *,
    word: Callable[[Verdict], str] = _number,
) -> str:
    """The six questions of `decision.decide`, for a row ``h`` of hits and one ``r`` of rules.

    Args:
        rules: the two policies' rules; ``h`` has their `bucket_columns`.
        side: 0 for the old policy, 1 for the new one.
        dialect: the engine's.
        quote: how columns are quoted.
        word: how a verdict is written; actions of rules are written the same.
    """
    allow, excepted, log = map(word, (Verdict.ALLOW, Verdict.EXCEPTED, Verdict.LOG))
    level, day, key = (f"h.{quote(name)}" for name in ("level", "day", "key"))
    sensitivity, action, cut, until = (
        quote(f"{SIDES[side]}_{name}") for name in ("sensitivity", "action", "cut", "until")
    )
    cases = [
        f"WHEN {level} > r.{sensitivity} THEN {allow}",
        f"WHEN {day} <= r.{until} THEN {excepted}",
    ]
    if rules.keyed:
        cases.append(f"WHEN {day} <= k.{until} THEN {excepted}")
    cases.append(f"WHEN r.{cut} = {dialect.quoted(EVERYBODY)} THEN r.{action}")
    if rules.shared[side]:
        bucket = f"h.{quote(bucket_columns(rules)[rules.salts[side]])}"
        nobody = dialect.quoted(NOBODY)
        cases.append(f"WHEN r.{cut} = {nobody} OR {key} = '' THEN {log}")
        cases.append(f"WHEN {bucket} < r.{cut} THEN r.{action}")
    return f"CASE {' '.join(cases)} ELSE {log} END"


def values(columns: Sequence[str], rows: Sequence[Sequence[Value]], dialect: Dialect) -> str:
    """Rows as a query of literals, for engines that are given nothing but text."""
    given = rows or [[None] * len(columns)]
    lines = [
        f"({', '.join(literal(*pair, dialect) for pair in zip(columns, row, strict=True))})"
        for row in given
    ]
    nothing = "" if rows else " WHERE 1 = 0"
    return f"SELECT * FROM VALUES {', '.join(lines)} AS t({', '.join(columns)}){nothing}"


def literal(name: str, value: Value, dialect: Dialect) -> str:
    """A value of a column of `RULES` or `KEYED` as text of a query."""
    if name.endswith("until"):
        return dialect.date_or_null("" if value is None else str(value))
    if name.endswith(NUMBERS):
        return str(int(str(value or 0)))
    return dialect.quoted("" if value is None else str(value))

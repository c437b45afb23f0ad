"""What a script's tables say, by the parts that they are made of, and whether they are whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from policyctl.adapters.analytics.scripts.dialects import DIALECTS
from policyctl.adapters.analytics.scripts.layout import (
    DECISIONS,
    EXAMPLES,
    LAYOUTS,
    NAMELESS,
    TOTALS,
    TWICE,
    Part,
)
from policyctl.adapters.analytics.scripts.preflight import vectors
from policyctl.adapters.analytics.scripts.result_files import ResultRow, read_results
from policyctl.core.canonical import encode, sha256
from policyctl.errors import InputError

_FLAWS = {TWICE: "a request has a detection twice", NAMELESS: "a detection has no request id"}
_PARTS = {
    DECISIONS: frozenset(part for part in Part if part not in (Part.EXAMPLE, Part.REVIEW)),
    EXAMPLES: frozenset((Part.EXAMPLE, Part.REVIEW)),
}


class Results:
    """The three tables of one run of one script.

    Attributes:
        script: the digest of the script.
        engine: what ran it.
        table: the table that it read, as the script names it.
        records: how many rows that table had.
        digest: the sha256 of all rows, in whatever files and order they came.
    """

    def __init__(self, names: Iterable[str]) -> None:
        """Read and check the tables.

        Args:
            names: folders and files, as `read_results` takes them.

        Raises:
            InputError: they are not what a script brings back, or the engine that gave them does
                not compute what policyctl does.
        """
        self._tables = read_results(names)
        self._parts = _by_part(self._tables)
        self.script = self._only_script()
        self.engine = self._only(Part.ENGINE, "key")
        self.table = self._only(Part.TABLE, "key")
        self.records = int(self._only(Part.TABLE, "n"))
        self.digest = sha256(encode(_canonical(self._tables)))
        self._check_engine()
        self._check_flaws()

    @property
    def totals(self) -> tuple[ResultRow, ...]:
        """The rows of the table of that name."""
        return self._tables[TOTALS]

    def of(self, part: Part) -> list[ResultRow]:
        """The rows of one part."""
        return self._parts.get(part, [])

    def _only_script(self) -> str:
        scripts = {row["script"] for rows in self._tables.values() for row in rows}
        if len(scripts) != 1:
            raise InputError(
                "the tables come from different scripts" if scripts else "the tables are empty",
                hint="save all three of one run",
            )
        return str(scripts.pop())

    def _only(self, part: Part, column: str) -> str:
        rows = self.of(part)
        if len(rows) != 1 or rows[0][column] is None:
            raise InputError(
                f"the table 'decisions' has {len(rows)} rows of the part '{part.value}', not one",
                hint="it was not saved whole",
            )
        return str(rows[0][column])

    def _check_engine(self) -> None:
        dialect = DIALECTS.get(self.engine)
        if dialect is None:
            raise InputError(f"the results name the engine {self.engine[:60]!a}, which is unknown")
        answers = Counter((row["level"], row["key"]) for row in self.of(Part.PREFLIGHT))
        expected = dict(enumerate(vectors(dialect)))
        for number, vector in expected.items():
            if answers.pop((number, vector.expected), 0) != 1:
                raise InputError(
                    f"{self.engine} does not compute {vector.about} as policyctl does",
                    hint="its first query says so, too; it would decide about other people and days"
                    " than the policies do",
                )
        if answers:
            raise InputError("the results answer more of the preflight than was asked")

    def _check_flaws(self) -> None:
        found = {row["key"]: row["n"] for row in self.of(Part.CHECK)}
        if found.keys() != _FLAWS.keys():
            raise InputError("the table 'decisions' lacks checks: it was not saved whole")
        for name, sentence in _FLAWS.items():
            if found[name] != 0:
                raise InputError(f"{self.table}: {sentence}")


def day_of(row: ResultRow) -> date:
    """The day of a row.

    Raises:
        InputError: it has none.
    """
    try:
        return date.fromisoformat(str(row["day"]))
    except ValueError as error:
        raise InputError(f"the results have a day {str(row['day'])[:30]!a}") from error


def number_of(row: ResultRow, column: str) -> int:
    """A number that a row has to have.

    Raises:
        InputError: it is not there.
    """
    value = row[column]
    if not isinstance(value, int):
        raise InputError(f"a row of the results has no '{column}'")
    return value


def texts_of(row: ResultRow, *columns: str) -> tuple[str, ...]:
    """Some of a row's texts."""
    return tuple(str(row[column]) for column in columns)


def _by_part(tables: dict[str, tuple[ResultRow, ...]]) -> dict[Part, list[ResultRow]]:
    found: dict[Part, list[ResultRow]] = {}
    named = {part.value: part for part in Part}
    for table, parts in _PARTS.items():
        for row in tables[table]:
            part = named.get(str(row["part"]))
            if part not in parts:
                raise InputError(f"the table '{table}' has a part {str(row['part'])[:60]!a}")
            found.setdefault(part, []).append(row)
    return found


def _canonical(tables: dict[str, tuple[ResultRow, ...]]) -> dict[str, object]:
    return {
        table: sorted(([row[name] for name in layout.columns] for row in tables[table]), key=str)
        for table, layout in LAYOUTS.items()
    }

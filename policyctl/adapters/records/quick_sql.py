"""The SQL that takes lines which are records beyond doubt, at a fifth of the cost of reading them.

Only "taken" is a verdict: whatever is spelt in another way than most records are goes through
`record_from`, which tells what is wrong, or that nothing is. A test holds both against each other.
"""

from __future__ import annotations

from policyctl.adapters.records.prepared_sql import COLUMNS, NEVER_NULL
from policyctl.core.levels import Level
from policyctl.core.record import LONGEST, Label, Status
from policyctl.core.sides import Direction

_REQUIRED = ("request_id", "app", "direction", "detector", "level", "status")
_FLAGS = ("detected", "would_block", "blocked")
_OPTIONAL = (
    *("session_id", "key", "cohort", "detector_version", "label", "reviewer", "engine"),
    *("policy_digest", "fingerprint"),
)
_TEXTS = (*_REQUIRED, *_OPTIONAL)


def _names(*names: str) -> str:
    return f'"({"|".join(names)})": ?'


_TIME = (
    "[12][0-9]{3}-[01][0-9]-[0-3][0-9]T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(\.[0-9]{1,6})?Z"
)
_FIELD = "|".join(
    (
        _names("ts") + f'"{_TIME}"',
        _names(*_TEXTS) + r'"[^"\\\x00-\x1f\x7f]+"',
        _names(*_OPTIONAL, *_FLAGS, "score") + "null",
        _names(*_FLAGS) + "(true|false)",
        _names("score") + r"(0(\.[0-9]{1,17})?|1(\.0)?)",
    )
)
_FIELD_OR_NOT = f"({_FIELD})"

SHAPE = rf"\{{{_FIELD_OR_NOT}(, ?{_FIELD_OR_NOT})*\}}"
"""An object of a record's fields, each of its kind, without escapes and on one line."""

STRUCTURE = (
    "{"
    + ", ".join(
        f'"{name}": "{kind if name in (*_FLAGS, "score") else "VARCHAR"}"'
        for name, kind in COLUMNS.items()
        if name != "line"
    )
    + "}"
)

LINES = "CREATE OR REPLACE TEMP TABLE lines AS SELECT unnest(?) AS line, unnest(?) AS content"

FIELDS = """
    CREATE OR REPLACE TEMP TABLE fields AS
    SELECT line, json_keys(content) AS names, json_transform(content, ?) AS r
    FROM lines WHERE regexp_full_match(content, ?)
"""

NAMES = "SELECT DISTINCT names FROM fields"
"""The few lists of names that most files are content with."""

FORGET_TWICE = "DELETE FROM fields WHERE len(names) <> len(list_distinct(names))"
"""To ask it of each line takes as long as to take the line apart."""


def _listed(values: list[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


_MOMENT = "try_cast(rtrim(r.ts, 'Z') AS TIMESTAMP)"
_LEVEL = " ".join(f"WHEN '{level.label}' THEN {level.value}" for level in Level)
_SOUND = " AND ".join(
    (
        f"{_MOMENT} IS NOT NULL",
        *(f"r.{name} IS NOT NULL" for name in _REQUIRED),
        *(f"coalesce(length(r.{name}), 0) <= {LONGEST}" for name in _TEXTS),
        f"r.direction IN ({_listed([one.value for one in Direction])})",
        f"r.status IN ({_listed([one.value for one in Status])})",
        f"r.level IN ('none', {_listed([level.label for level in Level])})",
        "(r.status = 'ok' OR r.level = 'none')",
        f"(r.label IS NULL OR r.label IN ({_listed([one.value for one in Label])}))",
    )
)


def _column(name: str) -> str:
    match name:
        case "line":
            return "line"
        case "ts":
            return _MOMENT
        case "key":
            return "coalesce(r.key, r.session_id, r.request_id)"
        case "level":
            return f"CASE r.level {_LEVEL} END"
        case _:
            return f"coalesce(r.{name}, '')" if name in NEVER_NULL else f"r.{name}"


TAKE = f"INSERT INTO records SELECT {', '.join(map(_column, COLUMNS))} FROM fields WHERE {_SOUND}"  # noqa: S608

LEFT = f"""
    SELECT line FROM lines WHERE line NOT IN (SELECT line FROM fields WHERE {_SOUND}) ORDER BY line
"""  # noqa: S608
"""The lines that were not taken."""

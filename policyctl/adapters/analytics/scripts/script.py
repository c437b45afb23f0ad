"""A question as one SQL script for a table of records on somebody's own engine."""

from __future__ import annotations

from policyctl import __version__
from policyctl.adapters.analytics.rules_sql import rules_of
from policyctl.adapters.analytics.scripts.dialects import DIALECTS, ScriptDialect
from policyctl.adapters.analytics.scripts.layout import DECISIONS, EXAMPLES, TOTALS
from policyctl.adapters.analytics.scripts.queries import Queries
from policyctl.adapters.analytics.scripts.relations import Relations
from policyctl.core.canonical import encode, sha256
from policyctl.core.cell_classes import classes_of
from policyctl.core.frozen import frozen
from policyctl.core.question import Question
from policyctl.errors import InputError

_LONGEST = 1_000_000
"""Characters that every one of the engines takes as one query."""

_MOST_CLASSES = 20_000
"""Cells of which the rules would be longer anyway."""


@frozen
class Script:
    """A script.

    Attributes:
        head: what it is, for people.
        digest: what its results are told by: the sha256 of everything that it asks, and how.
        setup: what the session is told first.
        preflight: the first query.
        tables: the query of each table that it brings back.
    """

    head: tuple[str, ...]
    digest: str
    setup: tuple[str, ...]
    preflight: str
    tables: dict[str, str]

    @property
    def text(self) -> str:
        """The whole script."""
        lines = [*(f"-- {line}" for line in self.head), "", *(f"{text};" for text in self.setup)]
        lines += ["", "-- 1. Go on only if 'agrees' is 'yes' in every row.", f"{self.preflight};"]
        for number, (name, query) in enumerate(self.tables.items(), start=2):
            lines += ["", f"-- {number}. Save as {name}.csv, .jsonl or .parquet.", f"{query};"]
        return "\n".join(lines) + "\n"


def script_for(question: Question, engine: str, table: str) -> Script:
    """The script that asks a question.

    Args:
        question: two policies, and what the answer is for.
        engine: a name of `DIALECTS`.
        table: the table of records, as the user names it.

    Raises:
        InputError: the policies name so much that no engine would take the script.
        UsageError: the table's name is none.
    """
    dialect = DIALECTS[engine]
    draft = _script(question, dialect, table, digest="")
    asked = [*draft.setup, draft.preflight, *draft.tables.values()]
    if any(len(text) > _LONGEST for text in asked):
        raise _too_much()
    return _script(question, dialect, table, digest=sha256(encode(asked)))


def _script(question: Question, dialect: ScriptDialect, table: str, *, digest: str) -> Script:
    classes = classes_of((question.old, question.new))
    if classes.count > _MOST_CLASSES:
        raise _too_much()
    rules = rules_of(question.tables(), classes.cells())
    relations = Relations(dialect, table, classes, rules)
    queries = Queries(dialect, table, digest)
    exceptions = question.new.exceptions if question.new else ()
    keys = sorted({key for item in exceptions for key in item.keys})
    return Script(
        digest=digest,
        head=(
            f"policyctl {__version__}: {question.purpose.value} for {dialect.sql.name}",
            f"results belong to the question {digest}",
        ),
        setup=dialect.setup,
        preflight=queries.preflight(),
        tables={
            TOTALS: queries.totals(relations),
            DECISIONS: queries.decisions(relations, keys, repeats=question.repeats),
            EXAMPLES: queries.examples(relations, question.size),
        },
    )


def _too_much() -> InputError:
    return InputError(
        f"a query would be longer than {_LONGEST} characters: the policies name too many"
        " applications, cohorts, detectors and keys",
        hint="count the records with --events",
    )

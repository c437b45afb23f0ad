"""The file that says how an organisation reads its engine's confidences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from policyctl.core.engine_logs.level_table import LevelTable, table_from
from policyctl.core.finding import Severity
from policyctl.errors import DocumentError, InputError
from policyctl.usecases.ports import Documents


def level_table(content: bytes, *, file: str, documents: Documents) -> LevelTable:
    """The table in a file's bytes.

    Raises:
        DocumentError: it is no such file.
        InputError: its thresholds do not fall, or it names what policies cannot.
    """
    document, findings = documents.parse(content, file)
    if document is not None:
        findings += documents.check(document, "levels.v1")
    errors = tuple(one for one in findings if one.severity is Severity.ERROR)
    if document is None or errors:
        raise DocumentError(f"{file} is not a file of levels", errors)
    data = cast("Mapping[str, Any]", document.data)
    try:
        return table_from(data)
    except InputError as error:
        raise InputError(f"{file}: {error.message}", hint=error.hint) from error

"""The file that says how an organisation reads its engine's confidences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from policyctl.core.detectors import is_known, suggestions
from policyctl.core.engine_logs.level_table import Cuts, LevelTable
from policyctl.core.finding import Severity
from policyctl.core.levels import Level
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
    scores, names = data.get("scores", {}), data.get("names", {})
    for name in (*names.values(), *(name for name in scores if name != "*")):
        if not is_known(name):
            near = "".join(f", did you mean '{one}'?" for one in suggestions(name)[:1])
            raise InputError(f"{file}: '{name}' is no detector that policies know{near}")
    return LevelTable(
        cuts={name: _cuts(name, cuts, file) for name, cuts in scores.items()},
        names=names,
        plain_yes=Level(int(data.get("plain_yes", "L1")[1:])),
    )


def _cuts(name: str, scores: Mapping[str, float], file: str) -> Cuts:
    cuts = scores["L1"], scores["L2"], scores["L3"], scores["L4"]
    if not cuts[0] >= cuts[1] >= cuts[2] >= cuts[3] > 0:
        raise InputError(
            f"{file}: the scores of '{name}' do not fall from L1 to L4",
            hint="L1 is the most confident, so it asks for the highest score",
        )
    return cuts

"""The report on an estate: one page of HTML that loads nothing, and runs one script of its own.

Every text goes through `lines.clean` and Jinja's escaping, whatever it came from. The page's own
style and script are allowed by their digests, and nothing else is (Content Security Policy
Level 3, https://www.w3.org/TR/CSP3/).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from policyctl import __version__
from policyctl.core.entry import moment_text
from policyctl.core.estate import PolicyState
from policyctl.core.expiry import is_expired
from policyctl.core.frozen import frozen
from policyctl.core.prose import consequence
from policyctl.core.timeline import Moment
from policyctl.render.lines import clean
from policyctl.render.report import pictures, wording
from policyctl.render.summary import several
from policyctl.render.text.show import value_words
from policyctl.render.text.status import gate_words
from policyctl.render.text.verify import MEANING
from policyctl.usecases.report import EstateReport, Since

_CHUNK = 1000
"""Pieces of the page that are handed on together."""


def render(report: EstateReport) -> Iterator[str]:
    """The page in pieces, so that it never stands in memory as a whole.

    The same bytes for the same report.
    """
    pages = _environment(report)
    style, script = (_source(pages, name) for name in ("style.css", "script.js"))
    stream = pages.get_template("page.html").stream(
        report=report,
        estate=report.estate,
        verified=report.verification,
        verdict=_verdict(report),
        level=_level(report),
        since=_since(report.since) if report.since else "",
        shown=_in_order(report),
        by_month=_by_month(report),
        checkpoints=_checkpoints(report),
        version=__version__,
        security=_security(style, script),
        style=Markup(style),  # noqa: S704  # our own file
        script=Markup(script),  # noqa: S704  # our own file
    )
    stream.enable_buffering(_CHUNK)
    yield from stream


def _environment(report: EstateReport) -> Environment:
    pages = Environment(
        loader=PackageLoader("policyctl.render.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    pages.filters |= {
        "when": lambda moment: moment.strftime("%Y-%m-%d %H:%M UTC"),
        "day": lambda moment: moment.strftime("%Y-%m-%d"),
        "moment": moment_text,
        "several": several,
        "gate": gate_words,
        "words": value_words,
        "what": wording.what,
        "where": wording.where,
        "consequence": consequence,
        "guardrails": wording.guardrails,
        "others": wording.others,
        "expired": lambda item: is_expired(item.expires, report.estate.now),
        "evidence": lambda state: _evidence(report, state),
    }
    pages.globals |= {
        "link": wording.link,
        "stage": wording.stage,
        "why": wording.why,
        "signatures": wording.signatures,
        "pictures": {
            "pipeline": _drawn(pictures.pipeline),
            "stages": _drawn(pictures.stages_over_time),
            "changes": _drawn(pictures.changes_over_time),
            "bounds": _drawn(pictures.bounds),
            "window": _drawn(pictures.window),
        },
    }
    return pages


def _source(pages: Environment, name: str) -> str:
    """A file that is put into the page as it is."""
    assert pages.loader is not None
    return pages.loader.get_source(pages, name)[0].strip()


def _finalized(value: Any) -> Any:
    """What is put into a page: text without anything that steers or hides; markup as it is."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return clean(value)
    return value


def _drawn(draw: Any) -> Any:
    """A picture as markup: `drawing` escaped what it was given."""
    return lambda *arguments: Markup(draw(*arguments))  # noqa: S704


def _security(style: str, script: str) -> str:
    digests = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (style, script)
    )
    return (
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; "
        "base-uri 'none'; form-action 'none'"
    ).format(*digests)


@frozen
class _Verdict:
    words: str
    style: str


def _verdict(report: EstateReport) -> _Verdict:
    """What verification comes to, for whoever reads only the first line."""
    broken = len(report.broken)
    if broken:
        return _Verdict(
            words=f"this ledger does not verify: {several(broken, 'finding')}", style="bad"
        )
    if report.verification.gaps:
        return _Verdict(words="not everything could be judged", style="open")
    if report.verification.refused:
        return _Verdict(words="verified, but for signatures that are owed", style="open")
    return _Verdict(words="verified", style="good")


def _level(report: EstateReport) -> str:
    found = report.verification
    if report.broken or found.gaps:
        return f"{found.level}; not all of it holds, see the end of this page"
    return f"{found.level}: {MEANING[found.level]}"


def _since(since: Since) -> str:
    if since.moment is not None:
        return since.moment.strftime("%Y-%m-%d %H:%M UTC")
    return f"checkpoint {since.checkpoint}"


def _in_order(report: EstateReport) -> list[PolicyState]:
    """The furthest stage first, what is retired last."""

    def rank(state: PolicyState) -> tuple[int, str]:
        if state.retired:
            return (2, state.id)
        return (-state.stage.rank if state.stage else 1, state.id)

    return sorted(report.estate.policies.values(), key=rank)


def _by_month(report: EstateReport) -> list[tuple[str, list[Moment]]]:
    def month(item: Moment) -> str:
        return _month(item.recorded.entry.requested_at)

    return [(name, list(items)) for name, items in groupby(report.changes, month)]


def _month(moment: datetime) -> str:
    return moment.strftime("%Y-%m")


def _checkpoints(report: EstateReport) -> list[Any]:
    kept = report.verification.witnessed.checkpoints
    return list(reversed(kept.links[: kept.compared]))


def _evidence(report: EstateReport, state: PolicyState) -> tuple[int, Any] | None:
    """The newest evidence behind a policy, with the entry that names it."""
    for item in reversed(state.entries):
        found = report.evidence.get((state.id, item.entry.seq))
        if found is not None:
            return item.entry.seq, found
    return None

"""The estate on a terminal: a board of the stages, and what is due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from policyctl.core.due import Due, Kind
from policyctl.core.estate import GateProgress, PolicyState
from policyctl.core.expiry import days_left
from policyctl.core.frozen import frozen
from policyctl.core.stages import Stage
from policyctl.render.lines import BAD, BOLD, DIM, GOOD, NAME, WARN, Line, Part, fits, line, table
from policyctl.render.summary import several
from policyctl.usecases.status import Status

_STEPS = 8
_FULL, _EMPTY = "▰", "▱"


def render(report: Status, width: int | None = None, *, due_first: bool = False) -> list[Line]:
    """The estate's head, the board, and what is due, the gravest first.

    Args:
        report: what was asked for.
        width: the terminal's width; None where nothing has to fit.
        due_first: whether what is due stands above the board, as on a screen that is cut below.
    """
    board, due = _board(report, width), _due(report)
    parts = [_head(report), *([due, board] if due_first else [board, due])]
    lines: list[Line] = []
    for part in parts:
        if part:
            lines += [(), *part] if lines else part
    return lines


def _head(report: Status) -> list[Line]:
    estate = report.estate
    counts = [f"{stage.value} {len(estate.in_stage(stage))}" for stage in Stage]
    fresh, retired = len(estate.in_stage(None)), len(estate.retired)
    counts += [f"not approved yet {fresh}"] if fresh else []
    counts += [f"retired {retired}"] if retired else []
    standing = len(estate.policies) - retired
    root = f"trust root {estate.root.version}" if estate.root else "no trust root"
    when = estate.now.strftime("%Y-%m-%d %H:%M UTC")
    entries = several(estate.entries, "entry", "entries")
    said = f"{root} · {entries} · commit {estate.commit[:12]} · {when}"
    lines = [
        line(Part(several(standing, "policy", "policies"), BOLD), f" · {' · '.join(counts)}"),
        line(Part(said, DIM)),
    ]
    if report.tampered:
        lines.append(line(Part("this ledger does not verify", BAD), " (policyctl verify)"))
    if estate.root is not None and estate.root.solo:
        lines.append(line(Part("solo: one person fills every role", WARN)))
    return lines


@frozen
class _Column:
    """A column of the board, and how soon it goes where not all fit: the lowest first."""

    header: str
    stays: int
    cell: Callable[[PolicyState, Status], Part]


def _board(report: Status, width: int | None) -> list[Line]:
    if not report.shown:
        said = "no policy is like that" if report.hidden else "no policy stands here"
        return [line(said)]
    columns = [column for column in _COLUMNS if _says(column, report)]
    while True:
        headers = [column.header for column in columns]
        rows = [[column.cell(state, report) for column in columns] for state in report.shown]
        if len(columns) <= _LEAST or fits(headers, rows, width):
            break
        columns.remove(min(columns, key=lambda column: column.stays))
    lines = (_in_stages if fits(headers, rows, width) else _in_blocks)(report, headers, rows, width)
    if report.hidden:
        lines += [(), line(Part(f"{several(report.hidden, 'other')} not shown", DIM))]
    return lines


_LEAST = 3


def _says(column: _Column, report: Status) -> bool:
    """True if a column has something to say about a policy, or always stands."""
    return column.stays > _LEAST or any(column.cell(state, report).text for state in report.shown)


def _in_stages(
    report: Status, headers: Sequence[str], rows: Sequence[Sequence[Part]], width: int | None
) -> list[Line]:
    """One table with a heading for each stage, so that all columns stand below each other."""
    head, *drawn = table(headers, rows, width)
    lines: list[Line] = [head]
    pairs = zip(report.shown, drawn, strict=True)
    for stage, group in groupby(pairs, key=lambda pair: pair[0].stage):
        found = [row for _, row in group]
        lines += [_stage(stage, len(found)), *found]
    return lines


def _in_blocks(
    report: Status, headers: Sequence[str], rows: Sequence[Sequence[Part]], width: int | None
) -> list[Line]:
    """A block for each policy below its stage, where columns do not fit."""
    lines: list[Line] = []
    pairs = zip(report.shown, rows, strict=True)
    for stage, group in groupby(pairs, key=lambda pair: pair[0].stage):
        found = [row for _, row in group]
        lines += [_stage(stage, len(found)), *table(headers, found, width), ()]
    return lines[:-1]


def _stage(stage: Stage | None, count: int) -> Line:
    return line(Part(stage.value if stage else "not approved yet", BOLD), Part(f" {count}", DIM))


def _name(state: PolicyState, _: Status) -> Part:
    return Part(state.id, NAME)


def _age(state: PolicyState, report: Status) -> Part:
    if state.since is None:
        return Part("")
    spent = several(max((report.estate.now - state.since).days, 0), "day")
    parked = any(due.kind is Kind.PARKED for due in report.due_of(state.id))
    return Part(spent, WARN if parked else "")


def _owner(state: PolicyState, _: Status) -> Part:
    return Part(state.owner)


def _use_case(state: PolicyState, _: Status) -> Part:
    return Part(state.use_case)


def _sensitivity(state: PolicyState, _: Status) -> Part:
    return Part(state.policy.sensitivity.name if state.policy else "")


def _gate(state: PolicyState, _: Status) -> Part:
    if state.gate is None:
        return Part("")
    return Part(f"{bar(state.gate)} {gate_words(state.gate)}", _gate_style(state.gate))


def bar(gate: GateProgress) -> str:
    """How far the gate is, as a bar; full only where nothing is missing."""
    full = int(gate.share * _STEPS)
    return _FULL * full + _EMPTY * (_STEPS - full)


def gate_words(gate: GateProgress) -> str:
    """The same in words: criteria that are met, or days, where there are no records."""
    if gate.report is None:
        return f"{gate.met}/{several(gate.of, 'day')} to {gate.target.value}"
    return f"{gate.met}/{gate.of} met for {gate.target.value}"


def _gate_style(gate: GateProgress) -> str:
    if gate.report is None:
        return ""
    return {"met": GOOD, "not_met": BAD}.get(gate.report.verdict.value, "")


def _review(state: PolicyState, report: Status) -> Part:
    if state.next_review is None:
        return Part("")
    late = days_left(state.next_review, report.estate.now) < 0
    return Part(str(state.next_review), BAD if late else "")


def _exceptions(state: PolicyState, report: Status) -> Part:
    count = len(state.policy.exceptions) if state.policy else 0
    kinds = {due.kind for due in report.due_of(state.id)}
    if Kind.EXCEPTION_EXPIRED in kinds:
        return Part(f"{count}, expired", BAD)
    if Kind.EXCEPTION_EXPIRING in kinds:
        return Part(f"{count}, ending", WARN)
    return Part(str(count) if count else "")


def _waits(state: PolicyState, _: Status) -> Part:
    said = (
        f"{turn.count} x {turn.role} ({', '.join(turn.people) or 'nobody'})" for turn in state.turns
    )
    return Part("; ".join(said), WARN)


def _engine(state: PolicyState, report: Status) -> Part:
    if not report.estate.compared:
        return Part("")
    if not state.checks:
        return Part("never compared", DIM)
    drifted = [item.target for item in state.checks if item.differences]
    if drifted:
        return Part(f"{', '.join(drifted)} drifted", BAD)
    return Part(f"{', '.join(item.target for item in state.checks)} as approved", GOOD)


_COLUMNS = (
    _Column(header="policy", stays=9, cell=_name),
    _Column(header="in stage", stays=8, cell=_age),
    _Column(header="owner", stays=6, cell=_owner),
    _Column(header="use case", stays=0, cell=_use_case),
    _Column(header="level", stays=4, cell=_sensitivity),
    _Column(header="gate", stays=7, cell=_gate),
    _Column(header="review by", stays=2, cell=_review),
    _Column(header="exceptions", stays=1, cell=_exceptions),
    _Column(header="engine", stays=3, cell=_engine),
    _Column(header="waits for", stays=3, cell=_waits),
)


def _due(report: Status) -> list[Line]:
    if not report.dues:
        return [line(Part("nothing is due", GOOD))]
    widest = max(len(due.policy) for due in report.dues)
    lines = [line(Part(f"due {len(report.dues)}", BOLD))]
    return [*lines, *(_due_line(due, widest) for due in report.dues)]


def _due_line(due: Due, widest: int) -> Line:
    style = BAD if due.kind.grave else DIM if due.kind is Kind.NOTED else WARN
    named = (due.policy or "ledger").ljust(widest)
    who = Part(f" → {', '.join(due.who)}", NAME) if due.who else Part("")
    return line("  ", Part(f"{due.kind.value:<{_KIND}}", style), f"  {named}  {due.text}", who)


_KIND = max(len(kind.value) for kind in Kind)

"""``policyctl export``."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policyctl.cli.completion import policy_ids
from policyctl.cli.engines import RUNTIME, exports
from policyctl.cli.estate_reading import AppliedOption
from policyctl.cli.options import KeyOption, NowOption, PinOption, checked_pin
from policyctl.errors import UsageError

if TYPE_CHECKING:
    from policyctl.usecases.assess import Assessment


class ExportFormat(Enum):
    """What else a policy can be exported as."""

    IN_TOTO = "in-toto"
    OSCAL_COMPONENT_DEFINITION = "oscal-component-definition"
    OSCAL_ASSESSMENT_RESULTS = "oscal-assessment-results"


def export(
    policies: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID...",
            help="A policy's id, or the path of its file. The oscal formats take several; "
            "default: all.",
            autocompletion=policy_ids,
        ),
    ] = None,
    target: Annotated[
        str,
        typer.Option(
            "--target",
            help="The engine whose configuration is written; decide: the document that "
            "policyctl.decide acts by.",
            metavar="T",
            autocompletion=exports,
        ),
    ] = "",
    format: Annotated[
        ExportFormat | None,
        typer.Option(
            "--format",
            help="in-toto: what the ledger says of the policy, as a statement in a DSSE envelope "
            "that your key signs. oscal-…: policies in force and the controls that they claim, or "
            "what verification proves of these.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="The folder for the files; beside a configuration goes a manifest.json with its "
            "losses. Default: standard output.",
            metavar="DIR",
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Export nothing if anything is lost; ends with 1.")
    ] = False,
    draft: Annotated[
        bool, typer.Option("--draft", help="Export the file as it is, not as approved.")
    ] = False,
    applied: AppliedOption = None,
    pin: PinOption = "",
    key: KeyOption = None,
    now: NowOption = None,
) -> None:
    """The approved policy as its engine's configuration.

    Or, with --format, what the ledger says of it for other tools: in-toto, OSCAL.
    """
    if bool(target) is bool(format):
        raise UsageError(
            "what to export: a configuration or a statement",
            hint="--target ENGINE, or --format in-toto",
        )
    if applied and format is not ExportFormat.OSCAL_ASSESSMENT_RESULTS:
        raise UsageError(
            "--applied is evidence for assessment results, and nothing else is exported with it",
            hint=f"--format {ExportFormat.OSCAL_ASSESSMENT_RESULTS.value}",
        )
    if format is not None and format is not ExportFormat.IN_TOTO:
        if strict or draft:
            raise UsageError(
                f"{'--strict' if strict else '--draft'} is for configurations of engines",
                hint="leave it out: what OSCAL is told is what was approved",
            )
        found = _assessed(policies or (), applied or (), checked_pin(pin), now)
        raise typer.Exit(_oscal(format, found, out))
    policy = _only(policies or ())
    if format is ExportFormat.IN_TOTO:
        _statement(policy, out, pin, key)
        return
    if target == RUNTIME:
        _compiled(policy, out, draft=draft, now=now)
        return
    raise typer.Exit(_configuration(policy, target, out, strict=strict, draft=draft, now=now))


def _only(policies: Sequence[str]) -> str:
    if not policies:
        raise UsageError("which policy to export is not said", hint="policyctl export ID …")
    if len(policies) > 1:
        raise UsageError(
            f"{len(policies)} policies are named, and one is exported at a time",
            hint="only the oscal formats take several",
        )
    return policies[0]


def _configuration(
    policy: str, target: str, out: Path | None, *, strict: bool, draft: bool, now: str | None
) -> int:
    from policyctl.adapters.engine_files import written_bytes
    from policyctl.adapters.whole_file import write_whole
    from policyctl.cli.engines import target_named
    from policyctl.cli.output import write_bytes
    from policyctl.cli.present import moment
    from policyctl.cli.workplace import policy_id, workplace
    from policyctl.core.frozen import replace
    from policyctl.render.json.export import render as manifest
    from policyctl.render.lines import plain
    from policyctl.render.text.export import notes, render
    from policyctl.usecases.approved import approved_policy, draft_policy
    from policyctl.usecases.export import export as make

    engine, present = target_named(target, RUNTIME), moment(now)
    with workplace() as hands:
        stands = (draft_policy if draft else approved_policy)(policy_id(policy), hands, now=present)
    done = make(stands, engine, now=present, strict=strict)
    typer.echo(plain(render(done)), nl=False, err=True)
    if done.exit_code:
        return done.exit_code
    documents = [replace(item, notes=notes(done)) for item in done.written.documents]
    files = {item.name: written_bytes(item) for item in documents}
    if out is not None:
        whole = {**files, "manifest.json": manifest(done, files).encode()}
        for name, content in whole.items():
            write_whole(out / name, content)
        typer.echo("\n".join(str(out / name) for name in whole))
        return 0
    if len(files) > 1:
        raise UsageError(
            f"this configuration has {len(files)} files: {', '.join(files)}", hint="--out DIR"
        )
    write_bytes(next(iter(files.values())))
    return 0


def _compiled(policy: str, out: Path | None, *, draft: bool, now: str | None) -> None:
    from policyctl.adapters.engine_files import written_bytes
    from policyctl.adapters.whole_file import write_whole
    from policyctl.cli.output import write_bytes
    from policyctl.cli.present import moment
    from policyctl.cli.workplace import policy_id, workplace
    from policyctl.usecases.approved import approved_policy, draft_policy
    from policyctl.usecases.export import compile_policy

    with workplace() as hands:
        read = draft_policy if draft else approved_policy
        made = compile_policy(read(policy_id(policy), hands, now=moment(now)))
    if out is None:
        write_bytes(written_bytes(made))
        return
    write_whole(out / made.name, written_bytes(made))
    typer.echo(out / made.name)


def _statement(policy: str, out: Path | None, pin: str, key: str | None) -> None:
    from policyctl.adapters.bare_signer import BareSigner
    from policyctl.adapters.commits import Commits
    from policyctl.adapters.whole_file import write_whole
    from policyctl.cli.present import moment
    from policyctl.cli.witnessing import Wish, verified
    from policyctl.cli.workplace import policy_id, workplace
    from policyctl.usecases.attest import attest

    with workplace(key) as hands:
        name, known = policy_id(policy), checked_pin(pin)
        signer = BareSigner(hands.signing_key)
        wish = Wish(now=moment(None), pin=known, whole=True)
        report = verified(Commits(hands.repository.store), wish)
        made = attest(name, report, hands=hands, signer=signer, pin=known)
    if out is None:
        typer.echo(made.envelope, nl=False)
        return
    write_whole(out / made.name, made.envelope)
    typer.echo(out / made.name)


def _oscal(format: ExportFormat, found: Assessment, out: Path | None) -> int:
    from policyctl.adapters.whole_file import write_whole
    from policyctl.render.oscal import assessment_results, component_definition
    from policyctl.usecases.assess import require_assessable, require_definable

    if format is ExportFormat.OSCAL_COMPONENT_DEFINITION:
        require_definable(found)
        name, text, code = component_definition.NAME, component_definition.render(found), 0
    else:
        require_assessable(found)
        name, text = assessment_results.NAME, assessment_results.render(found)
        code = found.exit_code
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_whole(out / f"{name}.json", text.encode())
        typer.echo(out / f"{name}.json")
    return code


def _assessed(
    policies: Sequence[str], applied: Sequence[Path], pin: str, now: str | None
) -> Assessment:
    from policyctl.adapters.commits import commits_of
    from policyctl.cli.estate_reading import estate_at
    from policyctl.cli.present import moment
    from policyctl.cli.witnessing import Wish, verified
    from policyctl.cli.workplace import policy_id, workplace
    from policyctl.usecases.assess import assess
    from policyctl.usecases.estate import READ
    from policyctl.usecases.ledger_state import LedgerState

    present, asked = moment(now), [policy_id(one) for one in policies]
    with workplace() as hands:
        wish = Wish(now=present, pin=pin, rev=hands.repository.head, whole=True)
        with commits_of(Path.cwd()) as commits:
            verification = verified(commits, wish)
        state = LedgerState(snapshot=hands.repository.snapshot(READ), ledger=verification.ledger)
        estate = estate_at(state, hands, present, applied=applied, records=None)
        return assess(asked, estate, verification, state, hands)

"""``policyctl rule``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.completion import rule_codes
from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption
from policyctl.errors import UsageError

_NEW = "new"


def rule(
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="[CODE]",
            help="What a finding shows in brackets. Default: all.",
            autocompletion=rule_codes,
        ),
    ] = None,
    id: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="With 'new': the id of the rule to write."),
    ] = None,
    summary: Annotated[
        str | None, typer.Option("--summary", help="With 'new': what it finds.", metavar="TEXT")
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """List the rules, or explain one.

    'rule new ID --summary TEXT' starts one in a checkout.
    """
    if code == _NEW:
        _start(id, summary)
        return
    if id is not None or summary is not None:
        raise UsageError("rule takes one code", hint="policyctl rule [CODE]")
    from policyctl.adapters.working_governance import shipped_files
    from policyctl.cli.output import emit
    from policyctl.render.json import rule as as_json
    from policyctl.render.text import rule as as_text
    from policyctl.usecases.rule import explain, rule_rows

    if code is None:
        rows = rule_rows()
        emit(
            lambda width: as_text.render_rows(rows, width),
            lambda: as_json.render_rows(rows),
            format,
        )
        return
    pages = {name: text.decode("utf-8") for name, text in shipped_files("rules", ".md").items()}
    page = explain(code, pages)
    emit(lambda _: as_text.render_page(page), lambda: as_json.render_page(page), format)


def _start(id: str | None, summary: str | None) -> None:
    from pathlib import Path

    from policyctl.adapters.checkout import checkout_around, write_all
    from policyctl.usecases.new_rule import new_rule

    if id is None or summary is None:
        raise UsageError("a new rule needs an id and a summary", hint="rule new ID --summary TEXT")
    contents = new_rule(id, summary)
    write_all(checkout_around(Path.cwd()), contents)
    module = id.replace("-", "_")
    typer.echo("\n".join(f"written  {name}" for name in contents))
    typer.echo(f"next     add {module}.RULE to policyctl/rules/registry.py, in alphabetical order")
    typer.echo("next     write the check, the page and the test, which fails until then")
    typer.echo("next     a line in CHANGELOG.md")

"""``policyctl show``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption, PolicyArgument


def show(
    policy: PolicyArgument,
    effective: Annotated[
        bool, typer.Option("--effective", help="Every value in force, with its origin.")
    ] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """A policy in plain words, or each value with its origin."""
    from pathlib import Path

    from policyctl.adapters.policy_files import read_policy
    from policyctl.adapters.working_governance import WorkingGovernance, governed_folder
    from policyctl.adapters.yaml_documents import YamlDocuments
    from policyctl.cli.output import emit
    from policyctl.render.json.show import render as as_json
    from policyctl.render.text.show import render as as_text
    from policyctl.usecases.show import show as read

    folder = governed_folder(Path.cwd())
    file, content = read_policy(policy, Path.cwd(), folder)
    report = read(
        content, file=file, documents=YamlDocuments(), governance=WorkingGovernance(folder)
    )
    emit(lambda width: as_text(report, effective, width), lambda: as_json(report), format)

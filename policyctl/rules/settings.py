"""What an organisation may set about the rules, in ``policyctl.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from policyctl.core.finding import Severity
from policyctl.core.frozen import fresh, frozen


@frozen
class Settings:
    """Limits that rules compare with, and how rules are chosen.

    Attributes:
        select: the only rules to run; empty for all.
        ignore: rules not to run.
        severity: severities that replace a rule's own, by id.
        logging_deadline: how long a policy may stay in ``logging``.
        limited_deadline: how long a policy may stay in ``limited``.
        max_exceptions: how many exceptions one policy may have.
        exception_soon: how long before its end an exception is called out.
        exception_longest: how far away the end of an exception may be.
        deployment_paths: globs of files that deploy applications or models.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = fresh(default_factory=dict)
    logging_deadline: timedelta = timedelta(days=90)
    limited_deadline: timedelta = timedelta(days=60)
    max_exceptions: int = 20
    exception_soon: timedelta = timedelta(days=14)
    exception_longest: timedelta = timedelta(days=365)
    deployment_paths: tuple[str, ...] = (
        "Dockerfile*",
        "**/Dockerfile*",
        "helm/**",
        "k8s/**",
        "deploy/**",
        "terraform/**",
        "**/*.tf",
        "src/**",
        "app/**",
        "models/**",
        "prompts/**",
    )

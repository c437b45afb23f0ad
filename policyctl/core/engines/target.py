"""An engine as a target: how a policy becomes its configuration, and how that is read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any

from policyctl.core.engines.loss import Loss
from policyctl.core.engines.setting import Audience, Setting, Variant
from policyctl.core.frozen import frozen


@frozen
class Provenance:
    """Where a configuration comes from; engines get it where they have room.

    Attributes:
        policy: the policy's id.
        entry: number of the ledger's entry that was approved; 0 for a draft.
        digest: sha256 of the policy file's bytes.
    """

    policy: str
    entry: int
    digest: str

    @property
    def mark(self) -> str:
        """One line for a description or a comment."""
        entry = f"entry {self.entry}" if self.entry else "draft, not approved"
        return f"policyctl {self.policy}, {entry}, sha256 {self.digest}"


@frozen
class Order:
    """What is to be exported.

    Attributes:
        variants: one, or the acting and the logging configuration of a limited policy.
    """

    provenance: Provenance
    variants: tuple[Variant, ...]


class Syntax(Enum):
    """How a document is written; the value is the suffix of its file."""

    JSON = "json"
    YAML = "yaml"
    YML = "yml"


@frozen
class Document:
    """One file that the engine consumes.

    Attributes:
        name: of the file.
        data: plain data: mappings, lists, texts, numbers, booleans, None.
        notes: lines for a comment at its top, where the syntax has comments.
    """

    name: str
    data: Any
    syntax: Syntax = Syntax.JSON
    notes: tuple[str, ...] = ()


@frozen
class Written:
    """A policy as the engine's configuration.

    Attributes:
        documents: the files; the first is the one that people mean.
        losses: what the policy says and they do not.
        routed: whether the engine itself sends each audience to its configuration.
    """

    documents: tuple[Document, ...]
    losses: tuple[Loss, ...] = ()
    routed: bool = False


@frozen(kw_only=False)
class Raw:
    """A file with an engine's configuration, decoded.

    Attributes:
        name: of the file, or ``-``.
        data: plain data.
        sha256: of its bytes, where they are known.
    """

    name: str
    data: Any
    sha256: str = ""


@frozen
class Unread:
    """A part of a configuration that has no counterpart in policies, or was not understood.

    Attributes:
        place: where it stands, as ``contentPolicyConfig.filtersConfig[2].type``.
        what: what about it is unknown, as a clause.
    """

    place: str
    what: str


@frozen
class Running:
    """What one configuration of an engine does, in policy terms.

    Attributes:
        name: as the engine has it; empty where it has none.
        settings: what was understood.
        unread: what should have been understood, and was not; it may protect or not.
        surplus: places of values that policies say nothing about, such as ids and time stamps.
        mark: the provenance that it carries, or empty.
    """

    name: str
    settings: tuple[Setting, ...]
    unread: tuple[Unread, ...] = ()
    surplus: tuple[str, ...] = ()
    audience: Audience = Audience()
    mark: str = ""


@frozen
class Target:
    """One engine.

    Attributes:
        name: as ``--target`` takes it.
        engine: as ``applies_to.engine`` calls it.
        title: for people.
        write: makes the configuration; raises `RefusedError` where none would be honest.
        read: what configurations in one or more files do; raises `InputError` where a file is
            none of the engine's. Files that belong together are read together.
        observes: whether a guardrail of its own can only log.
        deploys: one line on how the configuration gets to the engine.
        routes: what to do so that different traffic meets different configurations, one line.
    """

    name: str
    engine: str
    title: str
    write: Callable[[Order], Written]
    read: Callable[[Sequence[Raw]], tuple[Running, ...]]
    observes: bool
    deploys: str
    routes: str


Data = Mapping[str, Any]
"""A decoded object of JSON or YAML."""

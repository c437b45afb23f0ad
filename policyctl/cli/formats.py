"""The formats of reports; known without loading what reads the command line."""

from __future__ import annotations

from enum import Enum


class Format(Enum):
    """How a report is printed."""

    TEXT = "text"
    JSON = "json"


class RootFormat(Enum):
    """How governance is printed: yaml is the file that people edit and propose."""

    TEXT = "text"
    JSON = "json"
    YAML = "yaml"


class FindingsFormat(Enum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"


class TableFormat(Enum):
    """How a report is printed that is a table for people."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class EvidenceFormat(Enum):
    """How a gate's report is printed: html is one page with pictures that needs nothing else."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


class GateFormat(Enum):
    """How the gate before a merge is printed; a promotion itself knows text and json."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    GITHUB = "github"
    SARIF = "sarif"


class DriftFormat(Enum):
    """How drift is printed: sarif is for code scanning."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


class DiffFormat(Enum):
    """How a comparison is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    GITHUB = "github"

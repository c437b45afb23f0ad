"""YAML documents for the use cases: reading, checking and editing under one roof."""

from __future__ import annotations

from policyctl.adapters import yaml_edit, yaml_files
from policyctl.core.document import Document
from policyctl.core.finding import Finding, Path


class YamlDocuments:
    """Satisfies `ports.Documents`."""

    def parse(self, content: bytes, file: str) -> tuple[Document | None, tuple[Finding, ...]]:
        """The document in ``content``, and what is wrong with its YAML."""
        return yaml_files.parse(content, file=file)

    def check(self, document: Document, schema: str) -> tuple[Finding, ...]:
        """What the schema has against the document."""
        # The validator costs most of a command's start, and reading the ledger never needs it.
        from policyctl.adapters.schemas import check

        return check(document, schema)

    def replace_scalar(self, content: bytes, at: Path, value: str) -> bytes:
        """The content with one scalar changed and every other byte as it was."""
        return yaml_edit.replace_scalar(content, at, value)

    def rename_key(self, content: bytes, at: Path, name: str) -> bytes:
        """The content with one key renamed and every other byte as it was."""
        return yaml_edit.rename_key(content, at, name)

    def read_alike(self, content: bytes, document: Document) -> bool:
        """Whether ruamel.yaml finds the same values as our own reader."""
        return yaml_edit.agree(content, document)

"""YAML documents for the use cases: reading, checking and editing under one roof."""

from __future__ import annotations

from policyctl.adapters import yaml_files
from policyctl.adapters.schema_acceptance import acceptance
from policyctl.core.document import Document
from policyctl.core.finding import Finding, Path

# What only some commands need is imported where it is needed: it would double the start of others.


class YamlDocuments:
    """Satisfies `ports.Documents`."""

    def parse(self, content: bytes, file: str) -> tuple[Document | None, tuple[Finding, ...]]:
        """The document in ``content``, and what is wrong with its YAML."""
        return yaml_files.parse(content, file=file)

    def check(self, document: Document, schema: str) -> tuple[Finding, ...]:
        """What the schema has against the document."""
        if acceptance(schema)(document.data):
            return ()
        from policyctl.adapters.schemas import check

        return check(document, schema)

    def replace_scalar(self, content: bytes, at: Path, value: str) -> bytes:
        """The content with one scalar changed and every other byte as it was."""
        from policyctl.adapters import yaml_edit

        return yaml_edit.replace_scalar(content, at, value)

    def rename_key(self, content: bytes, at: Path, name: str) -> bytes:
        """The content with one key renamed and every other byte as it was."""
        from policyctl.adapters import yaml_edit

        return yaml_edit.rename_key(content, at, name)

    def read_alike(self, content: bytes, document: Document) -> bool:
        """Whether ruamel.yaml finds the same values as our own reader."""
        from policyctl.adapters import yaml_edit

        return yaml_edit.agree(content, document)

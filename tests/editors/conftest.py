"""A real YAML language server, and an editor reduced to the protocol that it speaks."""

from __future__ import annotations

import itertools
import json
import os
import queue
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import policyctl

CHECKOUT = Path(policyctl.__file__).parent.parent
PAGE = CHECKOUT / "docs" / "editors.md"
# 2.0 asks for node 22.13, and some that are still supported have node 20.
PACKAGE = "yaml-language-server@1.25.0"
CURSOR = "‸"
_NAME = PACKAGE.partition("@")[0]
_ANSWER = 30  # seconds
_COMPLETES = {"snippetSupport": True, "documentationFormat": ["markdown", "plaintext"]}
_CAPABILITIES = {
    "workspace": {"configuration": True, "workspaceFolders": True},
    "textDocument": {
        "completion": {"completionItem": _COMPLETES},
        "hover": {"contentFormat": ["markdown"]},
    },
}


@pytest.fixture(scope="session")
def server(node_packages: Callable[..., tuple[str, Path]]) -> tuple[str, ...]:
    """The command that starts the server."""
    node, folder = node_packages(PACKAGE)
    return node, str(folder / _NAME / "bin" / _NAME), "--stdio"


@dataclass(frozen=True)
class Offer:
    """One thing that an editor offers to complete, and the file once it was taken."""

    label: str
    documentation: str
    inserted: str
    text: str


class Editor:
    """A client of the language server that has one workspace open."""

    def __init__(
        self,
        command: tuple[str, ...],
        workspace: Path,
        settings: Mapping[str, Any],
        environment: Mapping[str, str],
    ) -> None:
        self.workspace = workspace
        self._settings = settings
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(environment)
        )
        self._received: queue.Queue[dict[str, Any]] = queue.Queue()
        self._numbers = itertools.count(1)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        uri = workspace.as_uri()
        folders = [{"uri": uri, "name": workspace.name}]
        self._request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": uri,
                "workspaceFolders": folders,
                "capabilities": _CAPABILITIES,
            },
        )
        self._notify("initialized", {})

    def problems(self, text: str, path: Path | None = None) -> list[tuple[int, str]]:
        """Line and message of all that the server says about a file."""
        uri, _ = self._open(text, path)
        while True:
            message = self._next()
            if message.get("method") == "textDocument/publishDiagnostics":
                said = message["params"]
                if said["uri"] == uri:
                    found = ((one["range"]["start"], one) for one in said["diagnostics"])
                    return [(start["line"] + 1, one["message"]) for start, one in found]

    def offers(self, text: str) -> dict[str, Offer]:
        """What the server offers at the cursor in a text, by label."""
        uri, position = self._open(text, None)
        asked = {"textDocument": {"uri": uri}, "position": position}
        answer = self._request("textDocument/completion", asked)
        return {item["label"]: _offer(item, text) for item in answer["items"]}

    def hover(self, text: str) -> str:
        """What the server shows, as Markdown, about the word at the cursor in a text."""
        uri, position = self._open(text, None)
        asked = {"textDocument": {"uri": uri}, "position": position}
        answer = self._request("textDocument/hover", asked)
        return answer["contents"]["value"] if answer else ""

    def close(self) -> None:
        """End the server."""
        self._request("shutdown", None)
        self._notify("exit", None)
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(_ANSWER)
        self._reader.join(_ANSWER)
        self._process.stdout.close()

    def _open(self, text: str, path: Path | None) -> tuple[str, dict[str, int]]:
        before, _, after = text.partition(CURSOR)
        name = f"policies/policy-{next(self._numbers)}.yaml"
        uri = (path or self.workspace / name).as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": before + after}
        self._notify("textDocument/didOpen", {"textDocument": document})
        line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
        return uri, {"line": line, "character": column}

    def _request(self, method: str, params: object) -> Any:
        number = next(self._numbers)
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._next()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _notify(self, method: str, params: object) -> None:
        self._send({"method": method, "params": params})

    def _next(self) -> dict[str, Any]:
        """The next message, after answering it where it is a question."""
        message = self._received.get(timeout=_ANSWER)
        if "method" in message and "id" in message:
            items = message["params"].get("items", ()) if message["params"] else ()
            answer = [self._settings.get(item["section"]) for item in items]
            self._send({"id": message["id"], "result": answer or None})
        return message

    def _send(self, message: Mapping[str, object]) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(content), content))
        self._process.stdin.flush()

    def _read(self) -> None:
        output = self._process.stdout
        assert output
        while header := output.readline():
            length = int(header.partition(b":")[2])
            while output.readline().strip():
                pass
            self._received.put(json.loads(output.read(length)))


def _offer(item: Mapping[str, Any], text: str) -> Offer:
    said = item.get("documentation") or ""
    edit = item["textEdit"]
    inserted = re.sub(r"\$\{\d+:([^}]*)\}|\$\{?\d+\}?", r"\1", edit["newText"])
    before, _, after = text.partition(CURSOR)
    rest = edit["range"]["end"]["character"] - (len(before) - before.rfind("\n") - 1)
    kept = before[: before.rfind("\n") + 1 + edit["range"]["start"]["character"]]
    return Offer(
        label=item["label"],
        documentation=said["value"] if isinstance(said, dict) else said,
        inserted=inserted,
        text=kept + inserted + after[rest:],
    )


def nested(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as a server asks for them, ``{"yaml": {…}}``, from an editor's ``"yaml.…"``."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        *groups, last = name.split(".")
        place = found
        for group in groups:
            place = place.setdefault(group, {})
        place[last] = value
    return found


@pytest.fixture(scope="session")
def settings() -> dict[str, Any]:
    """The settings of a workspace that the page about editors recommends."""
    if not PAGE.exists():
        pytest.skip("no docs beside the package: run this in a checkout")
    [snippet] = re.findall(
        r"^```json settings\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return nested(json.loads(snippet))


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the schemas where a governed repository has them."""
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "policies").mkdir()
    shutil.copytree(CHECKOUT / "schemas", folder / ".policyctl" / "schemas")
    return folder


OpenEditor = Callable[..., AbstractContextManager[Editor]]


@pytest.fixture(scope="session")
def open_editor(server: tuple[str, ...], workspace: Path) -> OpenEditor:
    """Opens the workspace in an editor with certain settings and environment variables."""

    @contextmanager
    def open_it(settings: Mapping[str, Any], **variables: str) -> Iterator[Editor]:
        opened = Editor(server, workspace, settings, {**os.environ, **variables})
        yield opened
        opened.close()

    return open_it


@pytest.fixture(scope="session")
def editor(open_editor: OpenEditor, settings: dict[str, Any]) -> Iterator[Editor]:
    """An editor that has the workspace open, with the recommended settings."""
    with open_editor(settings) as opened:
        yield opened

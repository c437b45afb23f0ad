"""The tools that people use today for the same files, installed side by side in a cache folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from measuring import Case

_MINUTES = 5
_RULES = "{extends: default, rules: {line-length: disable, document-start: disable}}"
"""yamllint's own rules without those that the files break."""


@dataclass(frozen=True, kw_only=True)
class _Peer:
    """A package of PyPI or npm, and the program in it."""

    name: str
    package: str
    program: str
    fill: Callable[[Path, str], None]


def install(cache: Path) -> tuple[dict[str, str], list[str]]:
    """Install what is missing below ``cache``.

    Returns:
        The programs by name, and a sentence for each that could not be had.
    """
    found: dict[str, str] = {}
    missing: list[str] = []
    for peer in _PEERS:
        try:
            found[peer.name] = str(_installed(peer, cache / peer.name))
        except (OSError, subprocess.SubprocessError) as error:
            missing.append(f"{peer.name} could not be installed: {_last_line(error)}")
    return found, missing


def cases(
    programs: dict[str, str], schema: Path, files: list[Path], folder: Path, part: str
) -> list[Case]:
    """What the peers run on policy files, named after the program and a part of the benchmark.

    On many files they are not rehearsed: they keep nothing, and take minutes.
    """
    names = [str(path.relative_to(folder)) for path in files]
    commands = {
        "check-jsonschema": ["--schemafile", str(schema), *names],
        "yamllint": ["--strict", "-d", _RULES, *names],
        "ajv-cli": [
            *("validate", "--spec=draft2020", "--strict=false", "-s", str(schema)),
            *(word for name in names for word in ("-d", name)),
        ],
        "jsonschema": ["validate", str(schema), *names],
    }
    return [
        Case(
            name=f"{name}, {part}",
            command=(programs[name], *arguments),
            folder=folder,
            rehearsed=len(files) == 1,
        )
        for name, arguments in commands.items()
        if name in programs
    ]


def _installed(peer: _Peer, folder: Path) -> Path:
    """The program in a folder of its own, which is filled unless it holds this very version."""
    label = folder / "installed.txt"
    program = folder / peer.program
    if not (program.exists() and label.exists() and label.read_text("utf-8") == peer.package):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        peer.fill(folder, peer.package)
        label.write_text(peer.package, "utf-8")
    return program


def _from_pypi(folder: Path, package: str) -> None:
    _run(sys.executable, "-m", "venv", str(folder))
    _run(str(folder / "bin/python"), "-m", "pip", "install", "--quiet", package)


def _from_npm(folder: Path, package: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("there is no npm on this machine")
    _run(npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--silent", package)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=60 * _MINUTES)


def _last_line(error: Exception) -> str:
    said = error.stderr if isinstance(error, subprocess.CalledProcessError) else b""
    lines = said.decode("utf-8", "replace").strip().splitlines() if said else []
    return lines[-1] if lines else str(error)


_PEERS = (
    _Peer(
        name="check-jsonschema",
        package="check-jsonschema==0.39.0",
        program="bin/check-jsonschema",
        fill=_from_pypi,
    ),
    _Peer(name="yamllint", package="yamllint==1.38.0", program="bin/yamllint", fill=_from_pypi),
    _Peer(name="ajv-cli", package="ajv-cli@5.0.0", program="node_modules/.bin/ajv", fill=_from_npm),
    _Peer(
        name="jsonschema",
        package="@sourcemeta/jsonschema@16.11.0",
        program="node_modules/.bin/jsonschema",
        fill=_from_npm,
    ),
)

"""A runner of composite actions reduced to what they need, a forge's REST API, and checkouts."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

import policyctl

CHECKOUT = Path(policyctl.__file__).parent.parent
ACTION = CHECKOUT / ".github/actions/policyctl"
TOKEN = "ghs_secret"


@dataclass
class Api:
    """What the forge holds, and what its token may."""

    url: str = ""
    read_only: bool = False
    fails: int = 0
    comments: list[dict[str, Any]] = field(default_factory=list)
    pulls: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    def comment(self, body: str, author: str = "github-actions[bot]") -> dict[str, Any]:
        """Add a comment to the pull request."""
        found = {"id": 100 + len(self.comments), "body": body, "user": {"login": author}}
        self.comments.append(found)
        return found

    def answer(self, method: str, target: str, sent: Any) -> tuple[int, object]:
        """Status and content of the answer to a request."""
        self.requests.append(f"{method} {target}")
        url = urlsplit(target)
        if self.fails:
            return self.fails, {"message": "try later"}
        if method == "GET" and url.path == "/repos/acme/guardrails/issues/7/comments":
            query = parse_qs(url.query)
            size, page = int(query["per_page"][0]), int(query["page"][0])
            return 200, self.comments[size * (page - 1) : size * page]
        if self.read_only:
            return 403, {"message": "Resource not accessible by integration"}
        if method == "POST" and url.path == "/repos/acme/guardrails/issues/7/comments":
            assert len(sent["body"]) <= 65_536
            return 201, self.comment(sent["body"])
        if method == "POST" and url.path == "/repos/acme/guardrails/pulls":
            self.pulls.append(sent)
            return 201, {"number": 8}
        for comment in self.comments:
            if method == "PATCH" and url.path.endswith(f"/issues/comments/{comment['id']}"):
                comment["body"] = sent["body"]
                return 200, comment
        return 404, {"message": "Not Found"}


@pytest.fixture
def api() -> Iterator[Api]:
    """A forge that listens."""
    forge = Api()

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            sent = json.loads(self.rfile.read(length)) if length else None
            forge.tokens.add(self.headers["Authorization"])
            status, content = forge.answer(self.command, self.path, sent)
            data = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = _any  # noqa: N815

        def log_message(self, *arguments: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        forge.url = f"http://127.0.0.1:{server.server_port}"
        yield forge
        server.shutdown()
        thread.join()


@dataclass(frozen=True)
class Finished:
    """What a run of an action left."""

    code: int
    log: str
    summary: str
    outputs: Mapping[str, str]
    used: tuple[str, ...]

    @property
    def commands(self) -> list[str]:
        """The workflow commands in the log that a runner would obey."""
        found, stopped = [], ""
        for line in self.log.splitlines():
            command = re.match(r"\s*::(.*?)::(.*)", line)
            if command is None:
                continue
            if stopped:
                stopped = "" if command[1] == stopped else stopped
            elif command[1] == "stop-commands":
                stopped = command[2]
            else:
                found.append(line.strip())
        return found


@dataclass
class Job:
    """One job on a runner: its folders, its event and its variables."""

    folder: Path
    workspace: Path
    variables: dict[str, str]

    def script(self, name: str, *arguments: str, **variables: str) -> Finished:
        """Run one script as a step does."""
        return self._finished(*self._bash(f'bash "$A/{name}" {" ".join(arguments)}', variables))

    def action(self, **inputs: str) -> Finished:
        """Run the composite action, step by step."""
        described = yaml.safe_load((ACTION / "action.yml").read_text("utf-8"))
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        assert not given.keys() - described["inputs"].keys()
        values = {f"github.{name}": text for name, text in self._github().items()}
        for name, item in described["inputs"].items():
            values[f"inputs.{name}"] = given.get(name, filled(item["default"], values))
        log, used, code = "", [], 0
        for step in described["runs"]["steps"]:
            if "if" in step and not holds(step["if"], values):
                continue
            if "uses" in step:
                used.append(step["uses"])
                continue
            assert step["shell"] == "bash"
            variables = {key: filled(text, values) for key, text in step.get("env", {}).items()}
            place = self.workspace / filled(step.get("working-directory", "."), values)
            code, said, outputs = self._bash(step["run"], variables, place)
            values |= {f"steps.{step['id']}.outputs.{key}": text for key, text in outputs.items()}
            log += said
            if code:
                break
        made = described["outputs"].items()
        outputs = {name: filled(item["value"], values) for name, item in made}
        return Finished(code, log, self._summary(), outputs, tuple(used))

    def _github(self) -> dict[str, str]:
        return {"token": TOKEN, "workspace": str(self.workspace)}

    def _bash(
        self, run: str, variables: Mapping[str, str], place: Path | None = None
    ) -> tuple[int, str, dict[str, str]]:
        outputs = self.folder / "outputs"
        outputs.write_text("")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", run],
            cwd=place or self.workspace,
            env={
                **self.variables,
                **variables,
                "A": str(ACTION),
                "GITHUB_ACTION_PATH": str(ACTION),
                "GITHUB_OUTPUT": str(outputs),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        pairs = (line.partition("=") for line in outputs.read_text("utf-8").splitlines())
        return done.returncode, done.stdout, {name: value for name, _, value in pairs}

    def _finished(self, code: int, log: str, outputs: dict[str, str]) -> Finished:
        return Finished(code, log, self._summary(), outputs, ())

    def _summary(self) -> str:
        return (self.folder / "summary").read_text("utf-8")


_EXPRESSION = re.compile(r"\$\{\{ *([\w.-]+) *\}\}")


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its expressions replaced; the output of a step that did not run is empty."""

    def value(found: re.Match[str]) -> str:
        assert found[1] in values or found[1].startswith("steps."), found[1]
        return values.get(found[1], "")

    filled_in = _EXPRESSION.sub(value, text)
    assert "${{" not in _EXPRESSION.sub("", text)
    return filled_in


def holds(condition: str, values: Mapping[str, str]) -> bool:
    """Whether comparisons with texts, joined by ``&&``, are all true."""
    for part in condition.split(" && "):
        found = re.fullmatch(r"([\w.-]+) (==|!=) '([^']*)'", part)
        assert found is not None, part
        if (values.get(found[1], "") == found[3]) is not (found[2] == "=="):
            return False
    return True


StartJob = Callable[..., Job]


@pytest.fixture
def job(tmp_path: Path, api: Api) -> StartJob:
    """Starts a job in a checkout, with an event."""
    if not ACTION.exists():
        pytest.skip("no actions beside the package: run this in a checkout")
    for tool in ("bash", "jq", "curl"):
        if shutil.which(tool) is None:
            pytest.skip(f"there is no {tool}: .ci/run installs it")

    def start(workspace: Path, name: str, payload: object, **variables: str) -> Job:
        folder = tmp_path / "runner"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "temp").mkdir(parents=True)
        (folder / "bin").mkdir()
        shim = folder / "bin/policyctl"
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m policyctl "$@"\n')
        shim.chmod(0o755)
        (folder / "event.json").write_text(json.dumps(payload))
        (folder / "summary").write_text("")
        (folder / "environment").write_text("")
        inherited = ("HOME", "LC_ALL", "TZ", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM")
        return Job(
            folder,
            workspace,
            {
                **{key: os.environ[key] for key in inherited},
                "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
                "GITHUB_ACTOR": "octocat",
                "GITHUB_API_URL": api.url,
                "GITHUB_ENV": str(folder / "environment"),
                "GITHUB_EVENT_NAME": name,
                "GITHUB_EVENT_PATH": str(folder / "event.json"),
                "GITHUB_REPOSITORY": "acme/guardrails",
                "GITHUB_RUN_ID": "4711",
                "GITHUB_SERVER_URL": "https://github.example",
                "GITHUB_STEP_SUMMARY": str(folder / "summary"),
                "GITHUB_WORKSPACE": str(workspace),
                "RUNNER_TEMP": str(folder / "temp"),
                **variables,
            },
        )

    return start


@dataclass
class Origin:
    """The repository on the forge, and shallow checkouts of it as a runner makes them."""

    bare: Path
    author: Any
    folder: Path

    def push(self, branch: str, source: str = "HEAD") -> str:
        """Push a branch; its commit."""
        self.author.git("push", "-q", str(self.bare), f"{source}:refs/heads/{branch}")
        return self.commit(source)

    def commit(self, name: str) -> str:
        """The commit that a name means to the author."""
        return self.author.git("rev-parse", f"{name}^{{commit}}").strip()

    def checkout(self, commit: str) -> Path:
        """A checkout of one commit and nothing else."""
        place = self.folder / f"checkout-{commit[:8]}"
        shutil.rmtree(place, ignore_errors=True)
        for arguments in (
            ["init", "-q", "-b", "main", str(place)],
            ["-C", str(place), "remote", "add", "origin", f"file://{self.bare}"],
            ["-C", str(place), "fetch", "-q", "--no-tags", "--depth=1", "origin", commit],
            ["-C", str(place), "checkout", "-q", "--detach", "FETCH_HEAD"],
        ):
            subprocess.run(["git", *arguments], check=True, capture_output=True)
        return place

    def clone(self) -> Path:
        """A checkout of the default branch with all of its history."""
        place = self.folder / "clone"
        self.author.git("clone", "-q", str(self.bare), str(place))
        return place

    def pull_request(self, head: str, fork: bool = False, **more: object) -> dict[str, object]:
        """The payload of an event about pull request 7."""
        name = "mallory/guardrails" if fork else "acme/guardrails"
        return {
            "repository": {"full_name": "acme/guardrails", "default_branch": "main"},
            "pull_request": {
                "number": 7,
                "base": {"sha": self.commit("main"), "ref": "main"},
                "head": {"sha": head, "ref": "feature", "repo": {"full_name": name}},
                **more,
            },
        }


@pytest.fixture
def origin(recorded: Any, tmp_path: Path) -> Origin:
    """A bare repository with a governed ``main`` that serves any commit, as forges do."""
    bare = tmp_path / "origin.git"
    recorded.git("clone", "-q", "--bare", str(recorded.folder), str(bare))
    recorded.git("-C", str(bare), "config", "uploadpack.allowAnySHA1InWant", "true")
    return Origin(bare, recorded, tmp_path)

"""A real Spark Connect server counts the same, to the last digit."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

import policyctl

CHECKOUT = Path(policyctl.__file__).parent.parent
POLICY = "team-assistant"

if not (CHECKOUT / "pyproject.toml").exists():
    pytest.skip(
        "policyctl is not installed from a checkout: run it in one", allow_module_level=True
    )


@pytest.fixture(scope="module")
def connected(environments):
    """A Python with policyctl and what Spark Connect needs."""
    return environments.python(
        ("pyspark[connect]>=4.0", "pandas<3"), ("--editable", f"{CHECKOUT}[evidence]")
    )


@pytest.fixture(scope="module")
def server(connected, tmp_path_factory):
    """Where a server listens."""
    home = next(connected.parent.parent.glob("lib/python3*/site-packages/pyspark"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("spark")
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": port,
        "spark.ui.enabled": "false",
    }
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [
                *(str(home / "sbin/start-connect-server.sh"), "--master", "local[1]"),
                *(
                    word
                    for name, value in settings.items()
                    for word in ("--conf", f"{name}={value}")
                ),
            ],
            cwd=folder,
            env={
                **os.environ,
                "SPARK_HOME": str(home),
                "SPARK_NO_DAEMONIZE": "1",
                "SPARK_LOCAL_IP": "127.0.0.1",
            },
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(port, process, folder / "log")
        yield f"sc://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def wait_for(port, process, log):
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail(log.read_text()[-3000:])


@pytest.fixture
def run(connected, recorded, events):
    """Run policyctl there, on prepared records."""
    prepared = recorded.folder.parent / "prepared"

    def at(*arguments):
        done = subprocess.run(
            [str(connected), "-P", "-m", "policyctl", *arguments],
            cwd=recorded.folder,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    assert at("records", "import", "--from", "plain", "--out", str(prepared), events)[0] == 0
    return lambda *arguments: at(*arguments, "--events", str(prepared))


def test_evidence_and_replay_are_the_same(server, run):
    for asked in (("evidence", POLICY), ("replay", POLICY, "--to", "limited")):
        code, here, _ = run(*asked, "--format", "json")
        coded, there, said = run(*asked, "--format", "json", "--engine", server)

        assert (coded, said) == (code, "")
        local, remote = (json.loads(text)["result"] for text in (here, there))
        assert (
            remote.pop("engine", "spark") != local.pop("engine", "duckdb") or asked[0] == "evidence"
        )
        if asked[0] == "evidence":
            assert remote["findings_sha256"] == local["findings_sha256"]
        else:
            assert remote == local


def test_where_no_server_listens_one_line_says_so(run):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"sc://127.0.0.1:{free.getsockname()[1]}"

    code, out, said = run("evidence", POLICY, "--engine", f"{url}/;user_id=erin")

    assert (code, out) == (2, "")
    assert said.startswith("policyctl: no Spark at sc://127.0.0.1:")
    assert "Traceback" not in said

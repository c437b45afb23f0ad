"""A pull request from a fork whose every name and file would like to be run."""

from __future__ import annotations

import pytest

POLICY = "policies/team-assistant.yaml"
INJECTED = "::add-path::/tmp/evil"


@pytest.fixture
def marker(tmp_path):
    """A file that exists once anything of the fork was run."""
    return tmp_path / "PWNED"


def hostile_files(marker):
    """Files by name: each would make the marker, were it taken for more than data."""
    touch = f"touch {marker}"
    python = f"import pathlib; pathlib.Path({str(marker)!r}).touch()\n"
    section = f'[core]\n\tfsmonitor = "{touch}"\n\thooksPath = hooks\n\tpager = "{touch}"\n'
    drivers = (
        f'[filter "x"]\n\tsmudge = {touch}\n\tclean = {touch}\n[diff "x"]\n\ttextconv = {touch}\n'
    )
    return {
        "policies/$(touch PWNED).yaml": "id: x\n",
        f"policies/`{touch.replace('/', '_')}`.yaml": "id: x\n",
        "policies/; touch PWNED;.yaml": "id: x\n",
        f"policies/a\n{INJECTED.replace('/', '_')}.yaml": "id: x\n",
        "policies/--help.yaml": "id: x\n",
        "policies/%0A::error::x.yaml": "id: x\n",
        "-rf": "x",
        "yaml.py": python,
        "typer.py": python,
        "sitecustomize.py": python,
        "policyctl.py": python,
        "policyctl/__main__.py": python,
        "pip.py": python,
        "venv.py": python,
        "policyctl==0.1.0/setup.py": python,
        ".gitattributes": "* filter=x diff=x\n",
        "bare/HEAD": "ref: refs/heads/main\n",
        "bare/config": section + drivers,
        "bare/objects/x": "",
        "bare/refs/x": "",
        "hooks/post-checkout": f"#!/bin/sh\n{touch}\n",
        "hooks/reference-transaction": f"#!/bin/sh\n{touch}\n",
        ".gitmodules": f'[submodule "x"]\n\tpath = x\n\turl = "ext::sh -c {touch}"\n',
        "pip.conf": "[global]\nindex-url = http://127.0.0.1:9/\n",
        "jq": f"#!/bin/sh\n{touch}\n",
        "git": f"#!/bin/sh\n{touch}\n",
        "commands.sh": f"{touch}\n",
    }


@pytest.fixture
def fork(origin, marker):
    """The head of a fork's pull request, and the payload of its event."""
    author = origin.author
    author.git("switch", "-q", "-c", "feature")
    for name, content in hostile_files(marker).items():
        author.write(name, content)
    broken = author.read(POLICY).replace(
        b"name: Team assistant", f"name: '$(touch {marker})</details> {INJECTED}'".encode()
    )
    author.write(POLICY, broken + f"# ${{{{ github.token }}}}\n{INJECTED}\n".encode())
    author.git("add", "-A", ".")
    message = f"x\n\n{INJECTED}\n$(touch {marker})"
    author.git("commit", "-qm", message)
    branch = f"x;touch${{IFS}}{marker.name};$(touch${{IFS}}{marker.name})"
    head = origin.push(branch)
    payload = origin.pull_request(
        head, fork=True, title=f"$(touch {marker})", body=f"'; touch {marker} #\n{INJECTED}"
    )
    payload["pull_request"]["head"]["ref"] = branch
    payload["pull_request"]["head"]["label"] = f"mallory:{branch}"
    return head, payload


def test_nothing_of_it_is_run_and_it_does_not_pass(fork, origin, job, api, marker):
    head, payload = fork
    api.read_only = True
    run = job(origin.checkout(head), "pull_request", payload, GITHUB_HEAD_REF=f"$(touch {marker})")

    done = run.action(install="none", sarif="true", lint="fail")

    assert done.code != 0
    assert done.outputs["verdict"] not in ("", "pass")
    assert not marker.exists()
    assert not list(run.workspace.rglob(marker.name))
    assert (run.folder / "environment").read_text() == ""
    commands = {line.split("::")[1].split(" ")[0] for line in done.commands}
    assert commands <= {"error", "warning", "notice"}
    assert "ghs_secret" not in done.log + done.summary
    assert done.used == ()


def test_its_report_stays_what_it_is(fork, origin, job, api):
    head, payload = fork
    run = job(origin.checkout(head), "pull_request", payload)

    run.action(install="none")

    [comment] = api.comments
    assert comment["body"].count("<details>") == comment["body"].count("</details>")


def test_what_it_holds_is_not_installed(fork, origin, job, marker, tmp_path):
    head, payload = fork
    (tmp_path / "index").mkdir()
    run = job(
        origin.checkout(head),
        "pull_request",
        payload,
        PIP_NO_INDEX="1",
        PIP_FIND_LINKS=str(tmp_path / "index"),
        PIP_CONFIG_FILE="/dev/null",
    )

    done = run.script("install.sh", INSTALL="policyctl==0.1.0")

    assert done.code == 2
    assert "pip cannot install policyctl==0.1.0" in done.log
    assert not marker.exists()

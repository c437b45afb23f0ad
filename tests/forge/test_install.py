"""What the action installs, and what it refuses to."""

from __future__ import annotations

import sys
import zipfile

import pytest

import policyctl

WHEEL = f"policyctl-{policyctl.__version__}-py3-none-any.whl"
INFO = f"policyctl-{policyctl.__version__}.dist-info"
FILES = {
    "policyctl_installed.py": "def run():\n    print('installed')\n",
    f"{INFO}/METADATA": (
        f"Metadata-Version: 2.1\nName: policyctl\nVersion: {policyctl.__version__}\n"
    ),
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{INFO}/entry_points.txt": "[console_scripts]\npolicyctl = policyctl_installed:run\n",
}


@pytest.fixture
def index(tmp_path):
    """A folder with a wheel of this version, which stands for the package index."""
    folder = tmp_path / "index"
    folder.mkdir()
    record = "".join(f"{name},,\n" for name in (*FILES, f"{INFO}/RECORD"))
    with zipfile.ZipFile(folder / WHEEL, "w") as wheel:
        for name, content in {**FILES, f"{INFO}/RECORD": record}.items():
            wheel.writestr(name, content)
    return folder


@pytest.fixture
def run(job, recorded, index):
    shown = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(index), "PIP_CONFIG_FILE": "/dev/null"}
    return job(recorded.folder, "push", {}, **shown)


def test_the_pinned_version_goes_into_an_environment_of_its_own(run):
    added = run.folder / "path"
    done = run.script(
        "install.sh", INSTALL=f"policyctl=={policyctl.__version__}", GITHUB_PATH=str(added)
    )

    assert done.code == 0, done.log
    place = run.folder / "temp/policyctl/bin"
    assert done.outputs["bin"] == str(place / "policyctl")
    assert added.read_text() == f"{place}\n"
    assert sys.prefix not in (place / "policyctl").read_text()


@pytest.mark.parametrize(
    "what",
    ["policyctl", "policyctl>=0.1", "policyctl==", "git+https://x", "--pre", "policyctl==1 evil"],
)
def test_what_is_not_pinned_is_refused(run, what):
    done = run.script("install.sh", INSTALL=what)

    assert done.code == 2
    assert "the input install is neither policyctl==VERSION nor a path that exists" in done.log


def test_the_one_on_the_path_is_taken_where_that_is_wanted(run):
    done = run.script("install.sh", INSTALL="none")

    assert done.outputs == {"bin": str(run.folder / "bin/policyctl")}

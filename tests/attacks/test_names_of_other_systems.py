"""Names that git tells apart and a checkout on another system does not."""

import pytest

from policyctl.core import paths

BOT = "team-assistant"
FILE = paths.policy_path(BOT)


@pytest.mark.parametrize(
    "name",
    [
        *("policies/pii.yaml.", "policies/pii.yaml ", "policies/pii.yaml:x", "policies/aux.md"),
        *("policies./pii.yaml", "policies /notes.md", "POLICY~1/root/0001.json"),
        *("policies/TEAM-A~1.YAM", ".policyctl./log/pii/000001.json"),
    ],
)
@pytest.mark.parametrize("way", [(), ("--base", "HEAD~1"), ("--history",)], ids=str)
def test_a_file_that_is_another_one_elsewhere_is_seen(scene, name, way):
    content = scene.read(FILE).replace(b"stage: limited", b"stage: enforce")
    oid = scene.git("hash-object", "-w", "--stdin", stdin=content.decode())
    scene.git(
        "-c",
        "core.protectNTFS=false",
        "update-index",
        "--add",
        "--cacheinfo",
        f"100644,{oid},{name}",
    )
    scene.git("commit", "-qm", "a name")

    done = scene.verify(*way)

    assert done.code == 4
    assert "PATH_NOT_PORTABLE" in done.codes

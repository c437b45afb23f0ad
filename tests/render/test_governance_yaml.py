"""The file of governance says what the trust root says, whatever names people have."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.core.governance_document import governed_by, problems
from policyctl.core.ssh_keys import parse_public_key
from policyctl.core.trust_root import ApprovalRule, Emergency, Member, Role, TrustRoot
from policyctl.render.yaml.governance import render

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKx4EAYCdAXP4waVt4CGzTi+iUmzjpo6sGDSZIGopjdm"
TEXTS = st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" ")) | st.sampled_from(
    [
        "no",
        "Null",
        "1e3",
        "0x10",
        "a: b",
        "a #b",
        "- x",
        "2026-01-01",
        "~",
        "{",
        "'",
        '"',
        "\\",
        "5%",
    ]
)
SLUGS = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4})?", fullmatch=True)


@given(TEXTS, TEXTS, SLUGS, TEXTS.filter(bool), st.booleans())
def test_reading_the_file_gives_the_same_governance(name, email, slug, use_case, emergency):
    root = TrustRoot(
        log="0" * 64,
        version=7,
        prev="1" * 64,
        created_at=datetime(2026, 10, 5, tzinfo=UTC),
        people={slug: Member(name=name, email=email, keys=(parse_public_key(KEY),))},
        teams={f"{slug}-team": (slug,)},
        roles={"security": Role(members=(slug,), touch=True)},
        stewards=(slug,),
        threshold=1,
        approvals=(ApprovalRule(need={"security": 1}, use_cases=(use_case,)),),
        gates={"enforce": {"window": "14d", "false_positives": "2.5%", "records": 5}},
        appetite={use_case: {"public": ("L1", "L2")}},
        baselines={"default@1": "2" * 64},
        emergency=Emergency(role="security", within="72h") if emergency else None,
    )
    documents = YamlDocuments()

    document, findings = documents.parse(render(root).encode(), "governance.yaml")

    assert findings == ()
    assert documents.check(document, "governance.v1") == ()
    assert list(problems(document, document.data)) == []
    bare = replace(root, people={}, teams={}, roles={}, appetite={}, gates={}, emergency=None)
    assert governed_by(bare, document.data, root.baselines) == root
    assert documents.read_alike(render(root).encode(), document)

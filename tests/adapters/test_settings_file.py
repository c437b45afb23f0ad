"""policyctl.toml: what it sets, and what is said of mistakes in it."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import pytest

from policyctl.adapters.settings_file import parse_settings, settings_path
from policyctl.core.finding import Severity
from policyctl.errors import InputError
from policyctl.rules.settings import Settings

RULES = ("purpose-thin", "exception-expired")

ALL = """\
# limits of our own
[lint]
select = ["purpose-thin", "exception-expired"]
ignore = ["purpose-thin"]
severity = { purpose-thin = "note", exception-expired = "warning" }
logging_deadline = "120d"
limited_deadline = "8w"
max_exceptions = 0
exception_soon = "36h"
exception_longest = "90d"
deployment_paths = ["deploy/**"]
"""


def parse(text):
    return parse_settings(text.encode(), "policyctl.toml", RULES)


def refusal(text):
    with pytest.raises(InputError) as refused:
        parse(text)
    return refused.value.message, refused.value.hint


def test_every_field_can_be_set():
    assert parse(ALL) == Settings(
        select=("purpose-thin", "exception-expired"),
        ignore=("purpose-thin",),
        severity={"purpose-thin": Severity.NOTE, "exception-expired": Severity.WARNING},
        logging_deadline=timedelta(days=120),
        limited_deadline=timedelta(days=56),
        max_exceptions=0,
        exception_soon=timedelta(hours=36),
        exception_longest=timedelta(days=90),
        deployment_paths=("deploy/**",),
    )
    assert all(f"\n{field.name} = " in ALL for field in fields(Settings))


@pytest.mark.parametrize("text", ["", "[lint]\n", "# nothing yet\n"])
def test_what_is_not_set_has_its_default(text):
    assert parse(text) == Settings()


def test_no_file_means_the_defaults():
    assert parse_settings(None, "policyctl.toml", RULES) == Settings()


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "[lint]\nlogging_deadlin = '90d'\n",
            "policyctl.toml:2: unknown key 'logging_deadlin' in [lint]",
            "did you mean 'logging_deadline'?",
        ),
        (
            "[lint]\nmax-exceptions = 3\n",
            "policyctl.toml:2: unknown key 'max-exceptions' in [lint]",
            "did you mean 'max_exceptions'?",
        ),
        ("\n[lnt]\n", "policyctl.toml:2: unknown table 'lnt'", "did you mean 'lint'?"),
        ("lint = 3\n", "policyctl.toml:1: 'lint' is 3, and must be a table", ""),
        (
            "[lint]\n# purpose-thn\nignore = [\n  'purpose-thin',\n  'purpose-thn',\n]\n",
            "policyctl.toml:5: 'ignore' names 'purpose-thn', which is no rule",
            "did you mean 'purpose-thin'?",
        ),
        (
            '[lint]\nselect = "purpose-thin"\n',
            "policyctl.toml:2: 'select' is 'purpose-thin'",
            "write a list of texts",
        ),
        (
            '[lint.severity]\npurpose-thin = "warn"\n',
            "policyctl.toml:2: the severity of 'purpose-thin' is 'warn'",
            "did you mean 'warning'?",
        ),
        (
            '[lint]\nseverity = { purpose = "note" }\n',
            "policyctl.toml:2: 'severity' names 'purpose', which is no rule",
            "did you mean 'purpose-thin'?",
        ),
        (
            '[lint]\nseverity = "note"\n',
            "policyctl.toml:2: 'severity' is 'note'",
            "write a table of severities by rule",
        ),
        (
            "[lint]\nlogging_deadline = 90\n",
            "policyctl.toml:2: 'logging_deadline' is 90",
            'write a duration such as "36h", "14d" or "2w"',
        ),
        (
            '[lint]\nexception_soon = "0d"\n',
            "policyctl.toml:2: 'exception_soon' is '0d'",
            'write a duration such as "36h", "14d" or "2w"',
        ),
        (
            "[lint]\nmax_exceptions = true\n",
            "policyctl.toml:2: 'max_exceptions' is true",
            "write a whole number from 0 to 10000",
        ),
        (
            "[lint]\nmax_exceptions = -1\n",
            "policyctl.toml:2: 'max_exceptions' is -1",
            "write a whole number from 0 to 10000",
        ),
        (
            "[lint]\ndeployment_paths = [1]\n",
            "policyctl.toml:2: 'deployment_paths' is a list",
            "write a list of texts",
        ),
        (
            "[lint]\nignore [\n",
            "policyctl.toml:2:8: not TOML: expected '=' after a key in a key/value pair",
            "",
        ),
        ("[lint]\nignore = [\n", "policyctl.toml: not TOML: invalid value", ""),
    ],
)
def test_a_mistake_is_one_sentence_with_its_line(text, message, hint):
    assert refusal(text) == (message, hint)


def test_a_file_that_is_not_utf_8_is_said_to_be():
    with pytest.raises(InputError, match=r"policyctl\.toml is not UTF-8"):
        parse_settings(b"\xff", "policyctl.toml", RULES)


def test_endless_nesting_is_one_error():
    assert refusal("a = " + "[" * 50_000)[0].startswith("policyctl.toml: not TOML: ")


def test_the_governed_folder_has_its_own_settings(tmp_path):
    governed = tmp_path / "governed"
    (governed / "deep").mkdir(parents=True)
    (tmp_path / "policyctl.toml").write_text("")

    assert settings_path(governed, governed / "deep") == governed / "policyctl.toml"


def test_elsewhere_the_nearest_settings_upwards_count(tmp_path):
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "policyctl.toml").write_text("")

    assert settings_path(None, deep) == tmp_path / "policyctl.toml"
    (tmp_path / "a" / "policyctl.toml").write_text("")
    assert settings_path(None, deep) == tmp_path / "a" / "policyctl.toml"

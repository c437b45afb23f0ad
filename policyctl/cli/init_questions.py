"""What ``policyctl init`` asks on a terminal when its command line names nobody."""

from __future__ import annotations

from collections.abc import Sequence

from policyctl.cli.wizard import ask
from policyctl.core.entry import SLUG
from policyctl.core.frozen import frozen
from policyctl.errors import PolicyctlError

_SLUG_FORM = "lower-case letters, digits and single hyphens"


@frozen
class Named:
    """Who is who, as options of the command line say it."""

    me: str
    people: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    stewards: tuple[str, ...] = ()

    def words(self, folder: str) -> list[str]:
        """The command line that says the same."""
        options = [
            ("--as", self.me),
            *(("--person", text) for text in self.people),
            *(("--role", text) for text in self.roles),
            *(("--team", text) for text in self.teams),
            *(("--steward", text) for text in self.stewards),
        ]
        return ["init", folder, *(word for pair in options for word in pair)]


def named(suggested: str) -> Named:
    """Ask who takes part.

    Args:
        suggested: the founder's id, as git's user name gives it.
    """
    me = ask("Your id", default=suggested, problem=_slug_problem)
    people = _people(me)
    others = [text.partition("=")[0] for text in people]
    everybody = [me, *others]
    roles = _groups(
        "Who approves, as ROLE=ID,ID" if others else "",
        everybody,
        default=f"security={','.join(others)}",
    )
    teams = _groups("A team that owns policies, as TEAM=ID,ID", everybody, optional=True)
    stewards: Sequence[str] = ()
    if others:
        said = ask(
            "Who signs trust roots beside you, with commas (Enter: nobody yet)",
            optional=True,
            problem=lambda text: _members_problem(text, others),
        )
        stewards = [name.strip() for name in said.split(",") if name.strip()]
    return Named(
        me=me,
        people=tuple(people),
        roles=tuple(roles),
        teams=tuple(teams),
        stewards=tuple(stewards),
    )


def _people(me: str) -> list[str]:
    found: list[str] = []

    def problem(answer: str) -> str:
        return _person_problem(answer, [me, *(text.partition("=")[0] for text in found)])

    while said := ask(
        "Somebody else, as ID=KEY.pub (Enter: nobody more)", optional=True, problem=problem
    ):
        found.append(said)
    return found


def _groups(
    question: str, known: list[str], *, default: str = "", optional: bool = False
) -> list[str]:
    if not question:
        return []

    def problem(answer: str) -> str:
        name, equals, members = answer.partition("=")
        if not equals or not SLUG.match(name):
            return f"NAME=ID,ID, where the name has {_SLUG_FORM}"
        return _members_problem(members, known)

    said = ask(question, default=default, optional=optional, problem=problem)
    return [said] if said else []


def _slug_problem(answer: str) -> str:
    return "" if SLUG.match(answer) else _SLUG_FORM


def _person_problem(answer: str, known: list[str]) -> str:
    from policyctl.adapters.public_half import public_half

    who, equals, file = answer.partition("=")
    if not equals or not SLUG.match(who):
        return f"ID=FILE, where the id has {_SLUG_FORM}"
    if who in known:
        return f"'{who}' is named already"
    try:
        public_half(file)
    except PolicyctlError as error:
        return error.message
    return ""


def _members_problem(text: str, known: list[str]) -> str:
    strangers = [name for name in (part.strip() for part in text.split(",")) if name not in known]
    return f"'{strangers[0]}' is nobody who was named" if strangers else ""

"""Questions on a terminal, for what a command line left out."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence

import typer

from policyctl.errors import UsageError

Problem = Callable[[str], str]
"""What is wrong with an answer, or the empty text."""


def ask(
    question: str,
    *,
    default: str = "",
    choices: Sequence[str] = (),
    optional: bool = False,
    problem: Problem = lambda _: "",
) -> str:
    """An answer that will do; a wrong one is explained, and the question asked again.

    Args:
        question: what is asked.
        default: what Enter alone means.
        choices: the answers there are; none if any text may do.
        optional: whether nothing is an answer, too.
        problem: what else may be wrong with an answer.

    Raises:
        UsageError: the one who is asked gave up.
    """
    shown = f"{question} ({', '.join(choices)})" if choices else question
    while True:
        try:
            said = typer.prompt(shown, default=default, show_default=bool(default))
        except typer.Abort as error:
            raise UsageError("given up, so nothing was written") from error
        answer = str(said).strip()
        wrong = _wrong(answer, choices, problem) if answer or not optional else ""
        if not wrong:
            return answer
        typer.echo(f"  {wrong}")


def same_command(words: Sequence[str]) -> str:
    """The command line that would have needed no question."""
    return f"the same without questions: {shlex.join(['policyctl', *words])}"


def _wrong(answer: str, choices: Sequence[str], problem: Problem) -> str:
    if not answer:
        return "an answer is needed here"
    if choices and answer not in choices:
        return f"'{answer}' is none of these"
    return problem(answer)

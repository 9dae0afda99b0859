"""`taskwake chat`: in plain sentences."""

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from functions.operations.commands import server

if TYPE_CHECKING:
    from functions.operations.client.models import Answer
    from functions.operations.terminal.session import Session

app = typer.Typer()


@app.command()
def chat(
    sentence: Annotated[list[str] | None, typer.Argument(help="Without one you are asked, until Ctrl-D.")] = None,
    url: server.Url = "",
    token: server.Token = "",
    data: server.Data = server.DEFAULT_DATA,
    as_json: server.AsJson = False,
) -> None:
    """Say it in plain words; exit code 1 when a sentence was not understood."""
    from functions.operations.terminal.session import session

    with session(data, url, token, as_json) as asked:
        if not sentence:
            _converse(asked)
        elif not _said(asked, " ".join(sentence)).understood:
            raise typer.Exit(1)


def _converse(asked: "Session") -> None:
    """A sentence a line, from a person or a pipe, until there are no more."""
    import sys

    from functions.operations.terminal.output import is_terminal

    with suppress(ModuleNotFoundError):  # not every Python has it
        import readline  # noqa: F401 - with it, input() has a history and can be edited

    prompt = "> " if asked.may_ask else ""
    answer = None
    while True:
        try:
            sentence = input(prompt) if is_terminal(sys.stdin) else next(sys.stdin or iter(()))
        except (EOFError, StopIteration, KeyboardInterrupt):
            if prompt:
                typer.echo()
            return
        if sentence.strip():
            answer = _said(asked, sentence.strip(), answer)


def _said(asked: "Session", sentence: str, before: "Answer | None" = None) -> "Answer":
    """Say it, and show the answer. One of the choices of the answer before is said as the answer to its question."""
    from functions.operations.client.models import Said
    from functions.operations.terminal import output

    choices = before.choices if before else []
    question = next((choice.question for choice in choices if choice.text.lower() == sentence.lower()), None)
    answer = asked.client.say(Said(text=sentence, question=question))
    if asked.as_json:
        output.say_json(answer)
    else:
        output.say(answer.answer)
        for choice in answer.choices:
            output.say(f"  • {choice.words}: say “{choice.text}”")
    return answer

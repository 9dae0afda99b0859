"""`taskwake add`: a task, as one says it."""

from typing import Annotated

import typer

from functions.operations.commands import completion, server

app = typer.Typer()


@app.command()
def add(
    text: Annotated[list[str], typer.Argument(help="call Sam tomorrow at 9 p1 @phone #work; quoted words are kept.")],
    list_name: Annotated[
        str, typer.Option("--list", help="The list it goes into.", autocompletion=completion.lists)
    ] = "",
    notes: Annotated[str, typer.Option(help="Markdown.")] = "",
    url: server.Url = "",
    token: server.Token = "",
    data: server.Data = server.DEFAULT_DATA,
    as_json: server.AsJson = False,
) -> None:
    """Add a task: its words say when it is due, how it repeats, its priority, labels and list."""
    from functions.operations.terminal import output, words
    from functions.operations.terminal.phrase import new_task
    from functions.operations.terminal.session import session

    with session(data, url, token, as_json) as asked:
        body, phrase = new_task(asked, " ".join(text), list_name, notes)
        task = asked.client.create_task(body)
        for remark in phrase.remarks:
            output.said(remark)
        if as_json:
            output.say_json(task)
            return
        due = words.due_words(task, asked.now, asked.me.zone)
        parts = [f"due {due}"] if due else []
        parts += ["repeating" if mark == "↻" else mark for mark in words.marks(task, asked.now.date())]
        names = {each.id: each.name for each in asked.lists} if body.list_id else {}
        parts += [f"#{names[task.list_id]}"] if task.list_id in names else []
        output.say(", ".join([f"Added {str(task.id)[:8]} “{task.title}”", *parts]) + ".")

"""`taskwake done`, `reopen`, `snooze`, `edit` and `rm`: one task, by the beginning of its id or by its words."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from functions.operations.commands import completion, server

app = typer.Typer()

Which = Annotated[
    list[str],
    typer.Argument(help="The beginning of its id, or words of its title.", autocompletion=completion.open_tasks),
]
DoneWhich = Annotated[list[str], typer.Argument(help="The beginning of its id, or words of its title.")]


class Scope(StrEnum):
    """Of a task that repeats: this occurrence, it and those to come, or also those closed."""

    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"


@app.command()
def done(
    which: Which,
    url: server.Url = "",
    token: server.Token = "",
    data: server.Data = server.DEFAULT_DATA,
    as_json: server.AsJson = False,
) -> None:
    """Complete a task; of one that repeats the next occurrence comes."""
    from functions.operations.terminal.meaning import task_meant
    from functions.operations.terminal.session import session

    with session(data, url, token, as_json) as asked:
        task = asked.client.complete_task(task_meant(asked, which).id)
        _say(asked, task, f"Done: “{task.title}”." + (" The next one is on its way." if task.rrule else ""))


@app.command()
def reopen(
    which: DoneWhich,
    url: server.Url = "",
    token: server.Token = "",
    data: server.Data = server.DEFAULT_DATA,
    as_json: server.AsJson = False,
) -> None:
    """Take a completion back, with the next occurrence that it brought."""
    from functions.operations.terminal.meaning import task_meant
    from functions.operations.terminal.session import session

    with session(data, url, token, as_json) as asked:
        task = asked.client.reopen_task(task_meant(asked, which, "done").id)
        _say(asked, task, f"“{task.title}” is open again.")


@app.command()
def snooze(
    which: Which,
    minutes: Annotated[int | None, typer.Option("--for", min=1, help="So many minutes from now; else ten.")] = None,
    until: Annotated[str, typer.Option(help="Until a moment: “tomorrow at 9”, “in 2 hours”.")] = "",
    url: server.Url = "",
    token: server.Token = "",
    data: server.Data = server.DEFAULT_DATA,
    as_json: server.AsJson = False,
) -> None:
    """Be reminded again, later, of a task that you were reminded of."""
    from functions.operations.terminal import output, words
    from functions.operations.terminal.later import snooze_task
    from functions.operations.terminal.meaning import task_meant
    from functions.operations.terminal.session import session

    if minutes and until:
        raise typer.BadParameter("give --for or --until, one of the two")
    with session(data, url, token, as_json) as asked:
        task = task_meant(asked, which)
        snoozed = snooze_task(asked, task, minutes or 10, until)
        if as_json:
            output.say_json({"task_id": task.id, "remind_at": snoozed.remind_at})
        else:
            when = words.moment_words(snoozed.remind_at, asked.now, asked.me.zone)
            output.say(f"Snoozed “{task.title}” until {when}.")


@app.command()
def edit(
    which: Which,
    title: Annotated[str | None, typer.Option(help="A new title.")] = None,
    due: Annotated[
        str | None, typer.Option(help="“friday at 9”, “every monday”; “never” takes due time and rule away.")
    ] = None,
    priority: Annotated[int | None, typer.Option(min=1, max=4, help="1 is the highest, 4 is none.")] = None,
    label: Annotated[list[str] | None, typer.Option(help="In place of those it has; more with more of these.")] = None,
    notes: Annotated[str | None, typer.Option(help="Markdown, in place of those it has.")] = None,
    scope: Annotated[Scope | None, typer.Option(help="Of one that repeats: which occurrences.")] = None,
    url: server.Url = "",
    token: server.Token = "",
    data: server.Data = server.DEFAULT_DATA,
    as_json: server.AsJson = False,
) -> None:
    """Change a task."""
    from functions.operations.client.models import TaskChange
    from functions.operations.terminal import words
    from functions.operations.terminal.meaning import task_meant
    from functions.operations.terminal.phrase import new_due
    from functions.operations.terminal.session import session

    fields: dict[str, Any] = {"title": title, "priority": priority, "labels": label, "notes": notes}
    fields = {name: value for name, value in fields.items() if value is not None}
    if not fields and due is None:
        raise typer.BadParameter("say what to change: --title, --due, --priority, --label or --notes")
    with session(data, url, token, as_json) as asked:
        task = task_meant(asked, which)
        if due is not None:
            fields |= new_due(asked, task, due)
        change = TaskChange(**fields, **({"scope": scope.value} if scope else {}))
        # Changed meanwhile, it may be another task than the one that was meant.
        task = asked.client.change_task(task.id, change, if_match=f'"{task.version}"')
        due_now = words.due_words(task, asked.now, asked.me.zone)
        _say(asked, task, ", ".join([f"Changed “{task.title}”", *([f"due {due_now}"] if due_now else [])]) + ".")


@app.command()
def rm(
    which: Which,
    scope: Annotated[Scope | None, typer.Option(help="Of one that repeats; else it goes with those to come.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Without asking.")] = False,
    url: server.Url = "",
    token: server.Token = "",
    data: server.Data = server.DEFAULT_DATA,
    as_json: server.AsJson = False,
) -> None:
    """Delete a task."""
    from functions.operations.terminal.meaning import task_meant
    from functions.operations.terminal.session import CannotError, session

    with session(data, url, token, as_json) as asked:
        task = task_meant(asked, which, "all")
        if not yes and not asked.may_ask:
            raise CannotError(f"Nobody can be asked whether “{task.title}” may go: --yes says so. Nothing was done.")
        if not yes and not typer.confirm(f"Delete “{task.title}”?", err=True):
            raise CannotError("Nothing was done.")
        asked.client.delete_task(task.id, scope=scope.value if scope else None)
        _say(asked, task, f"Deleted “{task.title}”.")


@app.command()
def undo(
    url: server.Url = "",
    token: server.Token = "",
    data: server.Data = server.DEFAULT_DATA,
    as_json: server.AsJson = False,
) -> None:
    """Take back the last thing that you did to a task or a list; once more, the one before it."""
    from functions.operations.terminal.session import session

    with session(data, url, token, as_json) as asked:
        undone = asked.client.undo_last()
        _say(asked, undone, undone.text)


def _say(asked: Any, task: Any, text: str) -> None:
    from functions.operations.terminal import output

    if asked.as_json:
        output.say_json(task)
    else:
        output.say(text)

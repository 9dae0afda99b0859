"""`taskwake dead-letters`: what a function could not handle is looked at, handed on again, or dropped."""

from typing import Annotated
from uuid import UUID

import typer

from functions.operations.commands import database, server
from functions.operations.terminal import output, picking

app = typer.Typer(
    no_args_is_help=True, help="Events that a function could not handle: see them, replay them, drop them."
)

Ids = Annotated[list[UUID] | None, typer.Argument(help="Of dead letters; or say by options which are meant.")]
Function = Annotated[str, typer.Option(help="Only those of this function.")]
Topic = Annotated[str, typer.Option(help="Only those of this topic.")]
Reason = Annotated[str, typer.Option(help="Only those whose reason contains this, in any case.")]
Since = Annotated[str, typer.Option(help="Only those that died since: 30m, 2h or 7d ago, or 2030-01-07T09:00 (UTC).")]
Until = Annotated[str, typer.Option(help="Only those that died before; as --since.")]
Replayed = Annotated[bool | None, typer.Option(help="Only those that were replayed, or were not.")]
All = Annotated[bool, typer.Option("--all", help="Every one of them.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show which are meant, and do nothing.")]
Rate = Annotated[int, typer.Option(min=0, help="At most so many a second; 0: as fast as it goes.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")]
Limit = Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")]
AlarmUrl = Annotated[
    str, typer.Option(help="The alarm function's address, to have them published at once.", envvar="TASKWAKE_ALARM_URL")
]
AlarmToken = Annotated[str, typer.Option(help="What Dapr shows to functions.", envvar="APP_API_TOKEN")]


@app.command("list")
def list_dead_letters(
    data: database.Data = database.DEFAULT_DATA,
    url: database.Url = "",
    url_file: database.UrlFile = None,
    function: Function = "",
    topic: Topic = "",
    reason: Reason = "",
    since: Since = "",
    until: Until = "",
    replayed: Replayed = None,
    limit: Limit = 100,
    as_json: server.AsJson = False,
) -> None:
    """Show the newest dead letters, with their reasons."""
    from functions.operations import dead_letters
    from functions.operations.terminal import letters

    wanted = picking.wanted(function, topic, reason, since, until, replayed)
    owner = database.owner_url(data, url, url_file)
    found = dead_letters.read(owner, wanted, limit)
    letters.show_all(found, as_json)
    if len(found) == limit and (count := dead_letters.count(owner, wanted)) > limit:
        output.said(f"{limit} of {count}; --limit shows more.")


@app.command("show")
def show_dead_letter(
    letter_id: Annotated[UUID, typer.Argument(metavar="ID", help="From `taskwake dead-letters list`.")],
    data: database.Data = database.DEFAULT_DATA,
    url: database.Url = "",
    url_file: database.UrlFile = None,
    as_json: server.AsJson = False,
) -> None:
    """Show all that is known of one: its reason, where it was, its event, what was done with it, and what to do now."""
    from functions.kernel.storage.dead_letters import Wanted
    from functions.operations import dead_letters
    from functions.operations.terminal import letters

    owner = database.owner_url(data, url, url_file)
    found = dead_letters.read(owner, Wanted(ids=[letter_id]))
    deeds = dead_letters.audit(owner, letter=letter_id)
    if not found:
        dropped = [deed for deed in deeds if deed.action == "drop"]
        for deed in dropped[:1]:
            output.said(f"{letter_id} was dropped by {deed.who} at {letters.when(deed.at)} (UTC): {deed.reason}")
        if not dropped:
            output.said(f"There is no dead letter {letter_id}: `taskwake dead-letters list` shows them.")
        raise typer.Exit(1)
    letters.show_one(found[0], dead_letters.event_text(owner, letter_id), deeds, as_json)


@app.command("replay")
def replay_dead_letters(
    ids: Ids = None,
    data: database.Data = database.DEFAULT_DATA,
    url: database.Url = "",
    url_file: database.UrlFile = None,
    function: Function = "",
    topic: Topic = "",
    reason: Reason = "",
    since: Since = "",
    until: Until = "",
    replayed: Replayed = None,
    every: All = False,
    rate: Rate = 100,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: server.AsJson = False,
    alarm_url: AlarmUrl = "",
    alarm_token: AlarmToken = "",
) -> None:
    """Hand these events on again, with the same ids: whoever handled one already does nothing.

    Without ids and --replayed, those that wait are meant. Each is noted: `taskwake dead-letters audit`.
    """
    from functions.operations import dead_letters
    from functions.operations.terminal.ringing import Bell

    waiting_only = False if replayed is None and not ids else replayed
    wanted = picking.wanted(function, topic, reason, since, until, waiting_only)
    owner = database.owner_url(data, url, url_file)
    picked = picking.pick(owner, ids or [], wanted, every, dry_run, as_json, to_replay=True)
    picking.confirm(len(picked) > 1, f"Replay {picking.counted(picked)}", yes, as_json)
    bell = Bell(None if url or url_file else data, alarm_url, alarm_token)
    who = dead_letters.login_name()
    outcomes = picking.work(
        picked, rate, "replayed", lambda step: dead_letters.replay(owner, step, who), then=bell.ring
    )
    count = sum(outcome == "handed on" for outcome in outcomes.values())
    picking.tell(outcomes, f"{count} of {len(picked)} are handed on again{bell.when}.", as_json)
    if count < len(picked):
        picking.complain(outcomes)
        raise typer.Exit(1)


@app.command("drop")
def drop_dead_letters(
    ids: Ids = None,
    data: database.Data = database.DEFAULT_DATA,
    url: database.Url = "",
    url_file: database.UrlFile = None,
    function: Function = "",
    topic: Topic = "",
    reason: Reason = "",
    since: Since = "",
    until: Until = "",
    replayed: Replayed = None,
    every: All = False,
    rate: Rate = 0,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: server.AsJson = False,
) -> None:
    """Delete these for good: nobody handles their events any more. Each is noted, with who did it."""
    from functions.operations import dead_letters

    wanted = picking.wanted(function, topic, reason, since, until, replayed)
    owner = database.owner_url(data, url, url_file)
    picked = picking.pick(owner, ids or [], wanted, every, dry_run, as_json, to_replay=False)
    picking.confirm(bool(picked), f"Drop {picking.counted(picked)} for good", yes, as_json)
    who = dead_letters.login_name()
    outcomes = picking.work(picked, rate, "dropped", lambda step: dead_letters.drop(owner, step, who))
    count = sum(outcome == "dropped" for outcome in outcomes.values())
    picking.tell(outcomes, f"{count} of {len(picked)} are dropped.", as_json)
    if count < len(picked):
        picking.complain(outcomes)
        raise typer.Exit(1)


@app.command("audit")
def audit_dead_letters(
    data: database.Data = database.DEFAULT_DATA,
    url: database.Url = "",
    url_file: database.UrlFile = None,
    limit: Limit = 100,
    as_json: server.AsJson = False,
) -> None:
    """Show who replayed and dropped what, the latest first, and what became of it."""
    from functions.operations import dead_letters
    from functions.operations.terminal import letters

    deeds = dead_letters.audit(database.owner_url(data, url, url_file), limit + 1)
    letters.show_deeds(deeds[:limit], as_json)
    if len(deeds) > limit:
        output.said(f"These are the latest {limit}; --limit shows more.")

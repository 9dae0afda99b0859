"""`taskwake retention`: how long the event log, and what stands beside it, is kept."""

from typing import TYPE_CHECKING, Annotated

import typer

from functions.operations.commands import database, server

if TYPE_CHECKING:
    from functions.operations.retention.months import Month

app = typer.Typer()


@app.command()
def retention(
    keep: Annotated[
        int | None, typer.Option(min=1, help="Drop the months that ended so many whole months ago, or longer.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be dropped, and change nothing.")] = False,
    divide: Annotated[
        bool,
        typer.Option(
            "--divide",
            help="Divide the log into months, once; a release before this one cannot write to it then.",
        ),
    ] = False,
    data: database.Data = database.DEFAULT_DATA,
    url: database.Url = "",
    url_file: database.UrlFile = None,
    as_json: server.AsJson = False,
) -> None:
    """Say which months the event log has, or drop the oldest: whole, never row by row, while Taskwake runs on.

    What is dropped is not shown as activity any more, and cannot be undone; tasks, reminders and notices stay. A client
    that read the log before it begins anew (410). A month with events that are not published, open dead letters or
    open deliveries stays, and so does what comes after it.

    With it goes what ended before the log begins then: which events were handled, deliveries with their calls, failed
    attempts, and dead letters that were handled since. An event that comes once more after that is a dead letter.
    """
    import psycopg

    from functions.operations.retention import dividing, months, purging
    from functions.operations.terminal import output

    if divide and (keep or dry_run):
        raise typer.BadParameter("--divide goes alone")
    if dry_run and keep is None:
        raise typer.BadParameter("--dry-run goes with --keep")
    owner = database.owner_url(data, url, url_file)
    try:
        if divide and not dividing.divide(owner, output.said):
            output.said("The event log is divided already.")
        if keep is None:
            _show(months.all_of(owner), as_json=as_json, dropped=False)
            return
        if dry_run:
            found = months.older(owner, keep, output.said)
            ends = [month.until_at for month in found if not month.held]
            _say_rows(purging.count(owner, max(ends, default=None)))
        else:
            found = months.drop(owner, keep, output.said)
            purging.purge(owner, output.said)
    except (dividing.RetentionError, psycopg.OperationalError) as error:
        output.said(f"Not done: {error}.")
        raise typer.Exit(1) from None
    _show(found, as_json=as_json, dropped=not dry_run)
    if not found:
        output.said("No month is that old.")


def _say_rows(rows: "dict[str, int]") -> None:
    """How many rows of each table would be deleted."""
    from functions.operations.terminal import output

    said = ", ".join(f"{number} of {table}" for table, number in rows.items() if number)
    if said:
        output.said(f"Rows that would be deleted: {said}.")


def _show(months: "list[Month]", *, as_json: bool, dropped: bool) -> None:
    """Each month, with what became of it: `dropped`: all but those that are held."""
    from rich.text import Text

    from functions.operations.terminal import output

    if as_json:
        output.say_json([month.as_json(dropped=dropped) for month in months])
        return
    if not months:
        return
    rows = [
        [
            month.name,
            f"{month.from_at:%Y-%m-%d}" if month.from_at else "the beginning",
            f"{month.until_at:%Y-%m-%d}",
            str(month.events),
            f"{month.bytes / 1_000_000:.1f} MB",
            f"stays: {'; '.join(month.held)}" if month.held else "dropped" if dropped else "",
        ]
        for month in months
    ]
    output.table(["", "from", "until", "events", "size", ""], [[Text(cell) for cell in row] for row in rows])

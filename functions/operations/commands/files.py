"""`taskwake export` and `taskwake import`: everything into a file, and tasks out of one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from functions.operations.commands import completion, server

if TYPE_CHECKING:
    from functions.operations.client.models import ImportReport

app = typer.Typer()

MEDIA_TYPES: dict[str, Any] = {
    ".ics": "text/calendar",
    ".csv": "text/csv",
    ".json": "application/json",
    ".zip": "application/zip",
}


@app.command("export")
def export_tasks(
    ics: Annotated[
        bool, typer.Option("--ics", help="As iCalendar, which `taskwake import` takes back; else JSON.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Into this file; else to stdout.")] = None,
    url: server.Url = "",
    token: server.Token = "",
    data: server.Data = server.DEFAULT_DATA,
) -> None:
    """Write all that is yours: lists, tasks, those done, too, and as JSON also reminders, events and the rest."""
    from functions.operations.terminal import output
    from functions.operations.terminal.progress import working
    from functions.operations.terminal.session import session

    with session(data, url, token) as asked, working("Exporting") as tell:
        path = "/export.ics" if ics else "/export"
        content = asked.client.download(path, lambda count: tell(f"Exporting: {count / 1e6:.1f} MB"))
    if out is None:
        output.write(content, nl=False)
        return
    part = out.with_name(f"{out.name}.part")  # never half an export under its name
    try:
        part.write_bytes(content)
        part.replace(out)
    except OSError as error:
        output.said(f"{out} cannot be written: {error.strerror}.")
        raise typer.Exit(1) from None
    output.said(f"Exported to {out}.")


@app.command("import")
def import_tasks(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="iCalendar .ics, Todoist's .csv, Vikunja's .json or .zip."),
    ],
    list_name: Annotated[
        str, typer.Option("--list", help="The list for all of it.", autocompletion=completion.lists)
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would become of it; change nothing.")] = False,
    url: server.Url = "",
    token: server.Token = "",
    data: server.Data = server.DEFAULT_DATA,
    as_json: server.AsJson = False,
) -> None:
    """Take over the tasks of a file, whole or not at all; what was imported before is not doubled."""
    from functions.operations.client import ApiError
    from functions.operations.terminal import output
    from functions.operations.terminal.progress import working
    from functions.operations.terminal.session import CannotError, session

    media_type = MEDIA_TYPES.get(file.suffix.lower())
    if media_type is None:
        raise typer.BadParameter(f"{file.name}: its name must end in one of {', '.join(MEDIA_TYPES)}")
    with session(data, url, token, as_json) as asked, working(f"Importing {file.name}"):
        list_id = asked.list_named(list_name).id if list_name else None
        try:
            report = asked.client.import_file(file.read_bytes(), media_type, list_id=list_id, dry_run=dry_run)
        except ApiError as error:
            wrong = [each.message for each in error.errors if each.field == "body"]
            if not wrong:
                raise
            raise CannotError(f"{file.name} was not imported: {'; '.join(wrong)}.") from None
    if as_json:
        output.say_json(report)
    else:
        _tell(file.name, report)


def _tell(name: str, report: "ImportReport") -> None:
    from functions.operations.terminal import output

    began = f"Nothing was changed; {name} would be" if report.dry_run else f"Imported {name}"
    output.say(
        f"{began}: {report.created} created, {report.updated} updated, {report.unchanged} unchanged, "
        f"{report.skipped_count} skipped."
    )
    for kind, notes in (("skipped", report.skipped), ("note", report.remarks)):
        for note in notes:
            output.said(f"{kind}: {note.where}{f' “{note.title}”' if note.title else ''}: {note.reason}")

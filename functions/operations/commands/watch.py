"""`taskwake watch`: what happens, as it happens."""

import typer

from functions.operations.commands import server

app = typer.Typer()


@app.command()
def watch(
    after: str = typer.Option("", help="Begin behind this event's id; else with what happens from now on."),
    url: server.Url = "",
    token: server.Token = "",
    data: server.Data = server.DEFAULT_DATA,
    as_json: server.AsJson = False,
) -> None:
    """Print what happens, a line each, until Ctrl-C; a line that is cut is taken up where it was."""
    from functions.operations.terminal import output
    from functions.operations.terminal.following import follow, line_of
    from functions.operations.terminal.session import session

    try:
        with session(data, url, token, as_json) as asked:
            output.said(f"Watching as {asked.me.name}, until Ctrl-C …")
            for event in follow(asked.client, after):
                line = line_of(event, asked.me, asked.now, as_json=as_json)
                if line:
                    output.write(line)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None

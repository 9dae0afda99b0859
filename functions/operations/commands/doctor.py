"""`taskwake doctor`: what is wrong with an installation."""

from typing import Annotated

import typer

from functions.operations.commands import database, server

app = typer.Typer()
_SIGNS = {"well": "✓", "wrong": "✗", "unseen": "–"}


@app.command()
def doctor(
    data: database.Data = database.DEFAULT_DATA,
    url: database.Url = "",
    url_file: database.UrlFile = None,
    wake: Annotated[bool, typer.Option(help="Look also into a database that may sleep, which wakes it.")] = False,
    as_json: server.AsJson = False,
) -> None:
    """Check an installation: what is wrong, where, and what to do. Changes nothing; exit code 0 when nothing is wrong.

    Looks at the folder, or at the database of another address; and at daprd where DAPR_HTTP_ENDPOINT names one.
    """
    import json
    from dataclasses import asdict

    from functions.operations.doctor import examination
    from functions.operations.terminal import output

    if url or url_file:
        findings = list(examination.examine_database(database.owner_url(data, url, url_file), wake=wake))
    else:
        findings = list(examination.examine_folder(data.resolve()))
    findings += examination.examine_dapr()
    if as_json:
        output.write(json.dumps([asdict(finding) for finding in findings]))
    else:
        from rich.text import Text

        rows = [
            [f"{_SIGNS[finding.state]} {finding.check}", finding.what, finding.where, finding.todo]
            for finding in findings
        ]
        output.table(["", "what", "where", "to do"], [[Text(output.printable(cell)) for cell in row] for row in rows])
    bad = sum(finding.state == "wrong" for finding in findings)
    if bad:
        output.said(f"{bad} of {len(findings)} are wrong.")
        raise typer.Exit(1)

"""Which Taskwake a command speaks to, and in which form it answers."""

from typing import Annotated

import typer

from functions.operations.commands import database

Data = database.Data
DEFAULT_DATA = database.DEFAULT_DATA
Url = Annotated[
    str, typer.Option(help="Where it serves; else it is the one that runs over the folder.", envvar="TASKWAKE_URL")
]
Token = Annotated[
    str, typer.Option(help="From `taskwake token`; the folder's own needs none.", envvar="TASKWAKE_TOKEN")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]

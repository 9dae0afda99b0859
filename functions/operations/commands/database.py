"""Which database a command is about: the embedded one of a folder, or another by its owner's address."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path, typer.Option(help="The folder that holds the database and the secrets.", envvar="TASKWAKE_DATA")]
DEFAULT_DATA = Path(".taskwake")
Url = Annotated[str, typer.Option(help="The owner's address of another database.", envvar="DATABASE_URL")]
UrlFile = Annotated[
    Path | None,
    typer.Option(help="A file with the owner's address of another database.", envvar="DATABASE_URL_FILE"),
]


def owner_url(data: Path, url: str = "", url_file: Path | None = None) -> str:
    """The owner's address of the database that these options choose."""
    if url:
        return url
    if url_file:
        try:
            return url_file.read_text().strip()
        except OSError as error:
            raise typer.BadParameter(f"{url_file} cannot be read: {error.strerror}") from None
    from functions.kernel.embedded.postgres import Postgres

    postgres = Postgres(data / "postgres")
    if not postgres.answers():
        typer.echo(f"No Taskwake runs over {data.resolve()}: start one with `taskwake serve`.", err=True)
        raise typer.Exit(1)
    return postgres.url()

"""`taskwake operator`: who may look after dead letters through the API and on the page."""

from typing import Annotated

import typer

from functions.operations.commands import database, server
from functions.operations.terminal import output

app = typer.Typer(no_args_is_help=True, help="People who may look after dead letters, through the API and on the page.")

User = Annotated[str, typer.Argument(metavar="EMAIL", help="Their e-mail address, or their id.")]


@app.command()
def grant(
    user: User,
    data: database.Data = database.DEFAULT_DATA,
    url: database.Url = "",
    url_file: database.UrlFile = None,
    as_json: server.AsJson = False,
) -> None:
    """Make somebody an operator: they see the events of all people that could not be handled."""
    _change(database.owner_url(data, url, url_file), user, operator=True, as_json=as_json)


@app.command()
def revoke(
    user: User,
    data: database.Data = database.DEFAULT_DATA,
    url: database.Url = "",
    url_file: database.UrlFile = None,
    as_json: server.AsJson = False,
) -> None:
    """Make somebody an operator no more, from their next request on."""
    _change(database.owner_url(data, url, url_file), user, operator=False, as_json=as_json)


def _change(owner_url: str, user: str, *, operator: bool, as_json: bool) -> None:
    from functions.operations import accounts

    user_id = accounts.find_user(owner_url, user)
    if user_id is None:
        typer.echo(f"Nobody here has the address or the id {user}: `taskwake user add` adds them.", err=True)
        raise typer.Exit(1)
    accounts.set_operator(owner_url, user_id, operator)
    if as_json:
        output.say_json({"user_id": user_id, "operator": operator})
    else:
        typer.echo(f"{user} is {'an operator' if operator else 'no operator'} now.")

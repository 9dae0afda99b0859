"""`taskwake user`, `taskwake login` and `taskwake token`: people and their credentials."""

from typing import Annotated
from uuid import UUID

import typer

from functions.operations.commands import database, server, tokens
from functions.operations.terminal import output

app = typer.Typer()
user_app = typer.Typer(no_args_is_help=True, help="People of this installation.")
token_app = typer.Typer(invoke_without_command=True)
app.add_typer(user_app, name="user")
app.add_typer(token_app, name="token")
token_app.add_typer(tokens.app)

User = Annotated[str, typer.Option(help="An e-mail address, or an id; else it is whoever was here first.")]


@app.command()
def login(
    data: database.Data = database.DEFAULT_DATA,
    url_file: database.UrlFile = None,
    user: User = "",
) -> None:
    """Print a one-time login, to be opened as http://…/login?login=… within 15 minutes."""
    _print_credential(database.owner_url(data, url_file=url_file), user, "login")


@token_app.callback()
def token(
    context: typer.Context,
    data: database.Data = database.DEFAULT_DATA,
    url_file: database.UrlFile = None,
    user: User = "",
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
    as_json: server.AsJson = False,
) -> None:
    """Print a new token for a program: Authorization: Bearer <token>. It is shown this once."""
    if context.invoked_subcommand is None:
        _print_credential(database.owner_url(data, url_file=url_file), user, "token", name, as_json=as_json)


def _print_credential(owner_url: str, user: str, kind: str, name: str = "", *, as_json: bool = False) -> None:
    from functions.operations import accounts

    user_id = _find(owner_url, user) if user else accounts.first_user(owner_url)
    secret = accounts.issue(owner_url, user_id, kind, name)
    if as_json:
        output.say_json({"name": name, "secret": secret})
    else:
        typer.echo(secret)


def _find(owner_url: str, user: str) -> UUID:
    from functions.operations import accounts

    user_id = accounts.find_user(owner_url, user)
    if user_id is None:
        typer.echo(f"Nobody here has the address or the id {user}: `taskwake user add` adds them.", err=True)
        raise typer.Exit(1)
    return user_id


@user_app.command("add")
def user_add(
    name: str,
    email: Annotated[str, typer.Argument(help="Where e-mail for them goes; without one, none does.")] = "",
    zone: Annotated[str, typer.Option(help="Their IANA time zone.")] = "UTC",
    data: database.Data = database.DEFAULT_DATA,
    url_file: database.UrlFile = None,
) -> None:
    """Add a person, and print their id."""
    from functions.operations import accounts

    typer.echo(str(accounts.add_user(database.owner_url(data, url_file=url_file), name, email or None, zone)))


@user_app.command("remove")
def user_remove(
    user: Annotated[str, typer.Argument(help="An e-mail address, or an id.")],
    data: database.Data = database.DEFAULT_DATA,
    url_file: database.UrlFile = None,
) -> None:
    """Remove a person, their own lists and everything in these; the hourly sweep erases what else names them."""
    from functions.operations import accounts

    owner_url = database.owner_url(data, url_file=url_file)
    accounts.remove_user(owner_url, _find(owner_url, user))

"""`taskwake token create`, `list` and `revoke`: tokens by the API, without the machine it runs on."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import typer

from functions.operations.commands import server

app = typer.Typer()


class TokenScope(StrEnum):
    """What a token may do."""

    READ = "tasks:read"
    WRITE = "tasks:write"
    ACCOUNT = "account"


DEFAULT_SCOPES = [TokenScope.READ, TokenScope.WRITE]


@app.command("create")
def create_token(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[list[TokenScope], typer.Option(help="What it may do; more with more of these.")] = DEFAULT_SCOPES,
    days: Annotated[int | None, typer.Option(min=1, help="For so many days; else until it is revoked.")] = None,
    url: server.Url = "",
    token: server.Token = "",
    data: server.Data = server.DEFAULT_DATA,
    as_json: server.AsJson = False,
) -> None:
    """Print a new token of yours; it is shown this once."""
    from functions.kernel.clock import system_clock
    from functions.operations.client.models import NewToken
    from functions.operations.terminal import output
    from functions.operations.terminal.session import session

    expires_at = system_clock() + timedelta(days=days) if days else None
    with session(data, url, token, as_json) as asked:
        body = NewToken(name=name, scopes=[each.value for each in scope], expires_at=expires_at)
        made = asked.client.create_token(body)
    if as_json:
        output.say_json(made)
    else:
        output.say(made.secret or "")


@app.command("list")
def list_tokens(
    url: server.Url = "",
    token: server.Token = "",
    data: server.Data = server.DEFAULT_DATA,
    as_json: server.AsJson = False,
) -> None:
    """Show your tokens, the latest first."""
    from rich.text import Text

    from functions.operations.terminal import output, words
    from functions.operations.terminal.session import session

    with session(data, url, token, as_json) as asked:
        tokens = asked.client.list_tokens().tokens
        if as_json:
            output.say_json(tokens)
            return
        seen = [(each.last_used_at, each.expires_at) for each in tokens]
        moments = [
            ["never" if at is None else words.moment_words(at, asked.now, asked.me.zone) for at in both]
            for both in seen
        ]
    rows = [
        [str(each.id)[:8], output.printable(each.name), ", ".join(each.scopes), *when]
        for each, when in zip(tokens, moments, strict=True)
    ]
    output.table(["id", "for", "may", "last used", "ends"], [[Text(cell) for cell in row] for row in rows])


@app.command("revoke")
def revoke_token(
    which: Annotated[str, typer.Argument(help="The beginning of its id, or its name.")],
    url: server.Url = "",
    token: server.Token = "",
    data: server.Data = server.DEFAULT_DATA,
    as_json: server.AsJson = False,
) -> None:
    """Revoke a token: from now on it opens nothing."""
    from functions.operations.terminal import output
    from functions.operations.terminal.session import CannotError, session

    with session(data, url, token, as_json) as asked:
        tokens = asked.client.list_tokens().tokens
        meant = [each for each in tokens if each.name == which or (len(which) > 3 and str(each.id).startswith(which))]
        if len(meant) != 1:
            raise CannotError(f"{len(meant)} tokens are meant by “{which}”; `taskwake token list` shows their ids.")
        asked.client.revoke_token(meant[0].id)
        if as_json:
            output.say_json(meant[0])
        else:
            output.say(f"Revoked “{meant[0].name}”.")

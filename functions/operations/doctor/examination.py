"""The whole examination, part by part. A check that cannot be made is a finding, too."""

import os
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from functions.operations.doctor import clocks, dapr, folder, schema, work
from functions.operations.doctor.finding import Finding, unseen, well, wrong
from functions.operations.doctor.sight import Sight, look_into, may_sleep, place_of

Check = Callable[[Sight], Finding]
DATABASE: tuple[Check, ...] = (
    schema.version,
    schema.migrations,
    schema.settings,
    schema.roles,
    schema.row_security,
    clocks.skew,
    clocks.zones,
    work.outbox,
    work.event_log,
    work.alarms,
    work.dead_letters,
    work.webhooks,
    work.mail,
    work.erasures,
)


def examine_folder(data: Path) -> Iterator[Finding]:
    """The embedded way, over this folder."""
    from functions.kernel.embedded.postgres import Postgres

    if not data.exists():
        yield wrong("folder", "it is not there", str(data), "name another with --data, or make one: `taskwake serve`")
        return
    yield folder.address(data, _status)
    yield folder.secrets(data)
    yield folder.disk(data)
    yield from examine_database(Postgres(data / "postgres").url(), wake=True)


def examine_database(owner_url: str, *, wake: bool) -> Iterator[Finding]:
    """The database of this address, as its owner; one that may sleep only if it may be woken."""
    place = place_of(owner_url)
    if may_sleep(owner_url) and not wake:
        yield unseen("database", "it may be asleep, and looking would wake it", place, "`taskwake doctor --wake` looks")
        return
    try:
        sight = look_into(owner_url)
    except psycopg.OperationalError as error:
        todo = "see whether it runs, and whether the address is the owner's (DATABASE_URL)"
        yield wrong("database", f"it cannot be reached: {str(error).strip().splitlines()[-1]}", place, todo)
        return
    with sight.connection:
        yield well("database", "it answers", place)
        for check in DATABASE:
            yield _made(check, sight)
        sight.connection.rollback()


def examine_dapr(environ: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """The Dapr way, where the environment names a daprd."""
    from functions.kernel.settings import from_environment

    if environ.get("DAPR_HTTP_ENDPOINT") or environ.get("DAPR_HTTP_PORT"):
        yield from dapr.examine(from_environment(environ))


def _made(check: Check, sight: Sight) -> Finding:
    name = check.__name__.replace("_", " ")
    try:
        with sight.connection.transaction():  # so that a check that fails leaves the others their transaction
            return check(sight)
    except psycopg.Error as error:
        todo = "bring the schema up to date first (see migrations), and look as the database's owner"
        return wrong(name, f"it cannot be looked at: {str(error).strip().splitlines()[0]}", sight.place, todo)


def _status(url: str) -> int:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=folder.ANSWER_SECONDS)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status
    except HTTPException as error:
        raise OSError(f"that is no HTTP: {type(error).__name__}") from None
    finally:
        connection.close()

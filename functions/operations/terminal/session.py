"""A conversation of a command with a Taskwake; what goes wrong in it becomes a sentence and an exit code."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import typer

from functions.kernel.clock import system_clock
from functions.kernel.domain.wall_time import to_local
from functions.kernel.errors import InvalidInputError
from functions.operations.client import ApiError, Client, UnreachableError
from functions.operations.client.models import PersonRead, TaskListRead
from functions.operations.terminal import place
from functions.operations.terminal.output import is_terminal, said

UNAUTHENTICATED = 401


class CannotError(Exception):
    """A command cannot do what it was asked for; the text says why, and what to do."""


@dataclass
class Session:
    """Whom a command asks, and as whom. `as_json`: whoever reads the answer is a program."""

    client: Client
    me: PersonRead
    as_json: bool = False

    @property
    def now(self) -> datetime:
        """The naive local time of the person."""
        return to_local(system_clock(), self.me.zone)

    @cached_property
    def lists(self) -> list[TaskListRead]:
        """Theirs."""
        return self.client.list_lists()

    @property
    def may_ask(self) -> bool:
        """Whether a person sits there who can be asked back."""
        return not self.as_json and is_terminal(sys.stdin) and is_terminal(sys.stdout)

    def list_named(self, name: str) -> TaskListRead:
        """The list of this name, in any case; one's own before those of others. Raises CannotError."""
        named = [each for each in self.lists if each.name.casefold() == name.removeprefix("#").casefold()]
        if not named:
            raise CannotError(f"There is no list “{name}”; yours are {', '.join(each.name for each in self.lists)}.")
        return min(named, key=lambda each: each.owner_id != self.me.id)


@contextmanager
def session(data: Path, url: str, token: str, as_json: bool = False) -> Iterator[Session]:
    """Ask the Taskwake that is meant. Ends the command with code 1, and a sentence on stderr, when that fails."""
    try:
        there = place.find(data, url, token)
        with _opened(there) as client:
            try:
                me = client.read_me()
            except ApiError as error:
                if error.status != UNAUTHENTICATED or there.kept is None:
                    raise
                there = place.Place(there.url, place.renew(there.kept))
            else:
                yield Session(client, me, as_json)
                return
        with _opened(there) as client:
            yield Session(client, client.read_me(), as_json)
    except (place.NoPlaceError, CannotError) as error:
        _end(str(error))
    except InvalidInputError as error:
        _end(error.message)
    except UnreachableError as error:
        _end(
            f"Nothing answers at {there.url} ({error.__cause__}). Start one with `taskwake serve`, "
            "or name another with --url, or TASKWAKE_URL."
        )
    except ApiError as error:
        _end(_refused(error))


def _opened(there: place.Place) -> Client:
    return Client(there.url, there.token, sleep=_wait)


def _wait(seconds: float) -> None:
    import time

    said(f"No answer yet; asking again in {seconds:g} s …")
    time.sleep(seconds)


def _refused(error: ApiError) -> str:
    if error.status == UNAUTHENTICATED:
        return "The token was refused: `taskwake token` prints a new one; give it by --token, or TASKWAKE_TOKEN."
    return error.detail or f"It answered {error.status} {error.title}."


def _end(text: str) -> None:
    said(text)
    raise typer.Exit(1) from None

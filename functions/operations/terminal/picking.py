"""Which dead letters a command means, whether a person agrees, and how far it has come with them."""

import re
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import typer

from functions.kernel.clock import system_clock
from functions.kernel.storage.dead_letters import Wanted
from functions.operations.terminal import output

if TYPE_CHECKING:
    from functions.kernel.domain.dead_letter import DeadLetter

QUIET_SECONDS = 2.0
_AGO = re.compile(r"(\d{1,6})([smhd])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def moment(text: str, option: str) -> datetime | None:
    """`2h` ago, or a moment of ISO 8601, by UTC unless it says otherwise; null for no text. Raises BadParameter."""
    if not text:
        return None
    try:
        if ago := _AGO.fullmatch(text):
            return system_clock() - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        given = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{text!r} is no moment: write 30m, 2h, 7d, or 2030-01-07T09:00", param_hint=option
        ) from None
    return given if given.tzinfo else given.replace(tzinfo=UTC)


def wanted(function: str, topic: str, reason: str, since: str, until: str, replayed: bool | None) -> Wanted:
    """What the options mean. Raises BadParameter."""
    return Wanted(
        function=function or None,
        topic=topic or None,
        reason=reason or None,
        since=moment(since, "--since"),
        until=moment(until, "--until"),
        replayed=replayed,
    )


def pick(
    owner_url: str, ids: list[UUID], wanted: Wanted, every: bool, dry_run: bool, as_json: bool, *, to_replay: bool
) -> list[UUID]:
    """The ids that are meant, each once; a dry run shows them instead, says which of them cannot be replayed where that
    is wanted, and ends the command."""
    from functions.operations import dead_letters

    narrowed = any((wanted.function, wanted.topic, wanted.reason, wanted.since, wanted.until))
    if bool(ids) + (narrowed or every) != 1:
        raise typer.BadParameter("name ids, or say by options which are meant; --all means every one of them")
    picked = list(dict.fromkeys(ids)) or dead_letters.ids_of(owner_url, wanted)
    if dry_run:
        meant = dead_letters.read(owner_url, Wanted(ids=picked), max(1, len(picked)))
        _show(meant, as_json)
        if to_replay:
            complain({letter.id: "not in the log" for letter in meant if not letter.is_logged})
        raise typer.Exit
    return picked


def _show(meant: "list[DeadLetter]", as_json: bool) -> None:
    from functions.operations.terminal import letters

    letters.show_all(meant, as_json)
    output.said(f"{counted(meant)} meant; nothing was done.")


def counted(things: Sequence[object]) -> str:
    """How many dead letters these are, in words."""
    return "1 dead letter" if len(things) == 1 else f"{len(things)} dead letters"


def confirm(asks: bool, what: str, yes: bool, as_json: bool) -> None:
    """Have a person agree. Ends the command with code 1 when they don't, or when nobody is there to ask."""
    if not asks or yes:
        return
    if as_json or not output.is_terminal(sys.stdin):
        output.said(f"{what}? Nobody is there to ask: say --yes; --dry-run shows which.")
        raise typer.Exit(1)
    if not typer.confirm(f"{what}?", err=True):
        output.said("Nothing was done.")
        raise typer.Exit(1)


def work(
    ids: Sequence[UUID],
    rate: int,
    done: str,
    do: Callable[[Sequence[UUID]], dict[UUID, str]],
    then: Callable[[], None] = lambda: None,
) -> dict[UUID, str]:
    """Do it step by step, at most `rate` a second, and show how far it is once it has taken two seconds. Ctrl-C ends it
    between two steps; what was done until then is done."""
    from functions.operations import dead_letters

    outcomes: dict[UUID, str] = {}
    with _Bar(len(ids), done) as bar:
        for step in dead_letters.in_steps(ids, rate):
            outcomes |= do(step)
            then()
            bar.reached(len(outcomes))
    return outcomes


class _Bar:
    """A progress bar on stderr, from QUIET_SECONDS on; for whom no terminal shows it, a line each time as long."""

    def __init__(self, total: int, done: str) -> None:
        self._total, self._done = total, done
        self._next = time.monotonic() + QUIET_SECONDS

    def __enter__(self) -> "_Bar":
        from rich.console import Console
        from rich.progress import Progress

        self._console = Console(stderr=True, highlight=False)
        self._bar = Progress(console=self._console, transient=True)
        self._task = self._bar.add_task(self._done, total=self._total)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._bar.live.is_started:
            self._bar.stop()
        if kind is KeyboardInterrupt:
            output.said(f"Stopped: {int(self._bar.tasks[0].completed)} of {self._total} are {self._done}.")

    def reached(self, count: int) -> None:
        """So many are done."""
        self._bar.update(self._task, completed=count)
        if count == self._total or time.monotonic() < self._next:
            return
        if self._console.is_terminal:
            self._bar.start()
        else:
            output.said(f"{count} of {self._total} {self._done} …")
        self._next = time.monotonic() + QUIET_SECONDS


def tell(outcomes: dict[UUID, str], sentence: str, as_json: bool) -> None:
    """The answer: what became of each for a program, the sentence for a person."""
    if as_json:
        output.say_json([{"id": letter_id, "outcome": outcome} for letter_id, outcome in outcomes.items()])
    else:
        output.say(sentence)


def complain(outcomes: dict[UUID, str]) -> None:
    """Say what kept those back with which nothing was done."""
    for outcome, why in (
        ("not in the log", "no events of this installation's log, so they cannot be replayed: `show` says what to do"),
        ("unknown", "no dead letters (any more)"),
    ):
        if kept := [str(letter_id) for letter_id, became in outcomes.items() if became == outcome]:
            shown = ", ".join(kept[:3]) + (f" and {len(kept) - 3} more" if len(kept) > 3 else "")
            output.said(f"These are {why}: {shown}.")

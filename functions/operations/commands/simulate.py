"""`taskwake simulate`: what a rule, a phrase or a whole account would ring in the years to come."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from operator import attrgetter
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated

import typer

from functions.kernel.clock import system_clock
from functions.kernel.domain.wall_time import check_zone, to_local, to_utc
from functions.kernel.errors import InvalidInputError
from functions.operations.simulation.progress import Progress

if TYPE_CHECKING:
    from functions.kernel.domain.phrases import Phrase
    from functions.operations.simulation.play import Habits
    from functions.operations.simulation.rings import Downtime, Simulation

app = typer.Typer(no_args_is_help=True, help="Play a rule, a phrase or a whole account ahead, and see what would ring.")

Zone = Annotated[str, typer.Option(help="An IANA time zone.")]
Years = Annotated[int, typer.Option(min=1, max=100, help="How far to play.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print every ring as JSON instead of the calendar.")]
Svg = Annotated[Path | None, typer.Option(help="Also draw it into this file: years as rows, days as columns.")]

Now = Annotated[str, typer.Option(help="The local time at which the virtual clock starts; else this machine's.")]
Done = Annotated[
    str, typer.Option(help="When tasks are completed: on-time, never, or so many days after they are due.")
]
Off = Annotated[
    list[str] | None,
    typer.Option(help="The service is off between these local times: 2027-01-01T00:00/2027-01-08T00:00."),
]


@app.command()
def rule(
    rule: Annotated[str, typer.Argument(help="RFC 5545, such as FREQ=MONTHLY;BYMONTHDAY=31")],
    start: Annotated[
        str, typer.Option(help="The first day, or local time: 2026-01-31T09:00. Without: today at 9.")
    ] = "",
    zone: Zone = "UTC",
    years: Years = 10,
    as_json: AsJson = False,
    svg: Svg = None,
) -> None:
    """Play a recurrence rule."""
    from functions.operations.simulation.rule import play_rule

    with _mistakes_said():
        _show(play_rule(rule, _start(start, zone), zone, years, _progress()), as_json, svg)


@app.command()
def phrase(
    phrase: Annotated[str, typer.Argument(help="What one would type: pay rent every last workday at 9")],
    now: Now = "",
    zone: Zone = "UTC",
    years: Years = 10,
    done: Done = "on-time",
    off: Off = None,
    as_json: AsJson = False,
    svg: Svg = None,
) -> None:
    """Play a task as one types it."""
    from functions.operations.simulation.phrase import account_of
    from functions.operations.simulation.play import play_account

    with _mistakes_said():
        check_zone(zone)
        begin = _now(now, zone)
        understood, account = account_of(phrase, begin, zone)
        typer.echo(_understood(phrase, understood), err=True)
        habits = _habits(done, off, zone)
        simulation = play_account(account, account.tasks[0].title, begin, zone, years, habits, _progress())
        _show(simulation, as_json, svg)


@app.command()
def account(
    file: Annotated[Path, typer.Argument(help="What GET /tasks answers: one page, or several one after the other.")],
    now: Now = "",
    zone: Zone = "UTC",
    years: Years = 10,
    done: Done = "on-time",
    off: Off = None,
    as_json: AsJson = False,
    svg: Svg = None,
) -> None:
    """Play a whole account."""
    from functions.operations.simulation.account import read_account
    from functions.operations.simulation.play import play_account

    with _mistakes_said():
        account = read_account(file, zone)
        if not account.complete:
            typer.echo(f"{file} is not all of it: its last page has a next_cursor.", err=True)
        title = f"{file.name}: {len(account.tasks)} tasks"
        habits = _habits(done, off, zone)
        simulation = play_account(account, title, _now(now, zone), zone, years, habits, _progress())
        _show(simulation, as_json, svg)


@contextmanager
def _mistakes_said() -> Iterator[None]:
    """What is wrong with the input, on stderr, and the exit code of a wrong usage."""
    try:
        yield
    except InvalidInputError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


def _progress() -> Progress:
    return Progress(lambda text: typer.echo(text, err=True))


def _now(given: str, zone: str) -> datetime:
    """The virtual clock's first local time: as given, or this machine's."""
    return _local(given, "--now") if given else to_local(system_clock(), zone).replace(second=0, microsecond=0)


def _start(given: str, zone: str) -> date:
    if not given:
        return datetime.combine(to_local(system_clock(), zone), time(9))
    local = _local(given, "--start")
    return local.date() if len(given) <= len("2026-01-31") else local


def _local(given: str, option: str) -> datetime:
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo:
        raise InvalidInputError(
            option, f"{given!r} is no local time; write it like 2026-01-31T09:00, without an offset"
        )
    return moment


def _habits(done: str, off: list[str] | None, zone: str) -> "Habits":
    from functions.operations.simulation.play import Habits

    if not done.isdecimal() and done not in ("on-time", "never"):
        raise InvalidInputError("--done", f"{done!r} is neither on-time, never nor a number of days")
    after = None if done == "never" else timedelta(days=min(int(done), 36_525)) if done.isdecimal() else timedelta()
    return Habits(after, tuple(sorted((_downtime(given, zone) for given in off or ()), key=attrgetter("since"))))


def _downtime(given: str, zone: str) -> "Downtime":
    from functions.operations.simulation.rings import Downtime

    first, slash, last = given.partition("/")
    if not slash:
        raise InvalidInputError("--off", f"{given!r} is no span; write two local times with a slash between them")
    since, until = (to_utc(_local(text, "--off"), zone) for text in (first, last))
    if since >= until:
        raise InvalidInputError("--off", f"{given!r} ends before it begins")
    return Downtime(since, until)


def _understood(text: str, phrase: "Phrase") -> str:
    """What the grammar made of a phrase, part by part."""
    parts = [f"{text[span.start : span.end].strip()} ({span.kind})" for span in phrase.spans]
    return "\n".join(
        [f"Understood: {', '.join(parts)}", *(f"  {note}" for note in (*phrase.ambiguities, *phrase.remarks))]
    )


def _show(simulation: "Simulation", as_json: bool, svg: Path | None) -> None:
    from functions.operations.simulation.svg import svg_of
    from functions.operations.simulation.text import text_of

    if svg:
        try:
            svg.write_text(svg_of(simulation), encoding="utf-8")
        except OSError as error:
            raise InvalidInputError("--svg", f"{svg} cannot be written: {error.strerror}") from None
        typer.echo(f"Drawn into {svg}.", err=True)
    if as_json:
        typer.echo(json.dumps(simulation.document(), ensure_ascii=False, indent=2))
    else:
        typer.echo(text_of(simulation, get_terminal_size().columns), nl=False)

"""A simulation as text: a calendar a year, what is notable and why, and how often it rings."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from functions.operations.simulation.rings import Simulation

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = "    1   5    10   15   20   25   30 "
_BETWEEN = "   "
_SHOWN_REASONS = _SHOWN_TASKS = 20
_LEGEND = {
    "●": "rings once",
    "2": "so often",
    "#": "ten times or more",
    "!": "rings, and is notable",
    "×": "does not ring, and is notable",
    "▒": "off",
}


def text_of(simulation: Simulation, width: int = 80) -> str:
    """The whole of it, in lines of at most `width` characters (at least 40) but for titles."""
    marks = _marks(simulation)
    per_year = Counter(day.year for day in simulation.per_day.elements())
    blocks = [list(_year(year, per_year[year], marks, simulation)) for year in simulation.years]
    beside = max(1, (width + len(_BETWEEN)) // (len(_DAYS) + len(_BETWEEN)))
    lines = [f"{_one_line(simulation.title)}  ({simulation.zone})", *simulation.summary, ""]
    for start in range(0, len(blocks), beside):
        lines += [_BETWEEN.join(row).rstrip() for row in zip(*blocks[start : start + beside], strict=True)]
        lines.append("")
    used = set("".join(marks.values()))
    used = {"2" if mark.isdecimal() else mark for mark in used}
    lines.append("  ".join(f"{mark} {text}" for mark, text in _LEGEND.items() if mark in used))
    said = "\n".join([*lines, *_reasons(simulation), *_tasks(simulation)]).rstrip() + "\n"
    # What a file or an argument brings must not command a terminal.
    return "".join(character if character.isprintable() or character == "\n" else "\ufffd" for character in said)


def _marks(simulation: Simulation) -> dict[date, str]:
    per_day = simulation.per_day
    marks = {day: "▒" for downtime in simulation.downtimes for day in downtime.days(simulation.zone)}
    marks |= {day: "●" if count == 1 else str(count) if count < 10 else "#" for day, count in per_day.items()}
    return marks | {note.on: "!" if note.on in per_day else "×" for note in simulation.reasons}


def _year(year: int, count: int, marks: Mapping[date, str], simulation: Simulation) -> Iterator[str]:
    yield f"{year:04}      {f'{count:,} rings' if count != 1 else '1 ring':>{len(_DAYS) - 11}} "
    yield _DAYS
    for month, name in enumerate(MONTHS, 1):
        days = [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]
        shown = (marks.get(day, "·" if simulation.begin <= day <= simulation.last_day else " ") for day in days)
        yield f"{name} {''.join(shown):<31} "


def _reasons(simulation: Simulation) -> Iterator[str]:
    said = simulation.reasons_said
    if said:
        yield ""
        yield "Notable"
    for why, days in said[:_SHOWN_REASONS]:
        yield f"  {_one_line(why)}"
        yield f"    {days}"
    if len(said) > _SHOWN_REASONS:
        yield f"  and {len(said) - _SHOWN_REASONS} more reasons"


def _tasks(simulation: Simulation) -> Iterator[str]:
    """Which tasks ring most, where there are several."""
    per_task = Counter(ring.title for ring in simulation.rings)
    if len(per_task) < 2:
        return
    yield ""
    yield "Rings by task"
    for title, count in per_task.most_common(_SHOWN_TASKS):
        yield f"  {count:>7,}  {_one_line(title)}"
    if len(per_task) > _SHOWN_TASKS:
        yield f"  and {len(per_task) - _SHOWN_TASKS} more tasks"


def _one_line(text: str) -> str:
    return " ".join(text.split())

"""Playing one rule."""

from datetime import date

from functions.kernel.domain.recurrence import check_rule, parse_rule
from functions.kernel.domain.wall_time import check_zone
from functions.operations.simulation.dates import dates_of
from functions.operations.simulation.progress import Progress
from functions.operations.simulation.rings import Note, Ring, Simulation, years_later


def play_rule(text: str, dtstart: date, zone: str, years: int, progress: Progress) -> Simulation:
    """What a task that starts at `dtstart` (a day, or a naive local time in `zone`) rings at by this rule.

    Raises InvalidInputError for a wrong rule or zone, or a rule that gives no date.
    """
    check_zone(zone)
    rule = parse_rule(text)
    check_rule(rule, dtstart, zone)
    begin = date(dtstart.year, dtstart.month, dtstart.day)
    simulation = Simulation(str(rule), zone, begin, years_later(begin, years))
    for found in dates_of(rule, dtstart, zone):
        if isinstance(found, Note):
            simulation.note(found)
            continue
        if found.local.date() >= simulation.end:
            break
        if not simulation.add(Ring(found.at, found.local, simulation.title, due=found.due, why=found.why)):
            break
        progress.reached(found.local)
    return simulation

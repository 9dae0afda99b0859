"""downtime: the whole of Taskwake is away for 24 h of virtual time, embedded, with much planned for that day."""

from loadtests.machine import describe
from loadtests.result import Result, at_most, reported
from tests.faults.downtime import BEGINS, Downtime, downtime
from tests.faults.occurrences import Wrong

NAME = "downtime"
TIMES = 3
"""So many times what CI waits for."""


async def measure() -> list[Result]:
    """Once for each night in which the clocks are set."""
    return results([await downtime(begins, TIMES) for begins in BEGINS.values()])


def results(runs: list[Downtime]) -> list[Result]:
    """All of them together: each occurrence and reminder that fell due meanwhile is told or recorded, and once."""
    verdicts = [run.verdict for run in runs]
    conditions = (
        f"embedded, {sum(run.plans for run in runs):,} tasks and series (by the minute, 45 minutes, hour, 7 hours and "
        "day; catching up with the latest, all and none; in four zones); kill -9 of server and PostgreSQL, 24 h later "
        "by both their clocks started again; the nights in which Berlin's clocks go forward and back; "
        f"{describe()}"
    )
    due, told, recorded = (
        sum(values) for values in zip(*((each.due, each.told, each.recorded) for each in verdicts), strict=True)
    )
    kinds: tuple[Wrong, ...] = ("lost", "twice", "early", "disorder", "other")
    wrong = {kind: sum(each.count(kind) for each in verdicts) for kind in kinds}
    return [
        reported(f"{NAME}: fell due", due, "reminders", conditions),
        reported(f"{NAME}: told late", told, "reminders", conditions),
        reported(f"{NAME}: recorded as missed", recorded, "reminders", conditions),
        reported(f"{NAME}: worked off", max(run.seconds for run in runs), "s", conditions),
        at_most(f"{NAME}: lost", wrong["lost"], "reminders", 0, conditions),
        at_most(f"{NAME}: twice", wrong["twice"], "reminders", 0, conditions),
        at_most(f"{NAME}: early", wrong["early"], "reminders", 0, conditions),
        at_most(f"{NAME}: out of order", wrong["disorder"], "reminders", 0, conditions),
        at_most(f"{NAME}: otherwise wrong", wrong["other"], "reminders", 0, conditions),
    ]
